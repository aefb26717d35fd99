"""Copying a whole database: for backups, rehearsals, and moving from SQLite to PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, insert, select, text, update

from mailer.errors import Conflict
from mailer.store.engine import Store
from mailer.store.statements import TAKEN
from mailer.store.tables import networks
from mailer.store.types import metadata
from mailer.store.upgrade import revision, upgrade
from mailer.store.whole import new_file

PAGE = 2000
# Ids that a table may have given between a backup and its restore. Three hundred networks of two hundred people, each with a
# mail a day, write nearly two million copies in the month that backups are kept: a million would be too few. So what people
# type at night has eight digits after a restore; a tag holds thirteen.
SKIPPED = 10_000_000


def copy(store: Store, file: Path) -> None:
    """Copy everything into a new SQLite file of mode 0600, one consistent moment of it, while others go on writing."""
    with new_file(file) as part:
        if store.is_sqlite:
            with store.reader.connect() as connection, closing(sqlite3.connect(part)) as target:
                source = connection.connection.driver_connection
                assert isinstance(source, sqlite3.Connection)
                source.backup(target)
            return
        target_store = Store(f"sqlite:///{part}")
        try:
            move(store, target_store)
        finally:
            target_store.close()


def move(source: Store, target: Store) -> int:
    """Copy every row into an empty database of any kind. Returns how many. Conflict if it is not empty."""
    upgrade(target)
    with source.read() as from_, target.write() as to:
        return _fill(from_, to)


def _fill(from_: Connection, to: Connection, *, skipped: int = 0) -> int:
    """Every row; ids go on from the last that was given, or from `skipped` more."""
    if to.execute(select(networks.c.id).limit(1)).first() is not None:
        raise Conflict("The new database is not empty.", "Give one that nothing was written to.")
    count = 0
    for table in metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        rows = from_.execution_options(yield_per=PAGE).execute(select(table).order_by(*keys))
        for page in rows.mappings().partitions(PAGE):
            to.execute(insert(table), [dict(row) for row in page])
            count += len(page)
        if "id" in table.c:
            _count_on(to, table.name, _given(from_, table.name) + skipped)
    return count


def _given(session: Connection, table: str) -> int:
    """The highest id that a table ever gave, whether its row is there still or not."""
    if session.dialect.name == "sqlite":
        return session.execute(TAKEN, {"name": table}).scalar() or 0
    sequence = session.execute(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table}).scalar_one()
    return int(session.execute(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")).scalar_one())  # noqa: S608


def _count_on(to: Connection, table: str, last: int) -> None:
    """The next id is the one after `last`: none is given twice, as tags and Message-IDs name them, and the ledger."""
    if not last:
        return
    if to.dialect.name == "postgresql":
        to.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), {"table": table, "last": last})
        return
    to.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
    to.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table, "last": last})


@contextmanager
def load(file: Path, store: Store, beside: Path) -> Iterator[Connection]:
    """Put a backup into an empty database, upgrade it, and hold every network (OPS-8); the block goes on in the same transaction,
    so that all of it is done or nothing. Ids that were given since the backup stand in people's mail, and are not given again."""
    with _copied(file, beside) as backup:
        if not revision(backup):
            raise Conflict(f"{file} is no backup of Termpost.")
        upgrade(backup)
        upgrade(store)
        with backup.read() as from_, store.write() as to:
            if from_.execute(select(networks.c.id).limit(1)).first() is None:
                raise Conflict(f"There is no network in {file}.", "Nothing was changed. Take another backup: this one was cut short, or made too early.")
            _fill(from_, to, skipped=SKIPPED)
            held = {"held_at": text("CURRENT_TIMESTAMP"), "held_reason": "restored from a backup"}
            to.execute(update(networks).where(networks.c.held_at.is_(None)).values(**held))
            yield to


@contextmanager
def _copied(file: Path, beside: Path) -> Iterator[Store]:
    """A backup as a database. It may be the only one there is, or lie where nothing can be written: neither an upgrade nor SQLite,
    which writes beside what it reads, is to touch it. `beside` is a folder with room for a copy, which /tmp may not have."""
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="restore-", dir=beside) as folder:  # of mode 0700
        copy = Path(folder) / "backup.db"
        shutil.copyfile(file, copy)
        log = Path(f"{file}-wal")  # of a database that was kept as it stood when its host died
        if log.exists():
            shutil.copyfile(log, f"{copy}-wal")
        backup = Store(f"sqlite:///{copy}")
        try:
            yield backup
        finally:
            backup.close()
