"""A network that was made from the command line once, and the copy of it that a test stands in."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailer.cli.app import assemble

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make(folder: Path, people: str, *place: str) -> Path:
    """A data folder with a network of these people (CSV) and a meeting in January, with the clock at NOW."""
    (folder / "clock").write_text(NOW.isoformat())
    (folder / "people.csv").write_text(people)
    env = {"TERMPOST_DATA_DIR": str(folder / "var"), "TERMPOST_CLOCK": f"file:{folder}/clock"}
    app = assemble()
    for words in (
        ("network", "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip Technicians"),
        ("member", "import", "mendip", str(folder / "people.csv"), "--evidence", "paper forms"),
        ("meeting", "add", "mendip", "--starts", "2027-01-20T14:00", "--ends", "2027-01-20T16:00", *place),
    ):
        assert CliRunner(env=env).invoke(app, words).exit_code == 0
    return folder


def copied(made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what `make` made, which commands find as theirs."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(folder / "var"))
    monkeypatch.setenv("TERMPOST_CLOCK", f"file:{folder}/clock")
    return folder
