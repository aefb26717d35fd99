"""Finding and cutting what is said of one person, wherever it stands (DP-11).

A person is mentioned by address and by full name. Addresses are cut wherever they stand on their own, in any case and as
they look in links and encoded text; a name only if it has two words and nobody else here bears it. In octets (raw mail,
compiled letters) what is transfer-encoded is looked into as well, and a workbook or other packed file in it: a mail in which
something stays that cannot be cut in place is emptied.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import io
import quopri
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MARK = "[erased]"
MOST, MOST_PARTS = 32_000_000, 1_000  # octets and parts that are looked at in one packed file
_PACKED = b"PK\x03\x04"

_BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{4,76}={0,2}\r?$\n?)+", re.MULTILINE)
_WORD = re.compile(rb"=\?[^?\s]+\?b\?([A-Za-z0-9+/=]+)\?=", re.IGNORECASE)


@dataclass(frozen=True)
class Mentions:
    """What names one person. `token` is a piece of ASCII in lower case that stands in every mention of one kind."""

    pattern: re.Pattern[str]
    tokens: tuple[str, ...]

    def cut(self, value: Any) -> Any:
        """The value (text, or JSON) without the person."""
        match value:
            case str():
                return self.pattern.sub(MARK, value)
            case list():
                return [self.cut(each) for each in value]
            case dict():
                return {self.cut(key): self.cut(each) for key, each in value.items()}
            case _:
                return value

    def within(self, octets: bytes) -> bool:
        """True if the person is named in these octets, encoded or not."""
        return any(self.pattern.search(text) for text in _readings(octets))

    def cut_octets(self, octets: bytes) -> bytes:
        """The octets without the person; nothing at all where they are named inside an encoding."""
        rest = self.pattern.sub(MARK, octets.decode("latin-1")).encode("latin-1")
        utf8 = octets.decode("utf-8", "surrogateescape")
        if utf8.isascii() is False:
            rest = self.pattern.sub(MARK, utf8).encode("utf-8", "surrogateescape")
        return b"" if self.within(rest) else rest


def of(addresses: Iterable[str], names: Iterable[str]) -> Mentions | None:
    """What names a person with these addresses and full names; none if there is nothing to look for."""
    patterns, tokens = [], set()
    for address in sorted(set(addresses), key=len, reverse=True):
        local, _, domain = address.rpartition("@")
        ends = rf"{re.escape(domain)}(?![\w-]|\.\w)"
        patterns.append(
            rf"(?<![\w.+-]){re.escape(local)}(?:@|%40|=40|=){ends}|(?<=[+-]){re.escape(local)}={ends}"
        )  # VERP
        tokens.add(_token([local, *domain.split(".")]))
    for name in sorted({" ".join(name.split()) for name in names}, key=len, reverse=True):
        words = name.split(" ")
        if len(words) < 2:
            continue
        between = r"(?:[\s_]|=20)+"
        straight = between.join(map(re.escape, words))
        turned = rf"{re.escape(words[-1])},{between}{between.join(map(re.escape, words[:-1]))}"
        patterns += [rf"(?<!\w){straight}(?!\w)", rf"(?<!\w){turned}(?!\w)"]
        tokens.add(_token(words))
    if not patterns:
        return None
    return Mentions(re.compile("|".join(patterns), re.IGNORECASE), tuple(sorted(tokens)))


def _token(words: list[str]) -> str:
    """The longest word that is written the same everywhere; empty if none is."""
    plain = [word.lower() for word in words if word.isascii()]
    return max(plain, key=len, default="")


def _readings(octets: bytes) -> Iterable[str]:
    """What these octets may say: as they stand, and without each transfer encoding; packed files with what is in them."""
    yield octets.decode("utf-8", "replace")
    if b"&#" in octets:
        yield html.unescape(octets.decode("utf-8", "replace"))
    if b"=" in octets:
        yield quopri.decodestring(octets.replace(b"=\r\n", b"").replace(b"=\n", b"")).decode("utf-8", "replace")
    for coded in [*_BASE64.findall(octets), *_WORD.findall(octets)]:
        try:
            plain = base64.b64decode(coded, validate=False)
        except (binascii.Error, ValueError):
            continue
        yield from _texts(plain)
        if plain.startswith(_PACKED):
            for part in _unpacked(plain):
                yield from _texts(part)


def _texts(octets: bytes) -> Iterable[str]:
    yield octets.decode("utf-8", "replace")
    if octets[:200].count(0) > 20 or octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        big_end_first = octets.startswith(codecs.BOM_UTF16_BE) or octets[:1] == b"\0"
        yield octets.decode("utf-16-be" if big_end_first else "utf-16-le", "replace")
    if b"&#" in octets:
        yield html.unescape(octets.decode("utf-8", "replace"))


def _unpacked(octets: bytes) -> Iterable[bytes]:
    """The parts of a workbook or another packed file, as far as MOST octets go (SAFE-4: a packed bomb is not filled)."""
    left = MOST
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as packed:
            for name in packed.namelist()[:MOST_PARTS]:
                with packed.open(name) as part:
                    found = part.read(left)
                left -= len(found)
                yield found
                if left <= 0:
                    return
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return  # broken or with a password: nobody can read it here
