"""Items that do not fit into a meeting: the chair is told in the proof, and mends it by reply."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.meetings import agenda
from tests.conversations.scenes import DAWN, JANE, OLIVE, invited
from tests.stage import DOMAIN, Got, Stage

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


def proofed(stage: Stage) -> Got:
    """Olive's proof of a draft agenda with Jane's item on it, and one of Olive's own."""
    invited(stage)
    stage.mail(JANE, AGENDA, "New balances", "15 minutes, please. I would show all of them.")
    stage.mail(OLIVE, AGENDA, "Car park", "5 minutes.")
    stage.at(datetime(2027, 1, 4, 10, 0, tzinfo=UTC))
    stage.settle()
    return stage.proof(OLIVE)


@pytest.mark.parametrize(
    ("wish", "subject", "said"),
    [
        ("Item 1: next time", "Your item is kept for the next meeting: New balances", "no room for it on Wednesday 20 January"),
        ("Please move item 1 to the next meeting, the speaker needs longer", "Your item is kept for the next meeting: New balances", "They say: the speaker needs longer"),
        ("Drop item 1, we had it in June", "Your item is not on the agenda: New balances", "They say: we had it in June"),
        ("item 1: take it off please", "Your item is not on the agenda: New balances", "Reply to this mail and the organisers read it"),
    ],
)  # fmt: skip
def test_who_sent_an_item_is_told_what_became_of_it(stage: Stage, wish: str, subject: str, said: str) -> None:
    proof = proofed(stage)
    before = len(stage.mails(JANE))
    stage.reply(proof, wish)
    stage.settle()
    got = stage.mails(JANE)[before:]
    assert [mail.subject for mail in got] == [subject]
    assert said in got[0].words
    assert "New balances" not in stage.proof(OLIVE).words
    stage.reply(stage.proof(OLIVE), wish)
    assert len(stage.mails(JANE)) == before + 1


def test_the_letter_can_be_answered(stage: Stage) -> None:
    stage.reply(proofed(stage), "item 1: next time")
    stage.reply(stage.last(JANE), "title: Scales")
    assert stage.last(JANE).subject == "Item 1, corrected: Scales"


def test_an_answer_to_a_dropped_item_is_read_by_the_organisers(stage: Stage) -> None:
    stage.reply(proofed(stage), "Drop item 1")
    row = stage.outcome(stage.reply(stage.last(JANE), "That is a pity, it took me weeks"))
    assert row.outcome == "Passed to the organisers."


def test_who_puts_off_their_own_item_gets_no_letter_about_it(stage: Stage) -> None:
    stage.reply(proofed(stage), "item 2: next time")
    assert not [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Your item")]
