"""The sign-in sheet of the day: "sign me up" in ink is a wish, and the person's own YES by mail is what joins (CMD-6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mailer.inbound.lines.signed_up import read_signed_up
from mailer.people import addresses
from mailer.store.tables import ledger
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, invited
from tests.stage import DOMAIN, Got, Stage

KAREN, BOB = "karen@new.school.example", "bob@new.school.example"
SHEET = f"""Jane, Dawn and I were there.

Sign up: Karen Price, New School, {KAREN}
sign me up - Bob Long <{BOB}>
Sign up: Sue, who forgot hers
"""


@pytest.mark.parametrize(
    ("text", "people", "unread", "rest"),
    [
        (SHEET, [(KAREN, "Karen Price", "New School"), (BOB, "Bob Long", "")], 1, "Jane, Dawn and I were there."),
        (f"Signed up:\n- Karen Price, {KAREN}\n- {BOB}\n\nThanks all", [(KAREN, "Karen Price", ""), (BOB, "", "")], 0, "Thanks all"),
        (f"Cofrestrwch: Karen Price, {KAREN}", [(KAREN, "Karen Price", "")], 0, ""),
        (f"Karen ({KAREN}) could not come. Sign-up was slow.", [], 0, f"Karen ({KAREN}) could not come. Sign-up was slow."),
    ],
    ids=["lines", "heading", "welsh", "a mere address"],
)
def test_only_lines_that_say_so_are_read(text: str, people: list[tuple[str, str, str]], unread: int, rest: str) -> None:
    said = read_signed_up(text)
    assert [(one.email, one.name, one.organisation) for one in said.people] == people
    assert len(said.unread) == unread
    assert said.rest == rest


def sheet_of(stage: Stage) -> Got:
    invited(stage)
    stage.at(datetime(2027, 1, 19, 9, 0, tzinfo=UTC))
    stage.settle()
    return next(mail for mail in reversed(stage.mails(OLIVE)) if "Sign me up" in mail.text)


def test_who_signed_up_is_asked_and_joins_by_their_own_yes(stage: Stage) -> None:
    sheet = sheet_of(stage)
    assert "Name, school, email address: ____" in sheet.words
    stage.mail(DAWN, f"mendip-leave@{DOMAIN}", "", "")
    before = {who: len(stage.mails(who)) for who in (DAWN, JANE)}
    came = stage.reply(sheet, f"{SHEET}Sign up: Jane, {JANE}\nSign up: Dawn, {DAWN}\n")
    assert stage.last(OLIVE).subject == "Asked: 4 people"  # CMD-8: the same, whoever is known, a member, or left
    assert "there is no address in it" in stage.last(OLIVE).words
    assert "Jane, Dawn and I were there." in stage.last(PETER).words  # what else it says goes to the committee
    for who in (KAREN, BOB):
        assert [mail.subject for mail in stage.mails(who)] == ["Please confirm: mail from Mendip Technicians"]
    assert {who: len(stage.mails(who)) for who in (DAWN, JANE)} == before
    stage.reply(stage.last(KAREN), "YES")
    assert stage.last(KAREN).subject == "Welcome to Mendip Technicians"
    with stage.house.store.read() as session:
        karen = addresses.find(session, KAREN)
        assert karen is not None
        asked, *_ = session.execute(select(ledger).where(ledger.c.address_id == karen.id).order_by(ledger.c.id)).all()
    assert (asked.act, asked.channel, asked.inbox_id) == ("join-asked", "sheet", came)  # DP-1
    assert asked.evidence_sha256 == stage.outcome(came).raw_sha256
    stage.reply(sheet, f"Sign up: Bob Long, {BOB}")
    assert len(stage.mails(BOB)) == 1  # CMD-7


def test_a_sheet_from_a_bare_from_waits_for_a_yes_and_from_a_stranger_asks_nobody(stage: Stage) -> None:
    """Ruling 1, V8."""
    sheet = sheet_of(stage)
    stage.mail(OLIVE, f"mendip-committee@{DOMAIN}", "Re: the sheet", f"Sign up: Karen, {KAREN}", In_Reply_To=str(sheet.message["Message-ID"]))
    assert not stage.mails(KAREN)
    stage.reply(stage.last(OLIVE), "YES")
    assert len(stage.mails(KAREN)) == 1
    stage.reply(sheet, f"Sign up: Bob, {BOB}", sender="eve@far.example")
    assert not stage.mails(BOB)
