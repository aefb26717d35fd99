"""What hangs on one person: what they had taken on, so that somebody else can take it over (N30).

It is written to the organisers alone, when somebody leaves, dies, or comes to the end of an office.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.meetings import actions as action_rows
from mailer.meetings import meetings as meeting_rows
from mailer.people import addresses
from mailer.people.membership import Membership
from mailer.store.tables import agenda_items, issues, meetings, occasions, posts, promises, proofs

RECENT_POSTS = 5


def addresses_of(session: Connection, member: Membership) -> list[int]:
    """Every address of theirs, the one the network writes to first."""
    if member.person_id is None:
        return [member.address_id]
    others = [a.id for a in addresses.of_person(session, member.person_id) if a.id != member.address_id]
    return [member.address_id, *others]


def of(session: Connection, member: Membership, now: datetime) -> dict[str, list[str]]:
    """What they have taken on, a line each."""
    mine = addresses_of(session, member)
    coming = to_come(session, member.network_id, now)
    lent = (
        select(posts.c.subject)
        .where(posts.c.network_id == member.network_id, posts.c.address_id.in_(mine), posts.c.list == "exchange")
        .where(posts.c.solved_at.is_(None))
        .order_by(posts.c.id.desc())
        .limit(RECENT_POSTS)
    )
    names = {name.casefold() for name in (member.name, member.organisation) if name}
    return {
        "roles": [role for role in member.roles if role != "member"],
        "actions": [
            f"{one.text} ({one.due_on:%d/%m/%Y})" if one.due_on else one.text
            for one in action_rows.open(session, member.network_id)
            if one.membership_id == member.id
        ],
        "hosting": [
            f"{meeting.host}, {meeting.starts_at:%d/%m/%Y}"
            for meeting in coming
            if any(name in meeting.host.casefold() for name in names)
        ],
        "proofs": waiting_proofs(session, member.network_id, mine),
        "promises": [row.title for row in promised(session, member.network_id, mine)],
        "items": [f"{row.number}. {row.title}" for row in items(session, member.network_id, mine, now)],
        "exchange": list(session.execute(lent).scalars()),
    }


def to_come(session: Connection, network_id: int, now: datetime) -> list[meeting_rows.Meeting]:
    query = select(meetings.c.id).where(
        meetings.c.network_id == network_id, meetings.c.state == "planned", meetings.c.ends_at > now
    )
    return [meeting_rows.get(session, one) for one in session.execute(query.order_by(meetings.c.starts_at)).scalars()]


def items(session: Connection, network_id: int, mine: list[int], now: datetime) -> list[Any]:
    query = select(agenda_items.c.id, agenda_items.c.number, agenda_items.c.title).where(
        agenda_items.c.address_id.in_(mine),
        agenda_items.c.state == "open",
        agenda_items.c.meeting_id.in_([meeting.id for meeting in to_come(session, network_id, now)]),
    )
    return list(session.execute(query.order_by(agenda_items.c.number)))


def promised(session: Connection, network_id: int, mine: list[int]) -> list[Any]:
    query = (
        select(promises.c.id, promises.c.title)
        .join(issues, issues.c.id == promises.c.issue_id)
        .where(issues.c.network_id == network_id, promises.c.address_id.in_(mine), promises.c.state == "open")
    )
    return list(session.execute(query.order_by(promises.c.id)))


def waiting_proofs(session: Connection, network_id: int, mine: list[int]) -> list[str]:
    """Kinds of letters whose proof waits for a word, and had come to them."""
    theirs = select(proofs.c.occasion_id).where(proofs.c.address_id.in_(mine))
    rows = session.execute(
        select(occasions.c.kind)
        .where(occasions.c.network_id == network_id, occasions.c.id.in_(theirs))
        .where(occasions.c.state.in_(("proofed", "waiting")), occasions.c.approved_version.is_(None))
        .order_by(occasions.c.due_at)
    )
    return list(rows.scalars())
