"""The standing agenda (N7): which slots a meeting has, how long each is, and which items belong in which.

`SLOTS` is read top-down and is the order of the day. Minutes are those of the full shape; a shorter meeting has less of
each in steps of five, a longer one more of the slots that items are taken in, and the longest slot takes up what is left
over. What the items themselves make of it is `programme`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Slot:
    """One part of the standing agenda. `kinds` are the kinds of item that are taken in it."""

    key: str
    minutes: int
    kinds: tuple[str, ...]
    title: Mapping[str, str]


SLOTS: tuple[Slot, ...] = (
    Slot("informal", 15, (), {"en": "Informal chat", "cy": "Sgwrs anffurfiol"}),
    Slot("attendees", 5, (), {"en": "Attendees and apologies", "cy": "Presenoldeb ac ymddiheuriadau"}),
    Slot("actions", 10, (), {"en": "Review of action points", "cy": "Adolygu’r pwyntiau gweithredu"}),
    Slot(
        "health-and-safety",
        15,
        ("health-and-safety", "troubleshooting", "question"),
        {"en": "Health and safety, and troubleshooting", "cy": "Iechyd a diogelwch, a datrys problemau"},
    ),
    Slot("development", 60, ("development",), {"en": "Professional development", "cy": "Datblygiad proffesiynol"}),
    Slot(
        "practice",
        30,
        ("show-and-tell", "practice", "other"),
        {"en": "Good practice and what’s new", "cy": "Arfer da a beth sy’n newydd"},
    ),
    Slot("next", 5, (), {"en": "Next time", "cy": "Y tro nesaf"}),
    Slot("evaluation", 5, (), {"en": "Evaluation", "cy": "Gwerthuso"}),
)
FULL = sum(slot.minutes for slot in SLOTS)
STEP = 5


def slot_of(kind: str) -> Slot:
    """Where an item of this kind is taken."""
    return next((slot for slot in SLOTS if kind in slot.kinds), SLOTS[-3])


def minutes_for(length: timedelta) -> dict[str, int]:
    """Minutes per slot of a meeting of this length; all 0 when it is too short to be cut up."""
    total = int(length.total_seconds() // 60)
    if total >= 24 * 60 or total < STEP * len(SLOTS):
        return {slot.key: 0 for slot in SLOTS}
    stretched = {slot.key: max(STEP, STEP * round(slot.minutes * total / FULL / STEP)) for slot in SLOTS}
    minutes = {slot.key: stretched[slot.key] if slot.kinds else min(stretched[slot.key], slot.minutes) for slot in SLOTS}
    longest = max(SLOTS, key=lambda slot: slot.minutes).key
    minutes[longest] += total - sum(minutes.values())
    if (lacks := STEP - minutes[longest]) > 0:  # the others were rounded up
        minutes[max(minutes, key=lambda key: minutes[key])] -= lacks
        minutes[longest] = STEP
    return minutes
