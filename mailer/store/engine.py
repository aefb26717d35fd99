"""Opening the database: readers that cannot write, and one writer at a time on SQLite (design ruling 8)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from mailer import clock, wake
from mailer.errors import Unavailable
from mailer.store import traces
from mailer.store.turn import Turn

WRITER_KB, READER_KB = 16_000, 4_000  # of pages that a connection keeps; there may be as many readers as threads
RESTED = 1.0  # seconds: PostgreSQL may have dropped a connection that nobody used for so long, so it is asked first
# libpq's, where the URL does not name them: a host that lost its power says no word, and its system would wait for two hours.
LOST_AFTER = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000, "connect_timeout": 10}
AGREED = 10.0  # seconds for which what PostgreSQL said of the time is gone by
BUSY_MS = 30_000  # SQLite: how long a write waits for another process; whoever cannot wait so long names a patience


class Store:
    """The two ways to the tables of one database.

    `read()` gives a session that sees one snapshot and cannot write; `write()` one whose work is committed with
    full durability when the block ends and undone when it raises. Bells noted on a write session
    (`wake.note`) are rung after its commit.
    """

    def __init__(self, url: str, *, by_id: bool = False) -> None:
        """`by_id`: see `queue`."""
        self.url = url
        self._by_id = by_id
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._turn = Turn()  # SQLite has one writer; queue here rather than on its busy handler
        self.writer: Engine = _sqlite(url, writes=True) if self.is_sqlite else _postgresql(url, by_id)
        self.reader: Engine = (
            _sqlite(url, writes=False)
            if self.is_sqlite
            else self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )

    @cached_property
    def queue(self) -> Store:
        """The same database, for who asks the same few things of a few rows by their ids, thousands of times: on PostgreSQL its
        plans are made once and kept. None of them may read a whole table, as one that was made while a table was small
        might. On SQLite, which has one writer, it is this one.
        """
        return self if self.is_sqlite else Store(self.url, by_id=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A short read. On PostgreSQL its transaction is READ ONLY, on SQLite `query_only`."""
        with self.reader.connect() as session:
            yield session
            if self._by_id:
                session.commit()  # psycopg forgets at a rollback what it has prepared
            else:
                session.rollback()

    @contextmanager
    def write(self, patience: float | None = None) -> Iterator[Connection]:
        """One transaction, committed at the end of the block. Keep it short: nothing slow inside.

        `patience` is how many seconds to wait for others: on SQLite for who writes now, in this process and in others, on
        PostgreSQL for each row that somebody else has; past it, it raises Unavailable or what the database raises, and
        nothing was done.
        """
        until = None if patience is None else clock.monotonic() + patience
        with self._one_writer(patience), self.writer.connect() as session, self._waiting(session, until):
            with session.begin():
                wake.noted(session)  # what an undone transaction of this connection left behind
                if patience is not None and not self.is_sqlite:
                    session.exec_driver_sql(f"SET LOCAL lock_timeout = {max(round(patience * 1000), 1)}")
                yield session
            bells = wake.noted(session)
        for bell in sorted(bells):
            wake.ring(bell)

    @contextmanager
    def _one_writer(self, patience: float | None = None) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=-1 if patience is None else patience):
            raise Unavailable("Somebody else has been writing to the database for too long.", "Try again in a minute.")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _waiting(self, session: Connection, until: float | None) -> Iterator[None]:
        """Other processes are waited for until then, by this session alone."""
        if until is None or not self.is_sqlite:
            yield
            return
        connection: Any = session.connection.dbapi_connection  # below SQLAlchemy, which would begin a transaction for it
        left = max(int((until - clock.monotonic()) * 1000), 0)
        connection.execute(f"PRAGMA busy_timeout={min(left, BUSY_MS)}")
        try:
            yield
        finally:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def wipe(self, texts: Collection[str] = ()) -> None:
        """SQLite, after an erasure: put the write-ahead log into the file and cut it to nothing (design ruling 8).

        `secure_delete` overwrites what is deleted; where the file still shows one of `texts`, in what a page no longer
        uses, it is written anew. On PostgreSQL this is the work of its own vacuum.
        """
        if not self.is_sqlite:
            return
        path = make_url(self.url).database
        with self._one_writer():
            connection = self.writer.raw_connection()
            try:
                execute = connection.cursor().execute
                execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                if path and path != ":memory:" and _shows(path, texts):
                    execute("VACUUM")
                    execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.close()

    def close(self) -> None:
        """Close every connection."""
        if "queue" in self.__dict__ and self.queue is not self:
            self.queue.close()
        self.reader.dispose()
        self.writer.dispose()


def _shows(file: str, texts: Collection[str]) -> bool:
    """True if one of the texts stands in the file, in any case, or it could not be looked at. Never opened here (`traces`)."""
    if not texts:
        return False
    look = [sys.executable, "-I", "-S", traces.__file__, file]
    try:
        done = subprocess.run(look, input=json.dumps(list(texts)).encode(), capture_output=True, check=False)  # noqa: S603
    except OSError:
        return True
    return done.returncode != 0


def _postgresql(url: str, by_id: bool) -> Engine:
    """Its planner is told that a page is found as fast as read in order, as it is in memory and on today's disks: else it
    reads whole tables where a hundred rows are asked for by their ids. Compiling a plan costs more than our statements do.

    Whether a connection still stands is asked by asking for the time, which is every host's then (ruling 4)."""
    patience = {name: value for name, value in LOST_AFTER.items() if name not in make_url(url).query}
    engine = create_engine(url, pool_size=10, max_overflow=20, hide_parameters=True, connect_args=patience)
    agreed = -AGREED  # when the time was asked for last

    def ask(connection: Any) -> None:
        nonlocal agreed
        connection.autocommit = True  # no transaction for this
        try:
            asked = clock.monotonic()
            (said,) = connection.execute("SELECT clock_timestamp()").fetchone()
            clock.real_time_is(said, asked)
            agreed = asked
        finally:
            if not connection.closed:
                connection.autocommit = False

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: Any) -> None:
        for setting in ("random_page_cost = 1.1", "jit = off", *(["enable_seqscan = off"] if by_id else [])):
            connection.execute(f"SET {setting}")
        connection.commit()
        ask(connection)

    @event.listens_for(engine, "checkin")
    def _back(_connection: Any, record: Any) -> None:
        record.info["rests since"] = clock.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: Any) -> None:
        now = clock.monotonic()
        if now - record.info.get("rests since", now) < RESTED and now - agreed < AGREED:
            return
        try:
            ask(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool opens another

    return engine


def _sqlite(url: str, *, writes: bool) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):  # it is there already and keeps its mode, or SQLite says better why it cannot be made
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 12,
        hide_parameters=True,  # what a statement was given is people's addresses and words, and an error is logged
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def _opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite would begin late and DEFERRED
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            f"cache_size=-{WRITER_KB if writes else READER_KB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
