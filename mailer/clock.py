"""The only place that asks the time (V12).

There are two times (ruling 4). *Calendar time* says what is due: dates, undo time, Date fields, deadlines, the age of
tokens, caps. It is `now()`, and for rehearsals and tests it may be read from a file. *Real time* says how long things
take: leases, time-outs, rates. It is `lease_now()` and `monotonic()`, and it is never moved: who sets a host's clock ends no
lease and begins no rest. Where several hosts share a database it is the database's, which the store hears from time to time.

    clock.use("system")              calendar time is real time (the default)
    clock.use("file:var/clock")      calendar time is what the file says, in ISO 8601; without an offset it is UTC

A file clock stands still between changes of its file. It notices a change within a second, never goes back, and keeps
its last value while the file cannot be read. Functions elsewhere take `now` as an argument; they do not call this.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from mailer.errors import SettingsError

LOOK_EVERY = 0.25
"""Seconds of real time between two looks at a clock file."""

SLOW = 2.0
"""Seconds that the database may take to say what time it is. A later answer says too little about the present."""

_log = logging.getLogger(__name__)


class _Source(Protocol):
    def now(self) -> datetime: ...


class _SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class _StandingClock:
    """Calendar time that only its owner moves: rehearsals and the demo, within one process."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class _FileClock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._value = _read(path)
        self._looked = time.monotonic()
        self._said = ""  # the last trouble that was logged, so that each is logged once

    def now(self) -> datetime:
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_EVERY:
                self._look()
                self._looked = time.monotonic()
            return self._value

    def _look(self) -> None:
        try:
            value = _read(self._path)
        except (OSError, ValueError) as error:
            self._say(f"clock file cannot be read, keeping the last value: {error}")
            return
        if value < self._value:
            self._say(f"clock file goes back to {value.isoformat()}, refused: it stays {self._value.isoformat()}")
            return
        self._value = value
        self._said = ""

    def _say(self, trouble: str) -> None:
        if trouble != self._said:
            _log.warning(trouble)
            self._said = trouble


def _read(path: Path) -> datetime:
    value = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_source: _Source = _SystemClock()
name = "system"
"""What calendar time follows: `system` or `file:PATH`. Read it as `clock.name`."""


def use(source: str) -> None:
    """Take calendar time from `system` or `file:PATH`. Raises SettingsError when that is neither, or the file cannot
    be read at this moment (later it may fail for a while)."""
    global _source, name
    if source == "system":
        _source, name = _SystemClock(), source
        return
    kind, _, path = source.partition(":")
    if kind != "file" or not path:
        raise SettingsError(f"TERMPOST_CLOCK cannot be {source!r}.", "It is system, or file: and a path.")
    try:
        _source, name = _FileClock(Path(path)), source
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The clock file {path} cannot be read: {error}.", "Write a time such as 2026-09-07T08:00:00Z into it."
        ) from error


def stand_at(at: datetime) -> None:
    """Have calendar time stand at this moment until it is moved again: for whoever plays a term within one process."""
    global _source, name
    _source, name = _StandingClock(at.astimezone(UTC)), "standing"


def now() -> datetime:
    """Calendar time, aware, in UTC."""
    return _source.now()


_zero = datetime.now(UTC) - timedelta(seconds=time.monotonic())  # real time when `monotonic` was 0


def lease_now() -> datetime:
    """Real time, aware, in UTC, for what must last as long as it says: leases and their ends, rates and rests.

    It was read from the host's clock when the process began, or from the database's since, and goes on by `monotonic`.
    """
    return _zero + timedelta(seconds=time.monotonic())


def real_time_is(said: datetime, asked: float) -> None:
    """The database, asked at `asked` of `monotonic`, has just said what time it is; every host goes by that (ruling 4)."""
    global _zero
    heard = time.monotonic()
    if heard - asked <= SLOW:
        _zero = said.astimezone(UTC) - timedelta(seconds=(asked + heard) / 2)


def of_host() -> datetime:
    """What the host's clock shows, aware, in UTC: for lines of a log, which are read beside those of other programs."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Real seconds since some moment, never going back, for time-outs."""
    return time.monotonic()
