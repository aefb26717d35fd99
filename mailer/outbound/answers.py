"""Answers of relays that wait for the database: nobody else knows them, so they are kept until they are written down (V6)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from mailer import clock, log
from mailer.outbound import outbox
from mailer.outbound.copies import is_passing
from mailer.outbound.transport import Reply
from mailer.store import Store

PATIENCE = 30.0  # real seconds for which the thread that heard them waits itself: half a lease
LATE = 1.0  # seconds for which what is kept waits for who has its rows: others wait behind it
_ROW_LOCKED = "55P03"  # of PostgreSQL
FIRST_WAIT = 0.1  # seconds until a database that was away is asked again; doubled each time

_log = log.get("answers")


@dataclass(frozen=True)
class Heard:
    """The last answers to one owner of leases, and the ids of what was not begun and is given back."""

    owner: str
    relay: str
    results: Sequence[Reply]
    unbegun: Sequence[int]


class Answers:
    """Those of one process. Threads may share it."""

    def __init__(self, queue: Store, *, resend: bool, stopped: threading.Event) -> None:
        """`resend`: what the setting says of copies that may have gone. `stopped`: nobody waits any more."""
        self._queue = queue
        self._resend = resend
        self._stopped = stopped
        self._lock = threading.Lock()
        self._kept: list[Heard] = []

    def settle(self, heard: Heard) -> None:
        """Write it down. A database that is away mostly begins anew within seconds; where a disk stays full for an hour, it is
        kept for `write_kept`. Raises what the database raised in the end."""
        ends, wait = clock.monotonic() + PATIENCE, FIRST_WAIT
        while True:
            try:
                return self._write(heard)
            except Exception as error:
                if clock.monotonic() + wait > ends or self._stopped.wait(wait):
                    if is_passing(error):
                        with self._lock:
                            self._kept.append(heard)
                    raise
                wait *= 2

    def write_kept(self) -> None:
        """Write down what could not be before, however late: the leases may have lapsed since. To be said before anything more
        is claimed, as what was taken for lost may go again. Raises as `settle`, and keeps it; nobody waits for a row that
        somebody else has, as a lost transaction may have it for hours."""
        if not self._kept:
            return
        with self._lock:
            for late in tuple(self._kept):
                try:
                    self._write(late, LATE)
                    _log.info("answers are written down late", relay=late.relay, copies=len(late.results))
                except Exception as error:
                    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == _ROW_LOCKED:
                        continue  # what is kept of other copies need not wait for these
                    if is_passing(error):
                        raise
                    _log.exception("what a relay said cannot be written down", relay=late.relay, copies=len(late.results))
                self._kept.remove(late)

    def are_kept(self, owner: str) -> bool:
        """Whether any that `owner` heard could not be written down yet."""
        return any(late.owner == owner for late in tuple(self._kept))

    def _write(self, heard: Heard, patience: float | None = None) -> None:
        """It gives back first: that waits for a lost transaction that is still ending, and what it marked is seen after it."""
        if heard.unbegun:  # by itself: who holds its mailing has that, which an answer may open again, and waits for these
            with self._queue.write(patience) as session:
                outbox.release(session, heard.unbegun, heard.owner)
        with self._queue.write(patience) as session:
            now = clock.now()
            outbox.write_results(session, heard.results, owner=heard.owner, relay=heard.relay, now=now, resend=self._resend)
