"""Items that do not fit into a meeting: the chair is told in the proof, and mends it by reply."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.meetings import agenda
from tests.conversations.scenes import DAWN, JANE, OLIVE, invited
from tests.stage import DOMAIN, Stage

AGENDA = f"mendip-agenda@{DOMAIN}"


def test_the_chair_is_told_what_does_not_fit_and_puts_it_off(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.mail(JANE, AGENDA, "New balances", "45 minutes, please. I would show all of them.")
    stage.mail(DAWN, AGENDA, "Gas taps", "They leak. 60 minutes.")
    stage.at(datetime(2027, 1, 4, 10, 0, tzinfo=UTC))
    stage.settle()
    proof = stage.proof(OLIVE)
    assert "The agenda items want 15 minutes more than the meeting has" in proof.words
    assert "There is no time left for item 2: Gas taps." in proof.words
    assert "14:00 Informal chat" not in proof.words
    stage.reply(proof, "Item 2: 30 minutes\nItem 1: 40 mins")
    told = next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Changes noted"))
    assert "Item 2, Gas taps: 30 minutes" in told.words
    again = stage.proof(OLIVE)
    assert again.id != proof.id
    assert "14:00 Informal chat" in again.words
    assert "more than the meeting has" not in again.words
    stage.reply(again, "item 2: next time")
    with stage.house.store.read() as session:
        states = {item.number: item.state for item in agenda.items(session, meeting_id)}
    assert states == {1: "open", 2: "deferred"}
