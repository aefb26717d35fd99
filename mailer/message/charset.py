"""Octets to text, whatever the label says (MIME-3, RFC 7103 7.6): never raises, never loses a line.

Order: escape sequences, which say for themselves what they are; the declared charset if it is known and fits, UTF-8 if
it fits, a guess for long text only (short text fools every detector), else Windows-1252 with replacement.
"""

from __future__ import annotations

import codecs
import re

# labels seen in mail -> what they mean; a label that names a smaller set than is used in truth is widened
ALIASES = {
    "us-ascii": "ascii",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "cp-850": "cp850",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-unknown": "ascii",
    "unknown-8bit": "ascii",
    "utf8mb4": "utf-8",
    "iso-2022-jp": "iso2022_jp_ext",
}
_NO_CHARSET = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")
_GUESSED = ["utf_8", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "cp932", "euc_jp", "cp949"]
GUESS_FROM = 500  # octets; under this no detector is asked
GUESS_SAMPLE = 3072

# what Windows-1252 leaves undefined stays visible as the C1 character it is in ISO 8859-1
_CP1252 = "".join(
    bytes([i]).decode("cp1252") if i not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(i) for i in range(256)
)


def decode(octets: bytes, label: str | None = None) -> str:
    """The text of these octets. `label` is the declared charset, possibly absent, unknown or untrue."""
    name = (label or "").strip().strip("\"'").lower()
    name = ALIASES.get(name, name)
    if b"\x1b" in octets and not name.startswith("iso2022") and (text := _escaped(octets)) is not None:
        return text
    if name and name not in ("ascii", "utf-8", "utf8"):
        text = _declared(octets, name)
        if text is not None:
            return text
    try:
        return octets.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as broken:
        if _mostly_utf8(octets) and (broken.start > 0 or name in ("utf-8", "utf8")):
            return octets.decode("utf-8", "replace")
    if len(octets) >= GUESS_FROM and _foreign(octets):
        guessed = _guess(octets)
        if guessed is not None:
            return guessed
    return windows(octets)


# what switches to another set -> who knows it (RFC 1468, RFC 1554, RFC 1557); mail systems of the far east name no charset
_ESCAPES: tuple[tuple[re.Pattern[bytes], tuple[str, ...]], ...] = (
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
    (re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([IJ])"), ("iso2022_jp_ext", "iso2022_jp_2")),
    (re.compile(rb"\x1b\$(?:A|\(C)"), ("iso2022_jp_2",)),
)


def _escaped(octets: bytes) -> str | None:
    """Text of 7-bit sets by their escape sequences, None if there are none or it is something else."""
    for escape, names in _ESCAPES:
        if not escape.search(octets) or _EIGHT_BITS.search(octets):
            continue
        for name in names:
            try:
                return octets.decode(name)
            except UnicodeDecodeError:
                continue
        return octets.decode(names[0], "replace")
    return None


_EIGHT_BITS = re.compile(rb"[\x80-\xff]")


def windows(octets: bytes) -> str:
    """As Windows-1252, which never fails here."""
    return codecs.charmap_decode(octets, "replace", _CP1252)[0]


def _declared(octets: bytes, name: str) -> str | None:
    if name == "cp1252":
        # UTF-8 labelled as Latin-1 is common; Latin-1 that happens to be valid UTF-8 is not
        if any(b >= 0x80 for b in octets[:65536]):
            try:
                return octets.decode("utf-8")
            except UnicodeDecodeError:
                pass
        return windows(octets)
    try:
        found = codecs.lookup(name)
        if not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _NO_CHARSET:
            return None
        return octets.decode(found.name)
    except UnicodeDecodeError:
        pass
    except (LookupError, ValueError, TypeError):
        return None
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode(name, "replace")


def _mostly_utf8(octets: bytes) -> bool:
    text = octets[:65536].decode("utf-8", "replace")
    wide = sum(1 for c in text if c > "\x7f")
    return text.count("\ufffd") * 2 < wide


def _foreign(octets: bytes) -> bool:
    """Too many octets beyond ASCII for a language of western Europe: only then is a detector worth its time."""
    sample = octets[:GUESS_SAMPLE]
    return sum(1 for b in sample if b >= 0x80) * 5 > len(sample)


def _guess(octets: bytes) -> str | None:
    from charset_normalizer import from_bytes

    try:
        best = from_bytes(octets[:GUESS_SAMPLE], steps=3, chunk_size=512, cp_isolation=_GUESSED).best()
        return octets.decode(best.encoding, "replace") if best is not None else None
    except (LookupError, ValueError, UnicodeError):
        return None
