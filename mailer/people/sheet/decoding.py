"""From octets to text, in the encodings in which lists of people come."""

from __future__ import annotations


def decoded(content: bytes) -> str:
    """UTF-8 or UTF-16, with or without a mark, UTF-32 with one, else what Windows wrote."""
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return content.decode("utf-32", "replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    start = content[:2000]
    if start.count(0) * 3 > len(start):  # every second octet of plain letters
        return content.decode("utf-16-be" if start[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
