"""When each part of a meeting begins, so that the times of an agenda add up (N7).

An item takes the minutes its sender asked for, or those usual for its kind (`USUAL`); what follows moves. Where the
items want more than the standing shape gives them, time is taken in this order, read top-down in `_give_way`: from
slots with time to spare, from items that asked for none (not below five minutes), from the chat and the actions. What
a sender asked for is never cut. When even that does not fit, no part is given a time, as it would be a wrong one, and
`over` and `too_many` tell the organisers by how much and which items. Nobody sits for more than `SIT` without a break,
and a meeting over midday has lunch; both stand between two items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from mailer.meetings import shape
from mailer.meetings.shape import SLOTS, STEP, Slot

USUAL: Mapping[str, int] = {
    "health-and-safety": 5,
    "troubleshooting": 10,
    "show-and-tell": 10,
    "development": 20,
    "practice": 10,
    "question": 5,
    "other": 10,
}
LEAST = 5  # minutes for an item that asked for none, when time is short
SIT = 150  # minutes
BREAK = Slot("break", 15, (), {"en": "Break", "cy": "Egwyl"})
LUNCH = Slot("lunch", 45, (), {"en": "Lunch", "cy": "Cinio"})
LUNCH_AT, LUNCH_FROM, LUNCH_UNTIL = time(12, 30), time(11, 30), time(14, 0)
DAY = 24 * 60


@dataclass(frozen=True)
class Wanted:
    """One item: where it belongs, and the minutes its sender asked for (None: none)."""

    kind: str
    minutes: int | None = None

    @property
    def usual(self) -> int:
        return self.minutes or USUAL.get(self.kind, USUAL["other"])

    @property
    def least(self) -> int:
        return self.minutes or LEAST


@dataclass(frozen=True)
class Part:
    """A stretch of the meeting, `at` minutes from its start. `items` are places in what was wanted.

    `again`: the rest of a slot that a break has cut in two.
    """

    slot: Slot
    at: int
    minutes: int
    items: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Programme:
    """The parts in order. `timed`: their times are true and fill the meeting; otherwise only the order is."""

    parts: tuple[Part, ...]
    timed: bool
    over: int = 0  # minutes that the items want beyond what there is
    too_many: tuple[int, ...] = ()  # the items for which there is no time, first come first served
    cut: tuple[tuple[Slot, int, int], ...] = ()  # slots that lost more than half their time: what it was, what it is


def of(starts: time, length: timedelta, wanted: Sequence[Wanted]) -> Programme:
    """The programme of a meeting that starts at this time of day. Whatever is wanted, every item stands in it once."""
    total = int(length.total_seconds() // 60)
    mine = {slot.key: [n for n, one in enumerate(wanted) if shape.slot_of(one.kind) is slot] for slot in SLOTS}
    if total >= DAY or total < STEP * len(SLOTS):
        over = max(0, sum(one.least for one in wanted) - total)
        order = tuple(_in_order(dict.fromkeys(mine, 0), mine))
        return Programme(order, timed=False, over=over, too_many=tuple(_no_time_for(wanted, over)))
    pauses = _pauses(starts, total)
    room = total - sum(pause.minutes for _, pause in pauses)
    standing = shape.minutes_for(timedelta(minutes=room))
    minutes = _give_way(standing, wanted, mine, room)
    over = sum(minutes.values()) - room
    parts = tuple(_with_pauses(list(_in_order(minutes, mine)), pauses, wanted))
    if over:
        untimed = tuple(replace(part, at=0, minutes=0) for part in parts)
        return Programme(untimed, timed=False, over=over, too_many=tuple(_no_time_for(wanted, over)))
    cut = [(slot, standing[slot.key], minutes[slot.key]) for slot in SLOTS]
    return Programme(parts, timed=True, cut=tuple(one for one in cut if one[2] * 2 < one[1] and one[1] > 2 * STEP))


def _give_way(
    standing: Mapping[str, int], wanted: Sequence[Wanted], mine: Mapping[str, Sequence[int]], room: int
) -> dict[str, int]:
    """Minutes per slot that hold the items: as many as there is room for, more only if nothing can give way."""
    usual = {key: sum(wanted[n].usual for n in items) for key, items in mine.items()}
    least = {key: sum(wanted[n].least for n in items) for key, items in mine.items()}
    minutes = {key: max(standing[key], usual[key]) for key in standing}
    for floor in (
        {slot.key: max(STEP, usual[slot.key]) if slot.kinds else minutes[slot.key] for slot in SLOTS},
        {slot.key: max(STEP, least[slot.key]) if slot.kinds else minutes[slot.key] for slot in SLOTS},
        {slot.key: max(STEP, least[slot.key]) for slot in SLOTS},
    ):
        _shrink(minutes, floor, sum(minutes.values()) - room)
    return minutes


def _shrink(minutes: dict[str, int], floor: Mapping[str, int], excess: int) -> None:
    """Take the excess from the slots with most above their floor, five minutes at a time."""
    while excess > 0:
        key = max(minutes, key=lambda one: minutes[one] - floor[one])
        taken = min(STEP, minutes[key] - floor[key], excess)
        if taken <= 0:
            return
        minutes[key] -= taken
        excess -= taken


def _no_time_for(wanted: Sequence[Wanted], over: int) -> list[int]:
    """The last that came give way, as many as have to."""
    found: list[int] = []
    for n in reversed(range(len(wanted))):
        if over <= 0:
            break
        found.insert(0, n)
        over -= wanted[n].least
    return found


def _in_order(minutes: Mapping[str, int], mine: Mapping[str, Sequence[int]]) -> Iterator[Part]:
    at = 0
    for slot in SLOTS:
        yield Part(slot, at, minutes[slot.key], tuple(mine[slot.key]))
        at += minutes[slot.key]


def _pauses(starts: time, total: int) -> list[tuple[int, Slot]]:
    """Breaks and lunch: (how much of the meeting proper lies before it, which)."""
    begins, ends = _minute(starts), _minute(starts) + total
    sittings = [total]
    if begins <= _minute(LUNCH_FROM) and ends >= _minute(LUNCH_UNTIL):
        sittings = [_minute(LUNCH_AT) - begins, ends - _minute(LUNCH_AT) - LUNCH.minutes]
    found: list[tuple[int, Slot]] = []
    talked = 0
    for sitting in sittings:
        if talked:
            found.append((talked, LUNCH))
        breaks = -(-sitting // SIT) - 1
        talk = sitting - BREAK.minutes * breaks
        found += [(talked + talk * (n + 1) // (breaks + 1), BREAK) for n in range(breaks)]
        talked += talk
    return found


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _with_pauses(parts: list[Part], pauses: Sequence[tuple[int, Slot]], wanted: Sequence[Wanted]) -> Iterator[Part]:
    """The parts with every pause at the end of a part or of an item, the nearest to where it should be."""
    edges = sorted({(at, n, k) for n, part in enumerate(parts) for at, k in _edges(part, wanted) if at > 0})
    where: dict[int, list[tuple[int, int, Slot]]] = {}
    for wish, pause in pauses:
        at, n, k = min(edges, key=lambda edge: abs(edge[0] - wish))
        edges = [edge for edge in edges if edge[0] > at] or edges[-1:]
        where.setdefault(n, []).append((at, k, pause))
    late = 0
    for n, part in enumerate(parts):
        at, first = part.at, 0
        for cut, k, pause in where.get(n, ()):
            if cut > at:
                yield Part(part.slot, at + late, cut - at, part.items[first:k], again=at > part.at)
            yield Part(pause, cut + late, pause.minutes)
            late += pause.minutes
            at, first = cut, k
        if part.at + part.minutes > at or at == part.at:
            yield Part(part.slot, at + late, part.at + part.minutes - at, part.items[first:], again=at > part.at)


def _edges(part: Part, wanted: Sequence[Wanted]) -> Iterator[tuple[int, int]]:
    """Where a part may be cut: (minutes from the start, items before it). Time that no item has may be cut anywhere."""
    end = part.at + part.minutes
    at = part.at
    spare = part.minutes - sum(wanted[n].usual for n in part.items)
    for k, n in enumerate(part.items, 1):
        at += wanted[n].usual if spare >= 0 else wanted[n].least
        if at < end:
            yield at, k
    if part.slot.kinds:
        for free in range(at + STEP, end, STEP):
            yield free, len(part.items)
    yield end, len(part.items)
