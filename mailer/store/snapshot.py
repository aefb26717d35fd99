"""Copying a whole database: for backups, rehearsals, and moving from SQLite to PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, insert, select, text, update

from mailer.errors import Conflict
from mailer.store.engine import Store
from mailer.store.tables import networks
from mailer.store.types import metadata
from mailer.store.upgrade import head, revision, upgrade

PAGE = 2000


def copy(store: Store, file: Path) -> None:
    """Copy everything into a new SQLite file of mode 0600, one consistent moment of it, while others go on writing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if store.is_sqlite:
        with store.reader.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            target = sqlite3.connect(file)
            with target:
                source.backup(target)
            target.close()
        return
    target_store = Store(f"sqlite:///{file}")
    move(store, target_store)
    target_store.close()


def move(source: Store, target: Store) -> int:
    """Copy every row into an empty database of any kind. Returns how many. Conflict if it is not empty."""
    upgrade(target)
    count = 0
    with source.read() as from_, target.write() as to:
        if to.execute(select(networks.c.id).limit(1)).first() is not None:
            raise Conflict("The new database is not empty.", "Give one that nothing was written to.")
        for table in metadata.sorted_tables:
            keys = list(table.primary_key.columns)
            rows = from_.execution_options(yield_per=PAGE).execute(select(table).order_by(*keys))
            for page in rows.mappings().partitions(PAGE):
                to.execute(insert(table), [dict(row) for row in page])
                count += len(page)
            _mend_sequence(to, table.name)
    return count


def _mend_sequence(to: Connection, table: str) -> None:
    """PostgreSQL counts on from what was copied; ids are never reused, as tags name them."""
    if to.dialect.name != "postgresql" or "id" not in metadata.tables[table].c:
        return
    to.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), 1))"  # noqa: S608
        )
    )


def load(file: Path, store: Store) -> None:
    """Put a backup into an empty database, upgrade it, and hold every network (OPS-8)."""
    backup = Store(f"sqlite:///{file}")
    if not revision(backup):
        raise Conflict(f"{file} is no backup of Termpost.")
    if revision(backup) != head():
        upgrade(backup)
    move(backup, store)
    backup.close()
    with store.write() as session:
        at = text("CURRENT_TIMESTAMP")
        session.execute(
            update(networks)
            .where(networks.c.held_at.is_(None))
            .values(held_at=at, held_reason="restored from a backup")
        )
