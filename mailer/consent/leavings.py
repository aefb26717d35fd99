"""The journal of leavings: who left what, as keyed hashes, in a file that no backup of the database takes back.

A backup still has everybody who has left since it was made; whoever restores it has them leave again (DP-3, DP-8). Written
down is whatever the ledger and the suppressions say since the last seal, with the seal, and that somebody came back after
leaving. One JSON line each: {"mac": hex, "network": slug, "purpose", "scope", "to", "basis", "act", "channel", "at": ISO
8601} for a standing, {"mac", "network": slug or null for this host, "reason", "at", "lifted"} for a suppression. A file
that is missing is begun anew with all there is. Keep it longer than the oldest backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from mailer.consent import ACTIVE, LEFT, journal, purposes, suppression
from mailer.store.tables import addresses, ledger, networks, seals, suppressions

NAME = "leavings.jsonl"
WHOLE = suppression.REASONS - {suppression.BAD_ADDRESS}  # whoever has one of these has left altogether
_STANDING = {"network", "purpose", "scope", "to", "basis", "act", "channel"}
_SUPPRESSION = {"network", "reason", "lifted"}
UNDER_WAY = timedelta(hours=1)  # what an act may take, at the very most, from its time to its commit


@dataclass(frozen=True)
class Ended:
    """A purpose that somebody ended."""

    mac: bytes
    network: str
    purpose: str
    scope: str
    basis: str
    act: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Suppressed:
    """A suppression in force, in a network or on this host; `but` where they have joined afresh since."""

    mac: bytes
    network: str | None
    reason: str
    at: datetime
    but: tuple[str, ...] = ()


def write_down(session: Connection, file: Path, now: datetime) -> None:
    """Write down what was left since the seal before the last; to be called in the transaction of each seal."""
    after, since = 0, None
    if file.is_file():
        before = session.execute(select(seals.c.ledger_to, seals.c.at).order_by(seals.c.id.desc()).offset(1).limit(1)).first()
        if before is not None:
            after, since = before.ledger_to, before.at - UNDER_WAY
    else:
        journal.put(file, [{"begun": now.isoformat()}])
    rows = [*_standings(session, after), *_suppressions(session, since)]
    known = {tuple(row.items()) for row in journal.lines(file) if _whole(row)} if rows else set()
    journal.put(file, [row for row in rows if tuple(row.items()) not in known])


def _standings(session: Connection, after: int) -> Iterator[dict[str, Any]]:
    row, earlier = ledger.c, ledger.alias()
    same = (earlier.c[name] == row[name] for name in ("network_id", "address_id", "purpose", "scope"))
    had_left = exists().where(*same, earlier.c.id < row.id, earlier.c.standing == LEFT)
    query = (
        select(addresses.c.mac, networks.c.slug, ledger)
        .join(addresses, addresses.c.id == row.address_id)
        .join(networks, networks.c.id == row.network_id)
        .where(row.id > after, or_(row.standing == LEFT, and_(row.standing == ACTIVE, had_left)))
        .order_by(row.id)
    )
    for one in session.execute(query):
        yield {
            "mac": bytes(one.mac).hex(),
            "network": one.slug,
            "purpose": one.purpose,
            "scope": one.scope,
            "to": one.standing,
            "basis": one.basis,
            "act": one.act,
            "channel": one.channel,
            "at": one.at.isoformat(),
        }


def _suppressions(session: Connection, since: datetime | None) -> Iterator[dict[str, Any]]:
    row = suppressions.c
    query = select(suppressions, networks.c.slug).outerjoin(networks, networks.c.id == row.network_id)
    query = query.where(row.reason.in_(WHOLE)).order_by(row.id)
    if since is not None:
        query = query.where(or_(row.since >= since, row.lifted_at >= since))
    for one in session.execute(query):
        yield {
            "mac": bytes(one.mac).hex(),
            "network": one.slug,
            "reason": one.reason,
            "at": one.since.isoformat(),
            "lifted": one.lifted_at is not None,
        }


def read(file: Path) -> tuple[list[Ended], list[Suppressed]]:
    """What the journal says last of each: what is ended, and what is suppressed, on this host first."""
    said: dict[tuple[Any, ...], Ended | None] = {}
    suppressed: set[Suppressed] = set()
    lifted: set[Suppressed] = set()
    for row in sorted(filter(_whole, journal.lines(file)), key=lambda row: datetime.fromisoformat(row["at"])):
        mac, at = bytes.fromhex(row["mac"]), datetime.fromisoformat(row["at"])
        if "reason" in row:
            (lifted if row["lifted"] else suppressed).add(Suppressed(mac, row["network"], row["reason"], at))
            continue
        what = {name: row[name] for name in ("network", "purpose", "scope")}
        how = {name: row[name] for name in ("basis", "act", "channel")}
        said[mac, *what.values()] = Ended(mac=mac, at=at, **what, **how) if row["to"] == LEFT else None
    joined: dict[Suppressed, list[str]] = {}
    for one in lifted:
        if one.network is not None:
            joined.setdefault(replace(one, network=None), []).append(one.network)
    in_force = sorted(suppressed - lifted, key=lambda one: (one.network is not None, one.at, one.mac))
    return [one for one in said.values() if one is not None], [replace(one, but=tuple(joined.get(one, ()))) for one in in_force]


def damaged(file: Path) -> int:
    """How many lines `read` passes over, the heading apart."""
    return sum(not _whole(row) and not (isinstance(row, dict) and "begun" in row) for row in journal.lines(file))


def _whole(row: Any) -> bool:
    """A line as it was written, and no heading."""
    if journal.entry_of(row) is None:
        return False
    if "reason" in row:
        return row.keys() >= _SUPPRESSION and row["reason"] in WHOLE
    return row.keys() >= _STANDING and row["purpose"] in purposes.BY_NAME
