"""Who gets nothing any more, and has not been heard of since: name and address go, as with FORGET ME, and nothing is suppressed.

That is who left all there was, who was listed and never agreed, whose import was undone, who was a guest once, whose
mailbox has been dead all the time, and everybody of a network that was closed. Everything of theirs must be older than
the time: they may come back until then with what they had. The keyed hash stays, and so does a suppression, so that no
list brings back who left (DP-8); likewise the proof of what was agreed, which has a time of its own (DP-1).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, Connection, func, or_, select, union

from mailer.consent import ACTIVE, NONE, PENDING, erasure, purposes, standing, suppression
from mailer.consent.standing import Proof
from mailer.consent.taking import GOING, OPEN_MAIL, Round
from mailer.store import tables as t

FEW = 100  # people at once: each has rows in many tables
NO_OFFICE = ("member", "guest")  # any other role is held until it is given up
FOR_A_TIME = (*purposes.FLEETING, "event")  # open for something that is over long before the time is


def former(at: Round) -> int:
    """Forget whoever has no address that still gets, waits for or has lately had anything. Returns how many people."""
    kept = _kept(at)
    whose = select(t.addresses.c.person_id).where(t.addresses.c.id.in_(kept), t.addresses.c.person_id.is_not(None))
    each = func.min(t.addresses.c.id)  # one address stands for its person
    by = func.coalesce(t.addresses.c.person_id, -t.addresses.c.id)
    rows = at.session.execute(
        select(each)
        .where(
            t.addresses.c.address.is_not(None),
            t.addresses.c.id.not_in(kept),
            or_(t.addresses.c.person_id.is_(None), t.addresses.c.person_id.not_in(whose)),
        )
        .group_by(by)
        .limit(FEW)
    )
    people = [erasure.person(at.session, address_id) for address_id in rows.scalars().all()]
    for who in people:
        _forget(at, who)
    return len(people)


def _kept(at: Round) -> CompoundSelect[Any]:
    """The addresses that still get, wait for or have lately had anything."""
    dead = select(t.addresses.c.id).where(t.addresses.c.mac.in_(_dead(at)))
    open_ = select(t.networks.c.id).where(or_(t.networks.c.closed_at.is_(None), t.networks.c.closed_at >= at.before))
    stands, member, mail, copy = t.standings.c, t.memberships.c, t.inbox.c, t.outgoing.c
    return union(
        select(stands.address_id).where(
            stands.standing == ACTIVE,
            stands.purpose.not_in(FOR_A_TIME),
            stands.network_id.in_(open_),
            stands.address_id.not_in(dead),
        ),
        select(member.address_id)
        .join(t.roles, t.roles.c.membership_id == member.id)
        .where(
            member.ended_at.is_(None),
            t.roles.c.active.is_(True),
            t.roles.c.role.not_in(NO_OFFICE),
            member.network_id.in_(open_),
            member.address_id.not_in(dead),
        ),
        select(stands.address_id).where(stands.updated_at >= at.before),
        select(member.address_id).where(or_(member.joined_at >= at.before, member.ended_at >= at.before)),
        select(mail.address_id).where(
            mail.address_id.is_not(None), or_(mail.received_at >= at.before, mail.state.in_(OPEN_MAIL))
        ),
        select(copy.address_id).where(copy.address_id.is_not(None), copy.state.in_(GOING)),
        select(t.addresses.c.id).where(t.addresses.c.created_at >= at.before),
        select(t.confirmations.c.address_id).where(t.confirmations.c.asked_at >= at.before),
        select(t.responses.c.address_id).where(t.responses.c.at >= at.before),
        select(t.attendance.c.address_id).where(t.attendance.c.at >= at.before),
        select(t.askings.c.address_id).where(t.askings.c.ended_at.is_(None)),
        select(t.import_rows.c.address_id),  # its undo needs them
        select(t.erasures.c.address_id).where(t.erasures.c.done_at.is_(None)),
        select(t.privacy_complaints.c.address_id).where(t.privacy_complaints.c.answered_at.is_(None)),  # DP-16
    )


def _dead(at: Round) -> Any:
    row = t.suppressions.c
    on_host = (row.network_id.is_(None), row.lifted_at.is_(None), row.reason == suppression.BAD_ADDRESS)
    return select(row.mac).where(*on_host, row.since < at.before)


def _forget(at: Round, who: erasure.Person) -> None:
    session, ids = at.session, who.address_ids
    _end(session, at, ids)
    at.copies.forget(session, ids, at.now)
    erasure.own(session, who, at.now, proof=True)
    erasure.unname(session, who, at.now)


def _end(session: Connection, at: Round, ids: tuple[int, ...]) -> None:
    """What nobody decided about, or nobody could be reached by, is over."""
    row = t.standings.c
    open_ = (row.standing.in_((ACTIVE, PENDING)), row.purpose.not_in(purposes.FLEETING))
    for one in session.execute(select(t.standings).where(row.address_id.in_(ids), *open_)).all():
        standing.change(
            session,
            network_id=one.network_id,
            address_id=one.address_id,
            purpose=one.purpose,
            scope=one.scope,
            to=NONE,
            proof=Proof("expired", "forgotten", "system"),
            now=at.now,
        )
