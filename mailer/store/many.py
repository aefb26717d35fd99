"""Many rows by one statement: what they share is said once, the rest is one JSON list that the database itself takes apart.

A driver that is given row after row spends more on each than the database needs to write it. Both databases read JSON, but
that costs as much as the writing, and most of what a page of copies says is the same for all of them.

    insert_many(session, outgoing, ("key", "address_id"), [("a", 1), ("b", 2)], once="key")
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
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

MANY = 50  # rows from which on it is looked for what they share; of few it is chance, and each pattern is a statement of its own


def insert_many(
    session: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, once: str
) -> int:
    """Insert rows, each with a value for each of `columns` in their order; one whose `once` stands already is left as it
    is. A column that is not named has its default. Returns how many are new.

    Values are texts, numbers, truths, moments, None, and what JSON holds for a JSON column."""
    given = dict(zip(columns, zip(*rows, strict=True), strict=False))
    if not given:
        return 0
    shared = {name: values[0] for name, values in given.items() if len(values) >= MANY and _is_one(values)}
    apart = {name: values for name, values in given.items() if name not in shared}
    for name, values in apart.items():
        if isinstance(table.c[name].type, Instant):
            apart[name] = _moments(session, values)
    whole = _json(list(zip(*apart.values(), strict=True)))
    statement = _insert(session.dialect.name, table, tuple(shared), tuple(apart), once)
    said = {f"the_{name}": value for name, value in shared.items()}
    done = session.execute(statement, {"the_rows": whole, **said}, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


def _is_one(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(value == first for value in values)


@lru_cache(maxsize=64)
def _insert(dialect: str, table: Table, shared: tuple[str, ...], apart: tuple[str, ...], once: str) -> Any:
    given = bindparam("the_rows", type_=Text())
    values: list[ColumnElement[Any]] = [bindparam(f"the_{name}", type_=_type(table.c[name])) for name in shared]
    if dialect == "sqlite":
        each = func.json_each(given).table_valued("value")
        values += [func.json_extract(each.c.value, literal_column(f"'$[{place}]'")) for place in range(len(apart))]
    else:
        each = func.jsonb_array_elements(cast(given, JSONB)).table_valued("value")
        texts = [each.c.value.op("->>")(literal_column(str(place))) for place in range(len(apart))]
        # Not a cast to VARCHAR(80), which would cut what is longer: writing it fails.
        values += [
            one if isinstance(table.c[name].type, String) else cast(one, table.c[name].type)
            for name, one in zip(apart, texts, strict=True)
        ]
    rows = select(*values).where(text("1 = 1"))  # without a WHERE, SQLite would take ON CONFLICT for a join's condition
    return insert_of(dialect, table).from_select([*shared, *apart], rows).on_conflict_do_nothing(index_elements=[once])


def _type(column: Column[Any]) -> Any:
    return JSON(none_as_null=True) if isinstance(column.type, JSON) else column.type  # as what stands in the list is read


def _moments(session: Connection, values: Sequence[datetime | None]) -> tuple[str | None, ...]:
    """As texts that the database reads; many rows share one."""
    convert = Instant().dialect_impl(session.dialect).bind_processor(session.dialect)
    assert convert is not None
    said = {value: None if value is None else str(convert(value)) for value in set(values)}
    return tuple(said[value] for value in values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
