"""After a restore, and after a move: what may have gone out since the backup was made does not go again by itself (V5, OPS-8),
and who has left since has left.

The backup does not know what happened after it. Copies that waited in it may have been sent, so they are uncertain.
Letters that fell due since, and letters that were going out, may have been sent too, so each is held by itself, and
stays so when its network is released. Somebody who can see the relay's log lets go what did not go. Whom an organiser
wished to be asked or reminded is not written to by itself either (`invite.doubt`).

The database that was moved from knows as little of what its successor sends; it is held whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from mailer.acts import invite, leave_rows
from mailer.consent import ACTIVE, LEFT, PENDING, leavings, standing, suppression
from mailer.consent.standing import Proof
from mailer.outbound import outbox
from mailer.people import networks as network_rows
from mailer.store.tables import addresses, memberships, networks, occasions, standings, suppressions

REASON = "It may have gone out between the backup and its restore."
UNSENT = ("planned", "proofed", "waiting")


@dataclass(frozen=True)
class Doubtful:
    """How many copies are uncertain, how many letters are held, and how many invitations to join stopped."""

    copies: int
    letters: int
    askings: int


def doubt(session: Connection, now: datetime) -> Doubtful:
    """Mark all that may have gone. To be called once, in the transaction that fills the database: what is cut short leaves
    nothing behind that goes again."""
    o = occasions.c
    may_have_gone = or_(o.state.in_(UNSENT) & or_(o.due_at <= now, o.goes_at <= now), o.state == "queued")
    held = session.execute(update(occasions).where(may_have_gone).values(state="held", held_at=now, reason=REASON))
    return Doubtful(outbox.doubt(session, now), int(held.rowcount), invite.doubt(session, now))


def leave_behind(session: Connection, now: datetime) -> None:
    """Everything was copied elsewhere and goes on there: from here nothing leaves, replies neither."""
    for network_id in session.execute(select(networks.c.id).where(networks.c.held_at.is_(None))).scalars().all():
        network_rows.hold(session, network_id, "moved to another database", now)
    doubt(session, now)


def leave_again(
    session: Connection, ended: Iterable[leavings.Ended], suppressed: Iterable[leavings.Suppressed], now: datetime
) -> int:
    """Who left since the backup, by the journal of leavings, leaves again; not who came back since. Returns how many addresses."""
    slugs = {row.slug: row.id for row in session.execute(select(networks.c.slug, networks.c.id))}
    left: set[int] = set()
    for one in ended:
        if one.network in slugs:
            left |= _end(session, one, slugs[one.network], now)
    for each in suppressed:
        if each.network is None or each.network in slugs:
            but = [slugs[slug] for slug in each.but if slug in slugs]
            left |= _suppress(session, each, None if each.network is None else slugs[each.network], but, now)
    return len(left)


def _end(session: Connection, one: leavings.Ended, network_id: int, now: datetime) -> set[int]:
    stands = standings.c
    here = (stands.network_id == network_id, stands.purpose == one.purpose, stands.scope == one.scope)
    older = (stands.standing.in_((ACTIVE, PENDING)), stands.updated_at <= one.at)
    mine = select(stands.address_id).join(addresses, addresses.c.id == stands.address_id)
    ids = set(session.execute(mine.where(addresses.c.mac == one.mac, *here, *older)).scalars())
    for address_id in ids:
        standing.change(
            session,
            network_id=network_id,
            address_id=address_id,
            purpose=one.purpose,
            scope=one.scope,
            to=LEFT,
            proof=Proof(one.basis, one.act, one.channel),
            now=now,
        )
    return ids


def _suppress(
    session: Connection, one: leavings.Suppressed, network_id: int | None, but: Sequence[int], now: datetime
) -> set[int]:
    """The suppression, and the memberships it ended; nothing of one that the backup knows, whatever became of it there."""
    row = suppressions.c
    where = row.network_id.is_(None) if network_id is None else row.network_id == network_id
    known = select(row.id).where(row.mac == one.mac, row.reason == one.reason, where, row.since >= one.at)
    if session.execute(known.limit(1)).first() is not None:
        return set()
    suppression.add(session, mac=one.mac, network_id=network_id, reason=one.reason, now=one.at)
    for place in but:
        suppression.lift(session, mac=one.mac, network_id=place, now=now)
    held = select(memberships.c.network_id, memberships.c.address_id).join(addresses, addresses.c.id == memberships.c.address_id)
    held = held.where(addresses.c.mac == one.mac, memberships.c.ended_at.is_(None), memberships.c.joined_at <= one.at)
    held = held.where(memberships.c.network_id.not_in(but))
    if network_id is not None:
        held = held.where(memberships.c.network_id == network_id)
    found = session.execute(held).all()
    for member in found:
        leave_rows.end_memberships(session, member.network_id, [member.address_id], now)
    return {member.address_id for member in found}
