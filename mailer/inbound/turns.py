"""Whose turn it is: of the messages that were stored, the oldest that nobody holds is leased to one worker.

Of one network one message is handled at a time, in the order in which they came: what was said last counts, though what came
before it has to be tried again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text, union_all, update

from mailer import clock, wake
from mailer.house import House
from mailer.store import prepared, unindexed
from mailer.store.tables import inbox, raws

OPEN = ("stored", "handling")  # has no outcome yet
LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=2)
TAKING = 7_465_727  # PostgreSQL's lock for taking a message, so that two workers never overtake each other


class LeaseLost(Exception):
    """Another worker has taken the message meanwhile; what was begun here is undone."""


def take(house: House, owner: str, *, likely: bool) -> tuple[Any, bytes] | None:
    """The oldest message that nobody holds, leased. Of one network one message is handled at a time, in the order of ids."""
    lease_now = clock.lease_now()
    if not likely and not _is_any(house, lease_now):
        return None
    with house.store.write() as session:
        if session.dialect.name == "postgresql":
            session.execute(_LOCK, {"lock": TAKING})
        leased = session.execute(*_lease_oldest(lease_now, owner, lease_now + LEASE)).scalar()
        if leased is None:
            return None
        row = session.execute(*_with_content(leased)).one()
    return row, row.content


def _is_any(house: House, lease_now: datetime) -> bool:
    """Most looks find nothing; they must not take the writer's turn."""
    with house.store.read() as session:
        return session.execute(*_oldest(lease_now)).scalar() is not None


_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")


@prepared
def _lease_oldest(lease_now: Any, owner: Any, until: Any) -> Any:
    taken = {"state": "handling", "attempts": inbox.c.attempts + 1, "lease_owner": owner, "lease_until": until}
    # PostgreSQL: whoever waited here for an outcome to be committed looks at the row again, and not at the subquery.
    free = and_(inbox.c.id == _free(lease_now).scalar_subquery(), inbox.c.state.in_(OPEN))
    return update(inbox).where(free).values(taken).returning(inbox.c.id)


def _free(lease_now: Any) -> Any:
    """The id of the oldest that is free. Read in the order of the index, a state at a time: an IN over both would sort the
    whole backlog for each message."""
    earlier = inbox.alias()
    before_it = exists().where(
        unindexed(earlier.c.network_id) == inbox.c.network_id,  # few are in hand, however many came before
        earlier.c.id < inbox.c.id,
        earlier.c.state == "handling",
        earlier.c.lease_until >= lease_now,
    )
    free = and_(or_(inbox.c.lease_until.is_(None), inbox.c.lease_until < lease_now), ~before_it)
    first = [
        select(inbox.c.id).where(inbox.c.state == state, free).order_by(inbox.c.id).limit(1).subquery()
        for state in OPEN
    ]
    both = union_all(*(select(each.c.id) for each in first)).subquery()
    return select(func.min(both.c.id))


_oldest = prepared(_free)


@prepared
def _with_content(message: Any) -> Any:
    whole = select(inbox, raws.c.content).join(raws, raws.c.sha256 == inbox.c.raw_sha256)
    return whole.where(inbox.c.id == message)


def end_all_leases(session: Connection) -> None:
    """The embedded form starts: whoever was handling a message is gone, and it is handled from its start. Nor does one wait for
    a moment that the process before named: its clock may have gone ahead."""
    held = inbox.c.state.in_(OPEN) & inbox.c.lease_until.is_not(None)
    session.execute(update(inbox).where(held).values(state="stored", lease_owner="", lease_until=None))


def check_held(session: Connection, row: Any) -> None:
    """An act and its outcome are one transaction, and only of the worker that still holds the message: when it begins, and when
    its outcome is written (`still_held`)."""
    held = session.execute(*_held_by(row.id)).one()
    if (held.lease_owner, held.attempts) != (row.lease_owner, row.attempts):
        raise LeaseLost


@prepared
def _held_by(message: Any) -> Any:
    return select(inbox.c.lease_owner, inbox.c.attempts).where(inbox.c.id == message)


def put_back(house: House, row: Any, *, tries: int, reason: str) -> None:
    """Leave a message that is still held for another try, after a moment that is longer each time. It counts as in hand until
    then, so that nothing of its network overtakes it. `tries`: how many of them count."""
    with house.store.write() as session:
        waiting = {"lease_owner": "", "lease_until": clock.lease_now() + BACK_OFF * tries}
        session.execute(update(inbox).where(still_held(row)).values(state="handling", attempts=tries, reason=reason, **waiting))


def still_held(row: Any) -> ColumnElement[bool]:
    """Whether a message is held as when it was taken."""
    return held_as(row.id, row.lease_owner, row.attempts)


def held_as(message: Any, owner: Any, attempt: Any) -> ColumnElement[bool]:
    """Whether this owner holds the message, at this attempt."""
    return and_(inbox.c.id == message, inbox.c.lease_owner == owner, inbox.c.attempts == attempt)


def replay(session: Connection, inbox_id: int) -> bool:
    """Put a message back at the start of its walk (`termpost inbox replay`); only one that is not done."""
    done = session.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state.in_(("failed", "held", "refused")))
        .values(state="stored", attempts=0, outcome="", reason="", lease_until=None)
    )
    if done.rowcount:
        wake.note(session, wake.INBOX)
    return bool(done.rowcount)
