"""One person who reads their mail elsewhere now: their own word, confirmed from both addresses, takes everything along as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.consent import ACTIVE, NONE, PENDING, purposes, standing, suppression
from mailer.consent.standing import Proof
from mailer.people import addresses, following, holding, profile
from mailer.store import add_once
from mailer.store import tables as t


def move(session: Connection, network_id: int, from_id: int, to_id: int, proof: Proof, now: datetime) -> dict[int, int]:
    """The person's mail of this network goes to another address of theirs, standings and all.

    Returns, for each standing there, the one here (for what is queued). The old address stays theirs, to write from.
    """
    here = {row.purpose + row.scope: row for row in _standings(session, network_id, to_id)}
    pairs: dict[int, int] = {}
    for row in _standings(session, network_id, from_id):
        if row.purpose in purposes.FLEETING:
            continue
        known = here.get(row.purpose + row.scope)
        to = row.standing if row.standing != NONE or known is None else known.standing
        at = {"network_id": network_id, "purpose": row.purpose, "scope": row.scope, "proof": proof, "now": now}
        pairs[row.id] = standing.change(session, address_id=to_id, to=to, until=row.until, known_at=from_id, **at)
        if row.standing in (ACTIVE, PENDING):
            standing.change(session, address_id=from_id, to=NONE, **at)
    _carry_membership(session, network_id, from_id, to_id, now)
    _carry_suppressions(session, network_id, from_id, to_id, now)
    following.follow(session, network_id, from_id, to_id)
    return pairs


def _carry_membership(session: Connection, network_id: int, from_id: int, to_id: int, now: datetime) -> None:
    mine = session.execute(select(t.memberships).filter_by(network_id=network_id, address_id=from_id)).first()
    there = session.execute(select(t.memberships.c.id).filter_by(network_id=network_id, address_id=to_id)).scalar()
    if mine is None:
        return
    if there is not None and mine.ended_at is not None:
        return  # they are here under the new address already
    if there is not None:  # two rows for one person: what the other one held goes over to theirs
        for role in holding.given(session, there):
            add_once(
                session, t.roles, ["membership_id", "role"], membership_id=mine.id, role=role, active=True, since=now
            )
        session.execute(update(t.actions).where(t.actions.c.membership_id == there).values(membership_id=mine.id))
        profile.carry(session, there, mine.id)
        for hung in (t.roles, t.profiles):
            session.execute(hung.delete().where(hung.c.membership_id == there))
        session.execute(t.memberships.delete().where(t.memberships.c.id == there))
    session.execute(update(t.memberships).where(t.memberships.c.id == mine.id).values(address_id=to_id))


def _carry_suppressions(session: Connection, network_id: int, from_id: int, to_id: int, now: datetime) -> None:
    """Who left here did not come back by moving; a dead mailbox is left behind."""
    old, new = addresses.get(session, from_id), addresses.get(session, to_id)
    for reason in suppression.reasons(session, macs=[old.mac], network_id=network_id).get(old.mac, set()):
        if reason != suppression.BAD_ADDRESS:
            suppression.add(session, mac=new.mac, network_id=network_id, reason=reason, now=now)


def _standings(session: Connection, network_id: int, address_id: int) -> list[Any]:
    return list(
        session.execute(select(t.standings).filter_by(network_id=network_id, address_id=address_id).order_by("id"))
    )
