"""The end of a process: everything is stopped, within its time, whatever somebody else does."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path
from typing import Any, cast

import pytest

from mailer.house import House
from mailer.inbound.receive import Intake
from mailer.settings import Listen, Settings
from tests.deploy.test_deploy import DEPLOY
from tests.live.running import Running
from tests.workers.conftest import Raw, make_store
from workers import daemon
from workers.smtpd import listen


def test_one_that_fails_to_stop_keeps_none_of_the_others() -> None:
    stopped: list[str] = []

    def fails() -> None:
        stopped.append("fails")
        raise TimeoutError

    daemon._stop([lambda: stopped.append("first"), fails, lambda: stopped.append("last")])
    assert stopped == ["last", "fails", "first"]


def test_the_doors_are_closed_in_time_though_a_client_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listen.LAST_COMMITS < daemon.STOP_WITHIN
    monkeypatch.setattr(listen, "LAST_COMMITS", 0.5)
    intake = Intake(make_store(tmp_path / "t.db"))

    class Opened:
        settings = Settings(data_dir=tmp_path, smtp_listen=Listen("127.0.0.1", 0))

    doors = daemon.MailDoors(cast(House, cast(Any, Opened)), intake)
    assert doors.doors.smtp is not None
    deaf = Raw(doors.doors.smtp)
    deaf.hello()
    deaf.socket.settimeout(1)
    with pytest.raises(TimeoutError):
        deaf.send(b"HELP\r\n" * 10_000_000)  # until nobody takes any more
    doors.stop()
    intake.close()
    deaf.close()


@pytest.mark.long
def test_a_database_that_somebody_else_holds_does_not_outlast_the_time_of_systemd(tmp_path: Path) -> None:
    """As a copy that IT makes by hand, or a tool that has begun to write and waits for its user."""
    with Running(tmp_path) as running:
        database = sqlite3.connect(running.folder / "var" / "termpost.db", isolation_level=None, timeout=30)
        database.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert running.process is not None
        running.process.terminate()
        running.process.wait(60)
        took = time.monotonic() - began
        database.execute("ROLLBACK")
        database.close()
    unit = (DEPLOY / "systemd" / "termpost.service").read_text(encoding="utf-8")
    assert took < int(re.search(r"TimeoutStopSec=(\d+)", unit)[1])  # type: ignore[index]
