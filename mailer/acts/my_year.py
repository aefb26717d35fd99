"""MY YEAR: what somebody gave to the network and gained from it in the last twelve months, on one page (N34).

For registration or appraisal, so it says only what the network itself noted: where they were, what they sent in. It goes to the
address on record, as STATUS does; of a mailbox that several read it tells what came from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mailer.acts import Actor, Receipt
from mailer.meetings import attendance, meetings
from mailer.people import access, formats, membership, networks, record
from mailer.store import tables as t

GONE = ("withdrawn", "declined")  # of items and pieces: not given


@dataclass(frozen=True)
class _Year:
    """Whose year, in which network, from when to when."""

    network_id: int
    zone: str
    who: access.Whose
    organisation_id: int | None
    since: datetime
    until: datetime

    def of(self, table: Any, at: Any) -> tuple[ColumnElement[bool], ...]:
        """The rows of theirs in this network and this year."""
        mine = table.c.address_id.in_(self.who.address_ids)
        return (table.c.network_id == self.network_id, mine, at >= self.since, at < self.until)


def my_year(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """The receipt is the page."""
    if actor.address_id is None:
        return Receipt("help", "Their year asked for by an address that is not known.", {"stranger": True}, reason="unknown")
    member = membership.of_address(session, actor.network_id, actor.address_id)
    zone = networks.by_id(session, actor.network_id).timezone
    here = formats.local(now, zone)
    since = here.replace(year=here.year - 1, day=min(here.day, 28), hour=0, minute=0, second=0, microsecond=0)
    organisation_id = None if member is None else member.organisation_id
    year = _Year(actor.network_id, zone, access.whose(session, actor.address_id), organisation_id, since, now)
    fields = {
        "name": "" if member is None else member.name,
        "organisation": "" if member is None else member.organisation,
        "roles": [] if member is None else [role for role in member.roles if role != "member"],
        "since": since.date().isoformat(),
        "until": here.date().isoformat(),
        **_meetings(session, year),
        "items": _titles(session, t.agenda_items, year),
        "pieces": _pieces(session, year),
        "actions": _actions(session, year),
        "posts": _posts(session, year),
    }
    to = record.address(session, actor.network_id, actor.address_id)
    return Receipt("my-year", "Was sent their year.", fields, to=to)


def _meetings(session: Connection, year: _Year) -> dict[str, Any]:
    """Where they were, with the hours; where their school was host; whose notes they wrote."""
    held = t.meetings.c
    rows = session.execute(
        select(held.id, held.organisation_id)
        .where(
            held.network_id == year.network_id,
            held.ends_at >= year.since,
            held.ends_at < year.until,
            held.state != "cancelled",
        )
        .order_by(held.starts_at, held.id)
    ).all()
    found: dict[str, Any] = {"meetings": [], "hours": "", "hosted": [], "noted": []}
    minutes = 0
    for row in rows:
        meeting = meetings.get(session, row.id)
        there = attendance.attended(meeting.id).subquery()
        facts = meetings.facts_for(session, meeting)
        if session.execute(select(there).where(there.c.address_id.in_(year.who.address_ids)).limit(1)).first():
            found["meetings"].append(facts)
            minutes += int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
        if row.organisation_id is not None and row.organisation_id == year.organisation_id:
            found["hosted"].append(facts)
        notes = t.minutes.c.meeting_id == meeting.id, t.minutes.c.address_id.in_(year.who.address_ids)
        if session.execute(select(t.minutes.c.id).where(*notes).limit(1)).first():
            found["noted"].append(facts)
    return found | {"hours": _hours(minutes)}


def _hours(minutes: int) -> str:
    """`4`, `4.5`: to the quarter of an hour; empty for none."""
    return f"{round(minutes / 15) / 4:g}" if minutes else ""


def _titles(session: Connection, table: Any, year: _Year) -> list[dict[str, str]]:
    """What they put on agendas."""
    query = select(table.c.title, table.c.created_at).where(*year.of(table, table.c.created_at), table.c.state.not_in(GONE))
    carried = table.c.carried_from.is_(None)  # the copy for the next meeting is no second item
    rows = session.execute(query.where(carried).order_by(table.c.created_at, table.c.id))
    return [{"title": row.title, "on": _day(row.created_at, year)} for row in rows]


def _pieces(session: Connection, year: _Year) -> list[dict[str, str]]:
    """What was printed of theirs."""
    rows = session.execute(
        select(t.pieces.c.title, t.issues.c.publishes_at)
        .join(t.issues, t.issues.c.id == t.pieces.c.issue_id)
        .where(*year.of(t.pieces, t.issues.c.publishes_at), t.pieces.c.state == "in")
        .order_by(t.issues.c.publishes_at, t.pieces.c.number)
    )
    return [{"title": row.title, "on": _day(row.publishes_at, year)} for row in rows]


def _actions(session: Connection, year: _Year) -> list[dict[str, str]]:
    """What they did for the network."""
    rows = session.execute(
        select(t.actions.c.text, t.actions.c.closed_at)
        .where(
            t.actions.c.network_id == year.network_id,
            t.actions.c.membership_id.in_(year.who.membership_ids),
            t.actions.c.state == "done",
            t.actions.c.closed_at >= year.since,
            t.actions.c.closed_at < year.until,
        )
        .order_by(t.actions.c.closed_at, t.actions.c.id)
    )
    return [{"title": row.text, "on": _day(row.closed_at, year)} for row in rows]


def _posts(session: Connection, year: _Year) -> Mapping[str, int]:
    """How often they asked, answered others, offered; and how many threads that they answered were solved."""
    posts = t.posts.c
    first = posts.thread_id == posts.message_id
    mine = year.of(t.posts, posts.at)
    own = select(posts.thread_id).where(first, posts.address_id.in_(year.who.address_ids))
    solved = select(posts.thread_id).where(posts.network_id == year.network_id, posts.solved_at.is_not(None))
    helped = ~first, posts.thread_id.not_in(own)

    def count(*conditions: ColumnElement[bool], of: Any = posts.id) -> int:
        return int(session.execute(select(func.count(of.distinct())).where(*mine, *conditions)).scalar_one())

    return {
        "asked": count(first, posts.list == "discussion"),
        "offered": count(first, posts.list == "exchange"),
        "answered": count(*helped),
        "solved": count(*helped, posts.thread_id.in_(solved), of=posts.thread_id),
    }


def _day(moment: datetime, year: _Year) -> str:
    return formats.local(moment, year.zone).date().isoformat()
