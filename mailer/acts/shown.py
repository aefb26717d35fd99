"""What its writer takes back, or puts back, after organisers were shown it: they are shown the letter anew, approved or not, and
nothing is printed that somebody took back in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.cycle import proofing

PRINT_THE_AGENDA = ("call-for-items", "draft-agenda", "final-agenda", "day-before", "day-sheet")


def agenda(session: Connection, meeting_id: int | None, *, changed_by: int | None, now: datetime) -> None:
    """An item has gone from the agenda of a meeting, or has come back; none for what waits for a meeting that is not made."""
    if meeting_id is not None:
        proofing.show_anew(session, "meeting", meeting_id, kinds=PRINT_THE_AGENDA, changed_by=changed_by, now=now)


def issue(session: Connection, issue_id: int | None, *, changed_by: int | None, now: datetime) -> None:
    """A piece has gone from an issue, or has come back; none for what waits for an issue that is not made."""
    if issue_id is not None:
        proofing.show_anew(session, "issue", issue_id, kinds=("issue",), changed_by=changed_by, now=now)
