"""What hangs on the address that a network writes to: invitations, answers and the like go with it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from mailer.store import tables as t

# rows that follow the address this network writes to; (table, at most one for each of these columns)
FOLLOW = (
    (t.invitations, "meeting_id"),
    (t.responses, "meeting_id"),
    (t.attendance, "meeting_id"),
    (t.feedback, "meeting_id"),
    (t.promises, ""),
)


def follow(session: Connection, network_id: int, from_id: int, to_id: int) -> dict[str, list[int]]:
    """Invitations, answers and the like of this network go with the address; returns which did."""
    moved: dict[str, list[int]] = {}
    for table, unique in FOLLOW:
        here = select(t.meetings.c.id).where(t.meetings.c.network_id == network_id)
        issues = select(t.issues.c.id).where(t.issues.c.network_id == network_id)
        inside = table.c.meeting_id.in_(here) if unique else table.c.issue_id.in_(issues)
        query = select(table.c.id).where(table.c.address_id == from_id, inside)
        if unique:
            taken = table.alias()
            query = query.where(
                table.c.meeting_id.not_in(select(taken.c.meeting_id).where(taken.c.address_id == to_id))
            )
        ids = list(session.execute(query).scalars())
        if ids:
            session.execute(update(table).where(table.c.id.in_(ids)).values(address_id=to_id))
            moved[table.name] = ids
    return moved


def unfollow(session: Connection, moved: Mapping[str, list[int]], back_to: int) -> None:
    """The undo of `follow`."""
    for table, _unique in FOLLOW:
        if moved.get(table.name):
            session.execute(update(table).where(table.c.id.in_(moved[table.name])).values(address_id=back_to))
