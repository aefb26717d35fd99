"""Invitations: one row per (meeting, address); its id is what the calendar UID and the answer page are signed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, select, update

from mailer.errors import NotFound
from mailer.store import insert, prepared
from mailer.store.lists import among
from mailer.store.tables import addresses, invitations, meetings
from mailer.store.types import Instant


@dataclass(frozen=True)
class Invitation:
    """Who was invited to what. `sequence` is that of the calendar object last sent on it."""

    id: int
    meeting_id: int
    address_id: int
    person_id: int | None
    invited_at: datetime
    sequence: int


def ensure(session: Connection, meeting_id: int, address_ids: Iterable[int] | Select[Any], now: datetime) -> None:
    """Have an invitation for each address, leaving those that stand. A SELECT of address ids stays in the database."""
    who: ColumnElement[bool]
    if isinstance(address_ids, Select):
        who = addresses.c.id.in_(address_ids)
    else:
        who = among(addresses.c.id, list(address_ids))
    rows = (
        select(meetings.c.id, addresses.c.id, addresses.c.person_id, literal(now, Instant()), meetings.c.sequence)
        .select_from(addresses.join(meetings, meetings.c.id == meeting_id))
        .where(who, addresses.c.erased_at.is_(None))
        .order_by(addresses.c.id)
    )
    statement = insert(session, invitations).from_select(
        ["meeting_id", "address_id", "person_id", "invited_at", "sequence"], rows
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["meeting_id", "address_id"]))


def one(session: Connection, meeting_id: int, address_id: int, now: datetime) -> Invitation:
    """The invitation of this address, made now if there is none."""
    ensure(session, meeting_id, [address_id], now)
    found = find(session, meeting_id, address_id)
    if found is None:
        raise NotFound("This address cannot be invited.")
    return found


def find(session: Connection, meeting_id: int, address_id: int) -> Invitation | None:
    """The invitation of this address to this meeting, or None."""
    row = session.execute(*_of(meeting_id, address_id)).one_or_none()
    return None if row is None else _invitation(row)


@prepared
def _of(meeting: Any, address: Any) -> Any:
    return select(invitations).where(invitations.c.meeting_id == meeting, invitations.c.address_id == address)


def get(session: Connection, invitation_id: int) -> Invitation:
    """The invitation a tag was signed over. Raises NotFound."""
    row = session.execute(select(invitations).where(invitations.c.id == invitation_id)).one_or_none()
    if row is None:
        raise NotFound("This invitation does not exist any more.")
    return _invitation(row)


def ids(session: Connection, meeting_id: int, first: int, last: int) -> dict[int, int]:
    """Invitation ids by address id, for addresses from `first` to `last`."""
    rows = session.execute(
        select(invitations.c.address_id, invitations.c.id).where(
            invitations.c.meeting_id == meeting_id, invitations.c.address_id.between(first, last)
        )
    )
    return {row.address_id: row.id for row in rows}


def told(session: Connection, meeting_id: int) -> None:
    """Note that everyone invited is now sent the calendar object of the meeting as it stands (CAL-3)."""
    sequence = select(meetings.c.sequence).where(meetings.c.id == meeting_id).scalar_subquery()
    session.execute(update(invitations).where(invitations.c.meeting_id == meeting_id).values(sequence=sequence))


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(**row._mapping)
