"""Bytes of a message, put together by hand, because every mail program puts them together differently: the order of
the fields, the look of a boundary, who folds where. Nothing here knows any one program."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterable, Sequence
from email.header import Header

CRLF = "\r\n"


def field(name: str, value: str) -> str:
    """One header field, folded; words that are not ASCII as encoded words (RFC 2047)."""
    if value.isascii():
        return f"{name}: {_folded(value, len(name) + 2)}{CRLF}"
    return f"{name}: {Header(value, 'utf-8', maxlinelen=75, header_name=name).encode(linesep=CRLF)}{CRLF}"


def mailbox(name: str, address: str, *, quoted: bool = False) -> str:
    """`Name <address>`; the name quoted where a program always quotes it, encoded where it is not ASCII."""
    if not name:
        return address
    if not name.isascii():
        return f"{Header(name, 'utf-8').encode()} <{address}>"
    if quoted or set(name) & set('()<>[]:;@\\,."'):
        name = '"' + name.replace('"', "'") + '"'
    return f"{name} <{address}>"


def _folded(value: str, used: int) -> str:
    lines, line = [], ""
    for word in value.split(" "):
        if line and used + len(line) + 1 + len(word) > 76:
            lines.append(line)
            line, used = word, 1
        else:
            line = f"{line} {word}" if line else word
    return f"{CRLF} ".join([*lines, line])


def part(kind: str, text: str, *, encoding: str = "quoted-printable", more: Sequence[str] = ()) -> str:
    """A text part with its fields; `kind` is the Content-Type, `more` whole fields that stand after it."""
    return head(kind, encoding, more) + CRLF + encoded(text, encoding)


def head(kind: str, encoding: str, more: Sequence[str] = ()) -> str:
    """Content-Type and Content-Transfer-Encoding, as they stand before a body."""
    fields = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *more]
    return "".join(f"{each}{CRLF}" for each in fields)


def encoded(text: str, encoding: str) -> str:
    """The body of a text in a transfer encoding, its lines ended by CRLF."""
    lines = text.replace("\r\n", "\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(lines.encode()).decode("ascii").replace("\n", CRLF) + CRLF
    if encoding == "base64":
        return octets(lines.replace("\n", CRLF).encode())
    return lines.replace("\n", CRLF) + CRLF


def octets(content: bytes) -> str:
    """Base64 in lines of 76."""
    return base64.encodebytes(content).decode("ascii").replace("\n", CRLF)


def multipart(boundary: str, parts: Iterable[str], *, preamble: str = "") -> str:
    """The body of a multipart; each part is fields, an empty line and a body."""
    start = preamble + CRLF if preamble else ""
    return start + "".join(f"--{boundary}{CRLF}{each}{CRLF}" for each in parts) + f"--{boundary}--{CRLF}"


def message(fields: Iterable[str], body: str) -> bytes:
    """Whole fields and a body with its own Content-Type among the fields."""
    return ("".join(fields) + CRLF + body).encode("utf-8")
