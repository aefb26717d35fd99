"""Do not mail this address: a keyed hash, a reason and a date, in one network or on this whole host (DP-8).

The hash is HMAC-SHA-256 of the address as compared, under a key of its own, so that a list of suppressions cannot be
guessed back into addresses and outlives an erasure. Only the person's own confirmed opt-in lifts one, and in its own
network alone: a row of that network, lifted and newer, is the exception from a row of the whole host (`counts`).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select, update

from mailer.message.address import key
from mailer.store import add as add_row
from mailer.store import prepared, unindexed
from mailer.store.tables import addresses, suppressions

LEFT_ALL = "left"  # STOP, from one network or all
OBJECTION = "objection"  # UK GDPR Art 21: absolute (DP-7)
COMPLAINT = "complaint"  # marked as spam
ERASURE = "erasure"
BAD_ADDRESS = "bad-address"  # dead by evidence
GONE = "gone"  # an organiser said that they have left their job, or died
REASONS = frozenset({LEFT_ALL, OBJECTION, COMPLAINT, ERASURE, BAD_ADDRESS, GONE})


def mac(address: str, hasher: bytes) -> bytes:
    """The keyed hash of an address, however it is written."""
    return hmac.digest(hasher, key(address).encode(), "sha256")


def add(session: Connection, *, mac: bytes, network_id: int | None, reason: str, now: datetime) -> int | None:
    """Suppress; without a network, on this whole host. Returns the id, or none if the same one is in force already."""
    if reason not in REASONS:
        raise ValueError(f"no such reason: {reason}")
    where = (mac, reason)
    asked = _in_force_on_host(*where) if network_id is None else _in_force(*where, network_id)
    if session.execute(*asked).first() is not None:
        return None
    return add_row(session, suppressions, network_id=network_id, mac=mac, reason=reason, since=now)


def add_on_host(session: Connection, *, mac: bytes, reason: str, now: datetime) -> list[int]:
    """Suppress on this whole host, the networks included that an older such row does not count for. Returns the ids that are new."""
    new = add(session, mac=mac, network_id=None, reason=reason, now=now)
    if new is not None:
        return [new]
    mine = (suppressions.c.mac == mac) & (suppressions.c.reason == reason) & suppressions.c.lifted_at.is_not(None)
    opened = session.execute(select(suppressions.c.network_id).where(mine, suppressions.c.network_id.is_not(None)).distinct())
    added = [add(session, mac=mac, network_id=place, reason=reason, now=now) for place in sorted(opened.scalars())]
    return [suppression_id for suppression_id in added if suppression_id is not None]


@prepared
def _in_force(mac: Any, reason: Any, network: Any) -> Any:
    return _standing(mac, reason).where(unindexed(suppressions.c.network_id) == network)


@prepared
def _in_force_on_host(mac: Any, reason: Any) -> Any:
    return _standing(mac, reason).where(suppressions.c.network_id.is_(None))


def _standing(mac: Any, reason: Any) -> Any:
    mine = (suppressions.c.mac == mac) & (suppressions.c.reason == reason)
    return select(suppressions.c.id).where(mine, suppressions.c.lifted_at.is_(None))


def lift(session: Connection, *, mac: bytes, network_id: int, now: datetime) -> list[int]:
    """The person opted in afresh: nothing stands for this network any more. Returns what to `put_back`.

    What stands for the whole host stands for every other network, known to the person or not, as do the standings that were
    left there; but an address that they answered from is dead nowhere.
    """
    lifted = []
    for row in session.execute(*_standing_in(mac, network_id)).all():
        if row.network_id is None and row.reason != BAD_ADDRESS:
            opened = {"mac": mac, "reason": row.reason, "since": row.since, "lifted_at": now}
            lifted.append(add_row(session, suppressions, network_id=network_id, **opened))
        else:
            lift_one(session, row.id, now)
            lifted.append(row.id)
    return lifted


def in_force(session: Connection, *, mac: bytes, network_id: int, dead: bool = True) -> set[int]:
    """The suppressions of an address that stand for this network; without `dead`, none for a dead mailbox."""
    rows = session.execute(*_standing_in(mac, network_id))
    return {row.id for row in rows if dead or row.reason != BAD_ADDRESS}


@prepared
def _standing_in(mac: Any, network_id: Any) -> Any:
    return select(suppressions).where(suppressions.c.mac == mac, counts(network_id)).order_by(suppressions.c.id)


def counts(network_id: Any) -> ColumnElement[bool]:
    """Whether a suppression stands for this network (an id, a column, or none): its own, or one of the host from which it is
    not excepted."""
    host: ColumnElement[bool] = suppressions.c.network_id.is_(None)
    if network_id is not None:
        opened = suppressions.alias("opened")
        excepted = select(opened.c.id).where(
            opened.c.mac == suppressions.c.mac,
            opened.c.reason == suppressions.c.reason,
            opened.c.network_id == network_id,
            opened.c.id > suppressions.c.id,
            opened.c.lifted_at.is_not(None),
        )
        still = not_(excepted.correlate_except(opened).exists())
        host = or_(suppressions.c.network_id == network_id, and_(host, still))
    return and_(suppressions.c.lifted_at.is_(None), host)


def put_back(session: Connection, suppression_id: int, now: datetime) -> None:
    """Take back that it was lifted (UNDO of the opt-in): the same stands again from now on."""
    was = session.execute(select(suppressions).where(suppressions.c.id == suppression_id)).one()
    add(session, mac=bytes(was.mac), network_id=was.network_id, reason=was.reason, now=now)


def lift_one(session: Connection, suppression_id: int, now: datetime) -> None:
    """Take back one suppression (UNDO of the act that made it)."""
    session.execute(
        update(suppressions)
        .where(suppressions.c.id == suppression_id, suppressions.c.lifted_at.is_(None))
        .values(lifted_at=now)
    )


def hash_anew(session: Connection, hasher: bytes) -> int:
    """After a lost secret: hash every address that is still written down under the new key, and its suppressions with it.

    Returns how many suppressions in force are left under the old key: they are of addresses that were erased, and nobody
    can tell any more whose.
    """
    rows = session.execute(select(addresses.c.id, addresses.c.address, addresses.c.mac).where(addresses.c.address.isnot(None)))
    for row in rows.all():
        new = mac(row.address, hasher)
        session.execute(update(suppressions).where(suppressions.c.mac == row.mac).values(mac=new))
        session.execute(update(addresses).where(addresses.c.id == row.id).values(mac=new))
    lost = select(func.count()).select_from(suppressions).where(
        suppressions.c.lifted_at.is_(None), suppressions.c.mac.not_in(select(addresses.c.mac).where(addresses.c.key.isnot(None)))
    )  # fmt: skip
    return int(session.execute(lost).scalar_one())


def exists(session: Connection, *, mac: bytes, network_id: int | None) -> bool:
    """True if the address is suppressed for this network or on this host."""
    return bool(reasons(session, macs=[mac], network_id=network_id))


def begun_in(session: Connection, *, macs: Collection[bytes], network_id: int) -> bool:
    """True if one of `macs` is suppressed by what was said in this very network; a network is told of no other (V9)."""
    mine = (suppressions.c.mac.in_(list(macs)), suppressions.c.network_id == network_id, suppressions.c.lifted_at.is_(None))
    return session.execute(select(suppressions.c.id).where(*mine).limit(1)).first() is not None


def reasons(session: Connection, *, macs: Collection[bytes], network_id: int | None) -> dict[bytes, set[str]]:
    """The reasons in force for each of `macs` that is suppressed in this network or on this host."""
    found: dict[bytes, set[str]] = {}
    wanted = list(macs)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        for row in session.execute(*(_of_host(some) if network_id is None else _of_network(some, network_id))):
            found.setdefault(bytes(row.mac), set()).add(row.reason)
    return found


@prepared
def _of_network(macs: Any, network: Any) -> Any:
    return _reasons(macs).where(counts(network))


@prepared
def _of_host(macs: Any) -> Any:
    return _reasons(macs).where(counts(None))


def _reasons(macs: Any) -> Any:
    return select(suppressions.c.mac, suppressions.c.reason).where(suppressions.c.mac.in_(macs))
