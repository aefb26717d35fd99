"""Memberships: a person (or a shared mailbox) in a network, with roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from mailer.consent import ACTIVE, standing
from mailer.people import greeting as greetings
from mailer.store import prepared, upsert
from mailer.store.tables import addresses, memberships, organisations, people, roles

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
    roles: tuple[str, ...]
    ended_at: datetime | None
    welcomed_at: datetime | None


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
    found.sort(key=lambda m: (m.ended_at is not None, m.address_id != address_id, m.id))
    return found[0] if found else None


@prepared
def _behind(network: Any, address: Any) -> Any:
    """In no order: SQLite would read the whole network in the order of ids to find a few."""
    return _memberships(*_is_behind(network, address)).order_by(None)


@prepared
def _roles_behind(network: Any, address: Any) -> Any:
    return _active_roles(*_is_behind(network, address))


def _is_behind(network: Any, address: Any) -> tuple[Any, Any]:
    return memberships.c.network_id == network, behind(address)


def behind(address: Any) -> Any:
    """Whether a membership is of the person behind an address: at it, or at another one that is theirs as well."""
    owned = addresses.alias("owned")
    person = select(addresses.c.person_id).where(addresses.c.id == address).scalar_subquery()
    theirs = select(owned.c.id).where(or_(owned.c.id == address, owned.c.person_id == person))
    mine = or_(memberships.c.address_id == address, memberships.c.person_id == person)
    return and_(memberships.c.address_id.in_(theirs), mine)


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
    return found(session, *conditions)


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


def greeting_of(name: str, address: str, *, shared: bool, organisation: str) -> str:
    """What stands after `Hello`: a first name, the words of a shared mailbox, or nothing."""
    return greetings.for_mailbox(address, organisation) if shared else greetings.for_person(name)


def found(session: Connection, *conditions: Any) -> list[Membership]:
    """The memberships of which these conditions hold, by id."""
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
            roles=tuple(held.get(row.id, ())),
            ended_at=row.ended_at,
            welcomed_at=row.welcomed_at,
        )
        for row in rows
    ]
