"""A network that has lost its last reachable organiser is held, and the operator is told (contract 2).

It is lost in many ways: STOP, a link, a complaint, a dead address, FORGET ME, a merge, an import taken back, a term that
ended. So nobody has to report it: what the rows say is looked at by every tick (`watch`), and by the acts of leaving at
once (`begin`). A network that never had an organiser is not meant. The letter is written once and again every week while it
lasts, under a key of its own (V5), so that no crash loses or doubles it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, literal, or_, select

from mailer import log
from mailer.consent import gate
from mailer.errors import Refused
from mailer.house import House
from mailer.outbound import replies
from mailer.people import committee, networks
from mailer.store import prepared
from mailer.store.lists import among
from mailer.store.tables import addresses, memberships, outgoing, roles, standings
from mailer.store.tables import networks as network_table

NO_ORGANISER = "no organiser can be reached"
AGAIN = timedelta(days=7)

_log = log.get("vacancy")
_warned: set[str] = set()  # letters that could not be written; said once in the log of each process


@dataclass(frozen=True)
class Held:
    """A network that waits for the operator. `filled`: somebody can be reached again, so that it can be released."""

    id: int
    slug: str
    since: datetime
    filled: bool

    def key(self, now: datetime) -> str:
        """Of the letter that is due: one when it begins, one when it could end, one a week while it lasts."""
        week = max(0, (now - self.since) // AGAIN)
        return f"no-organiser:{self.id}:{self.since:%Y%m%dT%H%M%S}:{'filled' if self.filled else 'empty'}:{week}"


def begin(session: Connection, network_id: int, now: datetime) -> bool:
    """Hold a network whose last reachable organiser has just gone. True if that was so and it was not held before."""
    held = networks.by_id(session, network_id).held_at is not None
    if held or not _is_vacant(session, network_id, now):
        return False
    networks.hold(session, network_id, NO_ORGANISER, now)
    return True


def end(session: Connection, network_id: int, now: datetime) -> None:
    """The leave that began it was taken back: send again."""
    mine = networks.by_id(session, network_id).held_reason == NO_ORGANISER
    if mine and not _is_vacant(session, network_id, now):
        networks.release(session, network_id, now)


def refuse_release(session: Connection, network_id: int, now: datetime) -> None:
    """Refused while nobody could answer for what a network sends: it would be held again at once."""
    if _is_vacant(session, network_id, now):
        slug = networks.by_id(session, network_id).slug
        raise Refused(
            "no-organiser",
            f"No organiser of {slug} can be reached by mail, so nothing may go.",
            f"First: termpost member add {slug} EMAIL --roles organiser --evidence TEXT",
        )


def watch(house: House, now: datetime) -> int:
    """Hold what has lost its organisers, write to the operator what is due. Returns how many networks were seen to."""
    with house.store.read() as session:
        lost = list(session.execute(*_vacant(now, gate.day(now))).scalars())
        waiting = _waiting(session, lost, now)
    if not lost and not waiting:
        return 0
    moved = 0
    if any(network_id not in {one.id for one in waiting} for network_id in lost):
        with house.store.write() as session:
            moved = sum(begin(session, network_id, now) for network_id in lost)
            waiting = _waiting(session, lost, now)
    for one in waiting:
        if one.key(now) not in _warned:
            moved += _tell(house, one, now)
    return moved


def _tell(house: House, one: Held, now: datetime) -> int:
    """The letter, unless it stands already."""
    key, operator = one.key(now), house.settings.operator
    with house.store.read() as session:
        if session.execute(select(outgoing.c.id).where(outgoing.c.key == key)).first() is not None:
            return 0
    done = None
    if operator:
        with house.store.write() as session, contextlib.suppress(Refused):  # no address that takes mail: said below
            done = replies.to_operator(
                session,
                operator,
                hasher=house.hasher,
                network_id=one.id,
                template="no-organiser",
                fields={"slug": one.slug, "since": one.since.isoformat(), "filled": one.filled},
                key=key,
                now=now,
            )
    if done is None:
        _warned.add(key)
        why = "the operator's address takes no mail" if operator else "TERMPOST_OPERATOR is not set"
        _log.warning("a network is held for want of an organiser, and nobody could be told", network=one.slug, why=why)
    return done is not None


def _waiting(session: Connection, lost: Sequence[int], now: datetime) -> list[Held]:
    """Held networks of which the operator is to know: nobody can be reached, or that was why they were held."""
    rows = session.execute(*_held(list(lost)))
    return [Held(row.id, row.slug, row.held_at, row.id not in lost) for row in rows]


@prepared
def _held(lost: Any) -> Any:
    n = network_table.c
    meant = or_(n.held_reason == NO_ORGANISER, among(n.id, lost))
    return select(n.id, n.slug, n.held_at).where(n.closed_at.is_(None), n.held_at.is_not(None), meant).order_by(n.id)


def _is_vacant(session: Connection, network_id: int, now: datetime) -> bool:
    return session.execute(*_vacant_if(network_id, now, gate.day(now))).first() is not None


@prepared
def _vacant_if(network: Any, now: Any, today: Any) -> Any:
    return _without_organiser(now, today).where(network_table.c.id == network)


@prepared
def _vacant(now: Any, today: Any) -> Any:
    return _without_organiser(now, today)


def _without_organiser(now: Any, today: Any) -> Any:
    """Open networks that had an organiser (the desk's mail was opened for one) and have none whom mail reaches."""
    n = network_table.c
    desks = standings.c.purpose == literal("desk", literal_execute=True)  # as the index of desks says it
    had = exists().where(standings.c.network_id == n.id, desks, standings.c.scope == "")
    desk = and_(
        standings.c.network_id == memberships.c.network_id,
        standings.c.address_id == memberships.c.address_id,
        standings.c.purpose == "desk",
        standings.c.scope == "",
    )
    refusal = gate.refusal_sql(purpose="desk", network_id=memberships.c.network_id, now=now, today=today)
    reached = (
        select(roles.c.id)
        .select_from(
            memberships.join(roles, roles.c.membership_id == memberships.c.id)
            .join(addresses, addresses.c.id == memberships.c.address_id)
            .outerjoin(standings, desk)
        )
        .where(
            memberships.c.network_id == n.id,
            memberships.c.ended_at.is_(None),
            committee.organising(),
            refusal.is_(None),
        )
        .correlate(network_table)
    )
    return select(n.id).where(n.closed_at.is_(None), had.correlate(network_table), ~exists(reached)).order_by(n.id)
