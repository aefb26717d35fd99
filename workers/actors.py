"""What a bell starts. Each actor looks at the rows, does a bounded piece of work, and rings again if there is more.

An actor takes no arguments, so any number of repeated or lost wake-ups comes to the same.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable

import dramatiq

from mailer import clock, log, wake
from mailer.house import House
from mailer.inbound import pipeline
from mailer.inbound.receive import Intake
from mailer.outbound.deliver import Courier
from workers.broker import Bells

MESSAGES_A_TURN = 50
WAY = 0.25  # seconds at most for which a message makes way for those that are being handed in

_log = log.get("actors")


def owner_name() -> str:
    """Who holds a lease: host, process and a random part, so that a process of the same number is not mistaken."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Actors:
    """The actors of one process, bound to its broker and house."""

    def __init__(self, broker: dramatiq.Broker, house: House, intake: Intake | None = None) -> None:
        """`intake`: of the doors in this process, for whose senders it makes way."""
        self.house = house
        self.owner = owner_name()
        self._intake = intake
        self.courier = Courier(house, self.owner)
        self._trouble = log.Lasting(_log, "work stopped; the sweep will begin it again")
        self._inbox_turn = threading.Lock()  # messages are handled in the order of their ids
        # A relay that hangs keeps a thread for minutes. Bulk and urgent mail each have their own, so that with the inbox
        # there is a thread for everything (Crew starts workers + 2).
        self._turns = {wake.URGENT: threading.Semaphore(1), wake.BULK: threading.Semaphore(house.settings.workers)}
        self.bells = Bells(
            {
                wake.INBOX: self._declare(broker, wake.INBOX, self._handle_inbox),
                wake.URGENT: self._declare(broker, wake.URGENT, lambda: self._deliver(wake.URGENT)),
                wake.BULK: self._declare(broker, wake.BULK, lambda: self._deliver(wake.BULK)),
            },
            embedded=house.settings.is_embedded,
        )

    def _declare(self, broker: dramatiq.Broker, bell: str, work: Callable[[], None]) -> dramatiq.Actor[[], None]:
        @dramatiq.actor(actor_name=f"termpost-{bell}", queue_name=bell, broker=broker)
        def run() -> None:
            self.bells.answered(bell)
            try:
                work()
            except Exception as error:
                self._trouble.met(error, bell, bell=bell)

        return run

    def _handle_inbox(self) -> None:
        if not self._inbox_turn.acquire(blocking=False):
            return  # whoever has the turn looks again before giving it up
        try:
            for handled in range(MESSAGES_A_TURN):
                self._make_way()
                with self.courier.way.taken():
                    if not pipeline.handle_next(self.house, self.owner, likely=handled > 0):
                        return
        finally:
            self._inbox_turn.release()
        self.bells.ring(wake.INBOX)

    def _make_way(self) -> None:
        """Senders wait for their 250, what is in waits safely: it is handled a little later, but it never stands still."""
        ends = clock.monotonic() + WAY
        while self._intake is not None and self._intake.crowded and clock.monotonic() < ends:
            time.sleep(WAY / 20)

    def _deliver(self, lane: str) -> None:
        turn = self._turns[lane]
        if not turn.acquire(blocking=False):
            return  # the sweep rings again, should whoever has the turn not see what this bell meant
        try:
            more = self.courier.deliver(lane)
        finally:
            turn.release()
        if more:
            self.bells.ring(lane)

    def close(self) -> None:
        self.bells.stop()
        self.courier.close()
