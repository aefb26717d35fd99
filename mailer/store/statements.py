"""Statements that SQLite and PostgreSQL share in meaning but SQLAlchemy keeps apart, and statements built once.

Building an expression of SQLAlchemy costs several times what running it does. What is asked for every message or every copy
is therefore built once, by a function beside its caller that is named for what it asks:

    @prepared
    def _zone_of(network_id): return select(networks.c.timezone).where(networks.c.id == network_id)

    session.execute(*_zone_of(network_id)).scalar_one()

Its parameters become those of the statement: no Python may look at their values, and none may be None where a column is
compared with it (that would ask for IS NULL, another statement).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, Table, bindparam, literal_column, text
from sqlalchemy.dialects import postgresql, sqlite


def prepared(build: Callable[..., Any]) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """Let `build` make its statement once, at the first call; each call gives what `session.execute(*...)` takes."""
    names = [f"the_{name}" for name in inspect.signature(build).parameters]  # an UPDATE reserves the names of its columns
    made: list[Any] = []

    @wraps(build)
    def with_values(*values: Any) -> tuple[Any, dict[str, Any]]:
        if not made:
            made.append(build(*(bindparam(name) for name in names)))
        return made[0], dict(zip(names, values, strict=True))

    return with_values


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, but for its indexes: of two that fit SQLite, which counts no rows, takes any, so that whoever asks for one
    person's rows of a network might read the rows of all. To be said where the other index is the narrow one."""
    return column.concat("") if isinstance(column.type, String) else column + literal_column("0")


def insert(session: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_of(session.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Any:
    """As `insert`, for the name of a dialect."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def add(session: Connection, table: Table, **values: Any) -> int:
    """Insert one row and return its id. The values are plain, no expressions; so in the next two."""
    key = session.execute(_insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


@cache
def _insert(table: Table) -> Any:
    return table.insert()


def add_once(session: Connection, table: Table, unique: Sequence[str], **values: Any) -> int | None:
    """Insert one row unless one with the same `unique` columns stands; return its id, or None if one stood."""
    row = session.execute(insert_once(session, table, *unique), values).first()
    return None if row is None else int(row.id)


def insert_once(session: Connection, table: Table, *unique: str) -> Any:
    """The INSERT of `add_once`, for a table with a column of one of its names."""
    return _insert_once(session.dialect.name, table, unique)


@cache
def _insert_once(dialect: str, table: Table, unique: tuple[str, ...]) -> Any:
    return insert_of(dialect, table).on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)


def upsert(session: Connection, table: Table, unique: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Insert a row or set `values` on the one that has `unique`; return its id."""
    statement = _insert_or_set(session.dialect.name, table, tuple(unique), tuple(values))
    return int(session.execute(statement, {**unique, **values}).scalar_one())


def upsert_many(session: Connection, table: Table, unique: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """As `upsert`, for many rows that all have the same columns."""
    if rows:
        changed = tuple(name for name in rows[0] if name not in unique)
        session.execute(_insert_or_set(session.dialect.name, table, tuple(unique), changed, returning=False), list(rows))


@cache
def _insert_or_set(
    dialect: str, table: Table, unique: tuple[str, ...], changed: tuple[str, ...], *, returning: bool = True
) -> Any:
    statement = insert_of(dialect, table)
    given = {name: statement.excluded[name] for name in changed}
    statement = statement.on_conflict_do_update(index_elements=list(unique), set_=given)
    return statement.returning(table.c.id) if returning else statement


def add_many(session: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert many rows that all have the same columns; return their ids in order."""
    if session.dialect.name == "sqlite" and len(rows) > 1:
        # SQLite gives ids back one statement a row. It has one writer, which we are: they can be taken beforehand.
        first = (session.execute(TAKEN, {"name": table.name}).scalar() or 0) + 1
        session.execute(_insert(table), [{**row, "id": row_id} for row_id, row in enumerate(rows, first)])
        return list(range(first, first + len(rows)))
    if not rows:
        return []
    made = session.execute(_insert_returning(table), list(rows))
    return [int(row_id) for row_id in made.scalars()]


TAKEN = text("SELECT seq FROM sqlite_sequence WHERE name = :name")  # the highest id that a table ever had


@cache
def _insert_returning(table: Table) -> Any:
    return table.insert().returning(table.c.id, sort_by_parameter_order=True)


def json_object(session: Connection, **columns: Column[Any]) -> Any:
    """A JSON object built in the database from `columns` (for INSERT ... SELECT)."""
    from sqlalchemy import func

    build = func.json_object if session.dialect.name == "sqlite" else func.json_build_object
    return build(*[part for name, column in columns.items() for part in (name, column)])
