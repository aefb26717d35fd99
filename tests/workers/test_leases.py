"""Who renews the leases of a process, and says what keeps it from that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mailer import log
from tests.servers import until
from tests.stage import Stage, staged
from workers import daemon


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def test_a_disk_that_stays_full_is_not_filled_by_what_is_said_of_it(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.setup("error")  # as IT sees it
    monkeypatch.setattr(daemon, "RENEW_EVERY", 0.01)
    tried = []

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _full(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("UPDATE outgoing"):
            tried.append(statement)
            raise OperationalError(statement, parameters, OSError("database or disk is full"))

    crew = daemon.Crew(stage.house)
    crew.actors.courier._under_way["one of us"] = [1]
    crew.start()
    until(lambda: len(tried) >= 5)
    crew.stop()
    assert len([record for record in caplog.records if "leases could not be renewed" in record.getMessage()]) == 1
