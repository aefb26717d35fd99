"""Two that counted as one person are two again: each has the addresses that were theirs, and what was joined at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, update

from mailer.consent import NONE
from mailer.errors import Refused
from mailer.people import addresses, people
from mailer.store import tables as t

MOVED_SINCE = Refused("moved-since", "Their mail has moved to another address since, so the two cannot be parted any more.")
MOVES = "change-address"  # the act in the ledger
JOINS = ("merge", "link-address")  # the acts that make addresses one person's


def in_turn(session: Connection, undo_id: int) -> None:
    """Refused while the person was made one with another address later, and that was not taken back: what stood before the first
    is known only once the last is parted (DP-7, DP-13)."""
    u = t.undos.c
    row = session.execute(select(u.act, u.address_id).where(u.id == undo_id)).one()
    if row.act not in JOINS:
        return
    person = addresses.get(session, row.address_id).person_id
    later = session.execute(select(u.args).where(u.id > undo_id, u.act.in_(JOINS), u.used_at.is_(None))).scalars().all()
    joined = [one for args in later for one in _joined(args)]
    theirs = (t.addresses.c.id.in_(joined)) & (t.addresses.c.person_id == person)
    if session.execute(select(t.addresses.c.id).where(theirs).limit(1)).first() is not None:
        raise Refused("not-in-turn", "Another address was made one with these since, so please take back the later one first.")


def parted_since(session: Connection, address_id: int, since: datetime) -> bool:
    """Whether the person at this address was one with another then, and is not any more."""
    u = t.undos.c
    taken_back = select(u.args).where(u.act.in_(JOINS), u.used_at > since)
    return any(address_id in _joined(args) for args in session.execute(taken_back).scalars())


def _joined(args: Mapping[str, Any]) -> Collection[int]:
    """The addresses that became another person's; none where what it was is not known any more, for its time is over or who did it
    was forgotten."""
    joined: Collection[int] = args["addresses"] if "addresses" in args else [args[name] for name in ("address_id",) if name in args]
    return joined


def hand_back(
    session: Connection, address_ids: Collection[int], person_id: int | None, known: Collection[int], now: datetime
) -> None:
    """These addresses are this person's again, and so is every membership at them, those included that began since: whoever reads
    there said YES to them. Were they nobody's, they are somebody new's who has joined since, of whom no name is known.

    `known`: the person's memberships from before. Refused if the one's mail has come to the other's address since.
    """
    m = t.memberships.c
    at_them = m.address_id.in_(address_ids)
    found = session.execute(select(m.id, m.network_id, m.address_id, m.person_id).where(at_them)).all()
    if set(known) - {row.id for row in found} or any(_moved(session, row) for row in found if row.id not in known):
        raise MOVED_SINCE
    if person_id is None and any(row.person_id is not None for row in found):
        person_id = people.add(session, name="", now=now)
    session.execute(update(t.memberships).where(at_them).values(person_id=person_id))
    session.execute(update(t.addresses).where(t.addresses.c.id.in_(address_ids)).values(person_id=person_id))


def still_theirs(session: Connection, left: Mapping[str, Any], address_id: int) -> dict[str, Any]:
    """Of what UNDO of a leave would put back, what is at the addresses of the person behind `address_id` now: whom they counted as
    one with then, and were parted from, speaks for themselves (CMD-4)."""
    whose = addresses.get(session, address_id)
    theirs = [whose] if whose.person_id is None else addresses.of_person(session, whose.person_id)
    at = [one.id for one in theirs]

    def own(table: Table, named: Collection[int], mine: ColumnElement[bool]) -> list[int]:
        found = set(session.execute(select(table.c.id).where(table.c.id.in_(named), mine)).scalars())
        return [one for one in named if one in found]

    members = own(t.memberships, [was["id"] for was in left["memberships"]], t.memberships.c.address_id.in_(at))
    return {
        **left,
        "standings": [was for was in left["standings"] if was["address_id"] in at],
        "memberships": [was for was in left["memberships"] if was["id"] in members],
        "suppressions": own(t.suppressions, left["suppressions"], t.suppressions.c.mac.in_([one.mac for one in theirs])),
        "copies": own(t.outgoing, left["copies"], t.outgoing.c.address_id.in_(at)),
        "invitations": own(t.invitations, left.get("invitations", ()), t.invitations.c.address_id.in_(at)),
    }


def _moved(session: Connection, membership: Any) -> bool:
    """Whether a membership came to its address from another."""
    row = t.ledger.c
    moved = select(row.id).where(
        row.network_id == membership.network_id,
        row.address_id == membership.address_id,
        row.act == MOVES,
        row.standing != NONE,
    )
    return session.execute(moved.limit(1)).first() is not None
