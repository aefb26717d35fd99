"""Group commit: whoever waits for the disk waits together.

A full-sync commit costs about the same for one message as for fifty. So one thread takes everything that waits at the
moment (bounded), writes it in one transaction, and answers all of it once that is committed; meanwhile the next group
gathers. Where many hand in at once it waits a moment for them, so that commits are fewer and larger (what PostgreSQL
calls `commit_delay`); who comes alone never waits. One bad message must not fail its neighbours: a group that fails is
written again one by one, unless the whole store is the trouble.
"""

from __future__ import annotations

import asyncio
import errno
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from mailer import clock, log
from mailer.errors import Unavailable
from mailer.store import Store

MOST_MESSAGES = 200
PATIENCE = 5.0  # seconds for a locked database; then senders hear 451 while their sessions, and others, are still fresh
CROWD = 4  # messages in a group: so many hand in at once
CROWDED_FOR = 0.1  # seconds after such a group
COMMIT_DELAY = 0.001  # seconds that the first of a crowd waits for the others
MOST_OCTETS = 16 * 1024 * 1024  # a group ends with the message that passes this

_PG_DISK_FULL = "53100"
_log = log.get(__name__)

Prepared = TypeVar("Prepared")
Answer = TypeVar("Answer")


class StoreFault(Unavailable):
    """The store cannot take anything now."""


class StoreFull(StoreFault):
    """The store has no room."""


Promise: TypeAlias = Future[Answer] | asyncio.Future[Answer]
"""What a thread, or a coroutine, waits for."""


@dataclass(frozen=True)
class _Waiting(Generic[Prepared, Answer]):
    prepare: Callable[[], Prepared]
    octets: int
    promise: Promise[Answer]


class Committer(Generic[Prepared, Answer]):
    """One thread that commits for many. `write` puts a list of prepared things into a session, one answer for each."""

    def __init__(self, store: Store, write: Callable[[Connection, list[Prepared]], list[Answer]]) -> None:
        self._store = store
        self._write = write
        self._waiting: queue.SimpleQueue[_Waiting[Prepared, Answer] | None] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._crowded_until = 0.0

    @property
    def crowded(self) -> bool:
        """Many hand in at once, now or a moment ago."""
        return clock.monotonic() < self._crowded_until

    def submit(self, prepare: Callable[[], Prepared], octets: int, promise: Promise[Answer]) -> None:
        """Hand over; from here on nobody can take it back. `prepare` runs before the transaction, in the committer's thread;
        `promise` is kept after the commit, or broken with StoreFull or StoreFault."""
        with self._start:
            if self._closed:
                raise StoreFault("Termpost is stopping.", "Try again in a minute.")
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="commits", daemon=True)
                thread.start()  # may fail where there are too many; then the next one tries again
                self._thread = thread
            self._waiting.put(_Waiting(prepare, octets, promise))

    def close(self) -> None:
        """Commit what was handed over before and end the thread."""
        with self._start:
            self._closed = True
            self._waiting.put(None)
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while self._serve_a_group():
            pass

    def _serve_a_group(self) -> bool:
        """False after `close`. What a group held is let go before the next one is waited for."""
        group, last = self._gather()
        if len(group) >= CROWD:
            self._crowded_until = clock.monotonic() + CROWDED_FOR
        ready: list[tuple[Prepared, Promise[Answer]]] = []
        for each in group:
            try:
                ready.append((each.prepare(), each.promise))
            except Exception as error:
                _log.exception("a message could not be prepared for the store")
                _tell([(each.promise, fault_of(error))])
        if ready:
            self._commit(ready)
        return not last

    def _gather(self) -> tuple[list[_Waiting[Prepared, Answer]], bool]:
        """Wait for one, then take all that wait already, or in a crowd a moment later. The second is True after `close`."""
        group: list[_Waiting[Prepared, Answer]] = []
        octets = 0
        while len(group) < MOST_MESSAGES and octets < MOST_OCTETS:
            try:
                each = self._waiting.get(block=not group)
            except queue.Empty:
                break
            if each is None:
                return group, True
            if not group and self.crowded:
                time.sleep(COMMIT_DELAY)
            group.append(each)
            octets += each.octets
        return group, False

    def _commit(self, ready: list[tuple[Prepared, Promise[Answer]]]) -> None:
        try:
            with self._store.write(PATIENCE) as session:
                answers = self._write(session, [prepared for prepared, _ in ready])
        except Exception as error:
            fault = fault_of(error)
            if len(ready) > 1 and not concerns_all(error):
                for each in ready:
                    self._commit([each])
                return
            _log.error(
                "a message was not stored",
                fault=type(fault).__name__,
                cause=str(getattr(error, "orig", None) or error),
                messages=len(ready),
            )
            _tell([(promise, fault) for _, promise in ready])
            return
        _tell([(promise, answer) for (_, promise), answer in zip(ready, answers, strict=True)])


def _tell(said: Sequence[tuple[Promise[Answer], Answer | StoreFault]]) -> None:
    """To each its answer; to those of one event loop all at once, as waking it costs as much for one as for many."""
    loops: dict[asyncio.AbstractEventLoop | None, list[tuple[Promise[Answer], Answer | StoreFault]]] = {}
    for promise, answer in said:
        loop = promise.get_loop() if isinstance(promise, asyncio.Future) else None
        loops.setdefault(loop, []).append((promise, answer))
    for loop, several in loops.items():
        if loop is None:
            _settle(several)
        else:
            with suppress(RuntimeError):  # it was closed: nobody waits there any more
                loop.call_soon_threadsafe(_settle, several)


def _settle(said: Sequence[tuple[Promise[Answer], Answer | StoreFault]]) -> None:
    for promise, answer in said:
        if promise.done():  # whoever waited was cancelled
            continue
        if isinstance(answer, StoreFault):
            promise.set_exception(answer)
        else:
            promise.set_result(answer)


def fault_of(error: BaseException) -> StoreFault:
    """What to tell the sender about a failed write: no room, or trouble of another kind."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    full = (
        (isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL)
        or (isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT))
        or getattr(cause, "sqlstate", None) == _PG_DISK_FULL
    )
    if full:
        return StoreFull("There is no room left to store mail.", "Free some space; senders will try again.")
    return StoreFault("The message could not be stored now.", "Senders will try again.")


def concerns_all(error: BaseException) -> bool:
    """True for trouble that every other message would meet too, after waiting as long: a lock, a lost connection."""
    if isinstance(error, OperationalError | InterfaceError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is not None:
            return bool((code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
        return error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None
    return isinstance(error, OSError | Unavailable)
