"""Bringing a database to the newest revision of migrations/, and saying where it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from mailer.store.engine import Store

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
_PG_LOCK = 7_465_726  # one upgrade at a time over all hosts


def configuration(connection: Connection | None = None) -> Config:
    """The Alembic configuration; there is no alembic.ini, as the address of the database is a setting."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


@cache
def head() -> str:
    """The newest revision that this code knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def revision(store: Store) -> str:
    """The revision at which the database stands; empty if it has no tables yet."""
    with store.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(store: Store, to: str = "head") -> None:
    """Upgrade to revision `to`; two processes that start together do it once."""
    if to == "head" and revision(store) == head():
        return
    with store.writer.connect() as connection:
        if store.is_sqlite:
            # A batch migration re-creates tables, which foreign keys would forbid halfway.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            if not store.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PG_LOCK})
            command.upgrade(configuration(connection), to)
        if store.is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
            if broken:
                raise RuntimeError(f"the upgrade left {len(broken)} rows without what they refer to: {broken[:3]}")


def downgrade(store: Store, to: str) -> None:
    """Step back to revision `to` (tests, and a release that has to be taken back)."""
    with store.writer.connect() as connection, connection.begin():
        command.downgrade(configuration(connection), to)
