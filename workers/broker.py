"""Dramatiq's broker, and the doorbell over it.

Messages are wake-ups that name a lane and nothing else: the rows are the truth and carry the one retry clock, so any
broker may lose or repeat them (design, outbound). Dramatiq's own retries, limits and metrics are therefore left out.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import dramatiq
from dramatiq.brokers.stub import StubBroker

from mailer import log, wake
from mailer.settings import Settings

PATIENCE = 5.0  # seconds for a broker to answer
LOOK_EVERY, TRY_EVERY = 15.0, 2.0  # seconds between two looks while it takes work, and while it does not
LOOK = "termpost:look"  # what a look leaves at the broker
LAST_RINGS = 1.0  # seconds that who stops gives the bells that it has rung

_log = log.get("broker")

# What its libraries say of a broker that is away, every few seconds for each queue; `Watch` says it once.
_CHATTY = ("pika", *(f"dramatiq.worker.ConsumerThread({bell}{queue})" for bell in wake.BELLS for queue in ("", ".DQ")))


def make(settings: Settings) -> dramatiq.Broker:
    """The broker that TERMPOST_BROKER_URL names. Contacts no server before its first use."""
    if settings.is_embedded:
        return StubBroker(middleware=[])
    _hush()
    if settings.broker_url.startswith("redis"):
        import redis

        from workers.redis import Broker

        # A killed worker's wake-ups come back in seconds, not minutes; the sweep would make good for them anyway.
        return Broker(  # type: ignore[no-untyped-call]
            client=redis.Redis.from_url(settings.broker_url, socket_timeout=PATIENCE),  # or as the URL says
            middleware=[],
            namespace="termpost",
            heartbeat_timeout=30_000,
            maintenance_chance=100_000,
        )
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    broker = RabbitmqBroker(url=settings.broker_url, middleware=[], confirm_delivery=True)
    broker.parameters.blocked_connection_timeout = PATIENCE  # type: ignore[attr-defined]  # an alarm (disk, memory) is said in the log
    return broker


def _hush() -> None:
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def name(settings: Settings) -> str:
    """What the broker is called towards people, without its password."""
    url = urlsplit(settings.broker_url)
    return f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")


def trouble(settings: Settings) -> str:
    """Why the broker takes no wake-up now; empty if it does. Hands it something that means nothing and waits for some seconds: one
    with a full memory or disk, or a copy that may only be read, answers all the same."""
    _hush()
    try:
        if settings.broker_url.startswith("redis"):
            _ask_redis(settings.broker_url)
        else:
            _ask_rabbitmq(settings.broker_url)
    except Exception as error:  # its library raises whatever the wire did
        return _cause(error)
    return ""


def _ask_redis(url: str) -> None:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client = redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.set(LOOK, 1, ex=60)
    finally:
        client.close()


def _ask_rabbitmq(url: str) -> None:
    import pika  # type: ignore[import-untyped]

    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = PATIENCE
    parameters.connection_attempts = 1
    connection = pika.BlockingConnection(parameters)
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", LOOK, b"")  # for a queue that nobody has, so it is dropped; under an alarm it is not taken
    finally:
        if connection.is_open:
            connection.close()


def _cause(error: BaseException) -> str:
    """The innermost thing that was said: pika wraps an error in others that say nothing."""
    for inner in (*getattr(error, "args", ()), error.__cause__, error.__context__):
        found = getattr(inner, "exception", inner)
        if isinstance(found, BaseException):
            return _cause(found)
    return str(error).strip() or type(error).__name__


class Watch(threading.Thread):
    """Says when the broker goes away and when it is back, once each; `ready` is called when it first takes work."""

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        super().__init__(name="broker", daemon=True)
        self._settings, self._ready = settings, ready
        self._ended = threading.Event()

    def run(self) -> None:
        begun, said = False, ""
        while not self._ended.is_set():
            why = trouble(self._settings)
            if why and not said:
                _log.warning(
                    "the broker takes no work; trying again until it does, what is stored waits",
                    broker=name(self._settings), cause=why,
                )  # fmt: skip
            elif said and not why:
                _log.info("the broker takes work again", broker=name(self._settings))
            if not why and not begun:
                begun = True
                self._ready()
            said = why
            self._ended.wait(TRY_EVERY if why else LOOK_EVERY)

    def stop(self) -> None:
        """End; a question that is being asked ends with the process."""
        self._ended.set()


class Bells:
    """The doorbell of a process: rings by sending the actor of a bell one wake-up.

    In the embedded form a bell that has been rung and not yet answered is not rung again: one look at the rows finds
    everything. Else a thread of its own sends, as a broker that hangs, or has an alarm, keeps whoever sends: who has committed
    a row never waits, and a bell that has been rung and not yet sent is not sent twice. A broker that is away costs one log
    line; the sweep rings again within seconds.
    """

    def __init__(self, actors: Mapping[str, dramatiq.Actor[[], None]], *, embedded: bool) -> None:
        self._actors = actors
        self._ringing: set[str] = set()
        self._lock = threading.Lock()
        self._away = False
        self._to_send: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._sender = None if embedded else threading.Thread(target=self._send_all, name="bells", daemon=True)
        if self._sender is not None:
            self._sender.start()

    def ring(self, bell: str) -> None:
        if bell not in self._actors:
            return
        with self._lock:
            if bell in self._ringing:
                return
            self._ringing.add(bell)
        if self._sender is None:
            self._send(bell)
        else:
            self._to_send.put(bell)

    def _send_all(self) -> None:
        while (bell := self._to_send.get()) is not None:
            self.answered(bell)  # what is rung from now on may be news to whoever hears this one
            self._send(bell)

    def _send(self, bell: str) -> None:
        try:
            self._actors[bell].send()
            self._away = False
        except Exception as error:
            self.answered(bell)
            if not self._away:
                _log.warning("broker away; the sweep will ring again", bell=bell, cause=_cause(error))
            self._away = True

    def answered(self, bell: str) -> None:
        """Called when an actor begins: what is rung from now on is news to it."""
        with self._lock:
            self._ringing.discard(bell)

    def stop(self) -> None:
        """Send what was rung, if the broker takes it; the sweep rings for the rest."""
        if self._sender is not None:
            self._to_send.put(None)
            self._sender.join(LAST_RINGS)
