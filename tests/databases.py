"""What tests begin with: a database at the newest revision, and statements that are made once for all databases of a run."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

from mailer.store import Store
from mailer.store.upgrade import upgrade
from tests.servers import NewDatabase


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
