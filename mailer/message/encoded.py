"""Header text: RFC 2047 encoded words read with tolerance, and what must not be shown taken out.

Everything works on text that was unfolded before and takes time linear in its length.
"""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from mailer.message import charset

WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?\r\n]{0,8000})\?=")

# control, zero-width and bidirectional marks (SAFE-7); tab and newline become a space first
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"[ \t\r\n]+")


def clean(text: str) -> str:
    """One line fit to be shown: no control, zero-width or bidi characters, runs of white space as one (SAFE-7)."""
    return _HIDDEN.sub("", _SPACES.sub(" ", text)).strip()


def printable(text: str) -> str:
    """Body text fit to be shown: lines and tabs stay, lone surrogates and NULs go."""
    return _UNPRINTABLE.sub("", text)


_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")


def words(text: str) -> str:
    """Encoded words decoded, the rest left. Adjacent words of one charset are joined as octets before they are
    decoded, as many senders cut characters in two (RFC 2047 5 forbids it)."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: bytearray = bytearray()
    label = ""
    end = 0
    for found in WORD.finditer(text):
        gap = text[end : found.start()]
        octets = _octets(found[2], found[3])
        name = found[1].partition("*")[0].lower()  # RFC 2231 5: charset*language
        if pending and not gap.strip() and name == label:
            pending += octets
        else:
            if pending:
                out.append(charset.decode(bytes(pending), label))
                gap = gap if gap.strip() else ""
            out.append(gap)
            pending, label = bytearray(octets), name
        end = found.end()
    if pending:
        out.append(charset.decode(bytes(pending), label))
    out.append(text[end:])
    return "".join(out)


def text_of(raw: str) -> str:
    """A raw header value as it should be read: decoded and cleaned."""
    return clean(words(raw))


def _octets(how: str, coded: str) -> bytes:
    raw = coded.encode("utf-8", "surrogateescape")
    if how in "qQ":
        return unquote_to_bytes(raw.replace(b"%", b"%25").replace(b"=", b"%").replace(b"_", b" "))
    clean = _NOT_BASE64.sub(b"", raw)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
