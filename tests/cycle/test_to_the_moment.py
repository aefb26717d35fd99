"""A letter goes when its time comes, not at the next look after it: the scheduler knows what comes before its next tick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from mailer.store.tables import occasions
from tests.stage import Stage, staged
from workers.scheduler import TICK, until_next

SOON = 0.2  # seconds


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    for stage in staged(tmp_path):
        stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC))
        yield stage


@pytest.mark.parametrize(
    ("state", "due", "goes", "rest"),
    [
        ("planned", SOON, None, SOON),
        ("proofed", SOON, None, SOON),
        ("proofed", 600, SOON, SOON),
        ("waiting", -600, SOON, SOON),
        ("planned", 600, None, TICK),
        ("planned", -SOON, None, TICK),  # it is due already: this tick's matter
        ("waiting", SOON, None, TICK),  # nobody has said SEND
        ("held", SOON, SOON, TICK),
        ("sent", SOON, SOON, TICK),
    ],
)
def test_the_next_tick_is_at_the_moment_a_letter_goes_if_that_comes_before(
    stage: Stage, state: str, due: float, goes: float | None, rest: float
) -> None:
    def at(seconds: float) -> datetime:
        return stage.now + timedelta(seconds=seconds)

    invitation = stage.occasion("invitation").id
    with stage.house.store.write() as session:
        session.execute(update(occasions).values(due_at=at(6000), goes_at=None))
        values = {"state": state, "due_at": at(due), "goes_at": None if goes is None else at(goes)}
        session.execute(update(occasions).where(occasions.c.id == invitation).values(**values))
    assert until_next(stage.house, stage.now) == pytest.approx(rest)


def test_a_letter_whose_time_came_while_a_tick_was_at_its_work_does_not_wait_for_the_next_look(stage: Stage) -> None:
    looked = stage.now
    with stage.house.store.write() as session:
        session.execute(update(occasions).values(due_at=looked + timedelta(seconds=6000), goes_at=None))
        invitation = occasions.c.id == stage.occasion("invitation").id
        goes_at = looked + timedelta(milliseconds=10)
        session.execute(update(occasions).where(invitation).values(state="waiting", goes_at=goes_at))
    stage.at(looked + timedelta(milliseconds=30))
    assert until_next(stage.house, looked) == 0
    assert until_next(stage.house, stage.now) == TICK  # the tick that looked after it has had it in hand
