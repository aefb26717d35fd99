"""A glance at a message on its way into the store: enough to list it and to know a repeat. No parsing, no failing.

What is found here is only shown until the message is read properly; nothing is decided by it but whether the very
same delivery was stored before.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from mailer.message import encoded

HEADER_OCTETS = 64 * 1024  # how far a header is looked at
VALUE_CHARS = 500
ID_OCTETS = 998  # RFC 5322 2.1.1: no line, so no Message-ID, is longer

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"<([^<>\s]{1,254}@[^<>\s]{1,254})>|([^\s<>()\"',;:]{1,254}@[^\s<>()\"',;:]{1,254})")
_FOLD = re.compile(rb"\r?\n[ \t]")


@dataclass(frozen=True, slots=True)
class Peek:
    """What stands in the header, cut to what a row may hold, and the SHA-256 of the body."""

    message_id: str
    from_address: str
    subject: str
    body_sha256: str


def peek(content: bytes) -> Peek:
    """Look at the raw bytes of a message."""
    header, body_at = split(content)
    found = _ADDRESS.search(encoded.text_of(field(header, b"From")))
    return Peek(
        message_id=field(header, b"Message-ID").strip()[:ID_OCTETS],
        from_address=(found[1] or found[2]) if found else "",
        subject=encoded.text_of(field(header, b"Subject"))[:VALUE_CHARS],
        body_sha256=hashlib.sha256(memoryview(content)[body_at:]).hexdigest(),
    )


def split(content: bytes) -> tuple[bytes, int]:
    """The header as far as it is looked at, and where the body begins (RFC 5322 2.1)."""
    if content[:2] == b"\r\n" or content[:1] == b"\n":
        return b"", content.index(b"\n") + 1
    end = _END_OF_HEADER.search(content)
    if end is None:
        return content[:HEADER_OCTETS], len(content)
    return content[: min(end.start(), HEADER_OCTETS)], end.end()


def field(header: bytes, name: bytes) -> str:
    """The first field of this name, unfolded, without what no column holds; empty if there is none."""
    return next(iter(fields(header, name, 1)), "")


def fields(header: bytes, name: bytes, most: int = 20) -> list[str]:
    """The first `most` fields of this name, top to bottom."""
    values = []
    for found in re.finditer(rb"(?im)^" + re.escape(name) + rb"[ \t]*:((?:[^\n]|\n[ \t])*)", header):
        values.append(storable(_FOLD.sub(b" ", found[1]).strip().decode("utf-8", "replace")))
        if len(values) == most:
            break
    return values


def storable(text: str) -> str:
    """Without what PostgreSQL refuses in text: NUL and lone surrogates."""
    return encoded.printable(text)
