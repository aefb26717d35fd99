"""Finding and cutting what is said of one person, wherever it stands (DP-11).

A person is mentioned by address and by full name. Addresses are cut wherever they stand on their own, in any case and as
they look in links and encoded text; a name only if it has two words and nobody else here bears it. In octets (raw mail,
compiled letters) what is transfer-encoded is looked into as well: a mail in which something stays that cannot be cut
in place is emptied.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MARK = "[erased]"

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
    yield octets.decode("utf-8", "replace")
    if b"=" in octets:
        yield quopri.decodestring(octets.replace(b"=\r\n", b"").replace(b"=\n", b"")).decode("utf-8", "replace")
    for coded in [*_BASE64.findall(octets), *_WORD.findall(octets)]:
        try:
            yield base64.b64decode(coded, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
