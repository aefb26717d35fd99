"""Leases: kept while a worker lives, given back, and what becomes of copies whose worker died."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from mailer.outbound.outbox.history import note
from mailer.outbound.outbox.states import INTERRUPTED, IS_OPEN, IS_SENDING, POLICY, goes_again
from mailer.store import prepared
from mailer.store.lists import among
from mailer.store.tables import outgoing


def renew(session: Connection, ids: Sequence[int], owner: str, until: datetime) -> None:
    """Keep leases that `owner` still holds until a later time. A row that is just being written is left for the next time: who
    waits for one while holding others could be waited for in turn, and a deadlock costs a window its transaction."""
    theirs = (among(outgoing.c.id, list(ids)), outgoing.c.lease_owner == owner)
    mine = select(outgoing.c.id).where(*theirs, or_(IS_OPEN, IS_SENDING))  # what was taken for lost is named by them, and not leased
    session.execute(
        update(outgoing).where(outgoing.c.id.in_(mine.with_for_update(skip_locked=True))).values(lease_until=until)
    )


def release(session: Connection, ids: Iterable[int], owner: str) -> None:
    """Give leases back for rows that were not begun."""
    if unbegun := list(ids):
        session.execute(
            update(outgoing)
            .where(outgoing.c.id.in_(unbegun), outgoing.c.lease_owner == owner, IS_OPEN)
            .values(lease_owner="", lease_until=None)
        )


def take_again(session: Connection, ids: Sequence[int], owner: str, until: datetime) -> list[int]:
    """Lease copies that were put off just now, so that another relay is asked at once; the ids of those that still wait."""
    free = (among(outgoing.c.id, list(ids)), IS_OPEN, outgoing.c.lease_until.is_(None))
    taken = session.execute(update(outgoing).where(*free).values(lease_owner=owner, lease_until=until).returning(outgoing.c.id))
    return sorted(taken.scalars())


def take_back(session: Connection, which: Any) -> None:
    """Take away the leases of those that wait of some copies, before they are changed, held or cancelled: nobody begins them
    any more as they were read.

    On PostgreSQL this waits for whoever is just beginning a window, and keeps everybody from beginning another until this
    transaction ends, so who counts after it counts what has left. They are taken in the order in which a window has them, so
    that neither waits for the other in a ring.
    """
    waiting = select(outgoing.c.id).where(which, IS_OPEN).order_by(outgoing.c.next_attempt_at, outgoing.c.id)
    ids = session.execute(waiting.with_for_update(key_share=True)).scalars().all()
    leased = among(outgoing.c.id, list(ids)) & outgoing.c.lease_until.is_not(None)
    session.execute(update(outgoing).where(leased).values(lease_owner="", lease_until=None))


def _lapsed(lease_now: Any) -> Any:
    return and_(
        outgoing.c.state == "sending", or_(outgoing.c.lease_until.is_(None), outgoing.c.lease_until < lease_now)
    )


def has_lapsed(session: Connection, lease_now: datetime) -> bool:
    """True if a worker died, or lost its lease, in the middle of sending."""
    return session.execute(*_one_lapsed(lease_now)).first() is not None


@prepared
def _one_lapsed(lease_now: Any) -> Any:
    return select(outgoing.c.id).where(_lapsed(lease_now)).limit(1)


def reap(session: Connection, *, lease_now: datetime, now: datetime, resend: bool) -> int:
    """Turn what a dead worker was sending into `uncertain`, or back to `queued` where the setting says resend.

    Returns how many rows it took. A network's own choice comes before the setting. What it had sent may be answered
    all the same, if it lives: `write_results` takes that, so an uncertain row goes on naming who had it.
    """
    # What is just being answered is passed over: who answers may wait for what was taken here (PostgreSQL).
    lapsed = select(outgoing.c.id, POLICY).where(_lapsed(lease_now)).with_for_update(skip_locked=True, key_share=True, of=outgoing)
    found = session.execute(lapsed).all()
    reaped = 0
    for again_too, state in ((True, "queued"), (False, "uncertain")):
        ids = [r.id for r in found if goes_again(r.policy, resend) is again_too]
        if ids:
            taken = session.execute(
                update(outgoing)
                .where(outgoing.c.id.in_(ids), _lapsed(lease_now))  # nobody has renewed it since it was looked at
                .values(
                    state=state,
                    reason=INTERRUPTED,
                    lease_owner="" if again_too else outgoing.c.lease_owner,
                    lease_until=None,
                    next_attempt_at=now,
                    finished_at=None if again_too else now,
                )
                .returning(outgoing.c.id)
            ).scalars()
            lost = sorted(taken)
            note(session, lost, now, state="uncertain", reason=INTERRUPTED)
            reaped += len(lost)
    return reaped


def end_all_leases(session: Connection) -> None:
    """The embedded form starts: whoever held a lease is gone."""
    session.execute(
        update(outgoing).where(outgoing.c.lease_until.is_not(None)).values(lease_until=None, lease_owner="")
    )
