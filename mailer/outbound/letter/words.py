"""A person's name and address in a header field; the writing itself is mailer.message.headers'.

Names are cleaned, not refused: no control, zero-width or bidi character gets into a field, and nobody misses a letter
because of one in a register (FMT-7, SAFE-7).
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailer.message import headers
from mailer.message.address import ascii_domain, parse_address
from mailer.message.encoded import clean
from mailer.outbound.letter.terms import LetterError

WIDTH = headers.SHOULD - 2
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9.\-]{1,190}")


def mailbox(field: str, name: str, address: str) -> bytes:
    """`Field: Name <address>`, whole, with its line end. `address` has been through address()."""
    said = phrase(name, len(field) + 2) if name else b""
    if not said:
        return f"{field}: <{address}>\r\n".encode()
    gap = "\r\n " if len(field) + len(said.rpartition(b"\n")[2]) + len(address) > WIDTH - 5 else " "
    return b"%s: %s%s" % (field.encode("ascii"), said, f"{gap}<{address}>\r\n".encode())


@lru_cache(maxsize=4096)
def phrase(name: str, start: int) -> bytes:
    cleaned = clean(name)
    return headers.phrase(cleaned, start) if cleaned else b""


def address(text: str, slot: str) -> str:
    """One address, its domain as A-labels; a local part beyond ASCII stays, for relays with SMTPUTF8 (OUT-13)."""
    if _ADDRESS.fullmatch(text):
        return text
    parsed = parse_address(text) if text.isprintable() else None
    local, _, domain = (parsed or "").rpartition("@")
    plain = ascii_domain(domain) if parsed else None
    if plain is None:
        raise LetterError(f"the value of {slot} is not one address")
    return f"{local}@{plain}"


def fold(tokens: list[str], used: int) -> bytes:
    """Tokens of a structured value with single spaces, folded where a line would be longer than WIDTH (FMT-5)."""
    out: list[str] = []
    for token in tokens:
        if out:
            wraps = used + 1 + len(token) > WIDTH
            out.append("\r\n " if wraps else " ")
            used = 1 if wraps else used + 1
        out.append(token)
        used += len(token)
    return "".join(out).encode("utf-8")
