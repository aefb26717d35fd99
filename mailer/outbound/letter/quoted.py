"""Quoted-printable (RFC 2045 6.7) for letters: constant text at compile time, a person's words on their own.

Lines of at most 76 octets with their soft break; a space at the end of a line, a dot or `From ` at its beginning are
encoded, so that no relay has to touch them and the signature holds (RFC 6376 5.3).
"""

from __future__ import annotations

import re

SOFT = b"=\r\n"
WIDTH = 75  # and one for the =

_PLAIN = re.compile(r"(?!\.|From )[ -<>-~]{0,75}")
_UNSAFE = re.compile(rb"[^ -<>-~]")
_BREAKS = re.compile(r"\r\n|\r|\n")
_ESCAPES = tuple(b"=%02X" % octet for octet in range(256))


def quote_slot(words: str) -> bytes:
    """A person's words, beginning at the start of a line; the caller puts a soft break behind them."""
    if _PLAIN.fullmatch(words):
        return words.encode("ascii")
    return quote_text(words)


def quote_text(text: str) -> bytes:
    """Any text, beginning at the start of a line. What ends it without a line break must be followed by SOFT."""
    lines = _BREAKS.split(text)
    return b"\r\n".join([*(_quote_line(line, True) for line in lines[:-1]), _quote_line(lines[-1], False)])


def _quote_line(line: str, hard: bool) -> bytes:
    if _PLAIN.fullmatch(line) and not (hard and line.endswith(" ")):
        return line.encode("ascii")
    coded = _UNSAFE.sub(_escape, line.encode("utf-8", "replace"))
    if coded.startswith((b".", b"From ")):
        coded = _ESCAPES[coded[0]] + coded[1:]
    if hard and coded.endswith(b" "):
        coded = coded[:-1] + b"=20"
    pieces = []
    while len(coded) > WIDTH:
        cut = _cut(coded)
        pieces.append(coded[:cut])
        coded = coded[cut:]
    pieces.append(coded)
    return SOFT.join(pieces)


def _escape(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[0][0]]


def _cut(coded: bytes) -> int:
    """Where the line may end: not inside =XX, not in front of a dot, which would stand at the beginning of the next."""
    cut = WIDTH
    while coded[cut - 1 : cut] == b"=" or coded[cut - 2 : cut - 1] == b"=" or coded[cut : cut + 1] in (b".", b"F"):
        cut -= 1
        if cut < WIDTH - 40:  # a line of dots: let the transport stuff them
            return WIDTH if b"=" not in coded[WIDTH - 2 : WIDTH] else WIDTH - 2
    return cut
