"""Column types and the naming convention that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Integer, MetaData, Table, text
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

# Unnamed constraints cannot be dropped later, so every one has a name from the first migration on.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a rowid alias (fast, and AUTOINCREMENT-able) only to a column declared INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment: aware going in and coming out, UTC in the database (OPS-9)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def table(name: str, *columns: SchemaItem, **options: Any) -> Table:
    """A table whose `id` is never reused, so that a tag for a deleted row can never name another."""
    key = Column("id", RowId, primary_key=True, autoincrement=True)
    return Table(name, metadata, key, *columns, sqlite_autoincrement=True, **options)


def to(table: str, *, optional: bool = False, index: bool = True, name: str | None = None) -> Column[Any]:
    """A foreign key column `<table singular>_id`."""
    column = name or {
        "people": "person_id",
        "addresses": "address_id",
        "inbox": "inbox_id",
        "outgoing": "outgoing_id",
    }.get(table, table.removesuffix("s") + "_id")
    return Column(column, RowId, ForeignKey(f"{table}.id"), nullable=optional, index=index)


UNCHECKED: list[ForeignKey] = []  # by PostgreSQL as rows are written; `termpost db check` looks


def unchecked(table: Table, *columns: str) -> None:
    """Leave the foreign keys of these columns to SQLite. PostgreSQL looks for the row of each and locks it, one row after the
    other, which for a copy costs more than writing it; so it is spared where another key or the statement itself vouches for it."""
    for name in columns:
        for key in table.c[name].foreign_keys:
            assert key.constraint is not None
            key.constraint.ddl_if(dialect="sqlite")
            UNCHECKED.append(key)


def only_where(condition: str) -> dict[str, Any]:
    """What an index is given to hold only the rows of a condition. A query finds it where its own text says the same:
    the condition's words must not come as parameters."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def mapping(name: str, **kwargs: Any) -> Column[Any]:
    """A JSON object column."""
    return Column(name, JSON, nullable=False, default=dict, **kwargs)
