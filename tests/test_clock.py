"""The one place that asks the time: V12, ruling 6.4, contract 4 (TERMPOST_CLOCK)."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import clock
from mailer.errors import SettingsError

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


def becomes(expected: datetime, ask: Callable[[], datetime] = lambda: clock.now(), within: float = 1.0) -> bool:
    end = time.monotonic() + within
    while ask() != expected:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def look_again() -> datetime:
    """Real time passes until the file has been looked at once more."""
    time.sleep(clock.LOOK_EVERY * 1.2)
    return clock.now()


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


def test_stands_still_between_changes(file: Path) -> None:
    assert clock.now() == MONDAY
    assert look_again() == MONDAY


def test_a_change_is_noticed_within_a_second(file: Path) -> None:
    file.write_text("2026-09-08T08:00:00Z")
    assert becomes(MONDAY.replace(day=8))


def test_a_change_by_renaming_is_noticed(file: Path) -> None:
    draft = file.with_suffix(".new")
    draft.write_text("2026-09-09T08:00:00Z")
    os.replace(draft, file)
    assert becomes(MONDAY.replace(day=9))


def test_going_back_is_refused_with_one_line(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        file.write_text("2026-09-06T08:00:00Z")
        assert look_again() == MONDAY
        assert look_again() == MONDAY
    assert [record.message for record in caplog.records if "goes back" in record.message] == [
        "clock file goes back to 2026-09-06T08:00:00+00:00, refused: it stays 2026-09-07T08:00:00+00:00"
    ]
    file.write_text("2026-09-07T08:00:01Z")
    assert becomes(MONDAY.replace(second=1))


@pytest.mark.parametrize("trouble", ["gone", "empty", "nonsense", "not-ascii"])
def test_an_unreadable_file_keeps_the_last_value(file: Path, trouble: str) -> None:
    if trouble == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "nonsense": b"tomorrow", "not-ascii": b"\xff\xfe"}[trouble])
    assert look_again() == MONDAY
    file.write_text("2026-09-07T09:00:00Z")
    assert becomes(MONDAY.replace(hour=9))


@pytest.mark.parametrize("source", ["file:/nowhere/at/all", "file:", "lunar", ""])
def test_at_the_start_a_bad_source_is_an_error(source: str) -> None:
    with pytest.raises(SettingsError):
        clock.use(source)
    assert clock.name == "system"


def test_real_time_never_follows_the_file(file: Path) -> None:
    """Ruling 6.4: leases and time-outs are always real."""
    before = clock.monotonic()
    assert abs((clock.lease_now() - datetime.now(UTC)).total_seconds()) < 5
    assert clock.monotonic() >= before


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
        assert becomes(MONDAY.replace(minute=minute), within=3)
    stop.set()
    for watcher in watchers:
        watcher.join()
    assert not went_back
