"""Which door of a network an address is: slug, role, tag.

Every network answers at `slug@`, `slug-role@` and `slug+TAG@`; `slug+role@` means the same as `slug-role@`
everywhere. Slugs never end in `-ROLE`, so the local part alone says which is which. Case never matters here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.message.tags import split_local

POST = "post"  # the discussion list itself
TAGGED = "tag"  # slug+TAG: the tag says what it is
OPERATOR = "operator"  # postmaster and abuse of the domain
UNKNOWN = "unknown"  # not the form of any address of ours

# what may stand after `slug-` or `slug+` -> the role it means
ROLES: dict[str, str] = {
    "agenda": "agenda",
    "news": "news",
    "join": "join",
    "leave": "leave",
    "help": "help",
    "request": "help",
    "exchange": "exchange",
    "committee": "committee",
    "owner": "committee",
    "private": "private",
    "ask": "private",
    "organise": "organise",
}
RESERVED = frozenset({"postmaster", "abuse", "root", "admin", "mailer-daemon", "noreply", "technical"})
OPERATOR_LOCALS = frozenset({"postmaster", "abuse"})  # RFC 5321 4.5.1, RFC 2142
SLUG_OCTETS = range(2, 21)

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Door:
    """Where a mail knocked. `role` is one of post, agenda, news, join, leave, help, exchange, committee, private,
    organise, tag, operator, unknown; `tag` is what stood behind the plus, lower-cased, whoever made it."""

    slug: str
    role: str
    tag: str = ""


def valid_slug(slug: str) -> bool:
    """True if a network may have this slug."""
    return (
        len(slug) in SLUG_OCTETS
        and slug not in RESERVED
        and _SLUG.fullmatch(slug) is not None
        and slug.rpartition("-")[2] not in (ROLES if "-" in slug else ())
    )


def parse_local(local: str) -> Door:
    """The door a local part names. Whether such a network exists, or the tag is good, is not known here."""
    low = local.strip('"').lower() if local.isascii() else ""
    if low in OPERATOR_LOCALS:
        return Door("", OPERATOR)
    head, plus = split_local(low)
    slug, _, last = head.rpartition("-")
    if last in ROLES and valid_slug(slug):
        return Door(slug, ROLES[last], plus)
    if not valid_slug(head):
        return Door("", UNKNOWN, plus)
    if "+" not in low:
        return Door(head, POST)
    if plus in ROLES:
        return Door(head, ROLES[plus])
    return Door(head, TAGGED, plus)
