"""The breach log: facts, effects and action of every incident, its 72 hours shown, and a reminder before they end (DP-17)."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from mailer import clock
from mailer.acts import breach
from mailer.cli.app import assemble
from mailer.cli.checking import Place, rows
from mailer.consent import ledger
from mailer.outbound import probing
from mailer.store.tables import audit, leases, outgoing
from tests.stage import DOMAIN, Stage
from workers import scheduler

OPERATOR = "it@uni.example"
KNOWN = "2026-11-23T09:00:00+00:00"
WORDS = ("--what", "a list of members went to the wrong school", "--whom", "60 members", "--done", "asked for it to be deleted")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(tmp_path, operator=OPERATOR)
    stage.network()
    stage.organiser("olive@hill.school.example", "Olive Organiser")
    for name, value in {"DATA_DIR": str(stage.settings.data_dir), "OPERATOR": OPERATOR, "CLOCK": f"file:{tmp_path}/clock"}.items():
        monkeypatch.setenv(f"TERMPOST_{name}", value)
    return stage


def run(stage: Stage, *words: str, status: int = 0) -> str:
    Path(os.environ["TERMPOST_CLOCK"].removeprefix("file:")).write_text(stage.now.isoformat())
    result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200"}).invoke(assemble(), ["breach", *words])
    clock.stand_at(stage.now)
    assert result.exit_code == status, result.output + str(result.exception)
    return result.output


def listed(stage: Stage, *words: str) -> Any:
    return json.loads(run(stage, "list", "--json", *words))


def checked(stage: Stage) -> list[Any]:
    return list(rows.breaches(Place(stage.settings, stage.house.store)))


def test_a_breach_is_written_down_shown_reminded_of_and_closed(home: Stage) -> None:
    assert "by Thu 26 Nov 2026, 09:00 UTC" in run(home, "add", "--known", KNOWN, "--network", "mendip", *WORDS)
    (one,) = listed(home, "--state", "open")
    assert (one["id"], one["network"], one["due"], one["whom"]) == ("1", "mendip", "2026-11-26T09:00:00Z", "60 members")
    (shown,) = checked(home)
    assert shown.ok
    assert "breach 1: the regulator is to be told by Thu 26 Nov 2026, 09:00 UTC, 71 hours left" in shown.what
    assert not home.mails(OPERATOR)
    home.at(datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    scheduler.each_hour(home.house, home.now)
    assert breach.remind(home.house, home.now) == 0
    home.at(datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
    scheduler.each_hour(home.house, home.now)
    assert breach.remind(home.house, home.now) == 0  # V5
    home.settle()
    (mail,) = home.mails(OPERATOR)
    assert "Breach 1: the regulator is to be told by Thursday 26 November at 09:00" in mail.subject
    assert "a list of members went to the wrong school" in mail.words
    assert "termpost breach close 1" in mail.words
    home.at(datetime(2026, 11, 26, 10, 0, tzinfo=UTC))
    (late,) = checked(home)
    assert not late.ok
    run(home, "close", "1", "--done", "members told", "--told", "2026-11-26T09:30")
    assert checked(home) == []
    (one,) = listed(home)
    assert one["state"] == "closed"
    assert one["told"] == "2026-11-26T09:30:00Z"
    assert one["done"] == ["asked for it to be deleted", "members told"]
    with home.house.store.read() as session:
        acts = session.execute(select(audit.c.act, audit.c.thing).where(audit.c.act.startswith("breach"))).all()
        assert [tuple(row) for row in acts] == [("breach", "breach:1"), ("breach-closed", "breach:1")]
        assert ledger.verify(session) == []


def test_one_written_down_late_is_told_of_at_once_even_where_mail_is_held(home: Stage) -> None:
    with home.house.store.write() as session:
        breach.open_one(session, what="a laptop was lost", known_at=home.now - timedelta(days=4), now=home.now)
    scheduler.each_hour(home.house, home.now)
    home.settle()
    assert "72 hours are over" in home.last(OPERATOR).words


def test_it_is_told_of_whatever_else_of_the_hour_fails(home: Stage) -> None:
    home.mail("olive@hill.school.example", f"mendip@{DOMAIN}", "", "STATUS")
    with home.house.store.write() as session:
        failed = {"state": "failed", "reason": "no-such-address", "finished_at": home.now}
        assert session.execute(update(outgoing).values(**failed)).rowcount
        session.execute(text(
            "CREATE TRIGGER full BEFORE INSERT ON outgoing WHEN NEW.key LIKE 'address-probe:%'"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        ))  # fmt: skip
    home.at(home.now + timedelta(days=8))
    with pytest.raises(IntegrityError):
        probing.see_to(home.house, home.now)
    with home.house.store.write() as session:
        breach.open_one(session, what="a laptop was lost", known_at=home.now - timedelta(days=4), now=home.now)
    scheduler.each_hour(home.house, home.now)
    home.settle()
    assert "72 hours are over" in home.last(OPERATOR).words
    scheduler.each_hour(home.house, home.now)
    with home.house.store.read() as session:
        assert session.execute(select(leases.c.until).filter_by(name=scheduler.HOURLY)).scalar_one() > home.now


REFUSED: list[tuple[str, tuple[str, ...], str]] = [
    ("no words", ("add", "--what", " "), "What happened?"),
    ("known tomorrow", ("add", "--what", "x", "--known", "2026-12-23"), "neither is to come"),
    ("happened after", ("add", "--what", "x", "--known", KNOWN, "--happened", "2026-11-23T09:30"), "happens first"),
    ("no such network", ("add", "--what", "x", "--network", "nope"), "no network"),
    ("no such breach", ("close", "9", "--done", "x", "--told", KNOWN), "no breach 9"),
    ("neither told nor why not", ("close", "1", "--done", "x"), "Was the regulator told?"),
    ("both", ("close", "1", "--done", "x", "--told", KNOWN, "--not-told", "y"), "Was the regulator told?"),
    ("told tomorrow", ("close", "1", "--done", "x", "--told", "2026-12-23"), "still to come"),
    ("nothing done", ("close", "1", "--done", "", "--told", KNOWN), "What was done"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_says_too_little_is_refused(home: Stage, words: tuple[str, ...], says: str) -> None:
    run(home, "add", "--known", KNOWN, *WORDS)
    assert says in run(home, *words, status=1)
    (one,) = listed(home)
    assert one["state"] == "open"
