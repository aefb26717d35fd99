"""What a column of a list says about being written to: "Unsubscribed: Y", "Opted out", "Consent: No".

Who is said not to want mail stays out, however the column is called; what is no plain "no" in a column for opting out counts as a
yes there (a date, an x), as it is better to leave somebody out than to write to them. A column that names a purpose ("Newsletter:
No") is about that one alone, and its yes adds nothing: purposes are given in a column of that name (contract 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.people.sheet import exported
from mailer.people.sheet.exported import plain

# headings (letters only, lower case): filled in, it says that they are not to be written to
OUT = (
    *("unsubscribed", "unsubscribe", "unsub", "unsubscribedat", "optout", "optedout", "emailoptout", "hasoptedoutofemail"),
    *("donotcontact", "donotemail", "donotmail", "dnc", "nocontact", "noemail", "nomail", "doesnotwantemail"),
    *("left", "hasleft", "leaver", "dateleft", "leavingdate", "removed", "remove", "blocked"),
)
# ... a plain "no" says so
IN = (
    *("subscribed", "optin", "optedin", "emailoptin", "active", "current", "mailinglist", "onmailinglist", "emailconsent"),
    *("gdpr", "gdprconsent", "consentgiven", "consenttoemail", "consenttocontact", "iagreetobecontacted", "iagreetobeemailed"),
    *("mayweemailyou", "canweemailyou", "canwecontactyou"),
)
CONSENT = ("consent", "permission", "consentevidence")  # as IN, and what else stands there is the evidence
_NO = frozenset({"n", "no", "nope", "nothanks", "nothankyou", "false", "never", "notagreed", "refused", "declined", "withdrawn", "na", "none", "dim"})
_NO_SIGNS = frozenset({"0", "-", "–", "—", "✗", "✘", "❌", "☐"})


# a status in whatever words ("Unsubscribed (by user)", "Left 2024"), by how a word of it begins
_STATUS_OUT = re.compile(
    r"\b(?:un-?sub|opt(?:ed)?[ -]?out|block|black|bounc|cleaned|complain|suppress|remov|inactive|ban(?:ned)?\b|eras|delet|cancel"
    r"|left\b|leaver|leaving|retire|resign|deceased|died\b|former|expired|lapsed|declin|refus|do(?:es)? not|don.?t\b|no[ -]?e?mail"
    r"|moved on|disabled|non-?member|ended\b|archived|suspend|withdr|stop)",
    re.IGNORECASE,
)
_NOT = r"(?:do(?:es)?(?: not|n.?t)|not to be|no longer|(?:asked|prefers?|rather) not)"
_ANY = r"(?:(?:any|more|further|all|our|your|the|these|this|termly) )*"
# what a free note must say to be heard, and what a list keeps behind a name: "(No mail)"
_NOTE_OUT = re.compile(
    rf"\b{_NOT} (?:wants? |wish(?:es)? |likes? |be |send )?(?:to )?(?:be |get |have |receive )?{_ANY}(?:e-?mail|contact|writ|mail|gets?\b|receiv|hear\b)"
    r"|\bnever (?:e-?mail|mail|contact|write)\b|\bno (?:more |further )?e[- ]?mails?\b|\bno[ -]?e?mail(?:s|ings?)?\b|\bno more mail"
    r"|\bunsubscribed?\b|\bopt(?:ed|s)?[ -]out\b|\bnot interested\b|\bno longer interested\b|\bstop (?:all )?(?:the |our )?(?:e-?)?mail"
    r"|\b(?:has|have|since) left\b|\bleft (?:the |in |school|\d)|\bretired\b|\bdeceased\b|\bdied\b"
    r"|\bremoved? from\b|\bbe(?:en)? taken off\b|\b(?:take|taken|come) off (?:the |our |your |this )?(?:mailing )?list|\btake (?:him|her|them|me) off\b"
    r"|\b(?:please|to|to be) (?:remove|delete)d?(?: (?:him|her|them|me)\b|\W*$)|^\W*(?:remove|delete)\W*$|\bwithdr[ae]wn? consent\b"
    r"|\bobjects? to (?:e-?)?mail|\bpeidiwch ag? (?:e-?bostio|anfon|ysgrifennu)|\bpeidio ag? (?:e-?bostio|anfon|ysgrifennu)|\b(?:dim|ddim eisiau) (?:mwy o |rhagor o )?e-?byst\b|\bwedi (?:gadael|ymddeol|marw)\b",
    re.IGNORECASE,
)
# what people call what they may want of us, in a heading or a note
_CALLED = {
    **dict.fromkeys(("newsletter", "newsletters", "bulletin", "bulletins", "cylchlythyr"), "newsletter"),
    **dict.fromkeys(("meeting", "meetings", "event", "events", "invitation", "invitations", "invite", "invites", "cyfarfodydd"), "meetings"),
    **dict.fromkeys(("discussion", "discussions", "forum", "trafodaeth"), "discussion"),
    **dict.fromkeys(("exchange", "swap", "swaps", "vacancies", "jobs", "cyfnewid"), "exchange"),
    **dict.fromkeys(("directory", "cyfeiriadur"), "directory"),
}
# words of a heading that say nothing more beside such a one: "Would you like the termly newsletter? (Y/N)"
_BESIDE = re.compile(
    r"wants?|wanted|would|likes?|you|they|do|does|receives?|gets?|send|sent|to|the|our|my|me|an?|of|for|by|and|or|in|on|opt|opted|optin|signe?d?|up"
    r"|subscribe[drs]?|subscription|consent|agree[ds]?|happy|interested|termly|network|technicians|group|list|mailing|e|e?mails?|mailings|equipment|posts"
    r"|yes|no|y|n|tick|please|ok|i|we|may|can|about"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_YES = frozenset({"y", "yes", "x", "true", "ok", "ie", "tick", "ticked"})
_YES_SIGNS = frozenset({"1", "✓", "✔", "☑", "✅"})
_DECLINES = re.compile(r"(?:no|not|dim)\b", re.IGNORECASE)
_NOT_THAT = re.compile(
    rf"\b(?P<named>[a-z]+)\s*[:=–—-]\s*(?:no|n|dim|none|never|false)\b(?! (?:preference|problem|objection|issue))"
    rf"|\b(?:{_NOT} (?:wants? |wish(?:es)? |likes? |send )?(?:to )?(?:be |get |have |receive )?(?:sent )?|no (?:more )?|dim |stop |not interested in ){_ANY}(?P<what>[a-z]+)",
    re.IGNORECASE,
)
_WHAT = r"[a-z]+(?:(?:, ?| ?& ?| ?/ ?| and | or | a | neu )[a-z]+){0,5}"
_ONLY = re.compile(  # alone in its clause: not of somebody who "can come to meetings only on Fridays"
    rf"(?:^|[.,;:(–—-])\s*(?:(?:please|wants?|prefers?|likes?|would like|send|gets?|for|about|e-?mails?|mail|to|the) ){{0,6}}"
    rf"(?:(?:only|dim ond) (?:(?:the|for|about|to) )*(?P<first>{_WHAT})|(?P<last>{_WHAT}) (?:only|yn unig))(?: (?:e-?mails?|please|thanks))*\s*(?=$|[.,;:)–—-])",
    re.IGNORECASE,
)


def says_no(cell: str) -> bool:
    """A plain no; an empty cell says nothing."""
    return plain(cell) in _NO or cell.strip() in _NO_SIGNS


def says_yes(cell: str) -> bool:
    return plain(cell) in _YES or cell.strip() in _YES_SIGNS


def declines(cell: str) -> bool:
    """Whether what stands in a column for wanting something says that they do not, in whatever words."""
    return says_no(cell) or _DECLINES.match(cell) is not None or out_by_status([cell])


def purposes_of(heading: str) -> tuple[str, ...]:
    """What a heading asks whether they want; none if it is about anything else."""
    words = [word.lower() for word in _WORD.findall(heading)]
    if len(words) > 20 or not all(word in _CALLED or _BESIDE.fullmatch(word) for word in words) or words[-1:] in (["email"], ["mail"]):
        return ()
    if "no" in words and "yes" not in words:  # of a "no newsletter", or a number of meetings
        return ()
    return tuple(dict.fromkeys(_CALLED[word] for word in words if word in _CALLED))


def not_of(note: str) -> tuple[str, ...]:
    """The purposes of which a remark says that they do not want them."""
    said = [_CALLED.get((found["named"] or found["what"]).lower(), "") for found in _NOT_THAT.finditer(note)]
    for found in _ONLY.finditer(note):
        only = {_CALLED.get(word) for word in re.split(r"\W+|\b(?:and|or|a|neu)\b", (found["first"] or found["last"]).lower()) if word}
        said += [] if None in only else [purpose for purpose in _CALLED.values() if purpose not in only]
    return tuple(dict.fromkeys(filter(None, said)))


def noted_out(note: str) -> bool:
    """Whether a remark says that they are not to be written to."""
    return _NOTE_OUT.search(note) is not None


def out_by_status(statuses: Iterable[str]) -> bool:
    return any(plain(status) in exported.LEFT or _STATUS_OUT.search(status) for status in statuses)


def unconfirmed(statuses: Iterable[str]) -> bool:
    return any(plain(status) in exported.UNCONFIRMED for status in statuses)


def stays_out(out: Iterable[str], wants: Iterable[str], consent: Iterable[str]) -> bool:
    """By what stands in the columns of each kind; one that says so is enough."""
    return (
        any(said.strip() and not says_no(said) for said in out)
        or any(map(declines, wants))
        or any(map(says_no, consent))
    )
