"""What its writer takes back, or puts back, after organisers were shown it: they are shown the letter anew, approved or not, and
nothing is printed that somebody took back in time.

Each is given the item or the piece as it stands where it is to be seen: before it is taken back, or after it was put back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.cycle import proofing
from mailer.meetings.agenda import SHOWN, Item
from mailer.newsletters.pieces import Piece

PRINT_THE_AGENDA = ("call-for-items", "draft-agenda", "final-agenda", "day-before", "day-sheet")


def agenda(session: Connection, item: Item, *, changed_by: int | None, now: datetime) -> None:
    """An item goes from the agenda of its meeting, or comes back. Nothing for one that is on none."""
    if item.meeting_id is not None and item.state in SHOWN:
        proofing.show_anew(session, "meeting", item.meeting_id, kinds=PRINT_THE_AGENDA, changed_by=changed_by, now=now)


def issue(session: Connection, piece: Piece, *, changed_by: int | None, now: datetime) -> None:
    """A piece goes from its issue, or comes back. Nothing for one that is in none."""
    if piece.issue_id is not None and piece.state == "in":
        proofing.show_anew(session, "issue", piece.issue_id, kinds=("issue",), changed_by=changed_by, now=now)
