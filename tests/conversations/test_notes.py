"""What people write beside their YES: a question reaches the organisers once, anything else is only a note."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import JANE, OLIVE, PETER, answers, invited
from tests.stage import Stage


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("Yes. Can we finish by 4?", True),
        ("Yes please, I will need a parking space", True),
        ("Sorry, teaching. Could you send me the notes", True),
        ("Yes, bringing Karen, vegetarian", False),
        ("No, exams that week", False),
    ],
)
def test_a_question_beside_an_answer(stage: Stage, text: str, passed: bool) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), text)
    assert answers(stage, meeting_id)[JANE] in ("yes", "no")
    told = [mail for who in (OLIVE, PETER) for mail in stage.mails(who) if mail.subject.startswith("For the committee")]
    assert len(told) == (2 if passed else 0)
    assert ("The organisers have your note" in stage.last(JANE).words) is passed
    for mail in told:
        assert "to an invitation" in mail.words
        assert JANE in mail.words
