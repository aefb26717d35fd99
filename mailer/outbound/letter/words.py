"""Words in header fields and calendar lines: RFC 2047 where it is allowed and nowhere else (FMT-5, FMT-6), folded here.

All values are cleaned first: no control, zero-width or bidi character, white space as single spaces (FMT-7, SAFE-7).
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache

from mailer.message.encoded import clean

WIDTH = 76
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~\- ]*")  # RFC 5322 atext without =, so that =? never stands bare
_QUOTABLE = re.compile(r"[ -~]*")
_Q_PLAIN = re.compile(rb"[^A-Za-z0-9!*+/\-]")  # RFC 2047 5 (3): what may stand bare in a phrase
_PREFIX, _END = "=?utf-8?", "?="


def mailbox(name: str, address: str) -> bytes:
    """`Name <address>` or `<address>`; the name as atoms, a quoted string or encoded words."""
    coded = phrase(name) if name else ""
    if not coded:
        return f"<{address}>".encode()
    gap = "\r\n " if len(coded) + len(address) > WIDTH - 14 else " "
    return f"{coded}{gap}<{address}>".encode()


@lru_cache(maxsize=4096)
def phrase(name: str) -> str:
    """RFC 5322 3.2.5, RFC 2047 5 (3)."""
    name = clean(name)
    if len(name) < 60 and _ATOMS.fullmatch(name):
        return name
    if len(name) < 60 and "=?" not in name and _QUOTABLE.fullmatch(name):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return encoded_words(name, 12)


def unstructured(field: str, text: str) -> bytes:
    """The value of Subject and the like, folded, without the line end."""
    text = clean(text)
    used = len(field) + 2
    if text.isascii() and "=?" not in text and all(len(word) < WIDTH - used for word in text.split(" ")):
        return fold(text.split(" "), used).encode("ascii")
    return encoded_words(text, used).encode("ascii")


def structured(field: str, text: str) -> bytes:
    """A structured value as it stands, folded at its spaces; a token is never cut or encoded (FMT-5)."""
    return fold(clean(text).split(" "), len(field) + 2).encode("utf-8")


def fold(tokens: list[str], used: int) -> str:
    """Tokens with single spaces, a line break in front of the space that would lead beyond WIDTH."""
    out: list[str] = []
    for token in tokens:
        if out and used + 1 + len(token) > WIDTH:
            out.append("\r\n ")
            used = 1
        elif out:
            out.append(" ")
            used += 1
        out.append(token)
        used += len(token)
    return "".join(out)


def encoded_words(text: str, used: int) -> str:
    """Encoded words of at most 75 characters, whole characters in each, lines of at most 76 (RFC 2047 2, 5)."""
    raw = text.encode("utf-8", "replace")
    quoting = 3 * len(_Q_PLAIN.findall(raw)) < len(raw)
    words: list[str] = []
    piece = ""
    room = min(75, WIDTH - used) - len(_PREFIX) - len(_END) - 2
    for char in text.encode("utf-8", "replace").decode("utf-8"):
        if piece and _size(piece + char, quoting) > room:
            words.append(_word(piece, quoting))
            piece, room = "", 75 - len(_PREFIX) - len(_END) - 2
        piece += char
    words.append(_word(piece, quoting))
    return "\r\n ".join(words)


def fold_calendar(line: str) -> str:
    """A content line folded at 75 octets, never inside a character (RFC 5545 3.1), with its line end."""
    if len(line.encode("utf-8", "replace")) <= 75:
        return f"{line}\r\n"
    out: list[str] = []
    room = 75
    for char in line:
        size = len(char.encode("utf-8", "replace"))
        if size > room:
            out.append("\r\n ")
            room = 74
        out.append(char)
        room -= size
    return "".join(out) + "\r\n"


def _size(piece: str, quoting: bool) -> int:
    raw = piece.encode("utf-8")
    return (
        len(raw) + 2 * len([1 for hit in _Q_PLAIN.findall(raw) if hit != b" "]) if quoting else (len(raw) + 2) // 3 * 4
    )


def _word(piece: str, quoting: bool) -> str:
    raw = piece.encode("utf-8")
    if quoting:
        coded = _Q_PLAIN.sub(lambda hit: b"_" if hit[0] == b" " else b"=%02X" % hit[0][0], raw).decode("ascii")
        return f"{_PREFIX}q?{coded}{_END}"
    return f"{_PREFIX}b?{base64.b64encode(raw).decode('ascii')}{_END}"
