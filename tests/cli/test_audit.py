"""`termpost audit`: IT sees the whole operation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailer.cli import meeting, member, network
from mailer.cli.app import assemble
from tests.cli.made import NOW
from tests.cli.test_network_and_member import Line


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """At NOW, as the days that are named here are to come, whatever the day is."""
    (tmp_path / "clock").write_text(NOW.isoformat())
    monkeypatch.setenv("TERMPOST_CLOCK", f"file:{tmp_path}/clock")
    monkeypatch.chdir(tmp_path)
    return Line(tmp_path)


def test_it_sees_who_did_what_in_every_network(line: Line) -> None:
    for slug in ("mendip", "wessex"):
        line(network.app, "add", slug, "--domain", "lists.example.org", "--name", slug)
    line(member.app, "add", "mendip", "jane@hill.example", "--evidence", "form")
    times = ("--starts", "2027-03-04T14:00", "--ends", "2027-03-04T16:00")
    number = json.loads(line(meeting.app, "add", "wessex", *times, "--json"))["id"]
    line(meeting.app, "cancel", "wessex", number)
    app = assemble(["audit"])
    rows = json.loads(line(app, "audit", "--json"))
    seen = [(one["network"], one["actor"], one["how"], one["act"]) for one in rows if one["act"] != "network-add"]
    assert seen == [
        ("mendip", "operator", "cli", "import"),
        ("wessex", "operator", "cli", "meeting"),
        ("wessex", "operator", "cli", "cancel"),
    ]
    assert {one["network"] for one in json.loads(line(app, "audit", "wessex", "--json"))} == {"wessex"}
    assert len(json.loads(line(app, "audit", "--json", "--limit", "1"))) == 1
    assert json.loads(line(app, "audit", "--json", "--since", "2099-01-01")) == []
    assert "meeting:" in line(app, "audit", "wessex")
    line(app, "audit", "nowhere", status=1)


def test_what_it_does_leaves_a_line(line: Line) -> None:
    """Every command that changes what happens to mail: its act, its network, what it was done to, and no words."""
    line(network.app, "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip")
    line(network.app, "terms", "mendip", "2027-01-05..2027-03-26")
    line(network.app, "terms", "mendip")  # which only lists them
    line(network.app, "cycle", "mendip", "feedback-request=off")
    line(network.app, "set", "mendip", "language=cy")
    app, rate_of_all = assemble(["audit"]), assemble(["rate"])
    line(rate_of_all, "rate", "600")
    line(rate_of_all, "rate", "mendip", "60")
    line(rate_of_all, "rate", "off")
    line(rate_of_all, "rate")  # which only shows it
    line(network.app, "close", "mendip", "--yes")
    seen = [(one["act"], one["network"], one["fields"]) for one in json.loads(line(app, "audit", "--json"))]
    assert seen == [
        ("network-add", "mendip", {}),
        ("network-terms", "mendip", {}),
        ("network-cycle", "mendip", {}),
        ("network-set", "mendip", {}),
        ("rate", "", {"per_minute": 600}),
        ("rate", "mendip", {"per_minute": 60}),
        ("rate", "", {"per_minute": None}),
        ("network-close", "mendip", {}),
    ]
