"""Dramatiq's broker, and the doorbell over it.

Messages are wake-ups that name a lane and nothing else: the rows are the truth and carry the one retry clock, so any
broker may lose or repeat them (design, outbound). Dramatiq's own retries, limits and metrics are therefore left out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import dramatiq
from dramatiq.brokers.stub import StubBroker

from mailer import log
from mailer.settings import Settings

_log = log.get("broker")


def make(settings: Settings) -> dramatiq.Broker:
    """The broker that TERMPOST_BROKER_URL names. Contacts no server before its first use."""
    if settings.is_embedded:
        return StubBroker(middleware=[])
    if settings.broker_url.startswith("redis"):
        from dramatiq.brokers.redis import RedisBroker

        # A killed worker's wake-ups come back in seconds, not minutes; the sweep would make good for them anyway.
        return RedisBroker(  # type: ignore[no-untyped-call]
            url=settings.broker_url,
            middleware=[],
            namespace="termpost",
            heartbeat_timeout=30_000,
            maintenance_chance=100_000,
        )
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    return RabbitmqBroker(url=settings.broker_url, middleware=[], confirm_delivery=True)


class Bells:
    """The doorbell of a process: rings by sending the actor of a bell one wake-up.

    In the embedded form a bell that has been rung and not yet answered is not rung again: one look at the rows finds
    everything. A broker that is away costs a log line; the sweep rings again within seconds.
    """

    def __init__(self, actors: Mapping[str, dramatiq.Actor[[], None]], *, coalesce: bool) -> None:
        self._actors = actors
        self._coalesce = coalesce
        self._ringing: set[str] = set()
        self._lock = threading.Lock()

    def ring(self, bell: str) -> None:
        actor = self._actors.get(bell)
        if actor is None:
            return
        if self._coalesce:
            with self._lock:
                if bell in self._ringing:
                    return
                self._ringing.add(bell)
        try:
            actor.send()
        except Exception as error:
            self.answered(bell)
            _log.warning("broker away; the sweep will ring again", bell=bell, error=type(error).__name__)

    def answered(self, bell: str) -> None:
        """Called when an actor begins: what is rung from now on is news to it."""
        with self._lock:
            self._ringing.discard(bell)
