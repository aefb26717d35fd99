"""The budget of V13 at the moment of writing copies down: when may this person get this letter, if at all?"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle.budget import Letter, spread
from mailer.cycle.networks import CycleOf
from mailer.cycle.table import TABLE, Row
from mailer.outbound.audience import Recipient
from mailer.store.tables import occasions, outgoing

COUNTED = {row.kind: row.rank for row in TABLE if row.counted}
LONGEST_TERM = timedelta(days=140)


class Budget:
    """What the readers of one page have had of this network, and when this letter may reach each of them."""

    def __init__(
        self, session: Connection, cycle: CycleOf, row: Row, occasion: Any, readers: list[Recipient], now: datetime
    ) -> None:
        self._cycle = cycle
        self._row = row
        self._occasion = occasion
        self._now = now
        self._had: dict[int, list[Letter]] = defaultdict(list)
        if row.counted and readers:
            for had in session.execute(
                select(outgoing.c.id, outgoing.c.address_id, outgoing.c.not_before, occasions.c.kind)
                .join(occasions, occasions.c.id == outgoing.c.occasion_id)
                .where(
                    outgoing.c.network_id == occasion.network_id,
                    outgoing.c.address_id.between(readers[0].address_id, readers[-1].address_id),
                    outgoing.c.not_before > now - LONGEST_TERM,
                    outgoing.c.state.not_in(("cancelled", "failed")),
                    occasions.c.kind.in_(list(COUNTED)),
                    occasions.c.id != occasion.id,
                )
            ):
                letter = Letter(f"sent:{had.id}", COUNTED[had.kind], had.not_before, had.not_before, sent=True)
                self._had[had.address_id].append(letter)

    def start_for(self, reader: Recipient) -> datetime | None:
        """When the copy may leave; None when the budget has no place for it."""
        had = self._had.get(reader.address_id)
        if not had:
            return self._now
        this = Letter(
            "this",
            self._row.rank,
            self._now,
            self._occasion.until_at,
            allowed=bool(self._occasion.extra.get("allowed")),
        )
        places = {place.key: place for place in spread([*had, this], self._cycle.calendar, self._now)}
        at = places["this"].at
        return None if at is None else max(at, self._now)
