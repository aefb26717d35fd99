"""Marks: random words that stand in a letter where a person's own value will go (ruling 6).

They are made afresh for each letter, so nothing that a person wrote can be one. They are plain ASCII and survive escaping,
sanitising and the CSS inliner; one for a link looks like a link, so that it may stand in an href.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from mailer.outbound.letter.terms import LetterError

Kind = Literal["header-phrase", "address", "text", "html", "url", "calendar-line", "block"]
KINDS: frozenset[str] = frozenset(get_args(Kind))
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
URL_PREFIX = "https://slot.invalid/"
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: never a word, never a tracking parameter


@dataclass(frozen=True, slots=True)
class Mark:
    token: str
    slot: str
    kind: str


class Marks:
    """The marks of one letter."""

    def __init__(self) -> None:
        self._made: dict[str, Mark] = {}
        self._expected: dict[str, dict[str, int]] = {}

    def mark(self, slot: str, kind: str) -> str:
        """A new mark for `slot`. A slot may be marked as often as needed and with several kinds; it has one value."""
        if kind not in KINDS:
            raise LetterError(f"{kind!r} is no kind of slot; there are {', '.join(sorted(KINDS))}")
        if not NAME.fullmatch(slot):
            raise LetterError(f"{slot!r} cannot be the name of a slot: small letters, digits and _")
        word = "zq" + "".join(secrets.choice(_ALPHABET) for _ in range(26))  # 123 bits
        token = URL_PREFIX + word if kind == "url" else word
        self._made[token] = Mark(token, slot, kind)
        return token

    def expect(self, *, text: str | None = None, html: str | None = None) -> None:
        """Count the marks in a body before the inliner touches it; compile() then wants exactly as many of each."""
        for part, body in (("text", text), ("html", html)):
            if body is not None:
                self._expected[part] = self.count(body)

    def count(self, body: str) -> dict[str, int]:
        """How often each mark made so far stands in `body`."""
        return {token: body.count(token) for token in self._made}

    def cut(self, body: str) -> list[str | Mark]:
        """The body in pieces: constant text, mark, constant text, ... beginning and ending with text, which may be empty."""
        if not self._made:
            return [body]
        pieces = re.split("(" + "|".join(map(re.escape, self._made)) + ")", body)
        return [self._made[piece] if index % 2 else piece for index, piece in enumerate(pieces)]

    def check(self, **parts: str) -> None:
        """Raises LetterError unless every mark stands somewhere in `parts`, and where expect() counted, exactly as often."""
        for mark in self._made.values():
            if not any(mark.token in body for body in parts.values()):
                raise LetterError(f"the slot {mark.slot} ({mark.kind}) was marked and does not stand in the letter")
        for part, expected in self._expected.items():
            found = self.count(parts.get(part, ""))
            for token, times in found.items():
                if times != expected.get(token, 0):
                    slot = self._made[token].slot
                    raise LetterError(
                        f"the slot {slot} stands {times} times in the {part}, not {expected.get(token, 0)}"
                    )
