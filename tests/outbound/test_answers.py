"""V6: what a relay said is known, however late the database takes it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from mailer import clock
from mailer.acts import forget_me
from mailer.outbound import answers, outbox
from mailer.outbound.deliver import LEASE, STRIDE
from mailer.outbound.transport import Reply
from mailer.store.tables import outgoing
from tests.databases import columns_with, new_on_postgres
from tests.live.sink import Sink
from tests.outbound.test_deliver import mailing
from tests.servers import NewDatabase
from tests.stage import Stage

ROSE = "rose@hill.school.example"


class Disk:
    """Of the stage's database. Once the relay has a stride it is full for every statement that writes until there is `room`."""

    def __init__(self, stage: Stage, sink: Sink) -> None:
        self.room = False
        event.listen(stage.house.store.writer, "before_cursor_execute", self._execute)
        self._sink = sink

    def _execute(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not self.room and len(self._sink.got) >= STRIDE and statement.startswith(("UPDATE", "INSERT", "DELETE")):
            raise OperationalError(statement, parameters, OSError("database or disk is full"))


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.2)


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Any]:
    opened: list[Stage] = []

    def build(**settings: Any) -> Stage:
        opened.append(Stage(tmp_path, **settings))
        opened[-1].network()
        return opened[-1]

    yield build
    for stage in opened:
        stage.close()


def full(stage: Stage, sink: Sink) -> tuple[int, Disk]:
    """A mailing of three strides whose first the relay took; nothing could be written down since, for longer than its thread waits."""
    occasion_id, disk = mailing(stage, 3 * STRIDE), Disk(stage, sink)
    with pytest.raises(OperationalError):
        stage.courier.deliver("bulk")
    assert states(stage, occasion_id) == Counter(sending=STRIDE, queued=2 * STRIDE)
    return occasion_id, disk


def lapse(stage: Stage) -> None:
    """As the sweep does, once nobody has renewed the leases."""
    with stage.house.store.write() as session:
        resend = stage.house.settings.uncertain == "resend"
        assert outbox.reap(session, lease_now=clock.lease_now() + 2 * LEASE, now=stage.now, resend=resend) == STRIDE


def states(stage: Stage, occasion_id: int) -> Counter[str]:
    return Counter(copy.state for copy in stage.copies(occasion_id=occasion_id))


def test_v6_what_was_taken_before_a_disk_was_full_for_an_hour_is_accepted(stages: Any, sink: Sink) -> None:
    """Its leases have lapsed, and it was taken for lost, before there was room again."""
    stage = stages(relay_url=sink.url)
    occasion_id, disk = full(stage, sink)
    with pytest.raises(OperationalError):  # nothing more is claimed meanwhile
        stage.courier.deliver("bulk")
    disk.room = True
    lapse(stage)
    assert states(stage, occasion_id)["uncertain"] == STRIDE
    stage.courier.answers.write_kept()
    assert states(stage, occasion_id) == Counter(accepted=STRIDE, queued=2 * STRIDE)
    stage.settle()
    assert states(stage, occasion_id) == Counter(accepted=3 * STRIDE)
    assert set(sink.counts().values()) == {1}


def test_v5_before_anything_more_is_claimed_what_is_known_is_written(stages: Any, sink: Sink) -> None:
    """What was taken for lost would be sent again here, though the relay has it."""
    stage = stages(relay_url=sink.url, uncertain="resend")
    occasion_id, disk = full(stage, sink)
    disk.room = True
    lapse(stage)
    assert states(stage, occasion_id) == Counter(queued=3 * STRIDE)
    stage.courier.deliver("bulk")
    assert states(stage, occasion_id) == Counter(accepted=3 * STRIDE)
    assert set(sink.counts().values()) == {1}


@pytest.mark.parametrize("room", [True, False])
def test_v6_who_stops_writes_down_what_is_known_if_it_can(stages: Any, sink: Sink, room: bool) -> None:
    stage = stages(relay_url=sink.url)
    occasion_id, disk = full(stage, sink)
    disk.room = room
    stage.courier.close()
    assert states(stage, occasion_id)["accepted" if room else "sending"] == STRIDE


def test_dp_10_an_answer_that_comes_after_an_erasure_names_nobody(stages: Any, sink: Sink) -> None:
    """It was taken for lost, and its reader was forgotten, before what the relay said could be written down."""
    stage = stages(relay_url=sink.url)
    rose = stage.member(ROSE, "Rose Reader")
    mailing(stage, 1)
    (copy,) = stage.copies(address_id=rose)
    with stage.house.store.write() as session:
        begun = {"state": "sending", "lease_owner": "one", "lease_until": clock.lease_now()}
        session.execute(update(outgoing).where(outgoing.c.id == copy.id).values(**begun))
    with stage.house.store.write() as session:
        assert outbox.reap(session, lease_now=clock.lease_now() + LEASE, now=stage.now, resend=False) == 1
        erasure = forget_me.by_operator(session, stage.network_id, rose, now=stage.now)
    assert forget_me.carry_out(stage.house, erasure, stage.now)
    said = Reply(copy.id, "failed", 550, "5.1.1", f"5.1.1 <{ROSE}>: Recipient unknown", "no-such-address")
    late = answers.Answers(stage.house.store.queue, resend=False, stopped=threading.Event())
    late.settle(answers.Heard("one", "r", [said], []))
    (after,) = stage.copies(id=copy.id)
    assert after.state == "failed"
    assert not columns_with(stage.house.store, ROSE)


@pytest.mark.postgres
def test_what_is_kept_of_a_row_that_somebody_has_keeps_nobody_waiting(stages: Any, sink: Sink, postgres: NewDatabase) -> None:
    """A transaction whose line was cut may have its rows for hours (until the server's keepalive): others are delivered meanwhile,
    answers of others are written down, and who stops ends."""
    stage = stages(relay_url=sink.url, database_url=new_on_postgres(postgres))
    occasion_id = mailing(stage, 3 * STRIDE)
    first, other = (copy.id for copy in stage.copies(occasion_id=occasion_id)[:2])
    with stage.house.store.write() as session:
        begun = {"state": "sending", "lease_owner": stage.courier.owner, "lease_until": clock.lease_now() + LEASE}
        session.execute(update(outgoing).where(outgoing.c.id.in_((first, other))).values(**begun))
    for each in (first, other):
        said = [Reply(each, "accepted", 250, None, "", "accepted")]
        stage.courier.answers._kept.append(answers.Heard(stage.courier.owner, sink.url, said, []))
    with stage.house.store.writer.connect() as lost, lost.begin():
        lost.execute(select(outgoing.c.id).where(outgoing.c.id == first).with_for_update())
        stage.courier.deliver("bulk")
        stage.courier.answers.write_kept()
        assert states(stage, occasion_id) == Counter(accepted=3 * STRIDE - 1, sending=1)
        stage.courier.close()
    stage.courier.answers.write_kept()
    assert states(stage, occasion_id) == Counter(accepted=3 * STRIDE)


def test_a_lasting_fault_keeps_nothing_from_being_written_after_it(stages: Any, sink: Sink) -> None:
    stage = stages(relay_url=sink.url)
    occasion_id, disk = full(stage, sink)
    broken = answers.Heard(stage.courier.owner, sink.url, [None], [])  # type: ignore[list-item]
    stage.courier.answers._kept.insert(0, broken)
    disk.room = True
    stage.courier.answers.write_kept()
    assert states(stage, occasion_id) == Counter(accepted=STRIDE, queued=2 * STRIDE)


def test_a_fault_is_not_tried_for_ever(stages: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stages(relay_url=sink.url)
    kept = answers.Answers(stage.house.store.queue, resend=False, stopped=stage.courier._stopped)
    monkeypatch.setattr(answers.outbox, "write_results", lambda *_given, **_named: {}["a fault of ours"])
    with pytest.raises(KeyError):
        kept.settle(answers.Heard("one", "r", [], []))
    kept.write_kept()
