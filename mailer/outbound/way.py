"""Somebody waits for an answer or a reminder, and nobody for the next stride of an issue; and the threads of a process share one
interpreter. So bulk mail makes way, stride by stride, and never stands still for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailer.clock import monotonic

MOST = 0.25  # seconds that a stride waits at most, and for one who may be long: a batch, a big message, a relay that does not answer


class Way:
    """Of one process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._since: list[float] = []  # when each who has it took it (monotonic)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While a message is handled, or urgent mail delivered."""
        since = monotonic()
        with self._changed:
            self._since.append(since)
        try:
            yield
        finally:
            with self._changed:
                self._since.remove(since)
                self._changed.notify_all()

    def give(self) -> None:
        """Before a stride of bulk mail: wait for those who have it."""
        began = monotonic()
        with self._changed:
            while self._since and (left := min(began, max(self._since)) + MOST - monotonic()) > 0:
                self._changed.wait(left)
