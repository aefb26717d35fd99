"""The Monday brief says what an organiser can act on, and nothing that is no news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from mailer.cycle.matter import Matter
from mailer.cycle.matter import brief as brief_of
from mailer.store.tables import memberships
from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, Stage

MONDAY = datetime(2026, 12, 14, 7, 45, tzinfo=UTC)


def brief(stage: Stage) -> str:
    return next((mail.words for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Your week")), "")


def away(stage: Stage, *, posted: bool) -> str:
    """Termpost was not running for some days in the week before; `posted`: somebody had written on the first."""
    with stage.house.store.write() as session:
        session.execute(update(memberships).values(digest=True))
    stage.meeting(datetime(2027, 1, 13, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.at(datetime(2026, 12, 8, 12, 0, tzinfo=UTC))
    stage.settle()
    if posted:
        stage.mail(JANE, f"mendip@{DOMAIN}", "Agar plates", "How does everyone store agar plates? Ours dry out.")
    stage.at(datetime(2026, 12, 11, 12, 0, tzinfo=UTC))
    stage.settle()
    stage.at(MONDAY)
    stage.settle()
    return brief(stage)


@pytest.mark.parametrize("posted", [False, True], ids=["nobody posted", "somebody posted"])
def test_a_digest_is_no_news_before_it_goes_and_no_trouble_when_it_was_empty(stage: Stage, posted: bool) -> None:
    said = away(stage, posted=posted)
    going, _, trouble = said.partition("Trouble")
    assert "Going out this week" in going
    assert "Posts of the day" not in going
    assert ("Posts of the day, due Tuesday 8 December: did not go out in time" in trouble) is posted, said
    assert "due Wednesday 9 December" not in trouble


def test_what_was_approved_is_not_announced_as_still_to_be_seen(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 15, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.settle()
    stage.at(datetime(2026, 12, 11, 12, 0, tzinfo=UTC))
    stage.settle()
    proof = stage.proof(OLIVE)
    assert proof.subject == "Proof: Meeting, Friday 15 January: are you coming?"
    stage.at(MONDAY)
    stage.settle()
    assert "4 people, you see it first" in brief(stage)
    stage.reply(proof, "SEND")
    with stage.house.store.read() as session:
        found = brief_of.desk_brief(session, stage.occasion("desk-brief"), MONDAY)
    assert isinstance(found, Matter)
    assert [one["mode"] for one in found.fields["going"] if one["kind"] == "invitation"] == ["approved"]


def test_what_goes_to_those_who_will_have_come_goes_to_nobody_yet(stage: Stage) -> None:
    """Whom a letter goes to may be known only when it goes: no proof and no receipt says "to 0 people"."""
    stage.meeting(datetime(2027, 1, 15, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.settle()
    stage.at(datetime(2027, 1, 15, 10, 0, tzinfo=UTC))
    stage.settle()
    proof = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof: How was"))
    assert "SEND: it goes to those who came on Monday 18 January at 09:00" in proof.words
    stage.reply(proof, "SEND")
    receipt = stage.last(OLIVE)
    assert receipt.subject == "Asking for feedback: goes at 09:00"
    assert "it goes on Monday 18 January at 09:00 to those whom it concerns by then. Reply HOLD to stop it." in receipt.words
    assert not [mail.subject for mail in stage.mails(OLIVE) if "0 people" in mail.words]
