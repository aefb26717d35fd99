"""Many rows by one statement with one parameter: a JSON list that the database itself takes apart.

A driver that is given row after row spends more on each than the database needs to write it. Both databases read JSON.

    insert_many(session, outgoing, ("key", "address_id"), [("a", 1), ("b", 2)], once="key")
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from mailer.store.statements import insert_of
from mailer.store.types import Instant


def insert_many(
    session: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, once: str
) -> int:
    """Insert rows, each with a value for each of `columns` in their order; one whose `once` stands already is left as it
    is. A column that is not named has its default. Returns how many are new.

    Values are texts, numbers, truths, moments, None, and what JSON holds for a JSON column."""
    given = list(zip(*rows, strict=True))
    if not given:
        return 0
    for place, name in enumerate(columns):
        if isinstance(table.c[name].type, Instant):
            given[place] = _moments(session, given[place])
    whole = _json(list(zip(*given, strict=True)))
    statement = _insert(session.dialect.name, table, tuple(columns), once)
    done = session.execute(statement, {"the_rows": whole}, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


@cache
def _insert(dialect: str, table: Table, columns: tuple[str, ...], once: str) -> Any:
    given = bindparam("the_rows", type_=Text())
    values: list[ColumnElement[Any]]
    if dialect == "sqlite":
        each = func.json_each(given).table_valued("value")
        values = [func.json_extract(each.c.value, literal_column(f"'$[{place}]'")) for place in range(len(columns))]
    else:
        each = func.jsonb_array_elements(cast(given, JSONB)).table_valued("value")
        texts = [each.c.value.op("->>")(literal_column(str(place))) for place in range(len(columns))]
        # Not a cast to VARCHAR(80), which would cut what is longer: writing it fails.
        values = [
            one if isinstance(table.c[name].type, String) else cast(one, table.c[name].type)
            for name, one in zip(columns, texts, strict=True)
        ]
    rows = select(*values).where(text("1 = 1"))  # without a WHERE, SQLite would take ON CONFLICT for a join's condition
    return insert_of(dialect, table).from_select(columns, rows).on_conflict_do_nothing(index_elements=[once])


def _moments(session: Connection, values: Sequence[datetime | None]) -> tuple[str | None, ...]:
    """As texts that the database reads; many rows share one."""
    convert = Instant().dialect_impl(session.dialect).bind_processor(session.dialect)
    assert convert is not None
    said = {value: None if value is None else str(convert(value)) for value in set(values)}
    return tuple(said[value] for value in values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
