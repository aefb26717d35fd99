"""An address book in LDIF (RFC 2849), which is what Thunderbird writes unless it is told otherwise."""

from __future__ import annotations

import base64
import binascii
import re

from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import Grid, checked

_BEGIN = re.compile(r"(?:version:.*\n)?(?:#.*\n|\s*\n)*dn::?\s", re.IGNORECASE)
_SEVERAL = ("mail", "mozillasecondemail")
# attribute -> heading
_HEADINGS = {
    **dict.fromkeys(_SEVERAL, "email"),
    "cn": "name",
    "displayname": "name",
    "givenname": "first name",
    "sn": "surname",
    "o": "organisation",
    "company": "organisation",
}
_ORDER = tuple(dict.fromkeys(_HEADINGS.values()))


def is_one(content: bytes) -> bool:
    return _BEGIN.match(decoded(content[:2000]).replace("\r\n", "\n")) is not None


def grid(content: bytes) -> Grid:
    """A line for each entry. A group has no address of its own and is passed over."""
    text = re.sub(r"\n ", "", decoded(content).replace("\r\n", "\n").replace("\r", "\n"))  # folded lines, RFC 2849 note 2
    lines: list[tuple[int, list[str]]] = [(0, list(_ORDER))]
    entry: dict[str, str] = {}
    for line in (*text.split("\n"), ""):
        name, _, value = line.partition(":")
        if not line.strip() and entry:
            if "email" in entry or "name" in entry:
                lines.append((len(lines), [entry.get(heading, "") for heading in _ORDER]))
            entry = {}
        elif heading := _HEADINGS.get(name.lower()):
            said = _value(value)
            if name.lower() in _SEVERAL and heading in entry:
                entry[heading] += f"; {said}"
            else:
                entry.setdefault(heading, said)
    return checked(lines)


def _value(value: str) -> str:
    """A colon more says that it is in base64."""
    if not value.startswith(":"):
        return value.strip()
    try:
        return base64.b64decode(value[1:]).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value[1:].strip()
