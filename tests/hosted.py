"""A stage on a real PostgreSQL, for what happens to two transactions at one moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from mailer.store import Store
from tests.databases import new_on_postgres
from tests.servers import NewDatabase, until
from tests.stage import Stage, staged


def staged_on_postgres(postgres: NewDatabase, folder: Path) -> Iterator[Stage]:
    """As `staged`, in a database of its own."""
    yield from staged(folder, database_url=new_on_postgres(postgres))


def somebody_waits(store: Store) -> bool:
    """Whether the database makes somebody wait for a row that another transaction holds."""
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with store.read() as session:
        return bool(session.execute(asked).scalar_one())


def waits_for_a_lock(store: Store, thread: threading.Thread) -> None:
    """Until the database makes somebody wait for a row that another transaction holds. Fails if `thread` ends without."""

    def waits() -> bool:
        assert thread.is_alive(), "it did not wait"
        return somebody_waits(store)

    until(waits, within=20)
