"""What the cycle knows of a network: its calendar and its own version of the table, read from rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer.cycle.calendar import NetworkCalendar, Term
from mailer.cycle.dates import shifted
from mailer.cycle.table import Offset, Override, Row, row_of, table_for
from mailer.store import prepared
from mailer.store.tables import cycle_overrides, networks, terms

FIRST_TERM = Offset(months=4)  # when nobody entered terms: how long everything is proofed


@dataclass(frozen=True)
class CycleOf:
    """One network as the cycle sees it at `now`."""

    id: int
    slug: str
    zone: ZoneInfo
    calendar: NetworkCalendar
    table: tuple[Row, ...]
    sends_unanswered: bool

    def row_of(self, occasion: Any) -> Row:
        """The row an occasion was planned from, as this network has it; one that was switched off meanwhile keeps its
        shape for what is on its way. Raises NotFound for a kind that the table has no more."""
        for row in self.table:
            if row.key == (occasion.kind, occasion.step):
                return row
        return row_of(occasion.kind, occasion.step)

    def local(self, at: datetime) -> datetime:
        """`at` on the network's clock."""
        return at.astimezone(self.zone)


def cycle_of(session: Connection, network_id: int, now: datetime) -> CycleOf:
    """Read a network's calendar and table."""
    row = session.execute(*_network(network_id)).one()
    zone = ZoneInfo(row.timezone)
    calendar = NetworkCalendar(
        zone=row.timezone,
        region=row.holidays,
        terms=tuple(
            Term(t.first_day, t.last_day)
            for t in session.execute(*_terms_of(network_id))
        ),
    )
    overrides = [
        Override(o.kind, o.step, None if o.offset is None else Offset.parse(o.offset), o.mode, o.on)
        for o in session.execute(*_overrides_of(network_id))
    ]
    return CycleOf(
        id=network_id,
        slug=row.slug,
        zone=zone,
        calendar=calendar,
        table=table_for(overrides, first_term=_first_term(row, now.astimezone(zone).date(), zone)),
        sends_unanswered=row.unanswered == "send",
    )


@prepared
def _network(network: Any) -> Any:
    return select(networks).where(networks.c.id == network)


@prepared
def _terms_of(network: Any) -> Any:
    return select(terms).where(terms.c.network_id == network).order_by(terms.c.first_day)


@prepared
def _overrides_of(network: Any) -> Any:
    return select(cycle_overrides).where(cycle_overrides.c.network_id == network)


def _first_term(row: Any, today: date, zone: ZoneInfo) -> bool:
    ends = row.first_term_ends or shifted(row.created_at.astimezone(zone).date(), FIRST_TERM)
    return bool(today <= ends)
