"""Two transactions at one moment, on PostgreSQL: who stops or ends a mailing, and who changes a copy of it meanwhile (V6)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mailer.acts import Actor, hold
from mailer.outbound import outbox
from mailer.store.tables import outgoing
from tests.databases import new_on_postgres
from tests.hosted import waits_for_a_lock
from tests.live.sink import Sink
from tests.outbound.queue import LEASE
from tests.outbound.test_deliver import actor, mailing
from tests.servers import NewDatabase
from tests.stage import Stage

pytestmark = pytest.mark.postgres


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def stage(postgres: NewDatabase, tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    stage = Stage(tmp_path, relay_url=sink.url, database_url=new_on_postgres(postgres))
    stage.network()
    stage.member("jane@hill.school.example", "Jane Doe")
    yield stage
    stage.close()


def meanwhile(stage: Stage, do: Callable[[Connection], Any]) -> threading.Thread:
    """Somebody else does something in a transaction of their own. Returns when they wait for ours."""

    def act() -> None:
        with stage.house.store.write() as session:
            do(session)

    other = threading.Thread(target=act)
    other.start()
    waits_for_a_lock(stage.house.store, other)
    return other


STOPS: dict[str, Callable[[Connection, Actor, int, Any], Any]] = {
    "held": lambda session, who, mailing, now: hold.hold(session, who, mailing, now=now),
    "called off": lambda session, who, mailing, now: hold.call_off(session, who, mailing, now=now),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_who_stops_a_mailing_and_who_renames_a_reader_of_it_do_not_wait_for_each_other(stage: Stage, stop: Callable[..., Any]) -> None:
    """The second write of a row in one transaction makes the database look at what it points to, the mailing too."""
    occasion = mailing(stage, 4)
    (copy, *_) = stage.copies(occasion_id=occasion)
    with stage.house.store.write() as session:
        leases = {"lease_now": stage.now, "lease_until": stage.now + LEASE}
        assert outbox.claim(session, lane="bulk", owner="one", limit=16, now=stage.now, **leases)
    said: list[Any] = []
    with stage.house.store.write() as session:
        outbox.take_back(session, outgoing.c.id == copy.id)
        other = meanwhile(stage, lambda theirs: said.append(stop(theirs, actor(stage), occasion, stage.now)))
        outbox.rename(session, [copy.address_id], "Somebody New", "", "")
    other.join(20)
    assert len(said) == 1
    assert stage.copies(id=copy.id)[0].to_name == "Somebody New"
