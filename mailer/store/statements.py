"""Statements that SQLite and PostgreSQL share in meaning but SQLAlchemy keeps apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(session: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (sqlite if session.dialect.name == "sqlite" else postgresql).insert(table)


def add(session: Connection, table: Table, **values: Any) -> int:
    """Insert one row and return its id."""
    key = session.execute(table.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def add_once(session: Connection, table: Table, unique: Sequence[str], **values: Any) -> int | None:
    """Insert one row unless one with the same `unique` columns stands; return its id, or None if one stood."""
    statement = insert(session, table).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    row = session.execute(statement.returning(table.c.id)).first()
    return None if row is None else int(row.id)


def upsert(session: Connection, table: Table, unique: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Insert a row or set `values` on the one that has `unique`; return its id."""
    statement = insert(session, table).values(**unique, **values)
    statement = statement.on_conflict_do_update(index_elements=list(unique), set_=dict(values)).returning(table.c.id)
    return int(session.execute(statement).scalar_one())


def json_object(session: Connection, **columns: Column[Any]) -> Any:
    """A JSON object built in the database from `columns` (for INSERT ... SELECT)."""
    from sqlalchemy import func

    build = func.json_object if session.dialect.name == "sqlite" else func.json_build_object
    return build(*[part for name, column in columns.items() for part in (name, column)])
