"""What its writer takes back, or puts back, after organisers were shown it: they are shown the letter anew, approved or not, and
nothing is printed that somebody took back in time.

Each is given the item or the piece as it stands where it is to be seen: before it is taken back, or after it was put back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from mailer.cycle import proofing
from mailer.meetings.agenda import SHOWN, Item
from mailer.newsletters.pieces import Piece
from mailer.store.tables import agenda_items, pieces

PRINT_THE_AGENDA = ("call-for-items", "draft-agenda", "final-agenda", "day-before", "day-sheet")
IN = "in"  # the state of a piece that is printed


def agenda(session: Connection, item: Item, *, changed_by: int | None, now: datetime) -> None:
    """An item goes from the agenda of its meeting, or comes back. Nothing for one that is on none."""
    if item.meeting_id is not None and item.state in SHOWN:
        _agenda_of(session, item.meeting_id, changed_by, now)


def issue(session: Connection, piece: Piece, *, changed_by: int | None, now: datetime) -> None:
    """A piece goes from its issue, or comes back. Nothing for one that is in none."""
    if piece.issue_id is not None and piece.state == IN:
        _issue_of(session, piece.issue_id, changed_by, now)


def whatever_is_of(session: Connection, address_ids: Collection[int], *, now: datetime) -> None:
    """All that somebody has sent in goes, as they are forgotten (DP-11)."""
    i, p = agenda_items.c, pieces.c
    items = select(i.meeting_id).where(i.address_id.in_(address_ids), i.meeting_id.is_not(None), i.state.in_(SHOWN))
    for meeting_id in session.execute(items.distinct().order_by(i.meeting_id)).scalars().all():
        _agenda_of(session, meeting_id, None, now)
    printed = select(p.issue_id).where(p.address_id.in_(address_ids), p.issue_id.is_not(None), p.state == IN)
    for issue_id in session.execute(printed.distinct().order_by(p.issue_id)).scalars().all():
        _issue_of(session, issue_id, None, now)


def _agenda_of(session: Connection, meeting_id: int, changed_by: int | None, now: datetime) -> None:
    proofing.show_anew(session, "meeting", meeting_id, kinds=PRINT_THE_AGENDA, changed_by=changed_by, now=now)


def _issue_of(session: Connection, issue_id: int, changed_by: int | None, now: datetime) -> None:
    proofing.show_anew(session, "issue", issue_id, kinds=("issue",), changed_by=changed_by, now=now)
