"""Bringing a database to the newest revision of migrations/, and saying where it stands.

Alembic is imported where something is to be done: every command of the command line asks where its database stands, and
loading Alembic would take a third of its time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table, text

from mailer.errors import TermpostError
from mailer.store.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
_STANDS = table("alembic_version", column("version_num"))
_PG_LOCK = 7_465_726  # one upgrade at a time over all hosts


def configuration(connection: Connection | None = None) -> Config:
    """The Alembic configuration; there is no alembic.ini, as the address of the database is a setting."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


class Newer(TermpostError):
    """A newer release has upgraded the database to what this one does not know."""

    def __init__(self, at: str) -> None:
        said = f"A newer release of Termpost has upgraded the database to {at}; this one knows it up to {head()} only."
        super().__init__(said, "Install the newer release again, or restore a backup from before its upgrade.")


@cache
def head() -> str:
    """The newest revision that this code knows: each is called as its file, and they are one line."""
    return max(path.stem for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def is_newer(at: str) -> bool:
    """Whether only a later release than this one can have brought a database to this revision."""
    return at > head()


def revision(store: Store) -> str:
    """The revision at which the database stands; empty if it has no tables yet."""
    with store.reader.connect() as connection:
        known = inspect(connection).has_table(_STANDS.name)
        return str(connection.execute(select(_STANDS.c.version_num)).scalar() or "") if known else ""


def upgrade(store: Store, to: str = "head") -> None:
    """Upgrade to revision `to`; two processes that start together do it once. Raises Newer."""
    at = revision(store)
    if to == "head" and at == head():
        return
    if is_newer(at):
        raise Newer(at)
    from alembic import command

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
    from alembic import command

    with store.writer.connect() as connection, connection.begin():
        command.downgrade(configuration(connection), to)
