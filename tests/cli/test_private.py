"""V2: only the operator can open a private message, with a reason, recorded; its writer is shown that it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.cli import inbox, outbox
from mailer.cli.app import assemble
from mailer.outbound import outbox as sending
from mailer.people import access
from tests.outbound.test_outbox_commands import call
from tests.stage import DOMAIN, Stage, staged

JANE, OLIVE, HELP = "jane@hill.school.example", "olive@hill.school.example", f"mendip-help@{DOMAIN}"
REASON = "an answer was never passed on"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def asked(stage: Stage) -> str:
    return str(stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "In confidence", "My head forbids me to come."))


def trail(stage: Stage) -> list[dict[str, object]]:
    rows = json.loads(call(stage, assemble(["audit"]), "audit", "--json"))
    return [one for one in rows if one["act"] == access.OPENED]


def test_v2_without_a_reason_it_stays_closed(stage: Stage) -> None:
    number = asked(stage)
    for shown in (call(stage, inbox.app, "show", number), call(stage, inbox.app, "show", number, "--json")):
        assert "In confidence" in shown
        for private in ("Jane", JANE, "school.example", "forbids"):
            assert private not in shown
    assert "--reason" in call(stage, inbox.app, "show", number)
    assert trail(stage) == []


def test_v2_with_a_reason_it_is_opened_and_written_down(stage: Stage) -> None:
    number = asked(stage)
    opened = json.loads(call(stage, inbox.app, "show", number, "--reason", f"  {REASON} ", "--json"))
    assert (opened["from"], opened["reply"].strip()) == (JANE, "My head forbids me to come.")
    (line,) = trail(stage)
    assert (line["actor"], line["how"], line["thing"], line["network"]) == ("operator", "cli", f"inbox:{number}", "mendip")
    assert isinstance(line["fields"], dict)
    assert line["fields"].keys() == {"reason", "login"}
    assert line["fields"]["reason"] == REASON
    assert f"{access.OPENED}: {REASON}" in call(stage, assemble(["audit"]), "audit")
    stage.mail(OLIVE, HELP, "", "WHO DID WHAT")
    assert "IT opened a private message, at the command line" in stage.last(OLIVE).words.replace(" What: ", " ")
    assert REASON not in stage.last(OLIVE).text
    stage.mail(JANE, HELP, "", "STATUS")
    assert f"IT opened a private message: {REASON}" in stage.last(JANE).words.replace(" What: ", " ")
    with stage.house.store.read() as session:
        mine = access.collect(session, 3)["private_messages_opened"]
        assert [one["reason"] for one in mine] == [REASON]
        assert access.collect(session, 4)["private_messages_opened"] == []


@pytest.mark.parametrize(
    "reason", ["-", "x" * 201, "jane@hill.school.example asked me", "Jane Doe asked me", "doe, jane rang"]
)
def test_v10_a_reason_is_kept_for_ever_and_names_nobody(stage: Stage, reason: str) -> None:
    number = asked(stage)
    said = call(stage, inbox.app, "show", number, "--reason", reason, status=1)
    assert "forbids" not in said
    assert trail(stage) == []


def answered(stage: Stage) -> tuple[int, int, int]:
    """The copies of a question that was answered: what its writer was told first, what the organiser got, and the answer."""
    asked(stage)
    (question,) = [got for got in stage.mails(OLIVE) if "forbids" in got.text]
    stage.reply(question, "Your head may not forbid it.")
    told, answer = stage.mails(JANE)
    return told.outgoing_id, question.outgoing_id, answer.outgoing_id


def test_v2_without_a_reason_no_copy_says_who_wrote_or_what(stage: Stage) -> None:
    told, question, answer = answered(stage)
    for copy in (told, answer):
        with stage.house.store.write() as session:
            diagnostic = f"550 5.2.1 <{JANE}> rejected"
            sending.bounced(session, copy, reason="mailbox-full", diagnostic=diagnostic, permanent=False, now=stage.now)
        for shown in (call(stage, outbox.app, "show", str(copy)), call(stage, outbox.app, "show", str(copy), "--json")):
            assert "mailbox" in shown
            assert "school.example" not in shown
        assert "--reason" in call(stage, outbox.app, "show", str(copy))
    assert OLIVE in call(stage, outbox.app, "show", str(question))
    for copy in (told, question, answer):
        refused = call(stage, outbox.app, "show", str(copy), "--eml", status=1)
        assert f"termpost outbox show {copy} --eml --reason" in refused
        for private in ("Jane", "school.example", "forbid"):
            assert private not in refused
    assert trail(stage) == []


def test_v2_no_copy_says_who_complained_in_private(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "My address", "I want to complain about how my data was shared.")
    (complaint,) = [got for got in stage.mails(OLIVE) if "how my data was shared" in got.text]
    stage.reply(complaint, "It was a mistake, and is mended.")
    answer = stage.last(JANE)
    assert "It was a mistake" in answer.words
    for shown in (call(stage, outbox.app, "show", str(answer.outgoing_id)), call(stage, outbox.app, "list", "--json")):
        assert "jane" not in shown.lower()
    assert "mistake" not in call(stage, outbox.app, "show", str(answer.outgoing_id), "--eml", status=1)


def test_v2_with_a_reason_a_copy_is_opened_and_its_writer_is_shown_that_it_was(stage: Stage) -> None:
    opened = answered(stage)
    for copy, words in zip(opened, ("Jane", "forbids me", "may not forbid"), strict=True):
        assert words in call(stage, outbox.app, "show", str(copy), "--eml", "--reason", REASON)
    assert json.loads(call(stage, outbox.app, "show", str(opened[2]), "--reason", REASON, "--json"))["to"] == JANE
    assert [line["thing"] for line in trail(stage)] == ["inbox:1", "inbox:1", *[f"outgoing:{opened[2]}"] * 2]
    stage.mail(JANE, HELP, "", "STATUS")
    assert stage.last(JANE).words.replace(" What: ", " ").count(f"IT opened a private message: {REASON}") == 4
    stage.mail(OLIVE, HELP, "", "WHO DID WHAT")
    assert "IT opened a private message, at the command line" in stage.last(OLIVE).words.replace(" What: ", " ")
    with stage.house.store.read() as session:
        assert access.collect(session, 4)["private_messages_opened"] == []


def test_v10_a_copy_is_not_opened_for_a_reason_that_names_somebody(stage: Stage) -> None:
    answer = answered(stage)[2]
    assert "forbid" not in call(stage, outbox.app, "show", str(answer), "--eml", "--reason", "Jane Doe asked me", status=1)
    assert trail(stage) == []


def test_what_is_not_private_needs_no_reason_and_leaves_no_line(stage: Stage) -> None:
    number = str(stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please."))
    assert "Ten minutes, please." in call(stage, inbox.app, "show", number, "--reason", REASON)
    receipt = stage.last(JANE).outgoing_id
    assert JANE in call(stage, outbox.app, "show", str(receipt), "--eml", "--reason", REASON)
    assert trail(stage) == []


def test_contract_3_a_message_id_is_written_without_its_brackets(stage: Stage) -> None:
    """As `outbox`, `read` and `rehearse` write it, so that one is found by the other."""
    number = str(stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please."))
    (listed,) = json.loads(call(stage, inbox.app, "list", "--json"))
    shown = json.loads(call(stage, inbox.app, "show", number, "--json"))
    assert listed["message_id"] == shown["message_id"]
    assert listed["message_id"].endswith("@school.example")
