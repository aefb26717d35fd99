"""Minutes go to the meeting that the mail names; to the last one that has begun if it names none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.meetings import minutes
from tests.conversations.scenes import OLIVE
from tests.stage import DOMAIN, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"


@pytest.fixture
def held(stage: Stage) -> dict[str, int]:
    """An autumn and a spring meeting that are over, the first with its minutes still to come."""
    autumn = stage.meeting(datetime(2026, 11, 26, 14, 0, tzinfo=UTC), venue="Hill School")
    spring = stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC), venue="Mill Academy")
    stage.at(datetime(2027, 1, 21, 10, 0, tzinfo=UTC))
    stage.settle()
    return {"autumn": autumn, "spring": spring}


@pytest.mark.parametrize(
    ("subject", "text", "of"),
    [
        ("Minutes", "We met.", "spring"),
        ("Minutes: 26 November", "We met.", "autumn"),
        ("Minutes of the meeting on 26/11/2026", "We met.", "autumn"),
        ("Minutes of the autumn meeting", "We met.", "autumn"),
        ("Minutes of the November meeting", "We met.", "autumn"),
        ("Minutes of meeting 1", "We met.", "autumn"),
        ("Minutes", "Mendip Technicians\nHill School, Thursday 26 November 2026\n\nWe met.", "autumn"),
        ("Minutes", "Next meeting: 12 May 2027\n\nWe met.", "spring"),
    ],
)
def test_minutes_go_to_the_meeting_they_name(stage: Stage, held: dict[str, int], subject: str, text: str, of: str) -> None:
    stage.mail(OLIVE, ORGANISE, subject, text)
    asked = stage.last(OLIVE)
    assert {"autumn": "26 Nov", "spring": "20 Jan"}[of] in asked.words
    stage.reply(asked, "YES")
    with stage.house.store.read() as session:
        found = {name: minutes.latest(session, meeting_id) is not None for name, meeting_id in held.items()}
    assert found == {name: name == of for name in held}


def test_before_any_meeting_has_begun_it_is_said_at_once(stage: Stage) -> None:
    """And not after the YES to a question that could not be kept."""
    stage.meeting(datetime(2026, 11, 26, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.settle()
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Minutes", "We met."))
    assert (row.state, row.reason) == ("refused", "no-meeting-yet")
    assert "No meeting has begun yet" in stage.last(OLIVE).words


def test_a_day_without_a_meeting_is_asked_back(stage: Stage, held: dict[str, int]) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Minutes: 3 December", "We met."))
    assert row.reason == "minutes-of-which"
    assert "We know of no meeting that was on 3 December." in stage.last(OLIVE).words
    assert "Minutes: 20 January" in stage.last(OLIVE).words
