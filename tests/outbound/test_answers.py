"""V6: what a relay said is known, however late the database takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mailer import clock
from mailer.outbound import answers, outbox
from mailer.outbound.deliver import LEASE, STRIDE
from tests.live.sink import Sink
from tests.outbound.test_deliver import mailing
from tests.stage import Stage


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
    stage.courier.catch_up()
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


def test_a_fault_is_not_tried_for_ever(stages: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stages(relay_url=sink.url)
    kept = answers.Answers(stage.house.store.queue, resend=False, stopped=stage.courier._stopped)
    monkeypatch.setattr(answers.outbox, "write_results", lambda *_given, **_named: {}["a fault of ours"])
    with pytest.raises(KeyError):
        kept.settle(answers.Heard("one", "r", [], []))
    kept.write_kept()
