"""The committee: who organises a network, and whom of them mail reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from mailer.consent import gate
from mailer.people import membership
from mailer.people.roles import ORGANISING
from mailer.store.tables import addresses, memberships, networks, roles, standings


@dataclass(frozen=True)
class Organiser:
    """One of the committee."""

    membership_id: int
    address_id: int
    person_id: int | None
    name: str
    address: str
    roles: tuple[str, ...]


def organisers(session: Connection, network_id: int) -> list[Organiser]:
    """The committee, longest-serving first, whether or not mail reaches them."""
    on_it = select(roles.c.membership_id).where(organising()).correlate(None)
    found = membership.found(
        session,
        memberships.c.network_id == network_id,
        memberships.c.ended_at.is_(None),
        memberships.c.id.in_(on_it),
    )
    return [Organiser(m.id, m.address_id, m.person_id, m.name, m.address, m.roles) for m in found]


def organising() -> ColumnElement[bool]:
    """A row of `roles` that puts its holder on the committee."""
    return and_(roles.c.role.in_(sorted(ORGANISING)), roles.c.active.is_(True))


def is_organiser(session: Connection, network_id: int, address_id: int | None) -> bool:
    """True if the person behind the address is on the committee."""
    member = membership.of_address(session, network_id, address_id)
    return member is not None and member.ended_at is None and bool(ORGANISING & set(member.roles))


def reachable(session: Connection, network_id: int, now: datetime) -> list[Organiser]:
    """Those of the committee to whom the gate lets desk mail go."""
    everyone = organisers(session, network_id)
    if not everyone:
        return []
    refusal = gate.refusal_sql(purpose="desk", network_id=network_id, now=now)
    reached = set(
        session.execute(
            select(memberships.c.address_id)
            .select_from(
                memberships.join(addresses, addresses.c.id == memberships.c.address_id)
                .join(networks, networks.c.id == memberships.c.network_id)
                .outerjoin(
                    standings,
                    and_(
                        standings.c.network_id == memberships.c.network_id,
                        standings.c.address_id == memberships.c.address_id,
                        standings.c.purpose == "desk",
                        standings.c.scope == "",
                    ),
                )
            )
            .where(
                memberships.c.network_id == network_id,
                memberships.c.address_id.in_([one.address_id for one in everyone]),
                refusal.is_(None),
            )
        ).scalars()
    )
    return [organiser for organiser in everyone if organiser.address_id in reached]
