"""An organiser edits the newsletter by answering its proof, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.acts import Actor, Strength, issue
from mailer.newsletters import issues, printing
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import Stage

OUT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
WORDS = "It came in September and it has not been quiet since, as all of you who were there will know."


@pytest.fixture
def proofed(stage: Stage) -> Stage:
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=OUT, now=stage.now)
    for sender, title in ((JANE, "How we pour agar"), (DAWN, "How the autoclave came"), (PETER, "How gas taps close")):
        stage.mail(sender, "mendip-news", title, WORDS)
    stage.at(datetime(2027, 1, 25, 9, 0, tzinfo=UTC))
    stage.settle()
    return stage


def printed(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        return [one.title for one in printing.printed(session, issues.listing(session, stage.network_id)[0])]


def test_the_proof_names_the_pieces_by_number_and_how_to_change_them(proofed: Stage) -> None:
    words = proofed.proof(OLIVE).words
    assert "2. How the autoclave came (Dawn Day)" in words
    assert "Move piece 3 first" in words
    assert "Venue: ..." not in words


def test_changes_in_words_give_a_new_proof_and_send_lets_it_go(proofed: Stage) -> None:
    stage = proofed
    before = stage.proof(OLIVE)
    came = stage.reply(
        before, "Hi,\nDrop the agar piece and move autoclave first.\nChange the title of 3 to Turning off the gas\nThanks, Olive"
    )
    assert stage.outcome(came).state == "done", stage.outcome(came).outcome
    assert printed(stage) == ["How the autoclave came", "Turning off the gas"]
    noted = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Changes noted"))
    assert "Left out: 1. How we pour agar" in noted.words
    assert "Thanks" not in noted.words.partition("What:")[0].replace("Thank you", "")
    proof = stage.proof(PETER)
    assert "Proof 2" in proof.subject
    assert "How we pour agar" not in proof.words
    stage.reply(proof, "SEND NOW")
    stage.later(minutes=11)
    assert "Turning off the gas" in stage.last(JANE).words


def test_holding_a_piece_over_is_not_holding_the_newsletter(proofed: Stage) -> None:
    stage = proofed
    came = stage.reply(stage.proof(OLIVE), "hold Peter's piece over to next time")
    assert "Kept for the next newsletter: How gas taps close" in stage.outcome(came).outcome
    assert printed(stage) == ["How we pour agar", "How the autoclave came"]
    assert stage.occasion("issue").state == "proofed"


def test_what_names_no_one_piece_is_asked_about(proofed: Stage) -> None:
    came = proofed.reply(proofed.proof(OLIVE), "Drop the boring one")
    assert proofed.outcome(came).state == "refused"
    assert "Drop piece 2" in proofed.last(OLIVE).words
    assert len(printed(proofed)) == 3
