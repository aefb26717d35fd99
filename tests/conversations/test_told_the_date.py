"""Save the date goes to members whom no other mail has told it, and who was told it in passing hears when it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.acts import Actor, Strength, meet
from mailer.outbound import audience
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS
from tests.stage import DOMAIN, Stage

NEW = "nia@new.school.example"


def readers(stage: Stage, who: str, meeting_id: int) -> set[str]:
    with stage.house.store.read() as session:
        found = audience.page(
            session,
            network_id=stage.network_id,
            audience=who,
            purpose="meetings",
            thing_type="meeting",
            thing_id=meeting_id,
            now=stage.now,
        )
    return {one.address for one in found}


def join(stage: Stage) -> None:
    stage.mail(NEW, f"mendip-join@{DOMAIN}", "Join", "Please add me, Nia New of New School.")
    stage.reply(stage.last(NEW), "YES")


def test_the_welcome_told_the_date(stage: Stage) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    join(stage)
    assert "20 January" in next(mail for mail in stage.mails(NEW) if "Next meeting" in mail.words).words
    assert readers(stage, "members-without-date", meeting_id) == {JANE, DAWN, OLIVE, PETER}
    assert readers(stage, "concerned", meeting_id) == {NEW}


@pytest.mark.parametrize("kind", ["meeting-changed", "meeting-cancelled"])
def test_who_was_given_the_date_by_another_letter_alone_hears_of_its_change(stage: Stage, kind: str) -> None:
    """No letter about the meeting has gone to anybody: the welcome told one person."""
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    join(stage)
    actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        if kind == "meeting-changed":
            meet.move(session, actor, meeting_id, starts_at=STARTS + timedelta(days=7), now=stage.now)
        else:
            meet.cancel(session, actor, meeting_id, now=stage.now)
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    for mail in [one for one in stage.mails(OLIVE) if one.subject.startswith("Proof")]:
        stage.reply(mail, "SEND")
    stage.later(minutes=11)
    assert {copy.to_address for copy in stage.copies(occasion_id=stage.occasion(kind).id)} == {NEW}
