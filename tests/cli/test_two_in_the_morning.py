"""What IT is told at 2 a.m. is what is."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from mailer import clock
from mailer.cli.app import assemble
from mailer.cycle import due
from mailer.house import open_house
from mailer.outbound import rates as pacing
from mailer.settings import Settings
from mailer.store import Store
from mailer.store.tables import outgoing
from tests.cli.made import NOW, copied, make
from tests.live.people import approve

PEOPLE = """email,name,organisation,roles,purposes
olive@hill.school.example,Olive Organiser,Hill School,organiser,meetings;newsletter
jane@hill.school.example,Jane Doe,Hill School,member,meetings;newsletter
dawn@mill.school.example,Dawn Day,Mill Academy,member,meetings
"""
app = assemble()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("made"), PEOPLE, "--venue", "Hill School")


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copied(made, tmp_path, monkeypatch)


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "300"}).invoke(app, words)
    return result.exit_code, result.stdout, result.stderr


def invitation() -> str:
    return next(row["id"] for row in json.loads(run("plan", "mendip", "--json")[1]) if row["kind"] == "invitation")


def going_out(folder: Path) -> list[int]:
    """The invitation is being sent; its copies wait. Their ids."""
    house = open_house(Settings(data_dir=folder / "var", clock=f"file:{folder}/clock"))
    occasion_id = approve(house, "invitation", NOW)
    while due.tick(house, NOW):
        pass
    with house.store.read() as session:
        found = [r.id for r in session.execute(outgoing.select().where(outgoing.c.occasion_id == occasion_id))]
    house.close()
    assert found
    return found


@pytest.mark.parametrize("words", ["hold ID", "hold ID --json", "outbox cancel --mailing ID"])
def test_nothing_is_said_to_be_done_before_it_is_kept(folder: Path, words: str) -> None:
    """On a full disk it is the COMMIT that fails."""
    going_out(folder)
    done = subprocess.run(
        [Path(sys.executable).parent / "termpost", *words.replace("ID", invitation()).split()],
        env=os.environ, capture_output=True, text=True, cwd=folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (36_000, 36_000)),
    )  # fmt: skip
    assert done.returncode == 1, done
    assert "Nothing was changed" in done.stderr, done
    assert done.stdout == ""


def test_contract_3_hold_of_what_is_over_is_not_held(folder: Path) -> None:
    mailing = invitation()
    run("outbox", "cancel", "--mailing", mailing)
    status, out, _ = run("hold", mailing, "--json")
    state = next(r["state"] for r in json.loads(run("plan", "mendip", "--json")[1]) if r["id"] == mailing)
    assert state == "cancelled"
    assert (status, json.loads(out)["state"]) == (0, state)


@pytest.mark.parametrize("said", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])
def test_a_rate_for_a_domain_beyond_ascii_is_kept_to(folder: Path, said: str) -> None:
    assert run("rate", "0", "--to", said)[0] == 0
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        budget = pacing.read(session, now=clock.lease_now()).budget(10, "smtp://relay")
    for address in ("x@bücher.example", "y@xn--bcher-kva.example"):
        assert not budget.allows(1, address), address


def test_a_rate_for_a_domain_says_which(folder: Path) -> None:
    assert "jane@" not in run("rate", "5", "--to", "jane@hill.school.example")[1]


@pytest.mark.parametrize("option", ["--to", "--relay"])
def test_an_empty_domain_is_not_everything(folder: Path, option: str) -> None:
    """`termpost rate 1 --to "$DOMAIN"` in a script in which it is not set."""
    assert run("rate", "1", option, "")[0] != 0
    assert json.loads(run("rate", "--json")[1])["per_minute"] is None


def test_a_copy_of_a_held_mailing_is_not_tried_within_seconds(folder: Path) -> None:
    copies = going_out(folder)
    store = Store(f"sqlite:///{folder}/var/termpost.db")
    with store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == copies[0]).values(state="deferred"))
    run("hold", invitation())
    assert run("outbox", "retry", str(copies[0]))[1] == f"Copy {copies[0]} is tried again once what holds it is released.\n"


def test_check_names_what_is_stopped_and_how_it_goes_on(folder: Path) -> None:
    going_out(folder)
    mailing = invitation()
    assert f"termpost release {mailing}" not in run("check")[1]
    run("hold", mailing)
    run("rate", "0", "--to", "slow.example")
    said = run("check")[1]
    assert f"mailing {mailing} (mendip, invitation) is held, and 3 copies wait for it" in said
    assert f"termpost release {mailing}" in said
    assert "a rate of 0 lets nothing leave (destination:slow.example)" in said


def test_whoever_sits_at_the_command_line_has_one_name_in_the_trail(folder: Path) -> None:
    run("hold", "mendip")
    run("release", "mendip")
    run("hold", invitation())
    run("release", invitation())
    rows = json.loads(run("audit", "mendip", "--json")[1])
    done = {row["act"]: (row["by"], row["how"]) for row in rows if row["act"] in ("hold", "release", "network-hold")}
    assert set(done.values()) == {("operator", "cli")}, done


@pytest.mark.parametrize(
    "words",
    ["outbox show N", "outbox show --eml N", "outbox retry N", "outbox resolve N --arrived", "outbox cancel N",
     "outbox cancel --mailing N", "inbox show N", "inbox replay N", "meeting show mendip N", "meeting cancel mendip N",
     "meeting move mendip N --starts 2027-05-04T14:00", "agenda show mendip N", "issue show mendip N", "issue send mendip N",
     "issue cancel mendip N", "member import mendip --undo N", "member merge --undo N", "breach close N --done Told", "hold N", "release N", "rate N", "hold ²", "release ²", "rate ²"],
)  # fmt: skip
def test_a_number_that_nothing_has_is_no_fault_of_ours(folder: Path, words: str) -> None:
    status, out, err = run(*words.replace("N", "9" * 25).split())
    assert status in (1, 2)
    assert "should not have" not in out + err


def test_what_did_not_arrive_and_is_past_its_time_can_be_settled_without_a_lie(folder: Path) -> None:
    copies = going_out(folder)
    with Store(f"sqlite:///{folder}/var/termpost.db").write() as session:
        session.execute(
            update(outgoing).where(outgoing.c.id == copies[0])
            .values(state="uncertain", reason="interrupted", deadline=NOW - timedelta(hours=1))
        )  # fmt: skip
    one = str(copies[0])
    assert run("outbox", "resolve", one, "--resend")[0] == 1
    assert run("outbox", "resolve", one, "--lost")[0] == 0
    found: Any = json.loads(run("outbox", "show", one, "--json")[1])
    assert (found["state"], found["history"][-1]["reason"]) == ("failed", "lost-by-hand")


def test_the_help_of_rate_is_true_of_a_network(folder: Path) -> None:
    """'Set how many messages a minute leave, for everything, one network, ...; without a number, show it.'"""
    run("rate", "mendip", "7")
    status, out, err = run("rate", "mendip")
    assert (status, "7" in out) == (0, True), err
