"""Header fields that we write, as octets with their CRLF (FMT-5 to FMT-7).

Every value goes through one check that refuses CR, LF, NUL and other controls, so no text can begin a field of its own.
Structured fields (List-*, Message-ID, References, parameters, addresses) are folded at their spaces and never encoded;
encoded words (RFC 2047) stand only in free text and display names, whole characters each. Lines have at most 78 octets
where there is a place to fold, 998 always.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from mailer.message.address import ascii_domain, parse_address
from mailer.message.calendar import fold_calendar

__all__ = [
    "address",
    "address_field",
    "date_field",
    "fold_calendar",
    "is_message_id",
    "parameter",
    "phrase",
    "structured",
    "unstructured",
]

SHOULD = 78  # octets of a line, RFC 5322 2.1.1
MUST = 998
WORD = 75  # octets of one encoded word, RFC 2047 2

_FIELD_NAME = re.compile(r"[!-9;-~]{1,70}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def checked(text: str) -> str:
    """The text itself. Raises ValueError if a control character is in it (FMT-7)."""
    if _CONTROL.search(text):
        raise ValueError("a header value must not hold a control character")
    return text


def phrase(text: str, start: int = 20) -> bytes:
    """A display name: atoms, a quoted string, or encoded words folded by themselves. `start` is the column it begins at."""
    checked(text)
    text = " ".join(text.split(" ")).strip()
    if text.isascii() and "=?" not in text and len(text) < 500:
        if _ATOMS.fullmatch(text):
            return text.encode("ascii")
        return b'"' + re.sub(r'(["\\])', r"\\\1", text).encode("ascii") + b'"'
    return b"\r\n ".join(encoded_words(text, start))


def address(addr: str) -> bytes:
    """An addr-spec for the wire: the domain as A-labels. Raises ValueError for a local part beyond ASCII (OUT-13)."""
    parsed = parse_address(checked(addr))
    local, _, domain = (parsed or "").rpartition("@")
    wire = ascii_domain(domain) if domain and not domain.startswith("[") else domain
    if not parsed or not wire or not local.isascii():
        raise ValueError(f"{addr!r} cannot be written as an address")
    return f"{local}@{wire}".encode("ascii")


def address_field(name: str, people: Sequence[tuple[str, str]]) -> bytes:
    """`Name: display <address>, ...` one mailbox a line where they do not fit."""
    head = _name(name)
    line = head
    out: list[bytes] = []
    for i, (display, addr) in enumerate(people):
        spec = b"<" + address(addr) + b">" if display.strip() else address(addr)
        said = phrase(display, len(line) + 1) if display.strip() else b""
        comma = b"," if i + 1 < len(people) else b""
        last_width = len(said.rpartition(b"\n")[2]) if b"\n" in said else len(line) + 1 + len(said)
        glue = b"\r\n " if said and last_width + 1 + len(spec) > SHOULD else b" "
        item = (said + glue + spec if said else spec) + comma
        if line != head and len(line) + 1 + len(item.partition(b"\r\n")[0]) > SHOULD:
            out.append(line)
            line = b""
        line += b" " + item
        if b"\r\n" in line:
            done, _, line = line.rpartition(b"\r\n")
            out.append(done)
    out.append(line)
    return _whole(b"\r\n".join(out))


def unstructured(name: str, text: str) -> bytes:
    """Free text, such as Subject or Comments: as it is if ASCII, else encoded words."""
    checked(text)
    head = _name(name)
    text = text.strip()
    words = text.split(" ")
    if text.isascii() and "=?" not in text and max(map(len, words)) < 900:
        return _fold(head, words)
    return _whole(head + b" " + b"\r\n ".join(encoded_words(text, len(head) + 1)))


def structured(name: str, value: str) -> bytes:
    """A structured value, never encoded; folded at its spaces only, the first word always on the first line. Raises
    ValueError for a value that is not ASCII or has a stretch without space too long for a line."""
    if not checked(value).isascii():
        raise ValueError(f"{name} must be ASCII")
    return _fold(_name(name), value.strip().split(" "))


def date_field(when: datetime, name: str = "Date") -> bytes:
    """`Date: Mon, 02 Nov 2026 10:00:00 +0000`, the zone as a number (FMT-2). Raises ValueError for a naive time."""
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a Date needs a zone")
    minutes = int(offset.total_seconds()) // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    return structured(
        name,
        f"{_DAYS[when.weekday()]}, {when.day:02d} {_MONTHS[when.month - 1]} {when.year:04d} {when:%H:%M:%S} {zone}",
    )


def is_message_id(text: str) -> bool:
    """Whether it is a Message-ID as we may write one, with its brackets: <left@right>, in ASCII (FMT-3, FMT-5)."""
    return _MESSAGE_ID.fullmatch(text) is not None


def parameter(name: str, value: str) -> str:
    """`; name="value"`, or its RFC 2231 form for what is not ASCII; for Content-Type and Content-Disposition."""
    checked(value)
    if value.isascii():
        return f'; {name}="' + re.sub(r'(["\\])', r"\\\1", value) + '"'
    return f"; {name}*=utf-8''{quote(value, safe='')}"


def encoded_words(text: str, start: int = 10) -> list[bytes]:
    """Encoded words that spell `text`, the first short enough to begin at column `start`. B or Q, whichever is shorter."""
    utf8 = text.encode("utf-8")
    plain = sum(1 for b in utf8 if b in _Q_SAFE or b == 32)
    as_q = plain + 3 * (len(utf8) - plain) <= (len(utf8) + 2) // 3 * 4
    room = max(min(WORD, SHOULD - start), 30) - len("=?utf-8?q??=")
    found: list[bytes] = []
    now = b""
    for character in text:
        octets = character.encode("utf-8")
        if now and _width(now + octets, as_q) > room:
            found.append(_word(now, as_q))
            now, room = b"", WORD - len("=?utf-8?q??=")
        now += octets
    if now or not found:
        found.append(_word(now, as_q))
    return found


def _width(octets: bytes, as_q: bool) -> int:
    return sum(1 if b in _Q_SAFE or b == 32 else 3 for b in octets) if as_q else (len(octets) + 2) // 3 * 4


def _word(octets: bytes, as_q: bool) -> bytes:
    if as_q:
        coded = b"".join(b"_" if b == 32 else bytes([b]) if b in _Q_SAFE else b"=%02X" % b for b in octets)
        return b"=?utf-8?q?" + coded + b"?="
    return b"=?utf-8?b?" + base64.b64encode(octets) + b"?="


def _name(name: str) -> bytes:
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no field name")
    return name.encode("ascii") + b":"


def _fold(head: bytes, words: Sequence[str]) -> bytes:
    lines: list[bytes] = []
    line = head
    for i, word in enumerate(words):
        octets = word.encode("ascii")
        if i and octets and len(line) + 1 + len(octets) > SHOULD and line.strip():
            lines.append(line)
            line = b""
        line += b" " + octets
    return _whole(b"\r\n".join([*lines, line.rstrip()] if line.strip() else lines))


def _whole(field: bytes) -> bytes:
    if any(len(line) > MUST for line in field.split(b"\r\n")):
        raise ValueError("a header line is too long and has no place to fold")
    return field + b"\r\n"
