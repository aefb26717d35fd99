"""What its writer takes back, or puts back, after organisers were shown it: they are shown the letter anew, approved or not, and
nothing is printed that somebody took back in time.

Each is given the item or the piece as it stands where it is to be seen: before it is taken back, or after it was put back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from mailer.cycle import proofing
from mailer.meetings import agenda as agenda_room
from mailer.meetings.agenda import SHOWN, Item
from mailer.newsletters import pieces as pieces_room
from mailer.newsletters.pieces import Piece
from mailer.store.tables import agenda_items, pieces

PRINT_THE_AGENDA = ("call-for-items", "draft-agenda", "final-agenda", "day-before", "day-sheet")


def agenda(session: Connection, item: Item, *, changed_by: int | None, now: datetime) -> None:
    """An item goes from the agenda of its meeting, or comes back. Nothing for one that is on none."""
    if item.meeting_id is not None and item.state in SHOWN:
        proofing.show_anew(session, "meeting", item.meeting_id, kinds=PRINT_THE_AGENDA, changed_by=changed_by, now=now)


def issue(session: Connection, piece: Piece, *, changed_by: int | None, now: datetime) -> None:
    """A piece goes from its issue, or comes back. Nothing for one that is in none."""
    if piece.issue_id is not None and piece.state == "in":
        proofing.show_anew(session, "issue", piece.issue_id, kinds=("issue",), changed_by=changed_by, now=now)


def whatever_is_of(session: Connection, address_ids: Collection[int], *, now: datetime) -> None:
    """All that somebody has sent in goes, as they are forgotten (DP-11)."""
    for found in session.execute(select(agenda_items.c.id).where(agenda_items.c.address_id.in_(address_ids))).scalars().all():
        agenda(session, agenda_room.get(session, found), changed_by=None, now=now)
    for found in session.execute(select(pieces.c.id).where(pieces.c.address_id.in_(address_ids))).scalars().all():
        issue(session, pieces_room.get(session, found), changed_by=None, now=now)
