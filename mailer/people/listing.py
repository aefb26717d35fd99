"""Who is in a network, as contract 3 lists them: one entry a membership, the main address first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import ACTIVE, PENDING, standing, suppression
from mailer.people import askings, membership
from mailer.store.tables import addresses, memberships
from mailer.store.tables import roles as role_table


def listing(session: Connection, network_id: int, now: datetime, *, ended: bool = True) -> list[dict[str, Any]]:
    """`{id, name, addresses, organisation, roles, standings}` by id; roles are those that count.

    Who left is listed with their standings `left`; who was only ever imported and undone is not.
    """
    found = [member for member in membership.every(session, network_id, ended=ended) if member.address]  # not the erased
    ids = [member.address_id for member in found]
    stands = standing.of_many(session, network_id, ids)
    found = [m for m in found if m.ended_at is None or set(stands[m.address_id].values()) != {"none"}]
    others = _addresses(session, network_id)
    rests = _paused(session, network_id, now)
    macs = {row.id: bytes(row.mac) for row in session.execute(_macs(network_id))}
    stopped = suppression.reasons(session, macs=macs.values(), network_id=network_id)
    waiting = _waiting(session, network_id)
    terms = _terms(session, network_id)
    silent = {one.address_id: one.asked_at.isoformat() for one in askings.unheard(session, network_id, now)}
    return [
        {
            "id": str(member.id),
            "name": member.name,
            "addresses": [
                member.address,
                *(text for text in others.get(member.person_id or 0, ()) if text != member.address),
            ],
            "organisation": member.organisation,
            "roles": list(member.roles),
            "pending_roles": waiting.get(member.id, []),
            "terms": terms.get(member.id, {}),
            "unheard_since": silent.get(member.address_id),  # asked then to join; a filter may have kept the letter
            "standings": {
                purpose: seen(now_is, stopped=macs[member.address_id] in stopped, paused=member.address_id in rests)
                for purpose, now_is in stands[member.address_id].items()
            },
        }
        for member in found
    ]


def joined_since(session: Connection, network_id: int, since: datetime) -> set[int]:
    """The ids of the memberships that began since then."""
    query = select(memberships.c.id).where(memberships.c.network_id == network_id, memberships.c.joined_at >= since)
    return set(session.execute(query).scalars())


def seen(now_is: str, *, stopped: bool, paused: bool) -> str:
    """A standing as lists show it: pending | active | paused | left | suppressed | none."""
    if stopped and now_is in (ACTIVE, PENDING):
        return "suppressed"
    if paused and now_is == ACTIVE:
        return "paused"
    return now_is


def _addresses(session: Connection, network_id: int) -> dict[int, list[str]]:
    """The addresses of every person of the network."""
    mine = select(memberships.c.person_id).where(memberships.c.network_id == network_id)
    rows = session.execute(
        select(addresses.c.person_id, addresses.c.address)
        .where(addresses.c.person_id.in_(mine), addresses.c.address.is_not(None))
        .order_by(addresses.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row.address)
    return found


def _paused(session: Connection, network_id: int, now: datetime) -> set[int]:
    today = now.astimezone(UTC).date()  # as the gate counts
    return set(
        session.execute(
            select(memberships.c.address_id).where(
                memberships.c.network_id == network_id, memberships.c.paused_until > today
            )
        ).scalars()
    )


def _macs(network_id: int) -> Any:
    return (
        select(addresses.c.id, addresses.c.mac)
        .join(memberships, memberships.c.address_id == addresses.c.id)
        .where(memberships.c.network_id == network_id)
    )


def _waiting(session: Connection, network_id: int) -> dict[int, list[str]]:
    rows = session.execute(
        select(role_table.c.membership_id, role_table.c.role)
        .join(memberships, memberships.c.id == role_table.c.membership_id)
        .where(memberships.c.network_id == network_id, memberships.c.ended_at.is_(None), role_table.c.active.is_(False))
        .order_by(role_table.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.membership_id, []).append(row.role)
    return found


def _terms(session: Connection, network_id: int) -> dict[int, dict[str, str]]:
    """When the offices end that are held for a term, by membership."""
    rows = session.execute(
        select(role_table.c.membership_id, role_table.c.role, role_table.c.until)
        .join(memberships, memberships.c.id == role_table.c.membership_id)
        .where(memberships.c.network_id == network_id, role_table.c.active.is_(True), role_table.c.until.is_not(None))
        .order_by(role_table.c.id)
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.membership_id, {})[row.role] = row.until.astimezone(UTC).isoformat()
    return found
