"""`termpost meeting`, `agenda`, `action`, `issue`: what scripts rely on (contract 3)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import select, update
from typer.testing import CliRunner

from mailer.cli import action, agenda, issue, meeting
from mailer.house import open_house
from mailer.meetings import actions, invitations, meetings, responses
from mailer.meetings import agenda as agendas
from mailer.newsletters import pieces
from mailer.newsletters.prepared import prepare
from mailer.people import addresses, networks
from mailer.settings import Settings
from mailer.store import Store
from mailer.store.tables import occasions
from tests.databases import lay_empty

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

app = typer.Typer()
for name, group in (("meeting", meeting.app), ("agenda", agenda.app), ("action", action.app), ("issue", issue.app)):
    app.add_typer(group, name=name)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A network in a data folder, and the clock at NOW."""
    (tmp_path / "clock").write_text(NOW.isoformat())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TERMPOST_DATABASE_URL", f"sqlite:///{tmp_path}/t.db")
    monkeypatch.setenv("TERMPOST_CLOCK", f"file:{tmp_path}/clock")
    lay_empty(tmp_path / "t.db")
    open_house(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/t.db")).close()  # with its secret
    opened = Store(f"sqlite:///{tmp_path}/t.db")
    with opened.write() as session:
        networks.add(session, slug="mendip", domain="lists.example.org", name="Mendip", now=NOW)
    return opened


def run(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == status, result.output + repr(result.exception)
    return result.stdout if status == 0 else result.output


def read(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def add_meeting(*more: str) -> str:
    added = read("meeting", "add", "mendip", "--starts", "2027-04-01T16:00", "--ends", "2027-04-01T17:30", *more)
    assert set(added) == {"id"}
    return str(added["id"])


def test_meeting_add_and_show(store: Store) -> None:
    """Times without an offset are in the network's zone; JSON gives UTC; ids are strings."""
    meeting_id = add_meeting("--venue", "Prep room", "--host", "Hill School")
    with store.write() as session:
        dawn = addresses.find_or_add(session, "Dawn@school.example", hasher=b"h" * 32, now=NOW)
        invitations.ensure(session, int(meeting_id), [dawn.id], NOW)
        there = meetings.get(session, int(meeting_id))
        responses.record(session, there, dawn.id, answer="yes", note="vegan", guests=1, channel="mail", now=NOW)
    shown = read("meeting", "show", "mendip")
    assert shown["id"] == meeting_id
    assert (shown["starts"], shown["ends"], shown["state"]) == (
        "2027-04-01T15:00:00Z",
        "2027-04-01T16:30:00Z",
        "planned",
    )
    (response,) = shown["responses"]
    assert response == response | {"address": "Dawn@school.example", "answer": "yes", "note": "vegan", "guests": 1}
    assert read("meeting", "show", "mendip", meeting_id) == shown
    assert "vegan" in run("meeting", "show", "mendip")


def test_meeting_list_move_and_cancel(store: Store) -> None:
    meeting_id = add_meeting()
    read("meeting", "move", "mendip", meeting_id, "--starts", "2027-04-08T16:00", "--venue", "Library")
    (listed,) = read("meeting", "list", "mendip", "--state", "planned")
    assert (listed["starts"], listed["ends"], listed["venue"]) == (
        "2027-04-08T15:00:00Z",
        "2027-04-08T16:30:00Z",
        "Library",
    )
    assert "Cancelled meeting 1" in run("meeting", "cancel", "mendip", meeting_id, "--reason", "Snow")
    assert read("meeting", "list", "mendip", "--state", "planned") == []
    assert read("meeting", "list", "mendip", "--since", "2027-05-01") == []
    assert "cancelled" in run("meeting", "list", "mendip")


REFUSED = [
    ("no such network", ["meeting", "list", "exmoor"], "exmoor"),
    ("no meeting yet", ["meeting", "show", "mendip"], "no meeting"),
    ("no meeting yet, agenda", ["agenda", "show", "mendip"], "no meeting"),
    ("no issue yet", ["issue", "show", "mendip"], "no issue"),
    ("no such issue", ["issue", "show", "mendip", "9"], "issue 9"),
    ("no such meeting", ["meeting", "cancel", "mendip", "9"], "meeting 9"),
    ("backwards", ["meeting", "add", "mendip", "--starts", "2027-04-01T17:30", "--ends", "2027-04-01T16:00"], "before"),
    ("copy too late", ["issue", "add", "mendip", "--publishes", "2027-04-01", "--copy-date", "2027-04-02"], "copy"),
]


@pytest.mark.parametrize(("words", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refusals_are_a_sentence_and_status_1(store: Store, words: list[str], said: str) -> None:
    assert said in run(*words, status=1)


def test_wrong_usage_is_status_2(store: Store) -> None:
    run("meeting", "add", "mendip", status=2)
    said = run("meeting", "add", "mendip", "--starts", "Friday", "--ends", "2027-04-01T17:30", status=2)
    assert "'Friday' is not a time. Write it as 2027-03-04T14:00." in said


def test_agenda_show(store: Store) -> None:
    meeting_id = add_meeting()
    with store.write() as session:
        network_id = networks.get(session, "mendip").id
        agendas.submit(
            session, network_id, int(meeting_id), title="Gas taps", text="10 minutes", person="Dawn", now=NOW
        )
    shown = read("agenda", "show", "mendip")
    assert shown["state"] == "collecting"
    (item,) = shown["items"]
    assert item == item | {
        "number": 1,
        "title": "Gas taps",
        "person": "Dawn",
        "minutes": 10,
        "kind": "other",
        "state": "open",
    }
    assert "Gas taps" in run("agenda", "show", "mendip", meeting_id)


def test_action_list(store: Store) -> None:
    with store.write() as session:
        network_id = networks.get(session, "mendip").id
        for text in ("Order goggles", "Find a speaker"):
            actions.add(session, network_id, owner="Dawn", text=text, now=NOW)
        actions.close(session, actions.get(session, 1), "Ordered", now=NOW)
    assert [one["text"] for one in read("action", "list", "mendip", "--state", "open")] == ["Find a speaker"]
    assert [one["id"] for one in read("action", "list", "mendip", "--limit", "1")] == ["2"]
    assert read("action", "list", "mendip", "--since", "2027-01-01") == []
    assert "Ordered" in run("action", "list", "mendip")


def test_issue_add_show_proof_and_send(store: Store) -> None:
    added = read("issue", "add", "mendip", "--publishes", "2027-04-12T09:00")
    shown = read("issue", "show", "mendip")
    assert shown == shown | {
        "id": added["id"],
        "publishes": "2027-04-12T08:00:00Z",
        "copy_date": "2027-03-29T08:00:00Z",
        "state": "collecting",
        "pieces": [],
        "warnings": ["no-pieces"],
    }
    assert "No piece" in run("issue", "send", "mendip", status=1)
    with store.write() as session:
        prepared = prepare(title="Agar", text="Boil it twice.")
        pieces.submit(session, networks.get(session, "mendip").id, prepared, person="Dawn", now=NOW)
    (piece,) = read("issue", "show", "mendip", added["id"])["pieces"]
    assert piece == {
        "number": 1,
        "title": "Agar",
        "person": "Dawn",
        "section": "articles",
        "words": 3,
        "state": "in",
        "missing": [],
    }
    assert "organisers now" in run("issue", "proof", "mendip")
    assert "goes out at Mon 12 Apr 2027, 09:00" in run("issue", "send", "mendip")
    assert [one["state"] for one in read("issue", "list", "mendip")] == ["approved"]
    assert "Fri 20 Nov 2026" in run("issue", "send", "mendip", "--now")
    assert "Agar" in run("issue", "show", "mendip")


def test_an_issue_that_is_held_is_not_said_to_go(store: Store) -> None:
    """What was held on its way is let go on by `release`, and not begun anew."""
    run("issue", "add", "mendip", "--publishes", "2027-04-12T09:00")
    with store.write() as session:
        prepared = prepare(title="Agar", text="Boil it twice.")
        pieces.submit(session, networks.get(session, "mendip").id, prepared, person="Dawn", now=NOW)
    with store.write() as session:
        networks.hold(session, networks.get(session, "mendip").id, "", NOW)
    assert "once the network is released" in run("issue", "send", "mendip", "--now")
    its = (occasions.c.kind == "issue", occasions.c.thing_type == "issue")
    with store.write() as session:
        session.execute(update(occasions).where(*its).values(state="held", held_at=NOW, cursor=1))
    assert "termpost release" in run("issue", "send", "mendip", "--now", status=1)
    with store.read() as session:
        assert session.execute(select(occasions.c.state).where(*its)).scalar_one() == "held"


def test_an_issue_is_moved_and_called_off(store: Store) -> None:
    """Its copy date keeps its distance; one that is called off stands in no list."""
    made = read("issue", "add", "mendip", "--publishes", "2027-03-19T09:00")
    run("issue", "move", "mendip", made["id"], "--publishes", "2027-03-26T09:00")
    shown = read("issue", "show", "mendip", made["id"])
    assert (shown["publishes"][:10], shown["copy_date"][:10]) == ("2027-03-26", "2027-03-12")
    assert "goes out already" in run("issue", "move", "mendip", made["id"], "--publishes", "2027-03-26T09:00", status=1)
    run("issue", "cancel", "mendip", made["id"])
    assert made["id"] not in [one["id"] for one in read("issue", "list", "mendip")]
    assert "was called off" in run("issue", "send", "mendip", made["id"], status=1)


def test_without_an_id_the_next_or_the_latest(store: Store) -> None:
    """Contract 3."""
    far = NOW + timedelta(days=365 * 40)
    said = run("meeting", "add", "mendip", "--starts", far.isoformat(), "--ends", far.isoformat(), status=1)
    assert "more than three years away. Is the year right?" in said
    past = NOW - timedelta(days=30)
    said = run("meeting", "add", "mendip", "--starts", past.isoformat(), "--ends", NOW.isoformat(), status=1)
    assert "Wed 21 Oct 2026, 13:00 has passed." in said
    with store.write() as session:
        held = meetings.add(session, 1, starts_at=past, ends_at=past + timedelta(hours=1), now=past)
    old = str(held.id)
    assert read("meeting", "show", "mendip") == read("meeting", "show", "mendip", old)
    assert read("meeting", "show", "mendip")["state"] == "over"
    new = add_meeting()
    assert read("meeting", "show", "mendip")["id"] == new
