"""How a letter begins: `Jane` for Jane Doe, `technicians at Hill School` for a shared mailbox, nothing where we do not know."""

from __future__ import annotations

import re

from mailer.people.people import tidy

TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev", "revd", "sir", "dame", "madam", "yr", "dr."}
)
# Words by which the local part of an address shows that it is a mailbox of several people.
MAILBOX_WORDS = frozenset(
    {
        "admin", "all", "biology", "chemistry", "department", "dept", "enquiries", "facilities", "faculty", "info", "lab",
        "labs", "mail", "office", "physics", "prep", "preproom", "reception", "school", "sci", "science", "staff",
        "stores", "support", "team", "tech", "technician", "technicians", "techs", "workshop",
    }
)  # fmt: skip


def for_person(name: str) -> str:
    """The first name; with a title and one name only, both (`Dr Smith`); empty without a name."""
    words = tidy(name).split()
    if not words:
        return ""
    titled = words[0].rstrip(".").lower() in TITLES
    rest = words[1:] if titled else words
    if titled and len(rest) == 1:
        return " ".join(words)
    first = (rest or words)[0]
    if len(first.rstrip(".")) == 1 and len(rest) > 1:  # an initial: `J. Doe`
        return " ".join(words)
    return first.capitalize() if first.isupper() or first.islower() else first


def for_mailbox(address: str, organisation: str = "") -> str:
    """The words of the local part and the organisation (`science technicians at Hill School`), else everyone at the organisation, else nothing."""
    words = [word for word in _words(address) if word not in organisation.casefold().replace(" ", "")]
    if words and any(word in MAILBOX_WORDS for word in words):
        return " ".join(words) + (f" at {organisation}" if organisation else "")
    return f"all at {organisation}" if organisation else ""


def looks_shared(address: str, name: str) -> bool:
    """True if an address without a person's name is a mailbox by its words, or its name says what it is for."""
    in_name = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
    if in_name:
        return in_name[-1] in {"technicians", "team", "office", "department", "mailbox", "reception", "techs"}
    words = _words(address)
    return bool(words) and all(word in MAILBOX_WORDS for word in words)


def _words(address: str) -> list[str]:
    return [word for word in re.split(r"[^a-z]+", address.rpartition("@")[0].lower()) if len(word) > 1]
