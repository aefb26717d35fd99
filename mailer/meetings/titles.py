"""What the parts of a meeting are called, in each language we write in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailer.meetings.programme import BREAK, LUNCH
from mailer.meetings.shape import SLOTS, Slot
from mailer.people import formats

CONTINUED = {"en": ", continued", "cy": " (parhad)"}
PAUSES = (BREAK, LUNCH)
_BY_KEY = {slot.key: slot for slot in (*SLOTS, *PAUSES)}


def of(slot: Slot, language: str, *, again: bool) -> str:
    """The title of a part (`en` or `cy`); `again`: the rest of one that a break has cut in two."""
    return slot.title[language] + (CONTINUED[language] if again else "")


def in_language(parts: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The parts as `agenda.lines` gives them, with their titles in another language; what has none of ours stays."""
    said, found = formats.known(language), list[dict[str, Any]]()
    seen: set[str] = set()
    for part in parts:
        slot = _BY_KEY.get(part["key"])
        cut = slot not in PAUSES and part["key"] in seen
        found.append({**part, "title": of(slot, said, again=cut) if slot else part["title"]})
        seen.add(part["key"])
    return found
