"""Lists fit a person's terminal, stay whole lines in a pipe, and take the same options everywhere (contract 3)."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailer.cli import table
from mailer.cli.app import assemble
from tests.cli.made import copied, make

PEOPLE = """email,name,organisation,roles
olive.organiser@hill-school-of-science.school.example,Olive Organiser,Hill School of Science,organiser
jane@mill.school.example,Jane Doe,Mill Academy,member
"""
app = assemble()
COLUMNS = ["id", "name", "words"]
ROWS = [["1", "Jane Doe", "four words of it"], ["22", "Al", "no"]]
FITTING = [
    pytest.param(60, [2, 8, 16], id="all-fits"),
    pytest.param(24, [2, 8, 10], id="the-long-column-wraps"),
    pytest.param(15, [2, 4, 5], id="every-word-still-whole"),
    pytest.param(14, None, id="a-word-would-be-torn"),
]


@pytest.mark.parametrize(("width", "widths"), FITTING)
def test_columns_share_the_width(width: int, widths: list[int] | None) -> None:
    assert table.fitting([COLUMNS, *ROWS], width, [False] * 3) == widths


def test_a_whole_column_is_not_wrapped() -> None:
    assert table.fitting([COLUMNS, *ROWS], 19, [False, True, False]) == [2, 8, 5]
    assert table.fitting([COLUMNS, *ROWS], 18, [False, True, False]) is None


def on_a_terminal(width: int, *words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit status and what stands on a terminal so wide."""
    ours, theirs = pty.openpty()
    more = {"COLUMNS": str(width), "LINES": "25", "TERM": "dumb", "NO_COLOR": "1", **(env or {})}
    process = subprocess.Popen(
        [sys.executable, "-c", "from mailer.cli.app import main; main()", *words],
        stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | more,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while got := os.read(ours, 65536):
            shown += got
    except OSError:  # how Linux says that nobody holds the other end any more
        pass
    finally:
        os.close(ours)
    return process.wait(30), shown.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; every test gets a copy."""
    return make(tmp_path_factory.mktemp("made"), PEOPLE)


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a network of two, one with a long address, and a meeting."""
    return copied(made, tmp_path, monkeypatch)


SHOWN_WHOLE = {
    "plan mendip": ["save-the-date", "Fri 18 Dec 09:00", "minutes-and-actions", "planned"],
    "member list mendip": ["olive.organiser@hill-school-of-science.school.example", "meetings", "newsletter"],
    "settings": ["TERMPOST_RELAY_PASSWORD_FILE", "TERMPOST_RETENTION", "environment"],
    "network list": ["mendip", "lists.example.org"],
    "meeting list mendip": ["Wed 20 Jan 2027, 14:00"],
}


@pytest.mark.parametrize("command", SHOWN_WHOLE)
def test_lists_fit_eighty_columns(folder: Path, command: str) -> None:
    status, shown = on_a_terminal(80, *command.split())
    assert status == 0, shown
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 80
    for words in SHOWN_WHOLE[command]:
        assert words in shown, shown


def test_on_a_narrow_terminal_each_row_stands_alone(folder: Path) -> None:
    _, shown = on_a_terminal(40, "plan", "mendip")
    assert "people  2" in shown
    assert "2  Fri 18 Dec 09:00" in shown


@pytest.mark.parametrize("command", SHOWN_WHOLE)
def test_a_pipe_gets_whole_lines(folder: Path, command: str) -> None:
    shown = CliRunner().invoke(app, command.split()).stdout.splitlines()
    columns = len(shown[0].split("\t"))
    assert columns > 3
    rows = [line for line in shown[1:] if "\t" in line]
    assert {len(line.split("\t")) for line in rows} == {columns}


def test_who_makes_a_meeting_reads_when_each_mail_goes_as_plan_says_it(folder: Path) -> None:
    added = CliRunner().invoke(app, ["meeting", "move", "mendip", "1", "--venue", "Hill School"]).stdout
    planned = CliRunner().invoke(app, ["plan", "mendip"]).stdout
    assert "draft-agenda\tWed 06 Jan 09:00\tmembers" in added
    assert "Wed 06 Jan 09:00\tdraft-agenda\tmembers" in planned


LISTS = ["network list", "member list mendip", "meeting list mendip", "action list mendip", "issue list mendip"]
LISTS += ["plan mendip", "inbox list", "outbox list"]


@pytest.mark.parametrize("command", LISTS)
def test_every_list_takes_limit_since_and_state(folder: Path, command: str) -> None:
    """Contract 3: one JSON array with --limit, --since, --state."""
    run = CliRunner()

    def found(*more: str) -> list[object]:
        result = run.invoke(app, [*command.split(), "--json", *more])
        assert result.exit_code == 0, result.output
        return list(json.loads(result.stdout))

    everything = found()
    assert len(found("--limit", "1")) == min(1, len(everything))
    assert found("--limit", "0") == []
    assert found("--since", "2099-01-01") == []
    assert found("--since", "2001-01-01T00:00:00Z") == everything
    wrong = run.invoke(app, [*command.split(), "--state", "lost"])
    assert (wrong.exit_code, "there are: " in wrong.output) == (2, True)


@pytest.mark.parametrize(
    ("command", "state", "count"),
    [
        pytest.param("network list", "open", 1, id="an-open-network"),
        pytest.param("network list", "closed", 0, id="none-closed"),
        pytest.param("member list mendip", "active", 2, id="active-members"),
        pytest.param("plan mendip", "sent", 0, id="nothing-sent-yet"),
    ],
)
def test_a_state_chooses(folder: Path, command: str, state: str, count: int) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--json", "--state", state]).stdout
    assert len(json.loads(shown)) == count


@pytest.mark.parametrize("command", LISTS)
def test_an_empty_choice_is_not_said_of_the_whole_list(folder: Path, command: str) -> None:
    """At night, "There is no network yet" in answer to --state held frightens."""
    chosen = CliRunner().invoke(app, [*command.split(), "--since", "2099-01-01"]).stdout
    assert "None like that; without --state and --since there may be others." in chosen


def test_check_counts_in_plain_english(folder: Path) -> None:
    shown = CliRunner().invoke(app, ["check"]).stdout
    assert "mendip: 1 organiser can be reached by mail" in shown
    assert "0 copies are uncertain" in shown
