"""What every command works with: the settings, the house, the clock; opened at the start and closed at the end."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import click
import typer
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import DatabaseError

from mailer import clock, log
from mailer.acts import Actor, Strength
from mailer.errors import NotFound, SettingsError, TermpostError
from mailer.house import House, open_house
from mailer.message.tags import Keys
from mailer.settings import Settings, load
from mailer.store import Store
from mailer.store.tables import networks

_log = log.get(__name__)

REFUSED = 1
WRONG_USAGE = 2
LAST_ID = 2**63 - 1  # that a row can have
A_YEAR = timedelta(days=366)

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON, for programs.")]


@dataclass(frozen=True)
class Workbench:
    """A command's tools. `now()` is calendar time."""

    house: House

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def store(self) -> Store:
        return self.house.store

    @property
    def keys(self) -> Keys:
        return self.house.keys

    @cached_property
    def hasher(self) -> bytes:
        return self.house.hasher

    def now(self) -> datetime:
        return clock.now()

    def network(self, session: Connection, slug: str) -> Row[Any]:
        """The network with this slug. Raises NotFound naming those that there are."""
        row = session.execute(select(networks).where(networks.c.slug == slug.lower())).first()
        if row is None:
            there = list(session.execute(select(networks.c.slug).order_by(networks.c.slug)).scalars())
            hint = f"There is: {', '.join(there)}." if there else "Make one with: termpost network add"
            raise NotFound(f"There is no network {slug!r}.", hint)
        return row

    def moment(self, text: str, network: Row[Any]) -> datetime:
        """ISO 8601; without an offset it is in the network's zone. What is no time ends the command as wrong usage."""
        return _moment(text, ZoneInfo(network.timezone))

    def since(self, text: str) -> datetime:
        """An ISO 8601 moment that belongs to no network; without an offset it is UTC. What is no time ends the command as wrong usage."""
        return _moment(text, UTC)

    def actor(self, network_id: int) -> Actor:
        """Whoever sits at the command line."""
        return Actor(network_id, None, None, Strength.OPERATOR, "cli", name="operator")


def _moment(text: str, zone: tzinfo) -> datetime:
    """In UTC it has to be a time as well, as has the year after it, in which mail about it may go."""
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is not None else at.replace(tzinfo=zone)
        at.astimezone(UTC) + A_YEAR
    except (ValueError, OverflowError):
        fail(f"{text!r} is not a time. Write it as 2027-03-04T14:00.", WRONG_USAGE)
    return at


def read_settings(context: typer.Context, *, with_clock: bool = True) -> Settings:
    """The settings of this call, with clock and log set up by them; `with_clock` off for whoever tells about the clock."""
    config = context.find_root().params.get("config")
    settings = load(Path(config) if config else None, os.environ)
    log.setup(settings.log_level)
    clock.use(settings.clock if with_clock else "system")
    return settings


@contextmanager
def workbench(context: typer.Context) -> Iterator[Workbench]:
    """Open the house for a command; errors meant for people end it with status 1 and a sentence."""
    with plainly():
        house = open_house(read_settings(context))
        try:
            yield Workbench(house)
        finally:
            house.close()


@contextmanager
def plainly() -> Iterator[None]:
    """Turn every error into a sentence and an exit status; what nobody foresaw is told in full at log level debug."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except SettingsError as error:
        fail(str(error), WRONG_USAGE)
    except TermpostError as error:
        fail(str(error), REFUSED)
    except (DatabaseError, sqlite3.Error) as error:
        _log.debug("the database failed", exc_info=True)
        cause = error.orig if isinstance(error, DatabaseError) else error
        said = str(cause).strip().partition("\n")[0] or type(cause).__name__
        fail(f"The database cannot be used now: {said}. Nothing was changed. Look at: termpost check")
    except UnicodeEncodeError:  # the bytes of another encoding, which no text takes
        _log.debug("what was typed is no text", exc_info=True)
        fail("What was typed is not in UTF-8. Set the terminal to it (or write the letters without accents).", WRONG_USAGE)
    except OSError as error:
        _log.debug("the system refused", exc_info=True)
        fail(f"{error.filename or 'The system'}: {error.strerror or error}.")
    except Exception as error:
        _log.debug("a fault of ours", exc_info=True)
        said = f"Something went wrong that should not have: {type(error).__name__}."
        fail(f"{said} Please report it, with what TERMPOST_LOG_LEVEL=debug shows.")


def login() -> str:
    """Who sits at the command line, as this machine knows them; empty where it knows nobody."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return ""


def fail(sentence: str, status: int = REFUSED) -> NoReturn:
    """Say what is wrong and end."""
    print(f"termpost: {sentence}", file=sys.stderr)
    raise typer.Exit(status)


def show_json(value: Any) -> None:
    """One JSON value on standard output."""
    said = json.dumps(value, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", default=_plain)  # `dump` is several times slower
    sys.stdout.write(said + "\n")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value) or ""
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def iso(value: datetime | None) -> str | None:
    """UTC, as JSON gives every time."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
