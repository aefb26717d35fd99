"""A promise of a piece: "I will write something next week about the autoclave" is not the piece itself.

`PROMISING` is read top-down. A `plain` row names a piece of writing ("a few lines on gas taps by Friday") and is taken at
its word where the mail is short; the others only promise to send something, and so do long mails: their writer is asked
whether the mail was the piece. What brings its matter along ("here is", "attached") is no promise. English and Welsh.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.inbound.lines.dates import FoundDate, find_date, flat
from mailer.inbound.words.signature import cut_signature

PLAIN_WORDS = 45  # a promise in more words than these may be the piece
LOOSE_WORDS = 25
ASKED_WORDS = 100  # what has more is a piece, whatever it promises besides
A_TOPIC = 80  # characters
FAR = timedelta(days=60)

_WILL = (
    r"(?:(?:i|we)(?:'?ll|'m|'re| am| are| will| shall| can| could|'d| would)?|"
    r"(?:^|[.,;:!?\n] ?|\band |\bbut )(?:happy|glad|pleased|willing|can|could|will|would|hoping|planning|going))"
    r"(?: (?:be |am |are )?(?:be|also|happily|gladly|happy|glad|pleased|willing|able|going|like|love|try|aim|plan|planning|hope|hoping|intend|and|to|try|definitely|certainly|probably|maybe|possibly|perhaps)){0,6}"
)
_WRITE = (
    r"(?:write|writing|doing|do|send|give|get|let|put|pull|type|knock|draft|prepare|contribute|submit|supply|provide|offer|have|rustle|"
    r"ping|email|mail|drop|jot|sort|pen)(?: (?:you|up|in|out|off|together|over|across|something together|have))*"
)
_PIECE = (
    r"(?:(?:something|piece|article|report|review|write[- ]?up|item|contribution|paragraph|summary|story|column|"
    r"blurb|bit|entry|copy|account|feature)s?|(?:few|some|couple of|hundred|\d+|half a) (?:lines|words|sentences|paragraphs|page))"
)
_A = r"(?:(?:a|an|the|my|our|this|that|one|some|up|short|little|quick|brief|small|long|proper|newsletter|nice|another|book|about)[ -]+){0,4}"
_WNA = (
    r"(?:(?:mi |fe )?(?:w?na|wnaf|wna)(?:f)? ?i|(?:mi |fe )?(?:fydda|bydda|byddaf|fyddaf)(?: i)?(?: ?'n| yn)|"
    r"(?:dw|dwi|rydw|rwy)(?: ?i)? ?(?:'n|yn|am|wedi addo)(?: mynd i| bwriadu| gobeithio| fodlon)?|hoffwn(?: i)?|"
    r"(?:galla|gallaf|alla|mi alla|medra|mi fedra)f?(?: i)?|gwnaf)"
)
_YSGRIFENNU = r"(?:ysgrifennu|sgwennu|sgrifennu|anfon|gyrru|danfon|wneud|gwneud|baratoi|paratoi|roi|rhoi|gyfrannu|cyfrannu)"
_DARN = r"(?:rhywbeth|rywbeth|darn|ddarn|erthygl|pwt|bwt|ychydig (?:o )?eiriau|adroddiad|adolygiad|(?:o )?eiriau|gair)"


@dataclass(frozen=True)
class Row:
    """One way of promising. `plain`: a piece of writing is named, so a short mail is nothing else."""

    says: str
    plain: bool
    fits: re.Pattern[str]


def _row(says: str, plain: bool, pattern: str) -> Row:
    return Row(says, plain, re.compile(rf"(?<!\w){pattern}(?!\w)"))


PROMISING: tuple[Row, ...] = (
    _row("I will write something", True, rf"{_WILL} {_WRITE} {_A}{_PIECE}"),
    _row("I can write about", True, rf"{_WILL} (?:write|writing|do)(?: (?:up|it|one|this|that|you))* (?:about|on|up)"),
    _row("I will write the wrong-way-round", True, rf"{_A}{_PIECE}(?: [\w' -]{{1,60}})? (?:that |which )?{_WILL} {_WRITE}"),
    _row("put me down for", True, r"(?:put|sign|pencil|count|stick|note) (?:me|us) (?:down|up|in)(?: for| to do| to write)?"),
    _row("a piece will follow", True, rf"{_A}{_PIECE}(?: [\w' -]{{1,60}})? (?:will follow|to follow|is coming|on its way|coming (?:soon|shortly))"),
    _row("expect a piece from me", True, rf"(?:expect|look out for) {_A}{_PIECE}"),
    _row("mi wna i sgwennu", True, rf"{_WNA} {_YSGRIFENNU}(?: {_DARN}| am| i chi)?"),
    _row("rhowch fi i lawr", True, r"(?:rho|rhowch|rhoi)(?: ?fi| f'?enw i?)(?: i)? (?:lawr|i lawr)"),
    _row("I will send you", False, rf"{_WILL} (?:send|get|let|email|ping|write|mail)(?: (?:you|it|this|that|one|up|in|over|have|across|to))+"),
    _row("leave it with me", False, r"(?:leave (?:it|that|this) (?:with|to) me|watch this space|gadewch o gyda fi|gad o i fi)"),
)  # fmt: skip
BRINGS = re.compile(
    r"(?<!\w)(?:attached|attachment|enclosed|here(?:'s| is| are| it is| you go)|see below|please find|below is|is below|as follows|"
    r"wedi'?i? (?:atodi|amgau)|ynghlwm|dyma|isod)(?!\w)"
)
TO_READERS = re.compile(  # what is said to whoever reads the piece
    r"(?<!\w)(?:any(?:one|body)|whoever|everyone|all welcome|colleagues|readers|if you(?:'d| would)? (?:want|like)(?! (?:one|it|me|that|something|a piece))|let me know if|unrhyw un|pawb)(?!\w)"
)
NO_MORE = re.compile(
    r"(?<!\w)(?:(?:no|not (?:got |have )?(?:the |any |enough )?|have ?n'?t (?:got )?(?:the |any )?|out of|run out of) ?time|(?:can ?not|can'?t|won'?t|unable to|not able to|"
    r"not going to|not be able to) (?:do|manage|write|make|send|finish|get)|not (?:this|for this) (?:term|time|issue)|(?:please )?(?:drop|cancel|forget|scrap|leave) (?:it|mine|my)|"
    r"dim amser|methu|alla i ddim|fydda i ddim)(?!\w)"
)
_ABOUT = re.compile(r"(?<!\w)(?:about|on|regarding|concerning|covering|am(?! (?:going|happy|glad|pleased|writing|able|willing|planning|hoping|doing|also|still|very))|ynghylch|ynglyn a|ar)\s+(?P<topic>.+)", re.DOTALL)
_ENDS = re.compile(
    r"(?<!\w)(?:by|before|next|this|in time|for (?:the|you|your|this|next)|soon|later|over the|over half|at the (?:end|week|weekend)|tomorrow|today|if|when|once|"
    r"after|as soon|asap|to you|to follow|will follow|is coming|on its way|in (?:a|an|the next|two|\d)|if that|please|thanks|and (?:send|will|can|get)|"
    r"erbyn|cyn|wythnos|yfory|nesaf|i chi|os|diolch|(?:(?:i|we)(?:'?ll| will| can| could|'d)))(?!\w)|[.,;!?\n()]|\s-\s"
)
_WHEN: tuple[tuple[re.Pattern[str], int | None], ...] = (  # the working day it means, counted from Monday; None: two weeks on
    (re.compile(r"(?<!\w)(?:(?:the |some time |sometime )?next week|(?:yr )?wythnos nesaf)(?!\w)"), 11),
    (re.compile(r"(?<!\w)(?:this week|end of (?:the|this) week|by the weekend|yr wythnos hon)(?!\w)"), 4),
    (re.compile(r"(?<!\w)(?:over|at|after|by the end of) the weekend|dros y penwythnos(?!\w)"), 7),
    (re.compile(r"(?<!\w)(?:in|within) a fortnight|ymhen pythefnos(?!\w)"), None),
)
_DEADLINE = re.compile(r"(?<!\w)(?:by|before|until|till|erbyn|cyn|tan)\s+(?P<rest>.{3,60})", re.DOTALL)

_NOT_ABOUT = frozenset(("it", "this", "that", "behalf", "time", "paper", "hyn", "hynny"))
_A_PIECE_ON = re.compile(rf"^(?:{_A}{_PIECE}|{_DARN}) (?:about|on|am|ar) ", re.IGNORECASE)


@dataclass(frozen=True)
class Promised:
    """What was promised: about what (perhaps empty), by which day (None: not said); `sure`: it can be nothing else."""

    topic: str
    by: date | None
    sure: bool
    plain: bool  # a piece of writing was named
    row: str


def read_promise(subject: str, text: str, today: date) -> Promised | None:
    """The promise that a mail is, or may be; None for one that is a piece, or anything else."""
    said = "\n".join(cut_signature(text[:4_000])).strip()[:2_000]
    low = flat(said).replace("’", "'")
    words = len(low.split())
    if not words or words > ASKED_WORDS or BRINGS.search(low):
        return None
    row = next((row for row in PROMISING if row.fits.search(low)), None)
    if row is None or (not row.plain and words > LOOSE_WORDS):
        return None
    by = by_when(said, today)
    sure = words <= PLAIN_WORDS if row.plain else by is not None
    return Promised(_topic(said, low, subject, today), by, sure and not TO_READERS.search(low), row.plain, row.says)


def by_when(text: str, today: date) -> date | None:
    """The day until when something is to come: "by Friday", "next week" (its Friday), "in a fortnight"."""
    low = flat(text).replace("’", "'")
    deadline = _DEADLINE.search(low)
    if deadline is not None and (found := find_date(deadline["rest"], today)) is not None and found.start < 12:
        return _the_later(found, deadline["rest"], today)
    monday = today - timedelta(days=today.weekday())
    for pattern, days in _WHEN:
        if pattern.search(low):
            return today + timedelta(days=14) if days is None else monday + timedelta(days=days)
    loose = find_date(low, today)
    if loose is None or loose.day - today > FAR or any(char.isdigit() for char in low[loose.start : loose.end]):
        return None  # "it was on 24 March" is no day to send it by
    return _the_later(loose, low, today)


def _the_later(found: FoundDate, low: str, today: date) -> date:
    """ "Next Friday", written in the same week, is for many the Friday of the week after; so is "Friday week". Of two days
    the later one asks nobody too early, and the receipt names it."""
    if found.exact or found.weekday is None:
        return found.day
    this_week = found.day < today - timedelta(days=today.weekday()) + timedelta(days=7)
    again = low[found.start : found.end].endswith(" week")
    return found.day + timedelta(days=7) if this_week or again else found.day


def gives_up(text: str) -> bool:
    """True for "no time this term, sorry": the piece will not come."""
    return NO_MORE.search(flat(text).replace("’", "'")) is not None


def _topic(said: str, low: str, subject: str, today: date) -> str:
    """What it is to be about: behind "about" or "on", else the subject if that says anything."""
    at = 0
    while (found := _ABOUT.search(low, at)) is not None:
        start = found.start("topic")
        end = _ENDS.search(low, start)
        topic = said[start : end.start() if end else len(said)].strip(" '\"“”‘’-:")
        date_there = find_date(topic, today)
        if topic and not (date_there is not None and date_there.start == 0) and topic.split()[0].casefold() not in _NOT_ABOUT:
            return _named(topic)
        at = start
    return _named(subject)


def _named(topic: str) -> str:
    topic = _A_PIECE_ON.sub("", " ".join(topic.split()))[:A_TOPIC]
    topic = re.sub(r"^(?:the|our|my|a|an|y|yr)\s+(?=\S)", "", topic, flags=re.IGNORECASE)
    return topic[:1].upper() + topic[1:]
