"""What several conversations begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.meetings import responses
from tests.stage import Stage

JANE, DAWN = "jane@hill.school.example", "dawn@mill.school.example"
OLIVE, PETER = "olive@hill.school.example", "peter@mill.school.example"
STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)


def answers(stage: Stage, meeting_id: int) -> dict[str, str]:
    """Who has said what."""
    with stage.house.store.read() as session:
        return {row["address"]: row["answer"] for row in responses.listing(session, meeting_id)}


def invited(stage: Stage) -> int:
    """To the day the invitation went. Returns the meeting id."""
    return stage.kept("invited", lambda: _invite(stage))


def _invite(stage: Stage) -> int:
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=11)
    stage.at(datetime(2026, 12, 16, 9, 0, tzinfo=UTC))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2026, 12, 18, 9, 0, tzinfo=UTC))
    stage.settle()
    return meeting_id
