"""The budget of V13 asked of real rows: when may this person get this letter, if at all?

What a reader has had stands in the outbox; what is still to come stands among the occasions, and both take a day. So
the answer is the same two days before, when the receipt of SEND names it, as when the copies are written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from mailer.cycle.budget import MOST_A_TERM, Letter, Place, Verdict, spread
from mailer.cycle.dates import for_part_timer, weekdays
from mailer.cycle.networks import CycleOf
from mailer.cycle.table import TABLE, Moves, Row
from mailer.outbound import audience
from mailer.outbound.audience import Recipient
from mailer.store.tables import addresses, occasions, outgoing

COUNTED = {row.kind: row.rank for row in TABLE if row.counted}
LONGEST_TERM = timedelta(days=140)
NEAR = timedelta(days=7)  # what is due later than this cannot push, nor be pushed by, a letter of today
OPEN = ("planned", "proofed", "waiting", "queued")
WHY = {Verdict.WAITS: "another mail that day", Verdict.OFF: "not a day they work"}  # why a copy waits, as it stands in the outbox


@dataclass(frozen=True)
class Expected:
    """Another counted letter of the network that is still to be written down, and when."""

    occasion: Any
    row: Row
    at: datetime

    def letter(self, at: datetime, *, gone: bool) -> Letter:
        """As who gets it at `at` has it. `gone`: its day is over by then, and it holds that day."""
        return Letter(f"expected:{self.occasion.id}", self.row.rank, at, self.occasion.until_at, sent=gone)


def keeps_days(row: Row) -> bool:
    """Whether copies of this kind wait for the working days of who gets them: not what is urgent or goes at its own time."""
    return row.moves is Moves.WORKING and row.lane == "bulk"


def expected(session: Connection, cycle: CycleOf, occasion: Any, start: datetime, now: datetime) -> list[Expected]:
    """What else is to go between now and a week after `start`, approved or not; but not what waits for a SEND that did
    not come in time, for nobody knows when that will go."""
    o = occasions.c
    found = []
    rows = session.execute(
        select(occasions).where(
            o.network_id == cycle.id,
            o.id != occasion.id,
            o.kind.in_(list(COUNTED)),
            o.state.in_(OPEN),
            o.audience_count.is_(None),
            o.held_at.is_(None),
            or_(o.due_at < start + NEAR, o.goes_at < start + NEAR),
            o.until_at >= now,
        )
    )
    for other in rows:
        known = other.approved_version is not None or other.mode == "auto" or cycle.sends_unanswered
        at = (other.goes_at if other.approved_version is not None else None) or other.due_at
        if known or at > now:
            found.append(Expected(other, cycle.row_of(other), max(at, now)))
    return sorted(found, key=lambda one: (one.at, one.row.rank, one.occasion.id))


class Budget:
    """What the readers of one page have had of this network and are still to get, and when this letter may reach each.

    `start` is when its copies go: now, as they are written down, or the time that a receipt names. The readers come in
    the order of their address ids."""

    def __init__(
        self,
        session: Connection,
        cycle: CycleOf,
        row: Row,
        occasion: Any,
        readers: list[Recipient],
        start: datetime,
        now: datetime,
    ) -> None:
        self._cycle = cycle
        self._day = cycle.local(start).date()
        self._start = start
        self._until = occasion.until_at
        self._row = row
        self._this = Letter("this", row.rank, start, occasion.until_at, allowed=bool(occasion.extra.get("allowed")))
        self._had: Mapping[str, list[tuple[int, Letter]]] = {}
        self._others: list[tuple[Expected, set[str]]] = []
        self._places: dict[Any, Place] = {}  # most readers of a page have had, and are to get, the same
        self.several: set[str] = set()  # who of them may be met again on another page, under another address
        if not readers:
            return
        page = _Page(session, readers)
        self.several = page.several
        if row.counted:
            self._had = _had(session, occasion, page, start)
            self._others = [
                (other, page.keys_of(audience.ids_between(session, other.occasion, other.row, now, *page.between)))
                for other in expected(session, cycle, occasion, start, now)
            ]

    def place_for(self, reader: Recipient) -> Place:
        """Where the letter stands among what this reader gets; its `at` is never before `start`. Who keeps to their working
        days gets it on the next of them, where that is in time (design 4): not only on the day before which another mail
        pushed it."""
        had = self._had.get(reader.key, [])
        written = {occasion_id for occasion_id, _ in had}
        others = [other for other, keys in self._others if reader.key in keys and other.occasion.id not in written]
        alike = (reader.working_days, *[(occasion_id, letter.due_at) for occasion_id, letter in had], *map(id, others))
        place = self._places.get(alike)
        if place is None:
            place = self._places[alike] = self._place(reader.working_days, [letter for _, letter in had], others)
        return place

    def _place(self, working_days: str, had: list[Letter], others: list[Expected]) -> Place:
        letters = list(had)
        for other in others:
            at = self._on_their_day(working_days, other.row, other.at, other.occasion.until_at)
            letters.append(other.letter(at, gone=self._cycle.local(at).date() < self._day))
        place = self._among(letters, self._on_their_day(working_days, self._row, self._start, self._until))
        if place.verdict is Verdict.GOES and place.at is not None and place.at > self._start:
            place = replace(place, verdict=Verdict.OFF)
        while place.at and (day := self._on_their_day(working_days, self._row, place.at, self._until)) > place.at:
            later = self._among(letters, day).at
            if later is None:
                return place
            place = replace(place, at=later)
        return place

    def _on_their_day(self, working_days: str, row: Row, at: datetime, until: datetime) -> datetime:
        if not working_days or not keeps_days(row):
            return at
        return for_part_timer(at, until, weekdays(working_days), self._cycle.calendar)

    def _among(self, letters: list[Letter], start: datetime) -> Place:
        if len(letters) < MOST_A_TERM and self._cycle.local(start).date() not in map(self._local_day, letters):
            return Place("this", Verdict.GOES, start)
        this = replace(self._this, due_at=start)
        places = {place.key: place for place in spread([*letters, this], self._cycle.calendar, self._start)}
        return places["this"]

    def _local_day(self, letter: Letter) -> date:
        return self._cycle.local(letter.due_at).date()


class _Page:
    """The readers of one page, with the other addresses of the same people: a person who gets the newsletter at home and
    the agenda at school is still one person, with one budget."""

    def __init__(self, session: Connection, readers: list[Recipient]) -> None:
        first, last = readers[0].address_id, readers[-1].address_id
        self._keys = {reader.address_id: reader.key for reader in readers}
        mine = addresses.alias()
        others = (
            select(addresses.c.id, addresses.c.person_id)
            .join(mine, mine.c.person_id == addresses.c.person_id)
            .where(mine.c.id.between(first, last), mine.c.id != addresses.c.id)
        )
        also = {row.id: f"p{row.person_id}" for row in session.execute(others)}
        self.several = set(also.values())
        self._keys |= also
        self.elsewhere = tuple(sorted(one for one in self._keys if not first <= one <= last))
        self.between = (first, last, self.elsewhere)

    def keys_of(self, address_ids: set[int]) -> set[str]:
        """Which readers these addresses are."""
        return {self._keys[one] for one in address_ids if one in self._keys}


def _had(session: Connection, occasion: Any, page: _Page, start: datetime) -> Mapping[str, list[tuple[int, Letter]]]:
    """By reader: (occasion id, letter) of everything counted that went or is queued in the term."""
    first, last, elsewhere = page.between
    found: dict[str, list[tuple[int, Letter]]] = defaultdict(list)
    for had in session.execute(
        select(outgoing.c.id, outgoing.c.address_id, outgoing.c.not_before, outgoing.c.occasion_id, occasions.c.kind)
        .join(occasions, occasions.c.id == outgoing.c.occasion_id)
        .where(
            outgoing.c.network_id == occasion.network_id,
            outgoing.c.address_id.between(first, last) | outgoing.c.address_id.in_(elsewhere),
            outgoing.c.not_before > start - LONGEST_TERM,
            outgoing.c.state.not_in(("cancelled", "failed")),
            occasions.c.kind.in_(list(COUNTED)),
            occasions.c.id != occasion.id,
        )
    ):
        letter = Letter(f"sent:{had.id}", COUNTED[had.kind], had.not_before, had.not_before, sent=True)
        for key in page.keys_of({had.address_id}):
            found[key].append((had.occasion_id, letter))
    return found
