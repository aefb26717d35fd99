"""Redis as the carrier: a wake-up is heard where somebody waits, by one of them, and nobody asks while there is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dramatiq
import pytest
import redis as client_of_redis

from mailer import wake
from mailer.settings import Settings
from tests.servers import until
from workers import broker as brokers

pytestmark = pytest.mark.redis

RINGS = 50

Command = tuple[str | int, ...]
# name: what such a server says, what makes it so, what ends that
ILL: dict[str, tuple[str, Command, Command]] = {
    "a full memory": ("used memory", ("CONFIG SET", "maxmemory", 1), ("CONFIG SET", "maxmemory", 0)),
    "a copy of another": ("read only replica", ("REPLICAOF", "127.0.0.1", 1), ("REPLICAOF", "NO", "ONE")),
}


class Heard:
    """Who heard how often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by: list[str] = []

    def note(self, who: str) -> None:
        with self._lock:
            self.by.append(who)


@contextmanager
def listening(url: str, who: str, heard: Heard) -> Iterator[dramatiq.Actor[[], None]]:
    """A broker of its own with somebody who listens; gives the actor that rings."""
    broker = brokers.make(Settings(broker_url=url, database_url="postgresql+psycopg://nobody@127.0.0.1/none"))

    @dramatiq.actor(actor_name="bulk", queue_name=wake.BULK, broker=broker)
    def rung() -> None:
        heard.note(who)

    broker.delay_queues.clear()
    worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=100)
    worker.start()
    try:
        yield rung
    finally:
        worker.stop()
        broker.close()


@pytest.fixture
def server(redis: str) -> Iterator[client_of_redis.Redis]:
    with client_of_redis.Redis.from_url(redis) as server:
        server.flushall()
        server.config_resetstat()
        yield server


def asked(server: client_of_redis.Redis, command: str) -> int:
    return int(server.info("commandstats").get(f"cmdstat_{command}", {"calls": 0})["calls"])


def test_who_hears_nothing_asks_once_a_wait(redis: str, server: client_of_redis.Redis) -> None:
    with listening(redis, "one", Heard()):
        until(lambda: asked(server, "brpoplpush") >= 3)
        assert asked(server, "evalsha") <= 3 + asked(server, "brpoplpush")  # the first of all is told that its script is not known


@pytest.mark.parametrize("timeout", ["", "?socket_timeout=0.2"], ids=["patient", "the URL is impatient"])
def test_each_ring_is_heard_once_by_one_of_two(redis: str, server: client_of_redis.Redis, timeout: str) -> None:
    heard = Heard()
    with ExitStack() as stack:
        bells = [stack.enter_context(listening(redis + timeout, who, heard)) for who in ("one", "other")]
        for number in range(RINGS):
            bells[number % 2].send()
        until(lambda: len(heard.by) >= RINGS)
        until(lambda: not server.exists("termpost:bulk.msgs"))  # all are acknowledged
    assert len(heard.by) == RINGS
    assert not server.exists("termpost:bulk")


def test_both_wait_on_when_one_was_quicker(redis: str, server: client_of_redis.Redis) -> None:
    """A ring at a time: whoever lost the last one hears a later one."""
    heard = Heard()
    with listening(redis, "one", heard) as bell, listening(redis, "other", heard):
        for number in range(1, 2 * RINGS):
            bell.send()
            until(lambda: len(heard.by) >= number, every=0.001)  # noqa: B023  asked at once
            if {"one", "other"} <= set(heard.by):
                break
    assert set(heard.by) == {"one", "other"}


@pytest.mark.parametrize(("why", "ill", "well"), ILL.values(), ids=ILL)
def test_one_that_answers_and_takes_nothing_is_in_trouble(redis: str, server: client_of_redis.Redis, why: str, ill: Command, well: Command) -> None:
    """Such a one answers a PING, and no wake-up is heard: what looks at it says so, and nothing is left of the looks."""
    hosted = Settings(broker_url=redis, database_url="postgresql+psycopg://nobody@127.0.0.1/none")
    assert not brokers.trouble(hosted)
    server.execute_command(*ill)
    try:
        assert server.ping()
        assert why in brokers.trouble(hosted)
    finally:
        server.execute_command(*well)
    assert not brokers.trouble(hosted)
    assert server.dbsize() == 1
    assert 0 < server.ttl("termpost:look") <= 60
