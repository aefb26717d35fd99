"""Finding and cutting what is said of one person, wherever it stands (DP-11).

A person is mentioned by address and by full name. Addresses are cut wherever they stand on their own, in any case and as
they look in links and encoded text; a name only if it has two words and nobody else here bears it, with whatever apostrophe or
hyphen, its accents composed or not (Unicode 15, UAX 15) and in a character set that we did not read. In octets (raw mail,
compiled letters) what is transfer-encoded is looked into as well, and the files in it (`enclosed`): a mail in which something stays that
cannot be cut in place is emptied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mailer.consent import enclosed

MARK = "[erased]"
UNREAD = "\ufffd"  # what stands for an octet that is not UTF-8: an accent of Latin-1, an apostrophe of Windows-1252
_SIGNS = {sign: rf"[{signs}{UNREAD}]" for signs in ("'’ʼ‘`´\x92", r"\-‐‑") for sign in signs if sign != "\\"}


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
        return self._named(enclosed.plain(octets)) or self._named(enclosed.texts(octets))

    def without(self, octets: bytes) -> bytes | None:
        """The octets without the person; None if they are not named. Nothing at all where they are named inside an encoding or a file, or
        where a mail that names them carries a file that cannot be looked into. Slow, if there are files: it may start a process."""
        inside = closed = False
        for text in enclosed.texts(octets):
            closed |= text is None
            if text is not None and self.pattern.search(text):
                inside = True
                break
        if inside:
            return b""
        if not self._named(enclosed.plain(octets)):
            return None
        rest = self.pattern.sub(MARK, octets.decode("latin-1")).encode("latin-1")
        utf8 = octets.decode("utf-8", "surrogateescape")
        if utf8.isascii() is False:
            rest = self.pattern.sub(MARK, utf8).encode("utf-8", "surrogateescape")
        return b"" if closed or self._named(enclosed.plain(rest)) else rest

    def _named(self, texts: Iterable[str | None]) -> bool:
        return any(text is not None and self.pattern.search(text) for text in texts)


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
    for name in sorted({" ".join(unicodedata.normalize("NFC", name).split()) for name in names}, key=len, reverse=True):
        words = name.split(" ")
        if len(words) < 2:
            continue
        between = r"(?:[\s_]|=20)+"
        written = ["".join(map(_written, word)) for word in words]
        straight = between.join(written)
        turned = rf"{written[-1]},{between}{between.join(written[:-1])}"
        patterns += [rf"(?<!\w){straight}(?!\w)", rf"(?<!\w){turned}(?!\w)"]
        tokens.add(_token(re.findall(r"[A-Za-z0-9]+", name)))
    if not patterns:
        return None
    return Mentions(re.compile("|".join(patterns), re.IGNORECASE), tuple(sorted(tokens)))


def _written(letter: str) -> str:
    """A pattern of the ways in which a letter or sign of a name is written."""
    if letter in _SIGNS or letter.isascii():
        return _SIGNS.get(letter) or re.escape(letter)
    return f"(?:{letter}|{unicodedata.normalize('NFD', letter)}|{UNREAD})"


def _token(words: list[str]) -> str:
    """The longest word that is written the same everywhere; empty if none is."""
    plain = [word.lower() for word in words if word.isascii()]
    return max(plain, key=len, default="")
