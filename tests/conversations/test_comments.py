"""A comment on an agenda is no unclear answer: the organisers get it, and its writer hears so (N6)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, answers, invited
from tests.stage import Got, Stage


def drafted(stage: Stage) -> Got:
    """The draft agenda as Dawn got it."""
    invited(stage)
    stage.at(datetime(2027, 1, 6, 9, 5, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=30)
    found = stage.last(DAWN)
    assert found.subject.startswith("Draft agenda")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Could we have more time for item 3?",
        "I think the health and safety slot is too short. The radon rules need a proper talk.",
    ],
    ids=["a wish", "an opinion"],
)
def test_a_comment_on_the_draft_agenda(stage: Stage, text: str) -> None:
    draft = drafted(stage)
    before = {who: len(stage.mails(who)) for who in (OLIVE, PETER)}
    row = stage.outcome(stage.reply(draft, text))
    assert (row.state, row.reason) == ("done", "comment")
    told = stage.last(DAWN)
    assert told.subject == "The organisers have your comment on Wednesday 20 January"
    assert text.split(".")[0] in told.words
    assert "We do not know yet whether you are coming" in told.words
    for who in before:
        assert len(stage.mails(who)) == before[who] + 1
        assert text.split(".")[0] in stage.last(who).words


def test_its_receipt_can_be_answered_with_yes(stage: Stage) -> None:
    draft = drafted(stage)
    stage.reply(draft, "Could we have more time for item 3?")
    stage.reply(stage.last(DAWN), "Yes, I'll be there")
    assert "We have you down as coming" in stage.last(DAWN).words
    stage.reply(draft, "Could somebody bring the old sensors?")
    assert "You have told us before whether you are coming: yes. That stands." in stage.last(DAWN).words


def test_who_has_answered_is_not_asked_again_for_a_remark(stage: Stage) -> None:
    meeting_id = invited(stage)
    invitation = stage.last(JANE)
    stage.reply(invitation, "Yes")
    stage.reply(invitation, "The gate on Mill Lane is closed that week by the way")
    assert stage.last(JANE).subject.startswith("The organisers have your comment")
    assert answers(stage, meeting_id)[JANE] == "yes"


@pytest.mark.parametrize("text", ["hmm, will see", "Depends", "ok"], ids=str)
def test_a_word_that_may_be_an_answer_is_still_asked_about(stage: Stage, text: str) -> None:
    meeting_id = invited(stage)
    row = stage.outcome(stage.reply(stage.last(JANE), text))
    assert "comment" not in row.reason
    assert answers(stage, meeting_id)[JANE] != "none" or stage.last(JANE).subject.startswith("Are you coming")
