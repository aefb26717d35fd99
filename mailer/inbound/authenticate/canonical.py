"""How DKIM sees a message (RFC 6376 3.4), in time that grows with its size and nothing else."""

from __future__ import annotations

import re

_WHITE = re.compile(rb"[ \t]+")
_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")

Fields = list[tuple[bytes, bytes]]  # name as written, the whole field with its CRLF


def split(raw: bytes) -> tuple[Fields, bytes]:
    """Fields and body, lines ended by CRLF: a pipe may have taken the CR."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = (b"", b"", whole[2:]) if whole.startswith(b"\r\n") else whole.partition(b"\r\n\r\n")
    fields: list[list[bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        elif line:
            fields.append([line])
    found: Fields = []
    for lines in fields:
        name = _NAME.match(lines[0])
        if name:
            found.append((name[1], b"\r\n".join(lines) + b"\r\n"))
    return found, body


def body(octets: bytes, relaxed: bool) -> bytes:
    """The body as it is hashed."""
    if relaxed:
        octets = _WHITE.sub(b" ", octets).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    bare = octets.rstrip(b"\r\n")
    return bare + b"\r\n" if bare or not relaxed else b""


def header(field: bytes, relaxed: bool) -> bytes:
    """One field as it is hashed, with its CRLF."""
    if not relaxed:
        return field
    name, _, value = field.partition(b":")
    return name.strip(b" \t").lower() + b":" + _WHITE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ") + b"\r\n"


def chosen(fields: Fields, names: list[bytes]) -> list[bytes]:
    """The fields that a signature names, each from the bottom up; one named once too often is none (5.4.2)."""
    left: dict[bytes, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name.lower(), []).append(field)
    return [left[name].pop() for name in names if left.get(name)]
