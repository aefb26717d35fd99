"""The desk-brief: each Monday, what waits for whom, what goes this week, who is new, what is in trouble."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from mailer.consent import ACTIVE
from mailer.cycle.matter import Matter, Nothing
from mailer.cycle.matter.post import digest
from mailer.cycle.table import row_of
from mailer.outbound import audience
from mailer.people import askings, formats
from mailer.store.tables import (
    addresses,
    inbox,
    memberships,
    networks,
    occasions,
    organisations,
    outgoing,
    people,
    privacy_complaints,
    standings,
)

WEEK = timedelta(days=7)
AT_MOST = 20
UNSORTED = ("private-answer", "answers-a-letter", "wrong-door", "asked-enough")  # why a writer was asked whom a mail is for
BY_POSTS = ("day", "post")  # goes only as somebody posts: no news when it goes, none when there was nothing
FORGOTTEN = timedelta(days=28)  # after that it is only in `termpost inbox list`


def desk_brief(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    """With nothing to say there is no mail."""
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    found = {
        "complaints": _complaints(session, network),
        "waiting": _waiting(session, network, now),
        "going": _going(session, network, now),
        "new_people": _new_people(session, network, now),
        "unheard": _unheard(session, network, now),
        "private_count": _private(session, network, now),
        "trouble": _trouble(session, network, now),
    }
    if not any(found.values()):
        return Nothing("There was nothing to say.")
    return Matter({"week": date.fromordinal(occasion.thing_id).isoformat(), **found})


def _complaints(session: Connection, network: Any) -> list[dict[str, Any]]:
    """Complaints about personal data that nobody has answered, by number and day, without their writers (DP-16)."""
    row = privacy_complaints.c
    query = select(row.id, row.due_at).where(row.network_id == network.id, row.answered_at.is_(None))
    return [
        {"number": one.id, "due": formats.iso(one.due_at, network.timezone)}
        for one in session.execute(query.order_by(row.due_at, row.id))
    ]


def _waiting(session: Connection, network: Any, now: datetime) -> list[dict[str, Any]]:
    """Messages held for a person, messages that failed, mails nobody has sorted, and proofs that nobody answered."""
    held = session.execute(
        select(inbox.c.subject, inbox.c.state, inbox.c.held_for, inbox.c.private, inbox.c.received_at)
        .where(inbox.c.network_id == network.id, inbox.c.state.in_(("held", "failed")))
        .where(inbox.c.reason.not_in(("data-complaint", *UNSORTED)))  # the first stand above with their day, the others below
        .order_by(inbox.c.id)
        .limit(AT_MOST)
    )
    found = [
        {
            "what": "A private mail" if row.private else row.subject or "A mail without a subject",
            "who": "IT" if row.state == "failed" else row.held_for or "any organiser",
            "since": formats.iso(row.received_at, network.timezone),
        }
        for row in held
    ]
    found += _unsorted(session, network, now)
    proofed = session.execute(
        select(occasions.c.kind, occasions.c.proof_at)
        .where(
            occasions.c.network_id == network.id,
            occasions.c.state.in_(("proofed", "waiting", "held")),
            occasions.c.approved_version.is_(None),
            occasions.c.proof_at.is_not(None),
        )
        .order_by(occasions.c.due_at)
    )
    return found + [
        {"proof": row.kind, "who": "any organiser", "since": formats.iso(row.proof_at, network.timezone)}
        for row in proofed
    ]


def _unsorted(session: Connection, network: Any, now: datetime) -> list[dict[str, Any]]:
    """Mails whose writer was asked whom they are for and has not said; without their subject, which may be private (V14)."""
    rows = session.execute(
        select(people.c.name, func.count().label("n"), func.min(inbox.c.received_at).label("since"))
        .select_from(inbox.outerjoin(addresses, addresses.c.id == inbox.c.address_id))
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .where(
            inbox.c.network_id == network.id,
            inbox.c.state.in_(("asked", "held")),
            inbox.c.reason.in_(UNSORTED),
            inbox.c.received_at.between(now - FORGOTTEN, now - timedelta(days=1)),
        )
        .group_by(inbox.c.address_id, people.c.name)
        .order_by(func.min(inbox.c.received_at))
        .limit(AT_MOST)
    )
    return [
        {"unsorted": row.n, "who": row.name or "", "since": formats.iso(row.since, network.timezone)} for row in rows
    ]


def _going(session: Connection, network: Any, now: datetime) -> list[dict[str, Any]]:
    """What goes out this week, with how many would get it as things stand, and whether somebody has approved it."""
    rows = session.execute(
        select(occasions)
        .where(
            occasions.c.network_id == network.id,
            occasions.c.state.in_(("planned", "proofed", "waiting")),
            occasions.c.kind != "desk-brief",
            occasions.c.thing_type.not_in(BY_POSTS),
            occasions.c.due_at < now + WEEK,
        )
        .order_by(occasions.c.due_at)
    ).all()
    return [
        {
            "kind": row.kind,
            "due_at": formats.iso(row.due_at, network.timezone),
            "count": audience.count_for(session, row, row_of(row.kind, row.step), now),
            "mode": "approved" if row.approved_version is not None else row.mode,
        }
        for row in rows
    ]


def _new_people(session: Connection, network: Any, now: datetime) -> list[dict[str, str]]:
    rows = session.execute(
        select(people.c.name, organisations.c.name.label("organisation"))
        .select_from(memberships.join(addresses, addresses.c.id == memberships.c.address_id))
        .join(people, people.c.id == addresses.c.person_id)
        .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        .where(
            memberships.c.network_id == network.id,
            memberships.c.ended_at.is_(None),
            memberships.c.joined_at > max(now - WEEK, network.created_at + timedelta(days=1)),
            memberships.c.joined_at <= now,
            memberships.c.address_id.in_(
                select(standings.c.address_id).where(
                    standings.c.network_id == network.id, standings.c.standing == ACTIVE
                )
            ),
        )
        .order_by(memberships.c.joined_at)
        .limit(AT_MOST)
    )
    return [{"name": row.name, "organisation": row.organisation or ""} for row in rows if row.name]


def _unheard(session: Connection, network: Any, now: datetime) -> list[dict[str, str]]:
    """Who was asked to join and has not answered; their filter may have kept the letter."""
    return [
        {
            "name": one.name or one.address,
            "organisation": one.organisation,
            "asked": formats.iso(one.asked_at, network.timezone),
        }
        for one in askings.unheard(session, network.id, now)[:AT_MOST]
    ]


def _private(session: Connection, network: Any, now: datetime) -> int:
    return int(
        session.execute(
            select(func.count())
            .select_from(inbox)
            .where(inbox.c.network_id == network.id, inbox.c.handler == "private", inbox.c.received_at > now - WEEK)
        ).scalar_one()
    )


def _trouble(session: Connection, network: Any, now: datetime) -> list[dict[str, Any]]:
    """What did not go: failed and uncertain copies, mails that were missed, people over the budget. Each {what, count,
    kind}, the last two with the day they were due; the template has the words."""
    counts = session.execute(
        select(outgoing.c.state, func.count().label("n"))
        .where(
            outgoing.c.network_id == network.id,
            outgoing.c.state.in_(("failed", "uncertain")),
            outgoing.c.finished_at > now - WEEK,
        )
        .group_by(outgoing.c.state)
    )
    found = [{"what": row.state, "count": int(row.n), "kind": ""} for row in counts]
    past = session.execute(
        select(occasions)
        .where(occasions.c.network_id == network.id, occasions.c.finished_at > now - WEEK)
        .order_by(occasions.c.due_at, occasions.c.id)
    ).all()
    due = {row.id: formats.iso(row.due_at, network.timezone) for row in past}
    found += [
        {"what": "missed", "count": 0, "kind": row.kind, "due": due[row.id]}
        for row in past
        if row.state == "missed" and not _was_empty(session, row, now)
    ]
    return found + [
        {"what": "over", "count": row.extra["over_budget"], "kind": row.kind, "due": due[row.id]}
        for row in past
        if row.extra.get("over_budget")
    ]


def _was_empty(session: Connection, occasion: Any, now: datetime) -> bool:
    """A letter of a day or week that had nothing to tell: nobody missed anything."""
    if occasion.thing_type == "week":
        return True  # the brief before this one; what it would have said stands here
    if occasion.kind != "digest":
        return False
    readers = audience.count_for(session, occasion, row_of(occasion.kind, occasion.step), now)
    return not readers or isinstance(digest(session, occasion, now), Nothing)
