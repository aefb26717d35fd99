"""What IT holds, the organisers know: what, why, and that nothing is lost."""

from __future__ import annotations

import pytest

from mailer.acts import Actor, Strength, hold
from tests.conversations.scenes import JANE, OLIVE, PETER, STARTS
from tests.stage import Stage


def told(stage: Stage, who: str) -> list[str]:
    return [mail.subject for mail in stage.mails(who) if mail.subject.startswith(("Held", "Released"))]


def test_a_held_network_is_told_once_and_again_when_it_goes_on(stage: Stage) -> None:
    for _ in range(2):
        with stage.house.store.write() as session:
            hold.hold_network(session, stage.network_id, "The relay is moved.", now=stage.now)
        stage.settle()
        stage.later(minutes=5)
    (letter,) = (mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Held"))
    for words in ("The relay is moved.", "Nothing is lost", "23 November"):
        assert words in letter.words
    for _ in range(2):
        with stage.house.store.write() as session:
            hold.release_network(session, stage.network_id, now=stage.now)
        stage.settle()
        stage.later(minutes=5)
    both = ["Held: nothing goes out to members for now", "Released: mail goes out again"]
    assert [told(stage, who) for who in (OLIVE, PETER, JANE)] == [both, both, []]


@pytest.mark.parametrize("channel", ["cli", "mail"])
def test_a_held_mailing_is_told_where_no_organiser_held_it(stage: Stage, channel: str) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    if channel == "mail":
        stage.reply(stage.proof(OLIVE), "HOLD")
        assert told(stage, PETER) == []
        return
    occasion = stage.occasion("save-the-date").id
    actor = Actor(stage.network_id, None, None, Strength.OPERATOR, channel)
    with stage.house.store.write() as session:
        hold.hold(session, actor, occasion, now=stage.now, reason="The place is wrong.")
    stage.settle()
    assert "The place is wrong." in stage.last(PETER).words
    with stage.house.store.write() as session:
        hold.release(session, actor, occasion, now=stage.now)
    stage.settle()
    assert told(stage, PETER) == ["Held: Save the date", "Released: Save the date"]
