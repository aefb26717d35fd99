"""What tests begin with: a database at the newest revision, and statements that are made once for all databases of a run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.util import LRUCache

from mailer.store import Store
from mailer.store.types import metadata
from mailer.store.upgrade import upgrade
from tests.servers import NewDatabase

DATABASES = [pytest.param("sqlite", id="SQLite"), pytest.param("postgresql", id="PostgreSQL", marks=pytest.mark.postgres)]


def on_both(fixture: str) -> pytest.MarkDecorator:
    """A test with this fixture, which is an SQLite database or has one, is done on PostgreSQL as well."""
    return pytest.mark.parametrize(fixture, DATABASES, indirect=True)


def asked_of_postgres(request: pytest.FixtureRequest) -> str:
    """The address of an empty PostgreSQL database, where `on_both` asked for one; else empty."""
    new: NewDatabase | None = request.getfixturevalue("postgres") if getattr(request, "param", "") == "postgresql" else None
    return new_on_postgres(new) if new else ""


def cells(store: Store) -> Iterator[tuple[str, str, Any, str]]:
    """Everything that stands in any table: table, column, the value, and the value as one could search it."""
    with store.read() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    octets = isinstance(value, bytes)
                    yield table.name, column, value, value.decode("latin-1") if octets else json.dumps(value, ensure_ascii=False, default=str)


def columns_with(store: Store, *words: str) -> set[str]:
    """Every column in which one of these words, in small letters, stands."""
    return {f"{table}.{column}" for table, column, _, text in cells(store) if any(word in text.lower() for word in words)}


def lay_empty(path: Path) -> None:
    """A database that stands at the newest revision and has no rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_empty())


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        store = Store(f"sqlite:///{path}")
        upgrade(store)
        store.close()
        return path.read_bytes()


_ON_POSTGRES: dict[NewDatabase, str] = {}


def new_on_postgres(postgres: NewDatabase) -> str:
    """The URL of a new database at the newest revision."""
    if postgres not in _ON_POSTGRES:
        url = postgres()
        store = Store(url)
        upgrade(store)
        store.close()
        _ON_POSTGRES[postgres] = url
    return postgres(_ON_POSTGRES[postgres])


_SHARED: dict[str, tuple[Any, LRUCache[Any, Any]]] = {}  # by the name of the dialect


def share_statements() -> None:
    """Every test opens a database of its own and asks the same things of the same tables: what SQLAlchemy has made of a
    statement is there for the next engine too."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    engine = connection.engine
    dialect, statements = _SHARED.setdefault(engine.dialect.name, (engine.dialect, LRUCache(5_000)))
    if engine._compiled_cache is not statements:
        engine._compiled_cache = statements
        engine.dialect = connection.dialect = dialect
