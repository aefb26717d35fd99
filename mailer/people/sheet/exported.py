"""Members of another list as JSON: what listmonk's and Mailman 3's interfaces give, or any list of objects with an address.

listmonk: `{"data": {"results": [{"email", "name", "status", "attribs", "lists": [{"subscription_status"}]}]}}`.
Mailman 3: `{"entries": [{"email", "display_name", "role", "delivery_mode"}]}`, where `address` is a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mailer.errors import Refused
from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import MOST_LINES, Grid, checked

HEADINGS = ("email", "name", "organisation", "roles", "purposes", "evidence", "status")
_NAMES = ("name", "display_name", "full_name")
_PLACES = ("organisation", "organization", "school", "company", "department", "institution")
_STRANGERS = ("nonmember",)  # Mailman keeps who wrote without being a member in the same table
_ROLES = frozenset({"member", "owner", "moderator", *_STRANGERS})  # ... as Mailman calls them; who runs it there runs nothing here
_DEEP = 4

# what other lists call somebody who is not to be written to, and somebody who never confirmed
LEFT = frozenset(
    {
        *("left", "unsubscribed", "optedout", "optout", "blocklisted", "blacklisted", "blocked", "disabled", "cleaned"),
        *(
            "bounced",
            "bybounces",
            "byuser",
            "bymoderator",
            "complained",
            "suppressed",
            "removed",
            "inactive",
            "banned",
            "erased",
            "unsubscribe",
        ),
    }
)
UNCONFIRMED = frozenset(
    {"unconfirmed", "pending", "invited", "nonsubscribed", "notconfirmed", "unverified", "awaiting", "waiting", "transactional", "none"}
)


def is_one(content: bytes) -> bool:
    return content[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def grid(content: bytes) -> Grid:
    """The people in it, wherever they stand; a line is a person. Refused if it is no JSON, or holds nobody."""
    try:
        whole = json.loads(decoded(content))
    except (ValueError, RecursionError) as error:
        raise Refused("unreadable-file", "This file could not be read as JSON.") from error
    people = [one for one in _people(whole, _DEEP) if str(one.get("role", "")) not in _STRANGERS]
    if not people:
        raise Refused("empty-file", "There is nobody in this file.")
    lines = [(number, cells_of(one)) for number, one in enumerate(people[: MOST_LINES + 1], 1)]
    return checked([(0, list(HEADINGS)), *lines])


def are_roles(words: Iterable[str]) -> bool:
    """Whether these are roles of Mailman, one that we do not know among them."""
    said = {word.lower() for word in words}
    return said <= _ROLES and bool(said - {"member"})


def cells_of(one: Mapping[str, Any]) -> list[str]:
    """A person as cells, in the order of HEADINGS."""
    more = attributes(one.get("attribs") or one.get("attributes"))
    return [
        _text(one, ("email",)),
        _text(one, _NAMES),
        _text(one, _PLACES) or _text(more, _PLACES),
        _text(one, ("roles",)),
        _text(one, ("purposes",)),
        _text(one, ("evidence",)),
        _status(one),
    ]


def attributes(value: Any) -> Mapping[str, Any]:
    """What listmonk keeps of a person besides: an object, in CSV as text."""
    if isinstance(value, str) and value.lstrip().startswith("{") and len(value) < 100_000:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def place(value: Any) -> str:
    """The organisation in such attributes, or empty."""
    return _text(attributes(value), _PLACES)


def _people(value: Any, deep: int) -> list[Mapping[str, Any]]:
    """The first list of objects that have an address, looked for under at most four names."""
    if isinstance(value, list):
        return [one for one in value if isinstance(one, Mapping) and isinstance(one.get("email"), str)]
    if not isinstance(value, Mapping) or not deep:
        return []
    found: Iterable[list[Mapping[str, Any]]] = (_people(inner, deep - 1) for inner in value.values())
    return next((people for people in found if people), [])


def _status(one: Mapping[str, Any]) -> str:
    """Their own status if it stops mail; else what they said of the lists: one that they confirmed is enough, one that they
    ended is not, and who did neither never confirmed."""
    own = [found for name in ("status", "delivery_status") if (found := _text(one, (name,)))]
    for stops in (LEFT, UNCONFIRMED):
        if bad := [status for status in own if plain(status) in stops]:
            return bad[0]
    lists = one.get("lists")
    said = (
        {plain(_text(each, ("subscription_status",))) for each in lists if isinstance(each, Mapping)}
        if isinstance(lists, list)
        else set()
    )
    if said - {""} and "confirmed" not in said:
        return "unsubscribed" if "unsubscribed" in said else "unconfirmed"
    return own[0] if own else ""


def plain(word: str) -> str:
    """A heading or a status without what each list writes differently: small letters and nothing else."""
    return re.sub(r"[^a-z]", "", word.lower())


def _text(one: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (one.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")
