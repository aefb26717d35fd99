"""When the play lets its clock go on: not before the house has done what the moment brings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mailer.cli.demo.player import ZONE
from mailer.cli.demo.stage import Stage
from mailer.cycle import looks
from mailer.cycle.matter import Matter, Nothing
from mailer.cycle.matter.table import MATTERS
from tests import stage as staging
from tests.servers import until
from workers.scheduler import Scheduler


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[staging.Stage]:
    yield from staging.staged(tmp_path)


def test_no_time_passes_while_a_proof_is_being_made(stage: staging.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made beside the ticks, and on a slow machine for longer than some of them take."""
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC))
    stage.settle()
    comes = stage.occasion("invitation").proof_at
    stage.at(comes - timedelta(seconds=1))
    stage.settle()  # so that nothing else is to be done
    stage.at(comes)
    with stage.house.store.read() as session:
        (first, *_) = looks.to_be_shown(session, stage.now)
    look, being_made, goes_on, enough = MATTERS[first.kind], threading.Event(), threading.Event(), threading.Event()

    def slowly(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
        being_made.set()
        assert goes_on.wait(20)
        return look(session, occasion, now)

    monkeypatch.setitem(MATTERS, first.kind, slowly)
    scheduler = Scheduler(stage.house, "first")
    play = Stage(stage.house, ("127.0.0.1", 1), ZONE, stage.now, lambda *_: None, lambda: scheduler.looked)
    settling = threading.Thread(target=play.settle, args=(enough.is_set,))
    scheduler.start()
    try:
        assert being_made.wait(20)
        settling.start()
        ticks = scheduler.ticks
        until(lambda: scheduler.ticks > ticks + 3)
        assert settling.is_alive()
        goes_on.set()
        until(lambda: stage.occasion(first.kind).state == "proofed")
    finally:
        goes_on.set()
        enough.set()
        scheduler.stop()
        scheduler.join(10)
    settling.join(10)
    assert play.troubles == []
