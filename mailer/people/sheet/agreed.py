"""What a column of a list says about being written to: "Unsubscribed: Y", "Opted out", "Consent: No".

Who is said not to want mail stays out, however the column is called; what is no plain "no" in a column for opting out counts as a
yes there (a date, an x), as it is better to leave somebody out than to write to them.
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
_NO = frozenset({"n", "no", "nope", "false", "never", "notagreed", "refused", "declined", "withdrawn", "na", "none", "dim"})
_NO_SIGNS = frozenset({"0", "-", "–", "—", "✗", "✘", "❌", "☐"})


# a status in whatever words ("Unsubscribed (by user)", "Left 2024"), by how a word of it begins
_STATUS_OUT = re.compile(
    r"\b(?:un-?sub|opt(?:ed)?[ -]?out|block|black|bounc|cleaned|complain|suppress|remov|inactive|ban(?:ned)?\b|eras|delet|cancel"
    r"|left\b|leaver|leaving|retire|resign|deceased|died\b|former|expired|lapsed|declin|refus|do(?:es)? not|don.?t\b|no[ -]?e?mail"
    r"|moved on|disabled|non-?member|ended\b|archived|suspend|withdr|stop)",
    re.IGNORECASE,
)
# what a free note must say to be heard, and what a list keeps behind a name: "(No mail)"
_NOTE_OUT = re.compile(
    r"\b(?:do(?:es)? not|don.?t|not to be|no longer) (?:want |wish |be )?(?:to )?(?:be )?(?:e-?mail|contact|writ|mail|gets?\b|receiv)"
    r"|\bunsubscribed?\b|\bopted[ -]out\b|\bno[ -]?e?mail\b|\b(?:has|have|since) left\b|\bleft (?:the |in |school|\d)|\bretired\b"
    r"|\bdeceased\b|\bdied\b|\bremove from|\btake off (?:the )?list",
    re.IGNORECASE,
)


def says_no(cell: str) -> bool:
    """A plain no; an empty cell says nothing."""
    return plain(cell) in _NO or cell.strip() in _NO_SIGNS


def noted_out(note: str) -> bool:
    """Whether a remark says that they are not to be written to."""
    return _NOTE_OUT.search(note) is not None


def out_by_status(statuses: Iterable[str]) -> bool:
    return any(plain(status) in exported.LEFT or _STATUS_OUT.search(status) for status in statuses)


def unconfirmed(statuses: Iterable[str]) -> bool:
    return any(plain(status) in exported.UNCONFIRMED for status in statuses)


def stays_out(out: Iterable[str], wants: Iterable[str], consent: Iterable[str], notes: Iterable[str]) -> bool:
    """By what stands in the columns of each kind; one that says so is enough."""
    return (
        any(said.strip() and not says_no(said) for said in out)
        or any(map(says_no, wants))
        or any(map(says_no, consent))
        or any(map(noted_out, notes))
    )
