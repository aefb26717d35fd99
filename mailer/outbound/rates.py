"""How fast we may send: numbers a minute in the database, changeable while sending (`termpost rate`).

    all                  everything that leaves
    network:ID           what one network sends
    relay:URL            what one relay gets
    destination:DOMAIN   what goes to one domain

Each is a token bucket: it fills by its rate and holds at most ten seconds' worth, so that a burst stays small. No row, no limit.
A relay that says 421, or a domain that says 4.7.x, asks to be spared: it *rests*, longer each time it asks again (OUT-9,
OUT-16), and every process keeps to it. Real time counts here, never the calendar's; a stamp that only a clock that went ahead
can have written is worth nothing, or all would stand still until time has caught up with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update

from mailer.message.address import ascii_domain, domain_of
from mailer.outbound.naming import MOST_OF_RELAY, fitted
from mailer.store.statements import insert, prepared
from mailer.store.tables import outgoing, rates

ALL = "all"
MOST_OF_DOMAIN = 68  # characters of a name, which has 80 with what stands before
BURST_SECONDS = 10
SKEW = timedelta(seconds=10)  # what is stamped further ahead than that was stamped by a clock that has been put back since
FORGOTTEN = timedelta(hours=1)  # without asking again: then the next rest is as short as the first
RESTS = {  # the first rest, doubled each time it asks again; the longest
    "relay": (timedelta(seconds=15), timedelta(minutes=5)),
    "destination": (timedelta(minutes=1), timedelta(minutes=30)),
}


def network(network_id: int) -> str:
    """The name of a network's own rate."""
    return f"network:{network_id}"


def relay(url: str) -> str:
    """The name of a relay's own rate; `url` is its URL, or its name in the outbox."""
    return f"relay:{fitted(url, MOST_OF_RELAY)}"


def destination(domain: str) -> str:
    """The name of a domain's own rate."""
    return f"destination:{_fitted_domain(domain)}"


def _fitted_domain(domain: str) -> str:
    return fitted(ascii_domain(domain) or domain.lower(), MOST_OF_DOMAIN)


def set_rate(session: Connection, per_minute: int | None, *, now: datetime, name: str = ALL) -> None:
    """Set the messages a minute; None takes the limit away, and ends a rest."""
    values: dict[str, Any] = {"per_minute": per_minute, "tokens": 0.0, "stamped_at": now}
    if per_minute is None:
        values |= {"rests_until": None, "asked": 0}
    statement = insert(session, rates).values(name=name, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def rate(session: Connection, name: str = ALL) -> int | None:
    """The messages a minute that are set, or None."""
    return session.execute(select(rates.c.per_minute).where(rates.c.name == name)).scalar()


def spare(session: Connection, name: str, *, now: datetime, progress: bool = False) -> datetime:
    """A relay or a domain asks to be spared: until when it rests, longer each time in a row, where no `progress` was
    made since. Asked again while it rests, nothing changes."""
    first, longest = RESTS[name.partition(":")[0]]
    row = session.execute(select(rates).where(rates.c.name == name)).first()
    before: datetime | None = None if row is None else row.rests_until
    if before is not None and is_resting(row, now):
        return before
    lately = before is not None and timedelta() <= now - before < FORGOTTEN
    asked = row.asked + 1 if row is not None and lately and not progress else 1
    until: datetime = now + min(first * 2 ** min(asked - 1, 10), longest)
    values = {"rests_until": until, "asked": asked}
    statement = insert(session, rates).values(name=name, tokens=0.0, stamped_at=now, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return until


def is_resting(row: Any, now: datetime) -> bool:
    """Whether whoever a row of `rates` is about is to be spared now."""
    if row.rests_until is None:
        return False
    _, longest = RESTS[row.name.partition(":")[0]]
    return bool(now < row.rests_until <= now + longest + SKEW)


@dataclass
class Budget:
    """How many copies may be claimed now. `networks` and `destinations` hold what is left of those with a limit of their own."""

    most: int
    networks: dict[int, int] = field(default_factory=dict)
    destinations: dict[str, int] = field(default_factory=dict)

    @property
    def spent_networks(self) -> list[int]:
        return [network_id for network_id, left in self.networks.items() if left <= 0]

    @property
    def spent_destinations(self) -> list[str]:
        return [domain for domain, left in self.destinations.items() if left <= 0]

    def allows(self, network_id: int, address: str) -> bool:
        """Whether one more copy of this network to this address may go; it is counted if so."""
        domain = _fitted_domain(domain_of(address)) if self.destinations else ""
        if self.networks.get(network_id, 1) <= 0 or self.destinations.get(domain, 1) <= 0:
            return False
        if network_id in self.networks:
            self.networks[network_id] -= 1
        if domain in self.destinations:
            self.destinations[domain] -= 1
        return True


@dataclass(frozen=True)
class Rates:
    """Every limit and every rest as it stands now."""

    rows: dict[str, Any]
    now: datetime

    def rests(self, name: str) -> bool:
        row = self.rows.get(name)
        return row is not None and is_resting(row, self.now)

    def budget(self, most: int, relay_name: str) -> Budget:
        """What may be claimed for a relay, at most `most`."""
        found = Budget(most)
        for name, row in self.rows.items():
            left = 0 if self.rests(name) else most if row.per_minute is None else min(most, int(_tokens(row, self.now)))
            kind, _, whose = name.partition(":")
            if kind == "network":
                found.networks[int(whose)] = left
            elif kind == "destination":
                found.destinations[whose] = left
            elif name in (ALL, relay(relay_name)):
                found.most = min(found.most, left)
        return found

    def spend(self, session: Connection, ids: Iterable[int], budget: Budget, relay_name: str) -> None:
        """Take what was claimed (ids of outgoing rows) out of the buckets."""
        claimed = list(ids)
        counts = Counter({ALL: len(claimed), relay(relay_name): len(claimed)})
        if budget.networks or budget.destinations:
            o = outgoing.c
            for copy in session.execute(select(o.network_id, o.to_address).where(o.id.in_(claimed))):
                counts[network(copy.network_id)] += 1
                counts[destination(domain_of(copy.to_address or ""))] += 1
        for name, count in counts.items():
            row = self.rows.get(name)
            if count and row is not None and row.per_minute is not None:
                left = {"tokens": _tokens(row, self.now) - count, "stamped_at": _stamp(row, self.now)}
                session.execute(update(rates).where(rates.c.name == name).values(**left))


def every(session: Connection) -> list[Any]:
    """All rows in which a limit stands or a rest was noted, by name."""
    return list(session.execute(select(rates).order_by(rates.c.name)))


def read(session: Connection, *, now: datetime, to_spend: bool = False) -> Rates:
    """The limits and rests that hold now; `to_spend` keeps other processes from spending the same."""
    asked = _limits_to_spend(now) if to_spend else _limits(now)
    return Rates({row.name: row for row in session.execute(*asked)}, now)


@prepared
def _limits(now: Any) -> Any:
    in_force = or_(rates.c.per_minute.is_not(None), rates.c.rests_until > now)
    return select(rates).where(in_force).order_by(rates.c.name)


@prepared
def _limits_to_spend(now: Any) -> Any:
    in_force = or_(rates.c.per_minute.is_not(None), rates.c.rests_until > now)
    return select(rates).where(in_force).order_by(rates.c.name).with_for_update()  # a lock on PostgreSQL alone


def _stamp(row: Any, now: datetime) -> datetime:
    """Not before the last one, as who looked at the clock and then waited for the writer's turn would give its seconds once more."""
    return now if row.stamped_at - now > SKEW else max(row.stamped_at, now)


def _tokens(row: Any, now: datetime) -> float:
    per_second = row.per_minute / 60
    full: float = max(1.0, per_second * BURST_SECONDS)
    if row.stamped_at - now > SKEW:
        return full
    gained = max(0.0, (now - row.stamped_at).total_seconds()) * per_second
    return float(min(row.tokens + gained, full))
