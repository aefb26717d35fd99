"""The compiled letter: constant octets with slots between them, and how it is stored.

Stored form, format 1, one line of JSON and then octets, so that a person can read it in the database:

    termpost-letter 1\\n
    {"order": [0, 1, 0, ...], "slots": [["mailbox", [...]], ...], "sizes": [412, 77, ...]}\\n
    constant octets, one piece after the other, `sizes` long each

Between constant n and n + 1 stands the slot with number order[n]; a slot that stands in a letter several times is encoded
once. A worker fills only formats that it knows (ruling 6).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mailer.outbound.letter.terms import LetterError

FORMAT = 1
_MAGIC = b"termpost-letter "

Template = tuple[tuple[str, str], ...]
"""Words with slots between them: (kind, slot name) for a slot, ("", words) for what is constant."""


@dataclass(frozen=True, slots=True)
class Slot:
    """How a place is encoded (a key of slots.ENCODERS), and the template or templates that it is made of."""

    way: str
    templates: tuple[Template, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for template in self.templates for kind, name in template if kind)


@dataclass(frozen=True, slots=True)
class Skeleton:
    format: int
    constants: tuple[bytes, ...]
    slots: tuple[Slot, ...]
    order: tuple[int, ...]

    @property
    def names(self) -> frozenset[str]:
        """The values that fill() needs; a block called x needs x.text and x.html."""
        return frozenset().union(*(slot.names for slot in self.slots))

    def to_bytes(self) -> bytes:
        head = {
            "order": self.order,
            "slots": [[slot.way, slot.templates] for slot in self.slots],
            "sizes": [len(constant) for constant in self.constants],
        }
        line = json.dumps(head, separators=(",", ":"), sort_keys=True).encode("ascii")
        return b"%s%d\n%s\n%s" % (_MAGIC, self.format, line, b"".join(self.constants))

    @classmethod
    def from_bytes(cls, stored: bytes) -> Skeleton:
        """Raises LetterError for a format this program does not know and for what is no letter."""
        first, _, rest = stored.partition(b"\n")
        number = first.removeprefix(_MAGIC)
        if not first.startswith(_MAGIC) or not number.isdigit():
            raise LetterError("what is stored is not a compiled letter")
        if int(number) != FORMAT:
            raise LetterError(f"the letter has format {int(number)}; this program fills format {FORMAT}")
        line, _, octets = rest.partition(b"\n")
        try:
            head = json.loads(line)
            constants, at = [], 0
            for size in head["sizes"]:
                constants.append(octets[at : at + size])
                at += size
            slots = tuple(Slot(way, _templates(templates)) for way, templates in head["slots"])
            order = tuple(int(number) for number in head["order"])
        except (ValueError, KeyError, TypeError) as error:
            raise LetterError("the compiled letter is damaged") from error
        if at != len(octets) or len(constants) != len(order) + 1 or any(not 0 <= n < len(slots) for n in order):
            raise LetterError("the compiled letter is damaged")
        return cls(FORMAT, tuple(constants), slots, order)


def _templates(stored: Any) -> tuple[Template, ...]:
    return tuple(tuple((str(kind), str(name)) for kind, name in template) for template in stored)
