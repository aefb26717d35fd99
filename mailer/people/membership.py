"""Memberships: a person (or a shared mailbox) in a network, with roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from mailer.consent import ACTIVE, LEFT, gate, standing
from mailer.consent.standing import Proof
from mailer.people import greeting as greetings
from mailer.people.roles import OFFICES, ORGANISING, with_member
from mailer.store import prepared, upsert
from mailer.store.tables import addresses, memberships, networks, organisations, people, roles, standings

Asked = tuple[Any, dict[str, Any]]
"""A statement and its values."""


@dataclass(frozen=True)
class Membership:
    """A membership with the names around it. `roles` are those that count today."""

    id: int
    network_id: int
    address_id: int
    person_id: int | None
    organisation_id: int | None
    name: str
    address: str
    shared: bool
    organisation: str
    language: str
    roles: tuple[str, ...]
    ended_at: datetime | None
    welcomed_at: datetime | None


@dataclass(frozen=True)
class Organiser:
    """One of the committee."""

    membership_id: int
    address_id: int
    person_id: int | None
    name: str
    address: str
    roles: tuple[str, ...]


def add(
    session: Connection,
    *,
    network_id: int,
    address_id: int,
    now: datetime,
    person_id: int | None = None,
    organisation_id: int | None = None,
    told_by: str = "",
) -> int:
    """Make a membership, or take up one that had ended; return its id. What is known already is not overwritten."""
    row = session.execute(select(memberships).filter_by(network_id=network_id, address_id=address_id)).first()
    if row is None:
        unique = {"network_id": network_id, "address_id": address_id}
        values = {"person_id": person_id, "organisation_id": organisation_id, "told_by": told_by, "joined_at": now}
        return upsert(session, memberships, unique, values)
    changes: dict[str, Any] = {}
    if row.ended_at is not None:
        changes |= {"ended_at": None, "joined_at": now, "paused_until": None}
        session.execute(roles.delete().where(roles.c.membership_id == row.id))  # an office is given anew, not kept
    if row.person_id is None and person_id is not None:
        changes["person_id"] = person_id
    if row.organisation_id is None and organisation_id is not None:
        changes["organisation_id"] = organisation_id
    if not row.told_by and told_by:
        changes["told_by"] = told_by
    if changes:
        session.execute(update(memberships).where(memberships.c.id == row.id).values(**changes))
    return int(row.id)


def of_address(session: Connection, network_id: int, address_id: int | None) -> Membership | None:
    """The membership behind an address: its own, else that of the same person (they may write from any address)."""
    if address_id is None:
        return None
    found = _with_roles(session, _behind(network_id, address_id), _roles_behind(network_id, address_id))
    found.sort(key=lambda m: (m.ended_at is not None, m.address_id != address_id))
    return found[0] if found else None


@prepared
def _behind(network: Any, address: Any) -> Any:
    return _memberships(*_is_behind(network, address))


@prepared
def _roles_behind(network: Any, address: Any) -> Any:
    return _active_roles(*_is_behind(network, address))


def _is_behind(network: Any, address: Any) -> tuple[Any, Any]:
    person = select(addresses.c.person_id).where(addresses.c.id == address).scalar_subquery()
    return memberships.c.network_id == network, or_(memberships.c.address_id == address, memberships.c.person_id == person)


def main_address(session: Connection, network_id: int, address_id: int) -> int:
    """Where this network writes to the person behind an address; the address itself if they are no member."""
    membership = of_address(session, network_id, address_id)
    return address_id if membership is None or membership.ended_at is not None else membership.address_id


def remaining(session: Connection, network_id: int, address_id: int | None) -> list[str]:
    """The subscribed purposes that come to the person behind an address."""
    if address_id is None:
        return []
    now = standing.of(session, network_id, main_address(session, network_id, address_id))
    return [purpose for purpose, is_now in now.items() if is_now == ACTIVE]


def every(session: Connection, network_id: int, *, ended: bool = False) -> list[Membership]:
    """Every membership of a network, by id."""
    conditions = [memberships.c.network_id == network_id]
    if not ended:
        conditions.append(memberships.c.ended_at.is_(None))
    return _found(session, *conditions)


def end(session: Connection, membership_id: int, now: datetime) -> None:
    """The person left the network; their roles count no longer."""
    session.execute(*_end(membership_id, now))
    session.execute(*_end_roles(membership_id))


@prepared
def _end(membership: Any, now: Any) -> Any:
    return update(memberships).where(memberships.c.id == membership).values(ended_at=now)


@prepared
def _end_roles(membership: Any) -> Any:
    return update(roles).where(roles.c.membership_id == membership).values(active=False)


def give_roles(
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


def activate_roles(session: Connection, membership_id: int, proof: Proof, now: datetime) -> tuple[str, ...]:
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
    organises = row.ended_at is None and bool(ORGANISING & set(active_roles(session, membership_id, now)))
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


def active_roles(session: Connection, membership_id: int, now: datetime) -> tuple[str, ...]:
    """The roles that count at `now`."""
    return tuple(session.execute(*_roles_at(membership_id, now)).scalars())


@prepared
def _roles_at(membership: Any, now: Any) -> Any:
    holds = (roles.c.membership_id == membership) & roles.c.active.is_(True)
    return select(roles.c.role).where(holds, or_(roles.c.until.is_(None), roles.c.until > now)).order_by(roles.c.id)


def organisers(session: Connection, network_id: int) -> list[Organiser]:
    """The committee, longest-serving first, whether or not mail reaches them."""
    on_it = select(roles.c.membership_id).where(organising()).correlate(None)
    committee = _found(
        session,
        memberships.c.network_id == network_id,
        memberships.c.ended_at.is_(None),
        memberships.c.id.in_(on_it),
    )
    return [Organiser(m.id, m.address_id, m.person_id, m.name, m.address, m.roles) for m in committee]


def organising() -> ColumnElement[bool]:
    """A row of `roles` that puts its holder on the committee."""
    return and_(roles.c.role.in_(sorted(ORGANISING)), roles.c.active.is_(True))


def is_organiser(session: Connection, network_id: int, address_id: int | None) -> bool:
    """True if the person behind the address is on the committee."""
    membership = of_address(session, network_id, address_id)
    return membership is not None and membership.ended_at is None and bool(ORGANISING & set(membership.roles))


def reachable_organisers(session: Connection, network_id: int, now: datetime) -> list[Organiser]:
    """Those of the committee to whom the gate lets desk mail go."""
    committee = organisers(session, network_id)
    if not committee:
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
                memberships.c.address_id.in_([one.address_id for one in committee]),
                refusal.is_(None),
            )
        ).scalars()
    )
    return [organiser for organiser in committee if organiser.address_id in reached]


def greeting(session: Connection, network_id: int, address_id: int) -> str:
    """What stands after `Hello`: a first name, the words of a shared mailbox, or nothing."""
    row = session.execute(*_greeted(network_id, address_id)).first()
    if row is None or row.address is None:
        return ""
    return greeting_of(row.name or "", row.address, shared=row.shared, organisation=row.organisation or "")


@prepared
def _greeted(network: Any, address: Any) -> Any:
    here = and_(memberships.c.address_id == addresses.c.id, memberships.c.network_id == network)
    return (
        select(addresses.c.address, addresses.c.shared, people.c.name, organisations.c.name.label("organisation"))
        .select_from(
            addresses.outerjoin(people, people.c.id == addresses.c.person_id)
            .outerjoin(memberships, here)
            .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        )
        .where(addresses.c.id == address)
    )


def greeting_of(name: str, address: str, *, shared: bool, organisation: str) -> str:
    """As `greeting`, for rows at hand (an audience is greeted without a query each)."""
    return greetings.for_mailbox(address, organisation) if shared else greetings.for_person(name)


def _found(session: Connection, *conditions: Any) -> list[Membership]:
    return _with_roles(session, (_memberships(*conditions), {}), (_active_roles(*conditions), {}))


def _memberships(*conditions: Any) -> Any:
    return (
        select(
            memberships.c.id,
            memberships.c.network_id,
            memberships.c.address_id,
            memberships.c.person_id,
            memberships.c.organisation_id,
            memberships.c.ended_at,
            memberships.c.welcomed_at,
            people.c.name,
            people.c.language,
            addresses.c.address,
            addresses.c.shared,
            organisations.c.name.label("organisation"),
        )
        .select_from(
            memberships.join(addresses, addresses.c.id == memberships.c.address_id)
            .outerjoin(people, people.c.id == memberships.c.person_id)
            .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        )
        .where(*conditions)
        .order_by(memberships.c.id)
    )


def _active_roles(*conditions: Any) -> Any:
    return (
        select(roles.c.membership_id, roles.c.role)
        .select_from(roles.join(memberships, memberships.c.id == roles.c.membership_id))
        .where(*conditions, roles.c.active.is_(True))
        .order_by(roles.c.id)
    )


def _with_roles(session: Connection, asked: Asked, roles_asked: Asked) -> list[Membership]:
    rows = session.execute(*asked).all()
    if not rows:
        return []
    held: dict[int, list[str]] = {}
    for row in session.execute(*roles_asked):
        held.setdefault(row.membership_id, []).append(row.role)
    return [
        Membership(
            id=row.id,
            network_id=row.network_id,
            address_id=row.address_id,
            person_id=row.person_id,
            organisation_id=row.organisation_id,
            name=row.name or "",
            address=row.address or "",
            shared=row.shared,
            organisation=row.organisation or "",
            language=row.language or "",
            roles=tuple(held.get(row.id, ())),
            ended_at=row.ended_at,
            welcomed_at=row.welcomed_at,
        )
        for row in rows
    ]
