"""`termpost inbox` and `termpost outbox`: the shapes that scripts rely on (contract 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from mailer import clock
from mailer.cli import inbox as inbox_command
from mailer.cli import outbox as outbox_command
from mailer.outbound import outbox
from mailer.store import add
from mailer.store.tables import attempts, audit, inbox, outgoing
from tests.stage import DOMAIN, MONDAY, Stage, staged

JANE = "jane@hill.school.example"
TEXT, NUMBER, TIME = str, int, "time"
ID = "id"

INBOX = {
    "id": ID, "received_at": TIME, "from": TEXT, "to": TEXT, "subject": TEXT, "message_id": TEXT, "kind": TEXT, "handler": TEXT,
    "state": TEXT, "outcome": TEXT, "reason": TEXT,
}  # fmt: skip
OUTBOX = {
    "id": ID, "network": TEXT, "occasion": TEXT, "purpose": TEXT, "to": TEXT, "subject": TEXT, "message_id": TEXT, "state": TEXT,
    "attempts": NUMBER, "next_attempt_at": TIME, "reason": TEXT,
}  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def call(stage: Stage, app: Any, *words: str, status: int = 0) -> str:
    folder = stage.house.settings.data_dir
    clock_file = folder / "clock"
    clock_file.write_text(stage.now.isoformat())
    runner = CliRunner(env={"TERMPOST_DATA_DIR": str(folder), "TERMPOST_CLOCK": f"file:{clock_file}", "NO_COLOR": "1"})
    done = runner.invoke(app, list(words))
    clock.stand_at(stage.now)
    assert done.exit_code == status, done.output + str(done.exception)
    return done.stdout if status == 0 else done.output


def listed(stage: Stage, app: Any, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call(stage, app, "list", "--json", *words))
    return found


def fits(row: dict[str, Any], shape: dict[str, Any]) -> None:
    assert list(row) == list(shape)
    for name, kind in shape.items():
        value = row[name]
        if kind == ID:
            assert re.fullmatch(r"[1-9]\d*", value), name
        elif kind == TIME:
            assert value is None or (value.endswith("Z") and datetime.fromisoformat(value)), name
        else:
            assert type(value) is kind, name


def test_contract_3_inbox_list(stage: Stage) -> None:
    stage.mail("Jane Doe <jane@hill.school.example>", f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    stage.mail("x@far.example", f"mendip-private@{DOMAIN}", "In confidence", "May I ask you something?")
    stage.mail("MAILER-DAEMON@far.example", f"mendip@{DOMAIN}", "Out of office", "Back on Monday.", Auto_Submitted="auto-replied")
    rows = listed(stage, inbox_command.app)
    for row in rows:
        fits(row, INBOX)
    item, private, machine = rows
    assert item | {"id": "", "outcome": "", "reason": ""} == {
        "id": "", "received_at": "2026-11-23T10:00:00Z", "from": JANE, "to": f"mendip-agenda@{DOMAIN}", "subject": "Balances",
        "message_id": item["message_id"], "kind": "person", "handler": "agenda", "state": "done", "outcome": "", "reason": "",
    }  # fmt: skip
    assert private["from"] == ""  # V2
    assert (machine["kind"], machine["state"]) == ("auto-reply", "noted")
    assert all(row["outcome"].strip(" .") for row in rows)


def test_contract_3_one_row_for_each_recipient_of_ours(stage: Stage) -> None:
    from mailer.inbound.receive import Envelope

    rcpts = (f"mendip-agenda@{DOMAIN}", f"mendip-news@{DOMAIN}")
    stage.intake.store(Envelope(JANE, rcpts, f"From: {JANE}\r\nMessage-ID: <1@x.example>\r\n\r\nHello\r\n".encode(), "smtp", "", stage.now))
    assert [(row["to"], row["state"]) for row in listed(stage, inbox_command.app)] == [(rcpt, "stored") for rcpt in rcpts]


def test_contract_3_outbox_list(stage: Stage) -> None:
    number = stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    stage.meeting(datetime.fromisoformat("2027-01-20T14:00:00Z"))
    stage.settle()
    rows = listed(stage, outbox_command.app)
    for row in rows:
        fits(row, OUTBOX)
    answer = next(row for row in rows if row["to"] == JANE)
    (got,) = list(stage.mails(JANE))
    assert answer == {
        "id": str(got.outgoing_id), "network": "mendip", "occasion": f"reply:{number}", "purpose": "answer", "to": JANE,
        "subject": got.subject, "message_id": str(got.message["Message-ID"]).strip("<>"), "state": "accepted", "attempts": 1,
        "next_attempt_at": None, "reason": "accepted",
    }  # fmt: skip
    assert {row["purpose"] for row in rows} <= {"answer", "desk", "meetings", "confirm", "event", "farewell"}


@pytest.mark.parametrize("app", [inbox_command.app, outbox_command.app], ids=["inbox", "outbox"])
def test_contract_3_lists_may_be_limited(stage: Stage, app: Any) -> None:
    for n in range(3):
        stage.mail(JANE, f"mendip-agenda@{DOMAIN}", f"Item {n}", "Ten minutes, please.")
        stage.later(hours=1)
    rows = listed(stage, app)
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), key=int)
    assert listed(stage, app, "--limit", "1") == rows[-1:]
    assert listed(stage, app, "--state", rows[-1]["state"])
    assert listed(stage, app, "--state", "failed") == []
    assert listed(stage, app, "--since", "2026-11-23T12:00:00Z") == rows[-1:]
    assert listed(stage, app, "--since", (MONDAY.replace(year=2030)).isoformat()) == []
    assert "Balances" not in call(stage, app, "list")
    assert call(stage, app, "show", "999", status=1).startswith("termpost: There is no")


def test_inbox_show_and_replay(stage: Stage) -> None:
    number = stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.\n\n> what was said\n")
    (row,) = listed(stage, inbox_command.app)
    shown = json.loads(call(stage, inbox_command.app, "show", str(number), "--json"))
    assert {name: shown[name] for name in INBOX} == row
    assert (shown["reply"], shown["steps"] != []) == ("Ten minutes, please.", True)
    assert "Ten minutes" in call(stage, inbox_command.app, "show", str(number))
    call(stage, inbox_command.app, "replay", str(number), status=1)  # it is done
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == number).values(state="failed"))
    call(stage, inbox_command.app, "replay", str(number))
    assert listed(stage, inbox_command.app)[0]["state"] == "stored"


def test_what_is_done_to_a_copy_or_a_message_by_hand_is_in_the_trail(stage: Stage) -> None:
    """OPS-5: which command, on what, of which network."""
    number = stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    (row,) = [row for row in listed(stage, outbox_command.app) if row["to"] == JANE]

    def is_now(state: str) -> None:
        with stage.house.store.write() as session:
            session.execute(update(outgoing).where(outgoing.c.id == int(row["id"])).values(state=state))

    is_now("deferred")
    call(stage, outbox_command.app, "retry", row["id"])
    is_now("uncertain")
    call(stage, outbox_command.app, "resolve", row["id"], "--arrived")
    is_now("queued")
    call(stage, outbox_command.app, "cancel", row["id"])
    call(stage, outbox_command.app, "retry", row["id"], status=1)  # refused, so not done
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == number).values(state="failed"))
    call(stage, inbox_command.app, "replay", str(number))
    with stage.house.store.read() as session:
        done = session.execute(select(audit.c.act, audit.c.thing, audit.c.network_id).where(audit.c.how == "cli").order_by(audit.c.id))
        copy = f"outgoing:{row['id']}"
        assert [tuple(one) for one in done if one.act != "network-add"] == [
            ("outbox-retry", copy, stage.network_id),
            ("outbox-resolve", copy, stage.network_id),
            ("outbox-cancel", copy, stage.network_id),
            ("inbox-replay", f"inbox:{number}", stage.network_id),
        ]


def test_what_may_have_gone_is_kept_from_going_again_and_not_said_to_be_called_back(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    (row,) = [row for row in listed(stage, outbox_command.app) if row["to"] == JANE]
    with stage.house.store.write() as session:
        lost = {"state": "uncertain", "reason": "lost-answer"}
        session.execute(update(outgoing).where(outgoing.c.id == int(row["id"])).values(**lost))
        add(session, attempts, outgoing_id=int(row["id"]), at=stage.now, **lost)
    call(stage, outbox_command.app, "resolve", row["id"], "--resend")
    assert "It may have arrived before" in call(stage, outbox_command.app, "cancel", row["id"])
    (row,) = [row for row in listed(stage, outbox_command.app) if row["to"] == JANE]
    assert (row["state"], row["reason"]) == ("uncertain", "cancelled-by-hand")


def test_outbox_show_tells_the_whole_history(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    (row,) = [row for row in listed(stage, outbox_command.app) if row["to"] == JANE]
    shown = json.loads(call(stage, outbox_command.app, "show", row["id"], "--json"))
    assert {name: shown[name] for name in OUTBOX} == row
    assert [tried["state"] for tried in shown["history"]] == ["accepted"]
    assert re.fullmatch(r"[0-9a-f]{64}", shown["sha256"])
    with stage.house.store.write() as session:
        outbox.bounced(session, int(row["id"]), reason="mailbox-full", diagnostic="452 4.2.2 full", permanent=True, now=stage.now)
    told = call(stage, outbox_command.app, "show", row["id"])
    assert row["message_id"] in told
    history = [line.split("  ")[-1] for line in told.split("history:\n")[1].splitlines()]
    assert history == [
        "taken over: The mail server took it over. (tray: 250 kept in the tray)",
        "failed: It came back: mailbox full. 452 4.2.2 full",
    ]


ACTS: dict[str, tuple[tuple[str, ...], str, str]] = {  # words, state before, state after
    "retry": (("retry",), "deferred", "queued"),
    "retry a refusal": (("retry",), "failed", "queued"),
    "it arrived": (("resolve", "--arrived"), "uncertain", "accepted"),
    "resend": (("resolve", "--resend"), "uncertain", "queued"),
    "cancel": (("cancel",), "queued", "cancelled"),
}


@pytest.mark.parametrize(("words", "before", "after"), ACTS.values(), ids=ACTS)
def test_outbox_by_hand(stage: Stage, words: tuple[str, ...], before: str, after: str) -> None:
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    number = stage.mails(JANE)[0].outgoing_id
    said = call(stage, outbox_command.app, words[0], str(number), *words[1:], status=1)  # it is accepted
    assert said.startswith(f"termpost: Copy {number}")
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == number).values(state=before))
    call(stage, outbox_command.app, words[0], str(number), *words[1:])
    (row,) = [row for row in listed(stage, outbox_command.app) if row["id"] == str(number)]
    assert row["state"] == after
    if after == "queued":  # the same copy goes again
        stage.settle()
        first, *others = stage.mails(JANE)
        assert not others  # the tray keeps a copy once
        assert str(first.message["Message-ID"]).strip("<>") == row["message_id"]
