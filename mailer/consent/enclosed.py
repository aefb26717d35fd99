"""What stands in the files that a mail carries: packed files, PDF and winmail.dat, one in another, as far as they can be looked into (DP-11).

`texts` gives everything that can be read as text, and None wherever something could not be looked into: a password, a scanned page, a
file that is broken, packed too deep or too large. What opens a PDF or winmail.dat is a limited child process (SAFE-4, ruling 11).
"""

from __future__ import annotations

import base64
import codecs
import html
import io
import quopri
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailer.message import encoded, unpacked

MOST, MOST_PARTS = 32_000_000, 1_000  # unpacked octets and parts of one mail
MOST_OPENED = 40  # files of one mail that cost a process
DEEP = 4  # files in files

_BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?$\n?)+", re.MULTILINE)
_WORD = re.compile(rb"=\?[^?\s]+\?b\?([A-Za-z0-9+/=]+)\?=", re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # an Office file with a password (MS-OFFCRYPTO 2.3)
_FOLDS = re.compile(rb"BEGIN:V(?:CALENDAR|CARD)\b", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")  # in the middle of a word, even of a letter (RFC 5545 3.1, RFC 6350 3.2)
_JOINTS = re.compile(r"\s*([@.])\s*")


@dataclass
class _Left:
    """What may still be opened of one mail."""

    octets: int
    parts: int
    processes: int


def texts(mail: bytes) -> Iterator[str | None]:
    """What the encoded words and parts of a mail say, and the files among them."""
    left = _Left(MOST, MOST_PARTS, MOST_OPENED)
    for coded in _coded(mail):
        yield from _look(coded, left, DEEP)


def plain(octets: bytes) -> Iterator[str]:
    """What octets say that are words: as they stand, with encoded words, character references, quoted-printable, in unfolded lines."""
    text = octets.decode("utf-8", "replace")
    yield text
    if "=?" in text:
        yield encoded.words(text)
    if "&" in text:
        yield html.unescape(text)
    written = [octets]
    if "=" in text:
        written.append(quopri.decodestring(octets.replace(b"=\r\n", b"").replace(b"=\n", b"")))
        yield written[-1].decode("utf-8", "replace")
    for lines in written:
        if _FOLDS.search(lines):
            yield _FOLD.sub(b"", lines).decode("utf-8", "replace")


def _coded(octets: bytes) -> Iterator[bytes]:
    """What stands in base64; one that was cut off as far as it goes."""
    for found in [*_BASE64.findall(octets), *_WORD.findall(octets)]:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", found)
        whole = len(letters) - (len(letters) % 4 == 1)
        yield base64.b64decode(letters[:whole] + b"=" * (-whole % 4))


def _look(octets: bytes, left: _Left, deep: int) -> Iterator[str | None]:
    open_ = next((each for fits, each in FORMS if fits(octets)), None)
    yield from _words(octets)
    if open_ is None:
        if deep and b"base64" in octets.lower():  # a mail in a mail
            for coded in _coded(octets):
                yield from _look(coded, left, deep - 1)
        return
    if not deep:
        yield None
        return
    for part in open_(octets, left):
        if isinstance(part, bytes):
            yield from _look(part, left, deep - 1)
        else:
            yield part


def _words(octets: bytes) -> Iterator[str]:
    """Words, in UTF-16 too; in old Office files and mails of Outlook these begin anywhere."""
    if octets[:200].count(0) > 20 or octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        big_end_first = octets.startswith(codecs.BOM_UTF16_BE) or octets[:1] == b"\0"
        yield octets.decode("utf-16-be" if big_end_first else "utf-16-le", "replace")
        yield octets[1:].decode("utf-16-le", "replace")
        yield octets.decode("utf-8", "replace")
    else:
        yield from plain(octets)


def _packed(octets: bytes, left: _Left) -> Iterator[bytes | str | None]:
    """The parts of a workbook or another packed file; a bomb is not filled (SAFE-4)."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as packed:
            for name in packed.namelist():
                yield name
                left.parts -= 1
                if left.octets <= 0 or left.parts < 0:
                    yield None
                    return
                with packed.open(name) as part:
                    found = part.read(left.octets)
                    more = part.read(1)
                left.octets -= len(found)
                yield found
                if more:
                    yield None
                    return
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        yield None  # broken, or with a password


def _gzipped(octets: bytes, left: _Left) -> Iterator[bytes | str | None]:
    """Every member of it (RFC 1952, 2.2); zeros behind the last are padding."""
    rest = octets
    while rest:
        left.parts -= 1
        if left.octets <= 0 or left.parts < 0:
            yield None
            return
        member = zlib.decompressobj(wbits=31)
        try:
            found = member.decompress(rest, left.octets)
        except zlib.error:
            yield None
            return
        left.octets -= len(found)
        yield found
        if not member.eof:  # cut off, or larger than may be read
            yield None
            return
        rest = member.unused_data.lstrip(b"\0")


def _pdf(octets: bytes, left: _Left) -> Iterator[bytes | str | None]:
    """Letters of a page may stand apart: what is torn at its full stops is joined as well."""
    yield from _opened(octets, left, unpacked.open_pdf)


def _tnef(octets: bytes, left: _Left) -> Iterator[bytes | str | None]:
    yield from _opened(octets, left, unpacked.open_tnef)


def _opened(octets: bytes, left: _Left, ask: Callable[[bytes], unpacked.Opened]) -> Iterator[bytes | str | None]:
    left.processes -= 1
    if left.processes < 0:
        yield None
        return
    opened = ask(octets)
    yield from (opened.text, _JOINTS.sub(r"\1", opened.text), opened.html, html.unescape(opened.html))
    for file in opened.files:
        yield file.name
        yield file.content
    if opened.defect:
        yield None


def _shut(octets: bytes, left: _Left) -> Iterator[bytes | str | None]:
    yield None


# read top-down: what the octets are -> how they are opened; what is in none of these is words, or a picture
FORMS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, _Left], Iterator[bytes | str | None]]], ...] = (
    (lambda octets: octets.startswith(b"PK\x03\x04"), _packed),
    (lambda octets: b"%PDF-" in octets[:1024], _pdf),  # ISO 32000-1, implementation note 13: anywhere in the first kilobyte
    (lambda octets: octets.startswith(b"\x78\x9f\x3e\x22"), _tnef),
    (lambda octets: octets.startswith(b"\x1f\x8b"), _gzipped),
    (lambda octets: octets.startswith((b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")), _shut),
    (lambda octets: octets.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED in octets, _shut),
)
