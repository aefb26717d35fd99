"""Address cards: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), one or many in a file, as phones and Outlook write them."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.errors import Refused
from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import Grid, checked

HEADINGS = ("email", "name", "organisation")
_BEGIN = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*BEGIN:VCARD", re.IGNORECASE)
# [group.]NAME[;parameters]:value; a colon inside a quoted parameter does not end it (RFC 6350 3.3)
_LINE = re.compile(r'(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)")
_KINDS = ("KIND", "X-ADDRESSBOOKSERVER-KIND")
_BASE64 = re.compile(r";(?:ENCODING=)?(?:B|BASE64)(?=;|$)")
MOST_EMAILS = 10
MOST_VALUE = 20_000


@dataclass
class _Card:
    line: int
    is_person: bool = True  # KIND of 4.0 and Apple's X-ADDRESSBOOKSERVER-KIND: a group names people who have cards of their own
    written: str = ""  # FN
    parts: tuple[str, ...] = ()  # N: surname, first name, ...
    organisation: str = ""
    emails: list[tuple[int, str]] = field(default_factory=list)

    def cells(self) -> list[str]:
        """The preferred address first."""
        addresses = [email for _, email in sorted(self.emails, key=lambda one: one[0])]
        surname, first = (*self.parts, "", "")[:2]
        return ["; ".join(addresses), self.written or f"{first} {surname}".strip(), self.organisation]


def is_one(content: bytes) -> bool:
    return _BEGIN.match(content.replace(b"\0", b"")[:200].removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")) is not None


def grid(content: bytes) -> Grid:
    """A line for each card. Refused if no card can be read."""
    cards: list[_Card] = []
    card: _Card | None = None
    deep = 0  # an AGENT of vCard 2.1 is a card inside a card
    for number, line in _unfolded(decoded(content)):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, parameters, value = found[1].upper(), found[2].upper(), found[3]
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            deep += 1
            if deep == 1:
                card = _Card(number)
        elif name == "END" and value.strip().upper() == "VCARD":
            deep = max(0, deep - 1)
            if deep == 0 and card is not None:
                cards += [card] if card.is_person else []
                card = None
        elif card is not None and deep == 1:
            _take(card, name, parameters, _plain(value, parameters))
    if not cards:
        raise Refused("unreadable-file", "No card in this file could be read.")
    return checked([(0, list(HEADINGS)), *((card.line, card.cells()) for card in cards)])


def _take(card: _Card, name: str, parameters: str, value: str) -> None:
    if name == "FN":
        card.written = card.written or _said(value)
    elif name == "N":
        card.parts = card.parts or tuple(_said(part) for part in _components(value))
    elif name == "ORG":
        card.organisation = card.organisation or _said(_components(value)[0]).strip('"')
    elif name in _KINDS:
        card.is_person = value.strip().lower() != "group"
    elif name == "EMAIL" and len(card.emails) < MOST_EMAILS:
        card.emails.append((_order(parameters), _said(value).removeprefix("mailto:")))


def _order(parameters: str) -> int:
    """PREF of 4.0 is 1 to 100, the smaller the better; of 2.1 and 3.0 a word."""
    found = re.search(r"\bPREF=(\d{1,3})\b", parameters)
    if found:
        return int(found[1])
    return 0 if re.search(r"\bPREF\b", parameters) else 101


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first (RFC 6350 3.2); of 2.1 also the soft breaks of quoted-printable."""
    began, parts, size = 0, [""], 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        last = parts[-1]
        soft = last.endswith("=") and "QUOTED-PRINTABLE" in parts[0].partition(":")[0].upper()
        if soft or line[:1] in (" ", "\t"):
            more = line if soft else line[1:]
            if soft:
                parts[-1] = last[:-1]
            if size < MOST_VALUE:  # a photo is passed over
                parts.append(more)
                size += len(more)
            continue
        yield began, "".join(parts)
        began, parts, size = number, [line], len(line)
    yield began, "".join(parts)


def _plain(value: str, parameters: str) -> str:
    """The value as text; 2.1 has quoted-printable or base64 and a character set of its own."""
    if _BASE64.search(parameters):
        try:
            octets = base64.b64decode(value[:MOST_VALUE])
        except (binascii.Error, ValueError):
            return value
    elif "QUOTED-PRINTABLE" in parameters:
        octets = quopri.decodestring(value.encode("utf-8", "replace"))
    else:
        return value
    named = re.search(r"CHARSET=\"?([A-Z0-9_:.-]{1,40})", parameters)
    for charset in (named[1] if named else "utf-8", "utf-8"):
        try:
            return octets.decode(charset)
        except (LookupError, ValueError):
            continue
    return octets.decode("cp1252", "replace")


def _components(value: str) -> list[str]:
    """Cut at semicolons that are not escaped."""
    return re.split(r"(?<!\\);", value)


def _said(value: str) -> str:
    """Without the backslashes of RFC 6350 3.4."""
    return " ".join(_ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value).split())
