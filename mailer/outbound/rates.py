"""How fast we may send: one number a minute in the database, changeable while sending (`termpost rate`).

A token bucket: it fills by the rate and holds at most ten seconds' worth, so that a burst stays small. No row, no limit.
Real time counts here, never the calendar's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from mailer.store.statements import insert
from mailer.store.tables import outgoing, rates

ALL = "all"
BURST_SECONDS = 10


def network(network_id: int) -> str:
    """The name of a network's own rate."""
    return f"network:{network_id}"


def set_rate(session: Connection, per_minute: int | None, *, now: datetime, name: str = ALL) -> None:
    """Set the messages a minute; None takes the limit away."""
    values = {"per_minute": per_minute, "tokens": 0.0, "stamped_at": now}
    statement = insert(session, rates).values(name=name, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def rate(session: Connection, name: str = ALL) -> int | None:
    """The messages a minute that are set, or None."""
    return session.execute(select(rates.c.per_minute).where(rates.c.name == name)).scalar()


def allowance(session: Connection, *, now: datetime, most: int, name: str = ALL) -> int:
    """How many of `most` may be claimed now."""
    row = session.execute(select(rates).where(rates.c.name == name)).first()
    if row is None or row.per_minute is None:
        return most
    return min(most, int(_tokens(row, now)))


def spend(session: Connection, count: int, *, now: datetime, name: str = ALL) -> None:
    """Take what was claimed out of the bucket."""
    row = session.execute(select(rates).where(rates.c.name == name)).first()
    if row is None or row.per_minute is None or count == 0:
        return
    session.execute(update(rates).where(rates.c.name == name).values(tokens=_tokens(row, now) - count, stamped_at=now))


def of_networks(session: Connection, *, now: datetime, most: int) -> dict[int, int]:
    """For each network with a rate of its own, how many of `most` may be claimed now."""
    rows = session.execute(select(rates).where(rates.c.name.like("network:%"), rates.c.per_minute.is_not(None)))
    return {int(row.name.partition(":")[2]): min(most, int(_tokens(row, now))) for row in rows}


def spend_of_networks(session: Connection, claimed: Iterable[int], limits: Mapping[int, int], *, now: datetime) -> None:
    """Take what was claimed (ids of outgoing rows) out of the buckets of those networks."""
    mine = select(outgoing.c.network_id).where(
        outgoing.c.id.in_(list(claimed)), outgoing.c.network_id.in_(list(limits))
    )
    for network_id, count in Counter(session.execute(mine).scalars()).items():
        spend(session, count, now=now, name=network(network_id))


def _tokens(row: object, now: datetime) -> float:
    per_second = row.per_minute / 60  # type: ignore[attr-defined]
    gained = max(0.0, (now - row.stamped_at).total_seconds()) * per_second  # type: ignore[attr-defined]
    return float(min(row.tokens + gained, max(1.0, per_second * BURST_SECONDS)))  # type: ignore[attr-defined]
