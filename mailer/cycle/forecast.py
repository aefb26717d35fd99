"""How the copies of one letter will fall: most at its time, some on the next working day, some not at all (V13).

The receipt of SEND, the plan and the proof tell it before it happens. It is asked of the same rule that writes the
copies down (`budgeting`), so that what was told is what happens, unless the audience itself changes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from mailer.cycle import letters
from mailer.cycle.budget import MOST_A_TERM, Verdict
from mailer.cycle.budgeting import COUNTED, LONGEST_TERM, WHY, Budget, expected, keeps_days
from mailer.cycle.dates import DAYS
from mailer.cycle.networks import CycleOf
from mailer.cycle.table import Row
from mailer.outbound import audience, outbox
from mailer.people import formats
from mailer.store.tables import memberships, occasions, outgoing

NAMED = 20  # so many of those left out are named; the rest are counted


@dataclass(frozen=True, order=True)
class Later:
    """Who get it on another day than the rest."""

    at: datetime
    count: int
    off: int = 0  # of these, who do not work on that day; the others get another mail then

    @property
    def why(self) -> str:
        """After "2 people": "get another mail that day"."""
        mail, off = ("gets another mail", "does not work") if self.count == 1 else ("get another mail", "do not work")
        said = (mail,) if not self.off else (off,) if self.off == self.count else (mail, off)
        return " or ".join(said) + " that day"


@dataclass(frozen=True)
class Forecast:
    """When how many people get a letter, and who would not."""

    at: datetime
    count: int  # who get it then
    later: tuple[Later, ...] = ()
    over: tuple[str, ...] = ()  # names of those for whom it is one too many
    over_count: int = 0

    @property
    def reached(self) -> int:
        """Everyone who gets it, whenever."""
        return self.count + sum(one.count for one in self.later)

    def beside(self, other: Forecast) -> Forecast:
        """Both together, as of one moment."""
        later: dict[datetime, Later] = {}
        for one in (*self.later, *other.later):
            was = later.get(one.at, Later(one.at, 0))
            later[one.at] = Later(one.at, was.count + one.count, was.off + one.off)
        over = sorted((*self.over, *other.over))[:NAMED]
        return Forecast(self.at, self.count + other.count, tuple(sorted(later.values())), tuple(over), self.over_count + other.over_count)

    def fields(self, zone: str) -> dict[str, Any]:
        """For templates and JSON: {later: [{at, count, off, why}], over: [name], over_count}."""
        return {
            "later": [
                {"at": formats.iso(one.at, zone), "count": one.count, "off": one.off, "why": one.why} for one in self.later
            ],
            "over": list(self.over),
            "over_count": self.over_count,
        }


def of(session: Connection, cycle: CycleOf, occasion: Any, row: Row, start: datetime, now: datetime) -> Forecast:
    """How the copies would fall if they are written down at `start`, with the audience of now; of a letter that has begun, those
    which are not written down yet, for who has a copy may be in the audience or out of it by that alone."""
    reached = occasion.cursor or 0
    clash = row.counted and _may_clash(session, cycle, occasion, start, now)
    if not reached and not clash and not (keeps_days(row) and _somebody_is_off(session, cycle.id, cycle.local(start).weekday())):
        return Forecast(start, audience.count_for(session, occasion, row, now))
    times: Counter[datetime] = Counter()
    off: Counter[datetime] = Counter()
    seen: set[str] = set()  # of those who have several addresses: a set of a million people would fill the memory
    over: list[str] = []
    over_count, after = 0, reached
    while readers := letters.page(session, occasion, row, now, after):
        budget = Budget(session, cycle, row, occasion, readers, start, now)
        for reader in readers:
            if reader.key in seen:
                continue
            if reader.key in budget.several:
                seen.add(reader.key)
            place = budget.place_for(reader)
            if place.at is None:
                over_count += 1
                over.append(reader.name or reader.organisation or reader.address)
            else:
                times[max(place.at, start)] += 1
                off[place.at] += place.verdict is Verdict.OFF
        over = sorted(over)[:NAMED]
        after = readers[-1].address_id
    later = sorted(Later(at, count, off[at]) for at, count in times.items() if at > start)
    return Forecast(start, times[start], tuple(later), tuple(over), over_count)


def of_waiting(session: Connection, occasion: Any, now: datetime) -> Forecast:
    """How those copies fall that are written down and have not left."""
    off = case((outgoing.c.reason.startswith(WHY[Verdict.OFF]), 1), else_=0)
    rows = session.execute(
        select(outgoing.c.not_before, func.count().label("n"), func.sum(off).label("off"))
        .where(outgoing.c.occasion_id == occasion.id, outgoing.c.state.in_(outbox.OPEN))
        .group_by(outgoing.c.not_before)
        .order_by(outgoing.c.not_before)
    ).all()
    later = tuple(Later(row.not_before, int(row.n), int(row.off)) for row in rows if row.not_before > now)
    count = sum(int(row.n) for row in rows if row.not_before <= now)
    return Forecast(now, count, later, (), occasion.extra.get("over_budget", 0))


def _somebody_is_off(session: Connection, network_id: int, weekday: int) -> bool:
    m = memberships.c
    off = (m.working_days != "") & m.working_days.not_like(f"%{DAYS[weekday]}%")
    kept = select(m.id).where(m.network_id == network_id, m.ended_at.is_(None), off)
    return session.execute(kept.limit(1)).first() is not None


def _may_clash(session: Connection, cycle: CycleOf, occasion: Any, start: datetime, now: datetime) -> bool:
    """Whether anybody at all can have another mail that day, or seven this term: mostly nobody can, and then the whole
    audience need not be walked."""
    to_come = expected(session, cycle, occasion, start, now)
    day = cycle.local(start).date()
    if any(cycle.local(other.at).date() <= day for other in to_come):
        return True
    counted = select(occasions.c.id).where(
        occasions.c.network_id == cycle.id,
        occasions.c.kind.in_(list(COUNTED)),
        occasions.c.id != occasion.id,
        occasions.c.due_at > start - LONGEST_TERM,
        occasions.c.state.in_(("queued", "sent", "held", "missed")),
    )
    ids = list(session.execute(counted).scalars())
    if len(ids) + len(to_come) >= MOST_A_TERM:
        return True
    begins = cycle.calendar.moment(day, datetime.min.time())
    there = outgoing.c.occasion_id.in_(ids), outgoing.c.not_before >= begins
    return session.execute(select(outgoing.c.id).where(*there).limit(1)).first() is not None
