"""Whose turn it is to write, where a database has one writer."""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """A lock that goes to who has waited longest. That of `threading` goes to who has just had it before those who sleep, so that one
    who writes page after page leaves hardly a turn to the others."""

    def __init__(self) -> None:
        self._door = threading.Lock()  # held for moments
        self._taken = False
        self._line: deque[threading.Lock] = deque()  # of each who waits, one that is opened when it is theirs

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for it, at most `timeout` seconds, or for as long as it takes. True if it is ours."""
        with self._door:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._line.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._door:
            if mine in self._line:
                self._line.remove(mine)
                return False
        return True  # it came in the last moment

    def release(self) -> None:
        """Hand it to who is next."""
        with self._door:
            if self._line:
                self._line.popleft().release()
            else:
                self._taken = False
