"""Which relay is asked, and the connections that a process keeps.

Relays stand in the order of failover. One that could not be had is left alone for a moment by this process, longer each
time; one that asked to be spared, or said that it is not well, rests for every process (`rates`). As soon as an earlier one is
willing again it is asked again.
A relay that has spent its rate is not failed over from: what it may not have waits, and the next relay stays in reserve.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from mailer import clock
from mailer.outbound.transport import Connection, Relay, RelayDown

AWAY = 2.0  # real seconds without a try after a relay could not be had; doubled each time in a row
LONGEST_AWAY = 60.0
HURRIED = 15.0  # seconds for each step to an open session; who greets late on purpose, against spam, mostly does within 10


class Lines:
    """The relays of one process. Threads may share it: each keeps its own connection."""

    def __init__(self, relays: tuple[Relay, ...]) -> None:
        self.relays = relays
        self._kept = threading.local()
        self._every: list[Connection] = []
        self._lock = threading.Lock()
        self._finishing = False
        self._away: dict[str, tuple[float, int]] = {}  # until when (monotonic), how often in a row

    def first(self, rests: Callable[[str], bool]) -> Relay | None:
        """The first relay that is neither away nor resting, as `rests` says of its name."""
        return next((relay for relay in self.relays if not self._is_away(relay) and not rests(relay.name)), None)

    def to(self, relay: Relay, *, urgent: bool = False) -> Connection:
        """This thread's kept connection to the relay, or a new one. Raises RelayDown; the relay is away then.

        RFC 5321 4.5.3.2.1 gives a busy server five minutes to greet, as whoever has nobody else to ask can but wait. Where a reserve
        may be asked, only its first silence is worth them, or an issue would stand still between two strides of the reserve; and none
        to `urgent` mail: somebody sits before the screen, and one silent relay would stop the thread."""
        kept: tuple[Relay, Connection] | None = getattr(self._kept, "line", None)
        if kept is not None:
            if kept[0] is relay and kept[1].usable:
                return kept[1]
            self.drop(kept[1])
        times = self._away.get(relay.name, (0.0, 0))[1]
        try:
            line = relay.connect(HURRIED if (urgent or times) and self._has_reserve(relay) else None)
        except RelayDown:
            self._away[relay.name] = (clock.monotonic() + min(AWAY * 2 ** min(times, 10), LONGEST_AWAY), times + 1)
            raise
        self._away.pop(relay.name, None)
        self._kept.line = (relay, line)
        with self._lock:
            self._every.append(line)
            if self._finishing:
                line.finish()
        return line

    def drop(self, line: Connection) -> None:
        """Let go of this thread's connection."""
        self._kept.line = None
        with self._lock:
            if line in self._every:
                self._every.remove(line)
        line.close()

    def finish(self) -> None:
        """Every letter in hand is finished, and none is begun after it, over whatever line."""
        with self._lock:
            self._finishing = True
            for line in self._every:
                line.finish()

    def close(self) -> None:
        """Let go of every connection; who still has one in use finds it lost."""
        with self._lock:
            every, self._every = self._every, []
        for line in every:
            line.close()

    def _has_reserve(self, relay: Relay) -> bool:
        return any(other is not relay and not self._is_away(other) for other in self.relays)

    def _is_away(self, relay: Relay) -> bool:
        return self._away.get(relay.name, (0.0, 0))[0] > clock.monotonic()
