"""In answer to an action point: DONE, a note, MORE TIME UNTIL a date, GIVE TO a name."""

from __future__ import annotations

import re
from datetime import date

from mailer.inbound.lines.dates import find_date
from mailer.inbound.words.learned import likely
from mailer.inbound.words.names import names_in
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Clause, Writing
from mailer.inbound.words.values import SURE, Intent, intent

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
NOT_DONE = re.compile(r"\b(?:not(?! only)|never|cannot|have not|has not|is not|still|yet|half|partly|nearly|almost|will be|to be|should be|getting|hope|hopefully|about to|trying|if|when|once|until|would|could|needs? to|remain\w*|outstanding|cancelled|waiting|looking for|chasing|to go|to come|ddim|heb|dim eto|bron|aros)\b")
DONE = re.compile(
    r"^(?:(?:hi|yes|ok|okay|all|now|this|that|it|is|this is|it is|that is|has been|have been|been|not only|i have|i|we|we have|already|just|finally|both|the|action|my|mine|please mark (?:it|this|as)|mark as|consider it|job|got (?:it|this|that)|yep|well|have|am|are) )*"
    r"(?:done|completed?|finished|sorted|actioned|closed|dealt with|(?:(?:so )?you can )?tick(?:ed)? (?:that one |that |it |this |this one )?off|all sorted|wedi(?: i| ei)? (?:gwneud|wneud|gorffen|orffen)|wedii (?:wneud|orffen|gwblhau)|mae o wedii (?:wneud|orffen)|gwnaed|gorffennwyd|ordered|delivered|thumbsup)\b"
)
MORE_TIME = re.compile(r"\b(?:more time|extra time|extend(?:ed)?|extension|longer|another \w+ (?:days?|weeks?|months?)|another (?:day|week|month|fortnight)|few more|postpone|put (?:it|this) back|mwy o amser|push (?:it|this)? ?back|(?:can|could|may) (?:i|we) have (?:until|till|to)|have (?:until|till)|by the end|deadline to|delay (?:it|this)?|(?:can|could) (?:it|this|that) wait|deadline .{0,12}(?:move|be|to|back))\b")
GIVE = re.compile(
    r"\b(?:give (?:it |this |that )?to|pass(?:ed|ing)? (?:it |this |that )?(?:on )?(?:to|over to)|hand(?:ed|ing)? (?:it |this |that )?(?:over )?to|(?:re)?assign(?:ed)? (?:it |this )?to|transfer(?:red)? (?:it |this )?to|over to|rho(?:i|wch)?(?: (?:o|fo|e|fe|hi|hwn|hwnnw))? (?:i|at)|ask)\s+(?P<to>.{2,60})|"
    r"^(?P<who>[\w'’-]+(?: [\w'’-]+)?) (?:will|is going to|has (?:very )?(?:kindly )?(?:agreed to|offered to|said (?:she|he|they) (?:will|would|can))|(?:kindly )?(?:agreed|offered) to|is happy to|can|is) (?:do(?:ing)?|take|taking|taken|pick|picking|look|deal|handle|handling|sort|sorting)(?: (?:this|it|that|over|on|with|after)\b|\W*$)",
    re.IGNORECASE,
)


_REQUEST = re.compile(r"(?:(?:please|can you|could you|would you|will you|maybe|just) )*(?:give|pass|hand|assign|reassign|transfer|rho)")
PLEASE = re.compile(r"\b(?:please|can (?:i|it|we)|could (?:i|it|we)|hope that is (?:ok|okay|fine)|if that is (?:ok|okay|fine|all right)|plis|os gwel\w+)\b")
BY_THEN = re.compile(r"\b(?:by|until|till|before|erbyn|tan)\b")
HINTS = re.compile(
    r"\b(?:done|finish\w*|complet\w+|sort\w*|sent|ordered|written|arrived|in place|laminated|wait|after (?:christmas|easter|half term)|off my (?:hands|plate|list)|take (?:this|it) (?:on|off|over)|instead of me|"
    r"someone else|somebody else|wedi|gorffen)\b"
)


CERTAIN = 0.9  # how likely the second reader must find DONE or MORE TIME where the tables find neither
PERHAPS = 0.5


# Words that may hand it on, in no form that GIVE knows
HANDED_ON = re.compile(
    r"\b(?:pass(?:ed|ing)? (?:it|this|that)|successor|tak(?:en|es?|ing) (?:it|this|that)(?: one)? over|swapped|not mine|instead of me|(?<!\bi )(?<!\bwe )(?:will|to) (?:see to|do|be doing) (?:it|this)|(?:says?|said) (?:that )?s?he (?:will|would|can)|"
    r"under (?:his|her|their) name|(?:some(?:one|body)|rhywun) (?:else|arall)|r?rh?oi (?:hwn|o|e))\b"
)


def read_task(writing: Writing, today: date) -> tuple[Intent, ...]:
    clauses = [c for c in writing.clauses if c.plain and not re.fullmatch(r"(?:hi|hello|dear|thanks|thank you|sorry|please|ok|okay|diolch|helo)(?: \w+){0,2}", c.plain)]
    if not clauses:
        return ()
    text = writing.text
    first = clauses[0]
    given = _given(clauses)
    if given:
        return (given,)
    asks = next((c for c in clauses if MORE_TIME.search(c.plain)), None)
    if asks:
        return (_more_time(asks, text, today),)
    later = next((c for c in clauses if BY_THEN.search(c.plain) and not c.question and find_date(c.raw, today)), None)
    if later and any(PLEASE.search(c.plain) for c in clauses):
        return (_more_time(later, text, today),)
    done = next((c for c in clauses[:3] if DONE.match(c.plain) and not c.question), None)
    doubt = any(NOT_DONE.search(c.plain) for c in clauses)
    if done and not doubt:
        sure = done is first or len(clauses) <= 3
        return (intent("done", 0.95 if sure else 0.85, f"tasks: DONE (“{done.raw[:60]}”)", note=_beside(done, text)),)
    if done and done is first and done.plain == "done" and len(clauses) > 1:
        return (intent("done", 0.8, "tasks: DONE, and words that may say otherwise", note=text),)
    if re.fullmatch(r"yes|no|yep|ie|na|nope", first.plain) and len(clauses) == 1:
        return (intent("note", 0.6, "tasks: yes or no to an action point", text=text),)
    if all(c.question for c in clauses):
        return (intent("note", 0.75, "tasks: a question", text=text),)
    return (_alike(writing, doubt, today),)


def _alike(writing: Writing, doubt: bool, today: date) -> Intent:
    """What the second reader makes of words that no row knows: "Survey went out on Monday". Unless it is all but certain, they
    are kept as a note, and the receipt says how to answer in one word."""
    text = writing.text
    alike = likely("task", text)
    question = any(clause.question for clause in writing.clauses)
    if alike["done"] >= PERHAPS and not doubt and not question:
        certainty = SURE if alike["done"] >= CERTAIN else 0.7
        return intent("done", certainty, "tasks: in no words that the tables know, but like replies that say it is done", note=text)
    found = find_date(text, today) if alike["more-time"] >= PERHAPS else None
    if alike["more-time"] >= PERHAPS and (found is None or found.day <= today):
        return intent("more-time", 0.7, "tasks: like replies that ask for more time, without a date", until=None, note=text)
    if found is not None:
        clear = alike["more-time"] >= CERTAIN and found.exact and not found.weekday_wrong
        return intent("more-time", SURE if clear else 0.75, "tasks: like replies that ask for more time", until=found.day, note=text)
    if not doubt and any(HINTS.search(c.plain) for c in writing.clauses):
        return intent("note", 0.75, "tasks: words that may say DONE or MORE TIME", text=text)
    handed_on = any(HANDED_ON.search(c.plain) for c in writing.clauses)
    sure = alike["note"] >= PERHAPS and len(text.split()) >= 3 and not handed_on
    return intent("note", 0.92 if sure else 0.7, "tasks: anything else is a note", text=text)


def _beside(done: Clause, text: str) -> str:
    """What came of it: the text without a leading bare DONE, but all of it where that is all."""
    left = text[len(done.raw) :].lstrip(" \t\n,.:;!-–—") if DONE.fullmatch(done.plain) and text.startswith(done.raw) else ""
    return left or text


def _more_time(asks: Clause, text: str, today: date) -> Intent:
    found = find_date(asks.raw, today) or find_date(text, today)
    if re.search(r"\b(?:do not need|no need|without) .{0,20}more time\b", asks.plain):
        return intent("note", 0.8, "tasks: more time not needed", text=text)
    if found is None or found.day <= today:
        return intent("more-time", 0.75, "tasks: MORE TIME without a date", until=None, note=text)
    clear = found.exact and not found.weekday_wrong
    return intent("more-time", 0.95 if clear else 0.8, f"tasks: MORE TIME (“{asks.raw[:60]}”)", until=found.day, note=text)


def _given(clauses: list[Clause]) -> Intent | None:
    for clause in clauses[:4]:
        match = GIVE.search(clause.raw) or GIVE.search(plain(clause.raw))
        if match is None:
            continue
        said = match["to"] or match["who"] or ""
        address = _ADDRESS.search(said)
        names = names_in(said)
        to = address[0] if address else names[0] if names else ""
        if match["who"] and not names:
            continue
        exact = _REQUEST.match(clause.plain) is not None
        if not to:
            word = re.match(r"[\w'’-]+", said)
            if not exact or word is None:
                continue
            return intent("give-to", 0.75, "tasks: GIVE TO somebody unnamed", to=said.strip(" ."), note=clause.raw)
        doubted = _REQUEST.sub("", clause.plain, count=1)
        asked = (clause.question and not exact) or re.search(r"\b(?:not|cannot|maybe|might|could|perhaps)\b", doubted)
        more = match["to"] and ("ask" in match[0][:4].lower() or (clause is not clauses[0] and match[0].lower().startswith("over to")))
        return intent("give-to", 0.75 if asked or more or len(names) > 1 else 0.94, f"tasks: GIVE TO (“{clause.raw[:60]}”)", to=to, note=" ".join(c.raw for c in clauses if c is not clause))
    return None
