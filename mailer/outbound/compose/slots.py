"""What differs per person, as the templates see it.

A template writes `{{ greeting }}` or `{{ leave_url }}` and gets a mark, which the outbox replaces for each person
(design ruling 6). A mark is made when a template first asks for it, so a letter has only the slots it shows. Where a
letter is shown rather than sent (proofs, the calendar description), the same names stand for fixed words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailer.outbound.letter import Kind, Marks

URL_SLOTS = ("leave_url", "preferences_url", "answer_url", "confirm_url", "leave_mailto")
GREETING = "greeting"
NAMES = (GREETING, *URL_SLOTS)


class Slot:
    """One slot in a template: text where text is wanted, HTML where HTML is."""

    __slots__ = ("_html", "_text")

    def __init__(self, text: Callable[[], str], html: Callable[[], str]) -> None:
        self._text = text
        self._html = html

    def __str__(self) -> str:
        return self._text()

    def __html__(self) -> str:
        return self._html()


class Kept:
    """The marks of one letter, each made once: a slot in several places is encoded once for each person."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self._made: dict[tuple[str, Kind], str] = {}

    def mark(self, slot: str, kind: Kind) -> str:
        if (slot, kind) not in self._made:
            self._made[slot, kind] = self.marks.mark(slot, kind)
        return self._made[slot, kind]

    def slots(self) -> dict[str, Slot]:
        seen: dict[str, Slot] = {GREETING: self._slot(GREETING, "text", "html")}
        seen.update({name: self._slot(name, "url", "url") for name in URL_SLOTS})
        return seen

    def _slot(self, name: str, text: Kind, html: Kind) -> Slot:
        return Slot(lambda: self.mark(name, text), lambda: self.mark(name, html))


def stand_ins(words: Mapping[str, str]) -> dict[str, str]:
    """Fixed words for every slot; a name that is not given is empty."""
    return {name: words.get(name, "") for name in NAMES}
