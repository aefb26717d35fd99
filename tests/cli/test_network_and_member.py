"""`termpost network` and `termpost member`: what scripts rely on (contract 3)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailer import clock
from mailer.cli import member, network
from mailer.cli.app import assemble
from tests.databases import lay_empty


class Line:
    """Runs a command line in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        lay_empty(folder / "var" / "termpost.db")
        self.runner = CliRunner(env={"TERMPOST_DATA_DIR": str(folder / "var"), "NO_COLOR": "1"})

    def __call__(self, app: Any, *words: str, status: int = 0) -> str:
        done = self.runner.invoke(app, list(words))
        assert done.exit_code == status, done.output + str(done.exception)
        return done.stdout if status == 0 else done.output


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return Line(tmp_path)


def make(line: Line) -> str:
    made = line(
        network.app, "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip Technicians",
        "--organiser", "Ann Lee <ann@hill.example>", "--json",
    )  # fmt: skip
    return str(json.loads(made)["id"])


@pytest.mark.parametrize("holidays", ["Wales", "1", "GB-XYZ"])
def test_holidays_that_nobody_knows_are_refused(line: Line, holidays: str) -> None:
    """By them no mail could be dated: neither could a meeting be made, nor would any network be reminded."""
    make(line)
    assert "no bank holidays for" in line(network.app, "set", "mendip", f"holidays={holidays}", status=1)
    line(network.app, "set", "mendip", "holidays=WLS")
    line(network.app, "set", "mendip", "holidays=")


def test_the_end_of_the_first_term_is_a_day(line: Line) -> None:
    make(line)
    assert "is no day" in line(network.app, "set", "mendip", "first-term-ends=soon", status=1)
    line(network.app, "set", "mendip", "first-term-ends=2027-03-01")
    assert json.loads(line(network.app, "show", "mendip", "--json"))["first_term_ends"] == "2027-03-01"


def test_a_polled_network_is_shown_with_the_addresses_that_it_has(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    make(line)
    monkeypatch.setenv("TERMPOST_IMAP_URL", "imaps://technet%40uni.example@imap.uni.example")
    monkeypatch.setenv("TERMPOST_MAILBOX_NETWORK", "mendip")
    shown = json.loads(line(network.app, "show", "mendip", "--json"))["addresses"]
    assert (shown["post"], shown["agenda"]) == ("technet@uni.example", "technet+agenda@uni.example")


def test_a_network_is_made_shown_changed_and_closed(line: Line) -> None:
    assert make(line) == "1"
    shown = json.loads(line(network.app, "show", "mendip", "--json"))
    roles = ("agenda", "news", "join", "leave", "help", "exchange", "committee", "private", "organise")  # contract 1
    assert shown["addresses"] == {"post": "mendip@lists.example.org"} | {role: f"mendip-{role}@lists.example.org" for role in roles}
    assert [one["address"] for one in shown["organisers"]] == ["ann@hill.example"]
    line(network.app, "set", "mendip", "timezone=Europe/Dublin", "language=cy")
    [listed] = json.loads(line(network.app, "list", "--json"))
    assert (listed["timezone"], listed["language"], listed["state"]) == ("Europe/Dublin", "cy", "open")
    assert "mendip" in line(network.app, "list")
    line(network.app, "set", "mendip", "timezone=Mendip", status=1)
    line(network.app, "add", "mendip", "--domain", "lists.example.org", "--name", "M", status=1)
    line(network.app, "add", "mendip-news", "--domain", "lists.example.org", "--name", "M", status=1)
    line(network.app, "add", status=2)
    line(network.app, "close", "mendip", "--yes")
    assert json.loads(line(network.app, "list", "--json"))[0]["state"] == "closed"


BEGINS = [
    "hold mendip",
    "release mendip",
    "meeting add mendip --starts 2097-05-01T10:00 --ends 2097-05-01T11:00",
    "meeting move mendip 1 --venue Elsewhere",
    "meeting cancel mendip 1",
    "issue add mendip --publishes 2097-05-01T10:00",
    "issue proof mendip 1",
    "issue send mendip 1",
    "member add mendip jane@hill.example",
    "member add mendip jane@hill.example --evidence form",
    "member import mendip people.csv --evidence form",
    "member import mendip people.csv --evidence form --dry-run",
]


@pytest.mark.parametrize("words", BEGINS)
def test_a_closed_network_is_not_said_to_send(line: Line, words: str) -> None:
    make(line)
    Path("people.csv").write_text("email\njane@hill.example\n")
    starts = clock.now() + timedelta(days=60)
    line(assemble(), *f"meeting add mendip --starts {starts:%FT10:00} --ends {starts:%FT11:00}".split())
    line(assemble(), *["issue", "add", "mendip", "--publishes", "2097-04-01T10:00"])
    line(network.app, "close", "mendip", "--yes")
    assert "The network mendip is closed, so nothing is sent for it any more." in line(assemble(), *words.split(), status=1)
    for shown in ("network show mendip", "meeting list mendip", "issue list mendip", "network export mendip --out mendip.json"):
        line(assemble(), *shown.split())


def test_cmd6_the_named_organiser_runs_the_network_and_is_subscribed_to_nothing_unasked(line: Line) -> None:
    make(line)
    [ann] = json.loads(line(member.app, "list", "mendip", "--json"))
    assert (ann["name"], ann["addresses"], ann["roles"]) == ("Ann Lee", ["ann@hill.example"], ["member", "organiser"])
    assert ann["standings"] == {
        "meetings": "pending", "newsletter": "pending", "discussion": "none", "exchange": "none", "directory": "none",
    }  # fmt: skip


def test_members_are_imported_listed_and_taken_back(line: Line, tmp_path: Path) -> None:
    make(line)
    file = tmp_path / "people.csv"
    file.write_text(
        "Roles;Email;Name;School\n;jane@hill.example;Jane Doe;Hill School\n;nobody;;\n", encoding="utf-8-sig"
    )
    dry = line(member.app, "import", "mendip", str(file), "--evidence", "paper slips", "--dry-run")
    assert "line 2: jane@hill.example: added" in dry
    assert "Would be: 1 added" in dry
    assert "This was a trial; nothing is done yet." in dry
    assert len(json.loads(line(member.app, "list", "mendip", "--json"))) == 1
    done = json.loads(line(member.app, "import", "mendip", str(file), "--evidence", "paper slips", "--json"))
    assert (done["counts"]["added"], done["counts"]["refused"]) == (1, 1)
    jane = json.loads(line(member.app, "show", "mendip", "JANE@hill.example", "--json"))
    assert set(jane) >= {"id", "name", "addresses", "organisation", "roles", "standings"}
    assert isinstance(jane["id"], str)
    assert (jane["organisation"], jane["standings"]["newsletter"]) == ("Hill School", "active")
    assert "jane@hill.example" in line(member.app, "list", "mendip")
    undone = json.loads(line(member.app, "import", "mendip", "--undo", done["id"], "--json"))
    assert undone == {"id": done["id"], "taken_back": 1, "stay": 0}
    assert len(json.loads(line(member.app, "list", "mendip", "--json"))) == 1


def test_one_member_is_added_with_evidence_or_asked(line: Line) -> None:
    make(line)
    line(
        member.app,
        "add",
        "mendip",
        "jane@hill.example",
        "--name",
        "Jane",
        "--evidence",
        "said so on 3 May",
        "--purposes",
        "exchange",
    )
    asked = json.loads(line(member.app, "add", "mendip", "ben@hill.example", "--json"))
    found = {one["addresses"][0]: one for one in json.loads(line(member.app, "list", "mendip", "--json"))}
    assert found["jane@hill.example"]["standings"]["exchange"] == "active"
    assert found["ben@hill.example"]["standings"]["meetings"] == "pending"
    assert found["ben@hill.example"]["id"] == asked["id"]


def test_errors_are_plain(line: Line, tmp_path: Path) -> None:
    make(line)
    assert "nobody" in line(member.app, "show", "mendip", "x@hill.example", status=1)
    line(member.app, "import", "mendip", str(tmp_path / "missing.csv"), status=1)
    line(member.app, "list", "quantock", status=1)
    line(member.app, "import", "mendip", status=1)
    (tmp_path / "a.csv").write_text("email\na@x.example\n")
    assert "ads" in line(member.app, "import", "mendip", str(tmp_path / "a.csv"), "--purposes", "ads", status=1)


def test_an_office_is_added_for_a_term(line: Line) -> None:
    """N22: until the end of its last day, in the network's zone."""
    make(line)
    line(
        member.app, "add", "mendip", "bob@mill.example", "--name", "Bob Mill", "--roles", "chair",
        "--until", "2028-07-31", "--evidence", "elected on 3 May",
    )  # fmt: skip
    shown = json.loads(line(member.app, "show", "mendip", "bob@mill.example", "--json"))
    assert shown["terms"] == {"chair": "2028-07-31T23:00:00+00:00"}
    assert "chair 2028-07-31" in line(member.app, "show", "mendip", "bob@mill.example")
    assert "2028-07-31" in line(member.app, "add", "mendip", "c@mill.example", "--until", "July", status=2)
