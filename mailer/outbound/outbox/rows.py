"""Writing copies down, each once, and counting them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, func, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from mailer import wake
from mailer.store import prepared
from mailer.store.statements import insert_of, insert_once
from mailer.store.tables import outgoing


@dataclass(frozen=True)
class Row:
    """An outgoing row to be written: one letter to one address."""

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


# Every column of a new row but its id. The rest of what a row holds is written later.
_COLUMNS = tuple(column.name for column in outgoing.c if column.name != "id")
_DEFAULTS = {
    column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    for column in outgoing.c
    if column.name != "id"
}


def add_rows(session: Connection, rows: Sequence[Row], *, now: datetime) -> int:
    """Write rows that were asked of the gate; a key that stands already is left as it is (V5). Returns how many are new."""
    if not rows:
        return 0
    before = session.execute(_NEWEST).scalar() or 0
    _insert(session, [_values(row, now) for row in rows])
    for lane in {row.lane for row in rows}:
        wake.note(session, lane)
    return int(session.execute(*_newer_than(before)).scalar_one())


_NEWEST = select(func.max(outgoing.c.id))


@prepared
def _newer_than(copy: Any) -> Any:
    return select(func.count()).select_from(outgoing).where(outgoing.c.id > copy)


def add_row(session: Connection, row: Row, *, now: datetime) -> int | None:
    """As `add_rows`, for one; its id, or None where its key stands already."""
    made = session.execute(insert_once(session, outgoing, "key"), _values(row, now)).first()
    if made is None:
        return None
    wake.note(session, row.lane)
    return int(made.id)


def _insert(session: Connection, rows: list[dict[str, Any]]) -> None:
    """A page of copies in one executemany. A value that many rows share, mostly a time, is converted once; asked of each row
    this was the greater part of what writing down an audience cost."""
    sql, places, converts = _compiled(session.dialect)
    columns: list[list[Any]] = []
    for name, convert in converts:
        values = [row[name] for row in rows]
        columns.append(values if convert is None else _converted(values, convert))
    ordered = zip(*columns, strict=True)
    if places:
        session.exec_driver_sql(sql, [tuple(row[place] for place in places) for row in ordered])
    else:
        session.exec_driver_sql(sql, [dict(zip(_COLUMNS, row, strict=True)) for row in ordered])


@lru_cache(maxsize=8)
def _compiled(dialect: Dialect) -> tuple[str, tuple[int, ...], list[tuple[str, Any]]]:
    """The INSERT of one database, where in a row each of its parameters stands (nowhere: they have names), and what makes of
    a value what the database takes."""
    statement = insert_of(dialect.name, outgoing).on_conflict_do_nothing(index_elements=["key"])
    compiled = statement.compile(dialect=dialect, column_keys=list(_COLUMNS))
    places = tuple(_COLUMNS.index(name) for name in compiled.positiontup or ())
    converts = [(name, outgoing.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in _COLUMNS]
    return compiled.string, places, converts


def _converted(values: list[Any], convert: Callable[[Any], Any]) -> list[Any]:
    known: dict[Any, Any] = {}
    made = []
    for value in values:
        if isinstance(value, dict):
            made.append(convert(value))
            continue
        if value not in known:
            known[value] = convert(value)
        made.append(known[value])
    return made


def _values(row: Row, now: datetime) -> dict[str, Any]:
    start = row.not_before or now
    return {
        **_DEFAULTS,
        "key": row.key,
        "network_id": row.network_id,
        "occasion_id": row.occasion_id,
        "inbox_id": row.inbox_id,
        "letter_id": row.letter_id,
        "address_id": row.address_id,
        "standing_id": row.standing_id,
        "purpose": row.purpose,
        "lane": row.lane,
        "to_address": row.to_address,
        "to_name": row.to_name,
        "greeting": row.greeting,
        "reply_use": row.reply_use,
        "reply_row": row.reply_row,
        "invitation_id": row.invitation_id,
        "extra": dict(row.extra or {}),
        "reason": row.reason,
        "not_before": start,
        "next_attempt_at": start,
        "deadline": row.deadline,
        "created_at": now,
    }


def tally(session: Connection, occasion_id: int) -> dict[str, int]:
    """How many of an occasion's copies stand in each state (V6)."""
    rows = session.execute(
        select(outgoing.c.state, func.count().label("n"))
        .where(outgoing.c.occasion_id == occasion_id)
        .group_by(outgoing.c.state)
    )
    return {r.state: int(r.n) for r in rows}
