"""Leasing what is due.

The queue may be long, and most of it may be held or not yet due, so a claim first takes a few ids in the order of the
queue's index, a state at a time (an IN over two states would sort everything that is due), and only then asks the gate
about those.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from mailer import wake
from mailer.consent import gate, purposes
from mailer.outbound.outbox.cancelling import cancel_each
from mailer.outbound.outbox.forgetting import redirect_late
from mailer.outbound.outbox.retry import is_over
from mailer.outbound.outbox.states import ASKED, CLOCK, IS_OPEN, OPEN, STOPPED, not_braked
from mailer.outbound.rates import Budget
from mailer.people import in_question
from mailer.store import prepared
from mailer.store.lists import among
from mailer.store.tables import addresses, occasions, outgoing

MOST_NAMED = 30_000  # domains in one statement: SQLite takes 32,766 parameters, PostgreSQL twice as many
IN_QUESTION = "in-question"  # why a copy waits
LANES = (wake.URGENT, wake.BULK)


def claim(
    session: Connection,
    *,
    lane: str,
    owner: str,
    limit: int,
    now: datetime,
    lease_now: datetime,
    lease_until: datetime,
    budget: Budget | None = None,
) -> tuple[list[int], bool]:
    """Lease up to `limit` due rows of a lane to `owner` and return their ids, oldest due first; and whether others were due that
    do not go now, so that there may be more behind them.

    The gate is asked again (V4): rows it refuses become `cancelled` with the reason, and so do rows whose time is over
    (`is_over`), and what was put off in the very moment in which its mailing was called off. Rows of a held network or mailing
    stay where they are; what is new to somebody who is said to have left or died waits until that is answered; what was on its way when
    its reader moved is for their new address, and comes next. `budget` says of networks and destinations with a speed of their own
    how many of their rows may go now.
    """
    chosen = _next_due(session, lane, limit, now, lease_now, budget or Budget(limit))
    if not chosen:
        return [], False
    out: dict[int, str] = {}
    waits: dict[int, datetime] = {}
    asked = session.execute(*_asked(chosen, now, gate.day(now))).all()
    in_doubt = in_question.until(session, {row.network_id for row in asked if row.network_id is not None}, now)
    called_off = _called_off(session, {row.occasion_id for row in asked if row.occasion_id is not None})
    for row in asked:
        if row.refusal is not None:
            out[row.id] = row.refusal
        elif row.occasion_id in called_off:
            out[row.id] = called_off[row.occasion_id]
        elif is_over(row, now):
            out[row.id] = "too-late"
        elif (row.network_id, row.address_id) in in_doubt and row.purpose not in purposes.FLEETING:
            waits[row.id] = in_doubt[row.network_id, row.address_id]
    elsewhere = redirect_late(session, [row.id for row in asked if row.refusal is not None], now) if out else set()
    for copy in elsewhere:
        del out[copy]
    if out:
        cancel_each(session, out, now)
    if waits:
        put = update(outgoing).where(outgoing.c.id == bindparam("row"), IS_OPEN)
        values = {"next_attempt_at": bindparam("until"), "reason": IN_QUESTION}
        session.execute(put.values(**values), [{"row": row, "until": until} for row, until in waits.items()])
    mine = [row for row in chosen if row not in out and row not in waits and row not in elsewhere]
    if mine:
        session.execute(*_lease(mine, owner, lease_until))
    return mine, len(mine) < len(chosen)


@prepared
def _asked(ids: Any, now: Any, today: Any) -> Any:
    refusal = gate.refusal_sql(**ASKED, now=now, today=today).label("refusal")
    whose = (outgoing.c.network_id, outgoing.c.address_id, outgoing.c.occasion_id)
    asked = select(outgoing.c.id, refusal, outgoing.c.purpose, *whose, *CLOCK).select_from(gate.over(outgoing))
    return asked.where(among(outgoing.c.id, ids))


def _called_off(session: Connection, mailings: set[int]) -> dict[int, str]:
    """Which of these mailings do not hold any more, and why."""
    if not mailings:
        return {}
    return {row.id: row.extra[STOPPED] for row in session.execute(*_mailings(sorted(mailings))) if STOPPED in row.extra}


@prepared
def _mailings(ids: Any) -> Any:
    return select(occasions.c.id, occasions.c.extra).where(among(occasions.c.id, ids))


@prepared
def _lease(ids: Any, owner: Any, until: Any) -> Any:
    return update(outgoing).where(among(outgoing.c.id, ids)).values(lease_owner=owner, lease_until=until)


def _next_due(
    session: Connection, lane: str, limit: int, now: datetime, lease_now: datetime, budget: Budget
) -> list[int]:
    """The ids that come next, of both states in which a copy waits; locked on PostgreSQL."""
    spent, spared = budget.spent_networks, budget.spent_destinations
    found: list[Any] = []
    for state in OPEN:
        due, values = _next(state, lane, now, lease_now, limit)
        if spent:
            due = due.where(outgoing.c.network_id.not_in(spent))
        if spared:
            due = due.where(_domain(session).not_in(spared[:MOST_NAMED]))
        found += session.execute(due, values).all()
    found.sort(key=lambda row: (row.next_attempt_at, row.id))
    return [row.id for row in found if budget.allows(row.network_id, row.to_address or "")][:limit]


def _domain(session: Connection) -> ColumnElement[str]:
    """The domain a copy goes to as it is compared, A-labels too: out of its address's key. Where an @ is quoted before it
    this is no domain, and the budget passes the copy over by itself."""
    place = func.instr if session.dialect.name == "sqlite" else func.strpos
    domain = func.substr(addresses.c.key, place(addresses.c.key, "@") + 1)
    return func.coalesce(select(domain).where(addresses.c.id == outgoing.c.address_id).scalar_subquery(), "")


@prepared
def _next(state: Any, lane: Any, now: Any, lease_now: Any, limit: Any) -> Any:
    return (
        select(outgoing.c.id, outgoing.c.next_attempt_at, outgoing.c.network_id, outgoing.c.to_address)
        .where(_due(state, lane, now, lease_now))
        .order_by(outgoing.c.next_attempt_at, outgoing.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # on PostgreSQL alone
    )


@prepared
def _any(state: Any, lane: Any, now: Any, lease_now: Any) -> Any:
    return select(outgoing.c.id).where(_due(state, lane, now, lease_now)).limit(1)


def _due(state: Any, lane: Any, now: Any, lease_now: Any) -> ColumnElement[bool]:
    return and_(
        outgoing.c.state == state,
        outgoing.c.lane == lane,
        outgoing.c.next_attempt_at <= now,
        or_(outgoing.c.lease_until.is_(None), outgoing.c.lease_until < lease_now),
        not_braked(),
    )


def waiting_lanes(session: Connection, now: datetime, lease_now: datetime) -> set[str]:
    """The lanes in which something may be claimed now: what the sweep rings for."""
    return {lane for lane in LANES if is_waiting(session, lane, now, lease_now)}


def is_waiting(session: Connection, lane: str, now: datetime, lease_now: datetime) -> bool:
    """Whether something in a lane may be claimed now."""
    return any(session.execute(*_any(state, lane, now, lease_now)).first() is not None for state in OPEN)
