"""Bulk mail makes way for whom somebody waits for, and never stands still for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from mailer import wake
from mailer.clock import monotonic
from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope
from mailer.outbound import way
from mailer.outbound.deliver import STRIDE
from mailer.outbound.way import Way
from mailer.store.tables import outgoing
from tests.live.sink import Sink
from tests.outbound.test_deliver import mailing
from tests.servers import until
from tests.stage import DOMAIN, Stage, staged
from workers import broker
from workers.actors import Actors

LONG = 60.0  # seconds: who waits for them hangs


@pytest.fixture
def stage(tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    yield from staged(tmp_path, relay_url=sink.url)


def a_message(stage: Stage, words: str = "help") -> None:
    """One that asks for help, and was not handled yet."""
    jane, mail = "jane@hill.school.example", f"From: jane@hill.school.example\r\nSubject: {words}\r\n\r\nhelp\r\n".encode()
    stage.intake.store(Envelope(jane, (f"mendip-help@{DOMAIN}",), mail, "smtp", "127.0.0.1", stage.now))


def a_copy(stage: Stage, lane: str) -> None:
    """One that is due in a lane, and was not looked at yet."""
    a_message(stage)
    pipeline.handle_next(stage.house, "stage")
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(lane=lane))


def giving(taken: Way) -> threading.Thread:
    thread = threading.Thread(target=taken.give, daemon=True)
    thread.start()
    return thread


def test_a_stride_waits_until_nobody_has_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "MOST", LONG)
    one = Way()
    with one.taken():
        with one.taken():
            stride = giving(one)
        stride.join(0.2)
        assert stride.is_alive(), "another has it still"
    stride.join(10)
    assert not stride.is_alive()
    one.give()  # and does not wait for who had it


def test_who_fails_leaves_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "MOST", LONG)
    one = Way()
    with one.taken():
        with pytest.raises(ZeroDivisionError), one.taken():
            raise ZeroDivisionError
        stride = giving(one)
        stride.join(0.2)
        assert stride.is_alive(), "who is still at it lost it with them"
    stride.join(10)
    assert not stride.is_alive()


def test_it_waits_no_longer_than_a_moment_for_one_who_is_long_and_not_again_for_the_same() -> None:
    one = Way()
    with one.taken():
        began = monotonic()
        one.give()
        assert monotonic() - began + 0.01 >= way.MOST
        began = monotonic()
        one.give()
        assert monotonic() - began < way.MOST


def test_it_waits_no_longer_for_many_one_after_the_other() -> None:
    """A day on which everybody writes: an issue goes on, stride by stride."""
    one, ends = Way(), threading.Event()

    def crowd() -> None:
        while not ends.is_set():
            with one.taken():
                ends.wait(way.MOST / 10)

    crowds = [threading.Thread(target=crowd, daemon=True) for _ in range(2)]
    for each in crowds:
        each.start()
    stride = giving(one)
    stride.join(LONG / 4)
    assert not stride.is_alive()
    ends.set()
    for each in crowds:
        each.join(10)


def test_an_issue_goes_on_to_its_end_while_somebody_has_the_way_all_the_time(stage: Stage, sink: Sink) -> None:
    occasion_id, ends = mailing(stage, 3 * STRIDE), threading.Event()

    def crowd() -> None:
        while not ends.is_set():
            with stage.courier.way.taken(), stage.courier.way.taken():
                ends.wait(way.MOST / 10)

    crowds = [threading.Thread(target=crowd, daemon=True) for _ in range(2)]
    for each in crowds:
        each.start()
    delivering = threading.Thread(target=stage.courier.deliver, args=[wake.BULK], daemon=True)
    delivering.start()
    delivering.join(LONG / 4)
    ends.set()
    assert not delivering.is_alive()
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    for each in crowds:
        each.join(10)


@pytest.mark.parametrize("table", ["inbox", "outgoing"], ids=["a message is handled", "urgent mail is delivered"])
def test_a_disk_that_is_full_leaves_the_way_to_bulk_mail(stage: Stage, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both raise then, and are tried again twice a second for as long as it lasts."""
    monkeypatch.setattr(way, "MOST", LONG)
    a_copy(stage, wake.URGENT)
    a_message(stage, "help again")
    actors = Actors(broker.make(stage.settings), stage.house, stage.intake)
    work = actors._handle_inbox if table == "inbox" else partial(actors.courier.deliver, wake.URGENT)

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _full(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(f"UPDATE {table}"):
            raise OperationalError(statement, parameters, OSError("database or disk is full"))

    for _ in range(2):
        with pytest.raises(OperationalError):
            work()
    stride = giving(actors.courier.way)
    stride.join(10)
    assert not stride.is_alive()
    actors.close()


@pytest.mark.parametrize("lane", [wake.URGENT, wake.BULK])
def test_bulk_mail_makes_way_and_urgent_mail_does_not(stage: Stage, sink: Sink, lane: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "MOST", LONG)
    a_copy(stage, lane)
    delivering = threading.Thread(target=stage.courier.deliver, args=[lane], daemon=True)
    with stage.courier.way.taken():
        delivering.start()
        delivering.join(0.5 if lane == wake.BULK else 10)
        assert len(sink.got) == (lane == wake.URGENT)
    delivering.join(10)
    assert len(sink.got) == 1


def test_who_delivers_urgent_mail_has_the_way(stage: Stage, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "MOST", LONG)
    sink.delay = 0.5
    a_copy(stage, wake.URGENT)
    delivering = threading.Thread(target=stage.courier.deliver, args=[wake.URGENT], daemon=True)
    delivering.start()
    until(lambda: sink.connections)
    stage.courier.way.give()
    assert [copy.state for copy in stage.copies()] == ["accepted"]
    delivering.join(10)


def test_who_handles_a_message_has_the_way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "MOST", LONG)
    actors = Actors(broker.make(stage.settings), stage.house, stage.intake)
    begun, goes_on = threading.Event(), threading.Event()

    def slowly(*_: object, **__: object) -> bool:
        begun.set()
        assert goes_on.wait(20)
        return False

    monkeypatch.setattr(pipeline, "handle_next", slowly)
    handling = threading.Thread(target=actors._handle_inbox, daemon=True)
    handling.start()
    assert begun.wait(20)
    stride = giving(actors.courier.way)
    stride.join(0.2)
    assert stride.is_alive()
    goes_on.set()
    stride.join(10)
    assert not stride.is_alive()
    handling.join(10)
    actors.close()
