"""What a column of a list says about being written to: "Unsubscribed: Y", "Opted out", "Consent: No".

Who is said not to want mail stays out, however the column is called; what is no plain "no" in a column for opting out counts as a
yes there (a date, an x), as it is better to leave somebody out than to write to them.
"""

from __future__ import annotations

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


def says_no(cell: str) -> bool:
    """A plain no; an empty cell says nothing."""
    return plain(cell) in _NO or cell.strip() in _NO_SIGNS


def stays_out(out: str, wants: str, consent: str) -> bool:
    """By what stands in a column of each kind; empty where there is none."""
    return bool(out.strip() and not says_no(out)) or says_no(wants) or says_no(consent)
