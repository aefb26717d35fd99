"""The one place that asks the time: V12, ruling 4, contract 4 (TERMPOST_CLOCK)."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer import clock
from mailer.errors import SettingsError
from tests.servers import until

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _system_clock_afterwards() -> Iterator[None]:
    yield
    clock.use("system")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clock"
    path.write_text("2026-09-07T08:00:00Z")
    clock.use(f"file:{path}")
    return path


@pytest.fixture
def watched(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file is looked at whenever the time is asked, for what must not change however often it is looked at."""
    monkeypatch.setattr(clock, "LOOK_EVERY", 0.0)
    return file


def noticed(expected: datetime) -> None:
    """The promise: within a second."""
    until(lambda: clock.now() == expected, within=1.0, every=0.02)


def test_system_clock_is_real_and_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC
    assert clock.name == "system"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2026-09-07T08:00:00Z", MONDAY, id="zulu"),
        pytest.param("2026-09-07T08:00:00", MONDAY, id="naive-is-utc"),
        pytest.param("2026-09-07T09:00:00+01:00", MONDAY, id="offset"),
        pytest.param(" 2026-09-07 08:00\n", MONDAY, id="space-and-newline"),
        pytest.param("2026-09-07", MONDAY.replace(hour=0), id="a-date-is-its-midnight"),
    ],
)
def test_forms_of_the_file(tmp_path: Path, written: str, expected: datetime) -> None:
    (tmp_path / "clock").write_text(written)
    clock.use(f"file:{tmp_path / 'clock'}")
    assert clock.now() == expected
    assert clock.now().utcoffset() == expected.utcoffset()
    assert clock.name == f"file:{tmp_path / 'clock'}"


def test_stands_still_between_changes(watched: Path) -> None:
    assert [clock.now() for _ in range(3)] == [MONDAY] * 3


def test_a_change_is_noticed_within_a_second(file: Path) -> None:
    file.write_text("2026-09-08T08:00:00Z")
    noticed(MONDAY.replace(day=8))


def test_a_change_by_renaming_is_noticed(file: Path) -> None:
    draft = file.with_suffix(".new")
    draft.write_text("2026-09-09T08:00:00Z")
    os.replace(draft, file)
    noticed(MONDAY.replace(day=9))


def test_going_back_is_refused_with_one_line(watched: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        watched.write_text("2026-09-06T08:00:00Z")
        assert [clock.now() for _ in range(3)] == [MONDAY] * 3
    assert [record.message for record in caplog.records if "goes back" in record.message] == [
        "clock file goes back to 2026-09-06T08:00:00+00:00, refused: it stays 2026-09-07T08:00:00+00:00"
    ]
    watched.write_text("2026-09-07T08:00:01Z")
    assert clock.now() == MONDAY.replace(second=1)


@pytest.mark.parametrize("trouble", ["gone", "empty", "nonsense", "not-ascii"])
def test_an_unreadable_file_keeps_the_last_value(watched: Path, trouble: str) -> None:
    if trouble == "gone":
        watched.unlink()
    else:
        watched.write_bytes({"empty": b"", "nonsense": b"tomorrow", "not-ascii": b"\xff\xfe"}[trouble])
    assert clock.now() == MONDAY
    watched.write_text("2026-09-07T09:00:00Z")
    assert clock.now() == MONDAY.replace(hour=9)


@pytest.mark.parametrize("source", ["file:/nowhere/at/all", "file:", "lunar", ""])
def test_at_the_start_a_bad_source_is_an_error(source: str) -> None:
    with pytest.raises(SettingsError):
        clock.use(source)
    assert clock.name == "system"


def test_real_time_never_follows_the_file(file: Path) -> None:
    """Ruling 4: leases and time-outs are always real."""
    before = clock.monotonic()
    assert abs((clock.lease_now() - datetime.now(UTC)).total_seconds()) < 5
    assert clock.monotonic() >= before


class _SetAhead(datetime):
    """A host's clock that somebody has set an hour ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + timedelta(hours=1)


def test_real_time_does_not_jump_when_the_clock_of_the_host_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruling 4: else every lease would end, or none. The calendar follows it, and so does the log."""
    monkeypatch.setattr(clock, "datetime", _SetAhead)
    assert clock.now() - clock.lease_now() > timedelta(minutes=59)
    assert clock.of_host() - clock.lease_now() > timedelta(minutes=59)


def test_the_time_that_a_database_says_is_gone_by_if_it_said_so_at_once() -> None:
    before = clock.lease_now()
    said = before + timedelta(seconds=90)
    clock.real_time_is(said, clock.monotonic() - clock.SLOW - 1)
    assert clock.lease_now() - before < timedelta(seconds=45)
    try:
        clock.real_time_is(said, clock.monotonic())
        assert timedelta() <= clock.lease_now() - said < timedelta(seconds=45)
        assert clock.lease_now().tzinfo is UTC
    finally:
        clock.real_time_is(datetime.now(UTC), clock.monotonic())


def test_many_threads_never_see_time_go_back(file: Path) -> None:
    went_back: list[bool] = []
    stop = threading.Event()

    def watch() -> None:
        last = clock.now()
        while not stop.is_set():
            value = clock.now()
            if value < last:
                went_back.append(True)
            last = value

    watchers = [threading.Thread(target=watch) for _ in range(4)]
    for watcher in watchers:
        watcher.start()
    for minute in range(1, 6):
        file.write_text(f"2026-09-07T08:{minute:02}:00Z")
        until(lambda due=minute: clock.now() == MONDAY.replace(minute=due), within=3, every=0.02)  # type: ignore[misc]
    stop.set()
    for watcher in watchers:
        watcher.join()
    assert not went_back
