"""The doorbell: who has committed a row never waits for the broker (`wake.Doorbell`), and no wake-up is lost where it hears."""

from __future__ import annotations

import socket
import time

import dramatiq
import pytest
import redis as client_of_redis

from mailer import wake
from mailer.settings import Settings
from tests.servers import until
from workers import broker as brokers
from workers.broker import Bells

RINGS = 200
AT_ONCE = 1.0  # seconds for all of them, on a busy machine


def bells_over(url: str, heard: list[str]) -> tuple[dramatiq.Broker, Bells]:
    broker = brokers.make(Settings(broker_url=url, database_url="postgresql+psycopg://nobody@127.0.0.1/none"))

    @dramatiq.actor(actor_name="bulk", queue_name=wake.BULK, broker=broker)
    def rung() -> None:
        heard.append(wake.BULK)

    broker.delay_queues.clear()
    return broker, Bells({wake.BULK: rung}, embedded=False)


def seconds_of_ringing(bells: Bells) -> float:
    began = time.monotonic()
    for _ in range(RINGS):
        bells.ring(wake.BULK)
    return time.monotonic() - began


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_who_rings_does_not_wait_for_a_broker_that_says_nothing(scheme: str) -> None:
    """It listens, and hangs: a stopped process, a disk that stands still."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _, bells = bells_over(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", [])
        assert seconds_of_ringing(bells) < AT_ONCE
        began = time.monotonic()
        bells.stop()
        assert time.monotonic() - began < brokers.LAST_RINGS + AT_ONCE


@pytest.mark.redis
def test_what_was_rung_while_it_stood_still_is_heard_once_it_goes_on(redis: str) -> None:
    """And not as often as it was rung: one look at the rows finds everything."""
    heard: list[str] = []
    broker, bells = bells_over(redis, heard)
    with client_of_redis.Redis.from_url(redis) as server:
        server.flushall()
        server.client_pause(1500)
        assert seconds_of_ringing(bells) < AT_ONCE
        server.client_unpause()
    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    try:
        until(lambda: heard)
        bells.ring(wake.BULK)
        until(lambda: len(heard) >= 2)
        bells.stop()
        assert len(heard) <= 3  # the one that was being sent, the one that was noted meanwhile, and the last
    finally:
        worker.stop()
        broker.close()


@pytest.mark.redis
def test_who_stops_at_once_has_rung(redis: str) -> None:
    heard: list[str] = []
    broker, bells = bells_over(redis, heard)
    bells.ring(wake.BULK)
    bells.stop()
    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    try:
        until(lambda: heard)
    finally:
        worker.stop()
        broker.close()
