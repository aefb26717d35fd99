"""Networks change offsets and modes by rows, and keep terms of their own (design 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.cycle import own
from mailer.cycle.calendar import Term
from mailer.errors import NotFound, Refused
from tests.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def due(stage: Stage, kind: str) -> datetime:
    return stage.occasion(kind).due_at


def test_an_offset_of_its_own_re_dates_what_is_planned(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Hill School")
    assert due(stage, "day-before") == datetime(2027, 1, 19, 9, 0, tzinfo=UTC)
    with stage.house.store.write() as session:
        own.set_row(session, stage.network_id, "day-before=-2 days", stage.now)
    assert due(stage, "day-before") == datetime(2027, 1, 18, 9, 0, tzinfo=UTC)


def test_a_row_can_be_switched_on(stage: Stage) -> None:
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Hill School")
    assert stage.occasion("rsvp-reminder") is None
    with stage.house.store.write() as session:
        own.set_row(session, stage.network_id, "rsvp-reminder=on", stage.now)
    assert stage.occasion("rsvp-reminder") is not None


def test_a_request_keeps_to_term(stage: Stage) -> None:
    """The invitation would leave in the Christmas holiday; it moves earlier, into term."""
    with stage.house.store.write() as session:
        terms = [own.read_term("2026-09-02..2026-12-11"), own.read_term("2027-01-05..2027-03-26")]
        own.set_terms(session, stage.network_id, terms, stage.now)
    stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Hill School")
    assert due(stage, "invitation").date() <= date(2026, 12, 11)


@pytest.mark.parametrize("wrong", ["day-before", "day-before=soon", "day-before=", "day-before:x=on"])
def test_what_is_no_change_is_refused(stage: Stage, wrong: str) -> None:
    with stage.house.store.write() as session, pytest.raises(Refused):
        own.set_row(session, stage.network_id, wrong, stage.now)


def test_a_row_that_is_not_there_is_said(stage: Stage) -> None:
    with stage.house.store.write() as session, pytest.raises(NotFound):
        own.set_row(session, stage.network_id, "weekly-quiz=on", stage.now)


def test_terms_that_overlap_are_refused(stage: Stage) -> None:
    overlapping = [Term(date(2027, 1, 5), date(2027, 3, 26)), Term(date(2027, 3, 1), date(2027, 4, 1))]
    with stage.house.store.write() as session, pytest.raises(Refused):
        own.set_terms(session, stage.network_id, overlapping, stage.now)
