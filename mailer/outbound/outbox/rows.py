"""Writing copies down, each once, and counting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from mailer import wake
from mailer.store.many import insert_many
from mailer.store.statements import insert_once
from mailer.store.tables import outgoing


class Row(NamedTuple):
    """An outgoing row to be written: one letter to one address. Its fields have the names of the columns."""

    key: str
    network_id: int
    letter_id: int
    address_id: int
    standing_id: int
    purpose: str
    to_address: str
    to_name: str = ""
    greeting: str = ""
    lane: str = "urgent"
    occasion_id: int | None = None
    inbox_id: int | None = None
    reply_use: str = "r"
    reply_row: int | None = None
    invitation_id: int | None = None
    extra: Mapping[str, Any] | None = None
    not_before: datetime | None = None
    deadline: datetime | None = None
    reason: str = ""  # why it goes later than the rest of its mailing


_COLUMNS = (*Row._fields, "next_attempt_at", "created_at")


def add_rows(session: Connection, rows: Sequence[Row], *, now: datetime) -> int:
    """Write rows that were asked of the gate; a key that stands already is left as it is (V5). Returns how many are new."""
    for lane in {row.lane for row in rows}:
        wake.note(session, lane)
    return insert_many(session, outgoing, _COLUMNS, (_values(row, now) for row in rows), once="key")


def add_row(session: Connection, row: Row, *, now: datetime) -> int | None:
    """As `add_rows`, for one; its id, or None where its key stands already."""
    made = session.execute(insert_once(session, outgoing, "key"), dict(zip(_COLUMNS, _values(row, now), strict=True))).first()
    if made is None:
        return None
    wake.note(session, row.lane)
    return int(made.id)


def _values(row: Row, now: datetime) -> tuple[Any, ...]:
    """In the order of _COLUMNS."""
    start = row.not_before or now
    return (*row._replace(extra=row.extra or {}, not_before=start), start, now)


def tally(session: Connection, occasion_id: int) -> dict[str, int]:
    """How many of an occasion's copies stand in each state (V6)."""
    rows = session.execute(
        select(outgoing.c.state, func.count().label("n"))
        .where(outgoing.c.occasion_id == occasion_id)
        .group_by(outgoing.c.state)
    )
    return {r.state: int(r.n) for r in rows}
