"""Somebody promises a piece for the newsletter: noted, seen by the editors, reminded of once, kept by the piece."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mailer.acts import Actor, Strength, issue
from mailer.newsletters import assembly, issues
from tests.conversations.scenes import DAWN, JANE, OLIVE
from tests.stage import Stage

OUT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)  # copy closes on Monday 18 January
PIECE = "The autoclave came in September and it has not been quiet since. " * 4


@pytest.fixture
def collecting(stage: Stage) -> Stage:
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=OUT, now=stage.now)
    return stage


def shown(stage: Stage) -> list[dict[str, Any]]:
    with stage.house.store.read() as session:
        one = issues.current(session, stage.network_id, stage.now)
        assert one is not None
        return list(assembly.show(session, one)["pieces"])


def promised(stage: Stage, text: str = "I will write something next week about the autoclave") -> int:
    return stage.mail(JANE, "mendip-news", "Newsletter", text)


def test_a_promise_is_noted_and_kept_by_the_piece(collecting: Stage) -> None:
    stage = collecting
    stage.mail(DAWN, "mendip-news", "Agar", "Boil it twice, and let it stand over night before it is poured.")
    came = promised(stage)
    assert "romised a piece" in stage.outcome(came).outcome
    receipt = stage.last(JANE)
    assert "look forward to your piece by Friday 4 December" in receipt.words
    assert "WITHDRAW" in receipt.words
    assert [(p["number"], p["title"], p["state"]) for p in shown(stage)] == [
        (1, "Agar", "in"),
        (2, "Autoclave", "promised"),
    ]
    stage.mail(DAWN, "mendip-news", "Gas taps", "Ours were serviced in June by the people who fitted them long ago.")
    stage.reply(receipt, PIECE)
    assert "promised us (Autoclave)" in stage.last(JANE).words
    assert [(p["number"], p["title"], p["state"]) for p in shown(stage)] == [
        (1, "Agar", "in"),
        (2, "Autoclave", "in"),
        (3, "Gas taps", "in"),
    ], "the piece has the number that was promised"


def test_who_promised_is_reminded_once_and_can_give_it_up(collecting: Stage) -> None:
    stage = collecting
    promised(stage)
    stage.at(datetime(2027, 1, 15, 9, 30, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND NOW")  # a first term: the organisers see it first
    stage.later(minutes=11)
    stage.at(datetime(2027, 1, 19, 10, 0, tzinfo=UTC))
    stage.settle()
    nudges = [mail for mail in stage.mails(JANE) if "promised a piece" in mail.words]
    assert len(nudges) == 1
    tray = next(mail for mail in stage.mails(OLIVE) if "what is in" in mail.subject)
    assert "Autoclave" in tray.words
    assert "Jane Doe" in tray.words
    stage.reply(nudges[0], "Sorry, no time this term")
    assert "no longer wait" in stage.last(JANE).words
    assert shown(stage) == []


def test_withdraw_another_day_and_undo_by_reply(collecting: Stage) -> None:
    stage = collecting
    promised(stage)
    stage.reply(stage.last(JANE), "Make that 11 December, sorry: by 11 December")
    assert "by Friday 11 December" in stage.last(JANE).words
    stage.reply(stage.last(JANE), "WITHDRAW")
    assert shown(stage) == []
    stage.reply(stage.last(JANE), "UNDO")
    assert [p["state"] for p in shown(stage)] == ["promised"]


def test_what_was_the_piece_itself_is_printed_after_one_word(collecting: Stage) -> None:
    stage = collecting
    came = promised(stage)
    stage.reply(stage.last(JANE), "PIECE")
    assert stage.outcome(came).state == "done"
    assert [(p["state"], p["words"]) for p in shown(stage)] == [("in", 9)]


@pytest.mark.parametrize(("word", "state"), [("PIECE", "in"), ("Promise, sorry", "promised")])
def test_what_may_be_either_is_asked_and_never_lost(collecting: Stage, word: str, state: str) -> None:
    stage = collecting
    came = stage.mail(JANE, "mendip-news", "Autoclave", "I can send you our notes on the autoclave some time.")
    assert stage.outcome(came).state == "asked"
    assert shown(stage) == []
    stage.reply(stage.last(JANE), word)
    assert stage.outcome(came).state == "done"
    assert [p["state"] for p in shown(stage)] == [state]


def test_the_proof_names_what_is_promised_and_not_here(collecting: Stage) -> None:
    stage = collecting
    promised(stage)
    stage.mail(DAWN, "mendip-news", "Agar", "Boil it twice, and let it stand over night before it is poured.")
    stage.at(datetime(2027, 1, 25, 9, 0, tzinfo=UTC))
    stage.settle()
    assert "Promised and not here yet: Autoclave (Jane Doe)" in stage.proof(OLIVE).words


def test_a_promise_in_answer_to_the_newsletter(collecting: Stage) -> None:
    """The newsletter itself asks for pieces; a few words that name none are a letter to the committee."""
    stage = collecting
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2027, 5, 3, 9, 0, tzinfo=UTC), now=stage.now)
        first = issues.listing(session, stage.network_id)[0].id
    stage.mail(DAWN, "mendip-news", "Agar", "Boil it twice, and let it stand over night before it is poured.")
    with stage.house.store.write() as session:
        issue.send_as_it_stands(session, actor, first, at_once=True, now=stage.now)
    stage.settle()
    letter = stage.last(JANE)
    assert "newsletter" in letter.subject
    lovely = stage.reply(letter, "Lovely, thanks Olive")
    assert stage.outcome(lovely).outcome == "Passed to the organisers."
    came = stage.reply(letter, "I can do something on our greenhouse for the next one")
    assert "romised a piece for issue 2" in stage.outcome(came).outcome


def test_a_promise_in_the_last_days_is_not_nudged_at_once(collecting: Stage) -> None:
    stage = collecting
    stage.at(datetime(2027, 1, 18, 8, 0, tzinfo=UTC))
    stage.settle()
    promised(stage)
    assert not [mail for mail in stage.mails(JANE) if "promised a piece" in mail.words]


def test_a_strangers_promise_waits_for_an_organiser(collecting: Stage) -> None:
    """Ruling 1: acknowledged once, telling nothing about membership."""
    came = collecting.mail("rep@supplier.example", "mendip-news", "Newsletter", "I will write something about balances")
    assert (collecting.outcome(came).state, collecting.outcome(came).reason) == ("held", "guest")
