"""`termpost receive`: exit statuses that a mail server acts on, and whom the message is for (contract 3)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner

from mailer.cli.receive import receive
from mailer.house import open_house
from mailer.settings import Settings
from mailer.store import Store
from mailer.store import engine as store_engine
from mailer.store.tables import inbox, raws
from tests.databases import lay_empty
from tests.inbound.conftest import add_network

MENDIP = "mendip@lists.example.org"
MAIL = b"From: Jane <jane@school.example>\nTo: mendip-news@lists.example.org, x@y.example\nCc: mendip@lists.example.org\n\nHi\n"

Call = Callable[..., Any]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    lay_empty(tmp_path / "termpost.db")
    house = open_house(Settings(data_dir=tmp_path))
    add_network(house.store, "mendip", "lists.example.org")
    house.close()
    app = typer.Typer()
    app.command()(receive)

    def run(*arguments: str, mail: bytes = MAIL, **env: str) -> Any:
        env = {f"TERMPOST_{name.upper()}": value for name, value in env.items()}
        return CliRunner().invoke(app, list(arguments), input=mail, env={"TERMPOST_DATA_DIR": str(tmp_path)} | env)

    return run


def rows(tmp_path: Path) -> list[Any]:
    store = Store(f"sqlite:///{tmp_path}/termpost.db")
    with store.read() as session:
        joined = select(inbox, raws.c.content).join(raws, raws.c.sha256 == inbox.c.raw_sha256).order_by(inbox.c.id)
        found = list(session.execute(joined))
    store.close()
    return found


CASES: list[tuple[str, list[str], bytes, int, list[str], str | None]] = [
    ("named", ["--from", "a@b.example", "--to", MENDIP], MAIL, 0, [MENDIP], "a@b.example"),
    ("two named", ["--to", MENDIP, "--to", "mendip+agenda@lists.example.org"], MAIL, 0, [MENDIP, "mendip+agenda@lists.example.org"], "jane@school.example"),
    ("null sender", ["--from", "", "--to", MENDIP], MAIL, 0, [MENDIP], ""),
    ("brackets", ["--from", "<a@b.example>", "--to", MENDIP], MAIL, 0, [MENDIP], "a@b.example"),
    ("from the header, ours only", [], MAIL, 0, ["mendip-news@lists.example.org", MENDIP], "jane@school.example"),
    ("Return-Path", ["--to", MENDIP], b"Return-Path: <>\n" + MAIL, 0, [MENDIP], ""),
    ("mbox line", ["--to", MENDIP], b"From jane@school.example Mon Sep  7 09:00:00 2026\n" + MAIL, 0, [MENDIP], "jane@school.example"),
    ("unknown role", ["--to", "mendip-nonsense@lists.example.org"], MAIL, 67, [], None),
    ("one of two unknown", ["--to", MENDIP, "--to", "quantock@lists.example.org"], MAIL, 67, [], None),
    ("foreign", ["--to", "x@y.example"], MAIL, 67, [], None),
    ("nobody of ours in the header", [], b"To: x@y.example\n\nHi\n", 67, [], None),
    ("too large", ["--to", MENDIP], MAIL + b"x" * 70_000, 65, [], None),
    ("a line of any length", ["--to", MENDIP], MAIL + b"x" * 69_000, 0, [MENDIP], "jane@school.example"),
    ("wrong usage", ["--nonsense"], MAIL, 2, [], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "mail", "status", "to", "sender"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_receive(
    call: Call, tmp_path: Path, arguments: list[str], mail: bytes, status: int, to: list[str], sender: str | None
) -> None:
    result = call(*arguments, mail=mail, smtp_max_size="70000")
    assert result.exit_code == status, result.output
    found = rows(tmp_path)
    assert [row.rcpt for row in found] == to
    for row in found:
        assert (row.channel, row.mail_from) == ("pipe", sender)
        assert row.content == (mail.partition(b"\n")[2] if mail.startswith(b"From jane") else mail)


def test_the_delivery_field_goes_before_to(call: Call, tmp_path: Path) -> None:
    mail = b"Delivered-To: mendip-help@lists.example.org\nDelivered-To: mendip-agenda@lists.example.org\n" + MAIL
    assert call(mail=mail, delivery_header="Delivered-To").exit_code == 0
    assert [row.rcpt for row in rows(tmp_path)] == ["mendip-help@lists.example.org"]


def test_a_repeat_is_stored_once(call: Call, tmp_path: Path) -> None:
    assert [call("--to", MENDIP).exit_code for _ in range(2)] == [0, 0]
    assert len(rows(tmp_path)) == 1


def test_a_locked_database_is_75(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_engine, "BUSY_MS", 100)
    other = sqlite3.connect(tmp_path / "termpost.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert call("--to", MENDIP).exit_code == 75
    other.execute("ROLLBACK")
    other.close()
    assert rows(tmp_path) == []


@pytest.mark.parametrize(
    ("env", "cause"),
    [
        ({"database_url": "sqlite:////proc/nowhere/t.db"}, "/proc/nowhere"),
        ({"smtp_lisen": "x"}, "There is no setting"),
        ({"secret_file": "/proc/self/status"}, "/proc/self/status"),
    ],
    ids=["no database", "misspelt setting", "bad secret"],
)
def test_our_own_trouble_is_75(call: Call, env: dict[str, str], cause: str) -> None:
    """V1: nothing bounces because of us; and the mail server's log says what it was."""
    result = call("--to", MENDIP, **env)
    assert result.exit_code == 75
    assert cause in result.output
    assert "Traceback" not in result.output


def test_it_is_75_too_where_nobody_can_read_why(tmp_path: Path) -> None:
    """V1: the log of a wrapper lies on the disk that is full."""
    env = os.environ | {"TERMPOST_DATA_DIR": str(tmp_path), "TERMPOST_DATABASE_URL": "sqlite:////proc/nowhere/t.db"}
    program = [sys.executable, "-c", "from mailer.cli.app import main; main()", "receive", "--to", MENDIP]
    with Path("/dev/full").open("wb") as full:
        assert subprocess.run(program, input=MAIL, stderr=full, env=env, check=False).returncode == 75


def test_wait_says_what_became_of_it(call: Call, tmp_path: Path) -> None:
    call("--to", MENDIP)
    with sqlite3.connect(tmp_path / "termpost.db") as other:
        other.execute("UPDATE inbox SET state = 'done', outcome = 'Thread started.'")
    other.close()
    result = call("--to", MENDIP, "--wait")
    assert (result.exit_code, result.stdout) == (0, "1 done: Thread started.\n")
