"""Quoted-printable (RFC 2045 6.7) for letters: constant text at compile time, a person's words on their own.

Lines of at most 76 octets with their soft break. A space at the end of a line, every other space of a run, a tab, a dot or
`From ` at the beginning of a line are encoded: so no relay has to touch them, the signature holds (RFC 6376 5.3), the
relaxed form of a body is the body itself (RFC 6376 3.4.4), and nothing needs a second dot (RFC 5321 4.5.2).
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
    if _PLAIN.fullmatch(words) and "  " not in words:
        return words.encode("ascii")
    return quote_text(words)


def quote_text(text: str) -> bytes:
    """Any text, beginning at the start of a line. What ends it without a line break must be followed by SOFT."""
    lines = _BREAKS.split(text)
    return b"\r\n".join([*(_quote_line(line, True) for line in lines[:-1]), _quote_line(lines[-1], False)])


def _quote_line(line: str, hard: bool) -> bytes:
    if _PLAIN.fullmatch(line) and "  " not in line and not (hard and line.endswith(" ")):
        return line.encode("ascii")
    coded = _begun(_UNSAFE.sub(_escape, line.encode("utf-8", "replace")).replace(b"  ", b" =20"))
    if hard and coded.endswith(b" "):
        coded = coded[:-1] + b"=20"
    pieces = []
    while len(coded) > WIDTH:
        cut = WIDTH - (2 if coded[WIDTH - 2 : WIDTH - 1] == b"=" else 1 if coded[WIDTH - 1 : WIDTH] == b"=" else 0)
        pieces.append(coded[:cut])
        coded = _begun(coded[cut:])
    pieces.append(coded)
    return SOFT.join(pieces)


def _begun(line: bytes) -> bytes:
    """What must not begin a line as it stands."""
    return _ESCAPES[line[0]] + line[1:] if line.startswith((b".", b"From ")) else line


def _escape(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[0][0]]
