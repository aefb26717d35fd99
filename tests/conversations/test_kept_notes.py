"""What somebody says beside their answer stays with it, in one mail or over a question of ours (V9)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.store.tables import responses
from tests.conversations.scenes import JANE, invited
from tests.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def given(stage: Stage) -> tuple[str, str]:
    with stage.house.store.read() as session:
        row = session.execute(select(responses.c.answer, responses.c.note).where(responses.c.current)).one()
    return row.answer, row.note


@pytest.mark.parametrize(
    ("text", "answer", "note"),
    [
        ("I'll be there from 3", "yes", "from 3"),
        ("I can come until 4", "yes", "until 4"),
        ("Not sure yet, depends on cover", "maybe", "depends on cover"),
    ],
)
def test_a_short_answer_keeps_its_note(stage: Stage, text: str, answer: str, note: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), text)
    said, kept = given(stage)
    assert said == answer
    assert note in kept


def test_a_bare_yes_to_our_question_keeps_what_was_said_before(stage: Stage) -> None:
    invited(stage)
    row = stage.outcome(stage.reply(stage.last(JANE), "Yes but only if I can park nearby. Would also like vegan lunch"))
    assert row.reason == "unsure"
    stage.reply(stage.last(JANE), "Yes")
    answer, note = given(stage)
    assert answer == "yes"
    assert "park nearby" in note
    assert "vegan lunch" in note
