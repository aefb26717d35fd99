"""Who holds which role: given, waiting for its holder's word, for a term. Whoever is on the committee gets the desk's mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from mailer.consent import ACTIVE, LEFT, standing
from mailer.consent.standing import Proof
from mailer.people.roles import OFFICES, ORGANISING, with_member
from mailer.store import prepared, upsert
from mailer.store.tables import memberships, roles, standings


def give(
    session: Connection, membership_id: int, wanted: Iterable[str], *, active: bool, proof: Proof, now: datetime
) -> None:
    """Give roles. Those that are not `active` wait for the person's confirmation; an active one is never set back.

    Whoever is on the committee gets the desk's mail: the class is opened here, with its ledger row.
    """
    standing_roles = {
        row.role: row.active
        for row in session.execute(select(roles.c.role, roles.c.active).where(roles.c.membership_id == membership_id))
    }
    for role in dict.fromkeys(wanted if standing_roles else with_member(wanted)):
        if not standing_roles.get(role):
            upsert(
                session,
                roles,
                {"membership_id": membership_id, "role": role},
                {"active": active, "since": now, "until": None},
            )
    if active:
        settle_desk(session, membership_id, proof, now)


def activate(session: Connection, membership_id: int, proof: Proof, now: datetime) -> tuple[str, ...]:
    """The person confirmed: the roles that waited count from now on. Returns those."""
    waiting = session.execute(select(roles.c.role).filter_by(membership_id=membership_id, active=False)).scalars().all()
    session.execute(
        update(roles)
        .where(roles.c.membership_id == membership_id, roles.c.active.is_(False))
        .values(active=True, since=now)
    )
    settle_desk(session, membership_id, proof, now)
    return tuple(waiting)


def set_term(session: Connection, membership_id: int, wanted: Iterable[str], until: datetime) -> None:
    """These roles are held until then; a role that still waits for a confirmation as well."""
    mine = (roles.c.membership_id == membership_id) & roles.c.role.in_([role for role in wanted if role in OFFICES])
    session.execute(update(roles).where(mine).values(until=until))


def settle_desk(session: Connection, membership_id: int, proof: Proof, now: datetime) -> None:
    """Open or end the desk class, as the roles say."""
    row = session.execute(select(memberships).where(memberships.c.id == membership_id)).one()
    organises = row.ended_at is None and bool(ORGANISING & set(roles_at(session, membership_id, now)))
    current = session.execute(
        select(standings.c.standing).filter_by(
            network_id=row.network_id, address_id=row.address_id, purpose="desk", scope=""
        )
    ).scalar()
    if organises == (current == ACTIVE) or (not organises and current is None):
        return
    standing.change(
        session,
        network_id=row.network_id,
        address_id=row.address_id,
        purpose="desk",
        to=ACTIVE if organises else LEFT,
        proof=Proof(
            "service", proof.act, proof.channel, inbox_id=proof.inbox_id, evidence_sha256=proof.evidence_sha256
        ),
        now=now,
    )


def roles_at(session: Connection, membership_id: int, now: datetime) -> tuple[str, ...]:
    """The roles that count at `now`."""
    return tuple(session.execute(*_held_at(membership_id, now)).scalars())


@prepared
def _held_at(membership: Any, now: Any) -> Any:
    holds = (roles.c.membership_id == membership) & roles.c.active.is_(True)
    return select(roles.c.role).where(holds, or_(roles.c.until.is_(None), roles.c.until > now)).order_by(roles.c.id)


def given(session: Connection, membership_id: int) -> tuple[str, ...]:
    """The roles that were given and confirmed, whether or not their term is over."""
    rows = session.execute(select(roles.c.role).filter_by(membership_id=membership_id, active=True).order_by("id"))
    return tuple(rows.scalars())
