"""What the headings of a list say: `meaning` gives the kind of a column, or none. Policy is the two tables, read top-down.

A heading is compared by its letters alone, first as it is written, then without what stands in brackets ("Email (work)").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from mailer.people.sheet import agreed
from mailer.people.sheet.exported import plain

EMAIL, NAME, FIRST, LAST, PLACE, ROLES, PURPOSES = "email", "name", "first", "last", "organisation", "roles", "purposes"
STATUS, ATTRIBUTES, EVIDENCE = "status", "attributes", "evidence"
LAST_FIRST = "last first"  # the whole name in one cell, surname first: turned round where no comma says so
FURTHER = "further"  # more addresses of the person: told, never taken instead of the one in a column called Email
OUT, IN, CONSENT, NOTES = "out", "in", "consent", "notes"  # what a column says about being written to
WANTS = "wants"  # ... and about one purpose alone

# kinds of which every column counts; of the others the one further up in COLUMNS
SEVERAL = frozenset({EMAIL, STATUS, OUT, IN, CONSENT, NOTES, WANTS})
STRICT = frozenset({"roles", "purposes", "purpose"})  # contract 3: a word in these that is none of ours refuses the line


def _all(kind: str, *groups: Iterable[str]) -> dict[str, str]:
    return {heading: kind for group in groups for heading in group}


# what a heading may be called (letters only, lower case) -> what it is; of two that mean the same, the one further up here counts
COLUMNS: Mapping[str, str] = {
    **_all(
        EMAIL,
        ("email", "emailaddress", "emails", "mail", "emailvalue", "ebost", "cyfeiriadebost", "workemail", "contactemail"),
        ("primaryemail", "smtpaddress", "primarysmtpaddress", "useremail", "subscribedaddresses", "userprincipalname"),
        ("youremail", "youremailaddress", "whatisyouremail", "whatisyouremailaddress"),
        ("emailaddresses", "proxyaddresses", "address", "addresses", "cyfeiriad"),
    ),
    **_all(
        NAME,
        ("name", "fullname", "displayname", "contactname", "membername", "staffname", "technicianname", "attendeename"),
        ("delegatename", "member", "contact", "maincontact", "enw", "enwllawn", "yourname", "yourfullname", "whatisyourname"),
        ("technician", "attendee", "delegate", "staffmember"),
    ),
    **_all(LAST_FIRST, ("lastfirst", "lastnamefirst")),
    **_all(FIRST, ("firstname", "forename", "forenames", "givenname", "givennames", "christianname", "first", "enwcyntaf")),
    **_all(LAST, ("lastname", "surname", "familyname", "secondname", "last", "cyfenw")),
    **_all(
        PLACE,
        ("organisation", "organization", "organisationname", "organizationname", "school", "schoolname", "company"),
        ("nameofschool", "yourschool", "schoolcollege", "schoolorcollege", "college", "whichschool", "companyname"),
        ("department", "institution", "employer", "workplace", "ysgol", "sefydliad", "coleg"),
    ),
    **_all(ROLES, ("roles", "role")),
    **_all(PURPOSES, ("purposes", "purpose", "lists", "list")),
    **_all(EVIDENCE, ("evidence",)),
    **_all(CONSENT, agreed.CONSENT),
    **_all(OUT, agreed.OUT),
    **_all(IN, agreed.IN),
    **_all(
        STATUS,
        ("status", "subscriptionstatus", "memberstatus", "emailmarketingstatus", "emailpreference", "deliverymode"),
    ),
    **_all(NOTES, ("notes", "note", "comments", "comment", "remarks", "nodiadau", "sylwadau")),
    **_all(ATTRIBUTES, ("attributes", "attribs")),
}
RANK = {heading: at for at, heading in enumerate(COLUMNS)}

# what is in none of these columns, though a word of the heading says so
_NEVER = re.compile(
    r"(?:label|type|display|subject|verified|(?<!con)(?<!repre)sent|phone|mobile|tel|fax|postcode|street|road|town|county|url|link|token"
    r"|size|(?<!s)urn|(?:previous|former|maiden)(?:surname|last|family))"
)
# whose address or name it is: not that of the person of the line
_SOMEBODY_ELSE = re.compile(
    r"manager|supervisor|boss|parent|carer|guardian|mother|father|spouse|nextofkin|emergency|added|invited"
    r"|^head(?!ing)|head(?:teacher|master|mistress|of|s?e?mail|$)|(?<!us)edby|^by|by$|^from|from$|frome?mail"
)
_OF_A_PERSON = frozenset({EMAIL, NAME, FIRST, LAST, LAST_FIRST})
_SURNAME, _FORENAME = r"(?:surname|lastname|familyname|cyfenw)", r"(?:firstname|forename|givenname|first|enwcyntaf)"
# a whole name in one cell, in this order, whatever stands before it: "Technician (Surname, Forename)"
_WHOLE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_SURNAME}(?:and|then)?{_FORENAME}"), LAST_FIRST),
    (re.compile(rf"{_FORENAME}(?:and|then)?(?:{_SURNAME}|last$)"), NAME),
)
# the rest: a pattern anywhere in the letters of a heading -> what it is
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"unsub|opt(?:ed)?out|donot(?:e?mail|contact|send)|dont(?:e?mail|contact)|^clean(?:ed)?time$|^nonewsletter$"), OUT),
    (re.compile(r"status$"), STATUS),
    (re.compile(r"consent|gdpr|permissionto|agreeto|happytobe|opt(?:ed)?in$"), IN),
    (re.compile(r"e?mail(?!ing|list|merge|preference)|ebost"), EMAIL),
    (re.compile(_SURNAME), LAST),
    (re.compile(r"firstname|forename|givenname|enwcyntaf"), FIRST),
    (re.compile(r"fullname|^names?$|^nameof(?:contact|technician|member|delegate|attendee|person|staff)"), NAME),
    (re.compile(r"school|college|academy|universit|institution|organi[sz]ation|employer|workplace|ysgol"), PLACE),
)
_BRACKETS = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_LAST_PATTERN = len(COLUMNS) + len(PATTERNS)


@lru_cache(maxsize=4096)
def meaning(heading: str) -> str:
    """What a column is by its heading; empty if it says nothing to us."""
    kind = _kind(heading)
    return "" if kind in _OF_A_PERSON and somebody_else(heading) else kind


def somebody_else(heading: str) -> bool:
    """Whether a heading speaks of another person than the one of the line: "Head teacher email", "Added by"."""
    return _SOMEBODY_ELSE.search(plain(heading)) is not None


def by_name(heading: str) -> bool:
    """Whether a column is called one of COLUMNS, and not told by a pattern alone."""
    return rank(heading) < _LAST_PATTERN


def _kind(heading: str) -> str:
    letters = plain(heading)
    if whole := next((kind for pattern, kind in _WHOLE if pattern.search(letters)), ""):
        return whole
    for reading in _readings(heading):
        if reading in COLUMNS:
            return COLUMNS[reading]
    if agreed.purposes_of(heading):
        return WANTS
    if len(letters) > 60 or _NEVER.search(letters):
        return ""
    kind = next((kind for pattern, kind in PATTERNS if pattern.search(letters)), "")
    return "" if kind == PLACE and re.search(r"e?mail|address|role|job|title|department|years?|age", letters) else kind


def rank(heading: str) -> int:
    """Of two columns of one kind the smaller comes first."""
    return next((RANK[letters] for letters in _readings(heading) if letters in RANK), _LAST_PATTERN)


def strict(heading: str) -> bool:
    """Whether this is a column of contract 3, in which a strange word refuses the line, or one that may hold job titles."""
    return plain(heading) in STRICT


def _readings(heading: str) -> tuple[str, str]:
    return plain(heading), plain(_BRACKETS.sub(" ", heading))
