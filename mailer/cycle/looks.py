"""What every tick asks of the rows: what has a date to be given, what is over, what has a step to take.

Asked twice a second and mostly in vain, so each is built once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, not_, or_, select, type_coerce, union_all

from mailer.cycle import proofing
from mailer.cycle.table import PRESSING
from mailer.outbound import outbox
from mailer.store import prepared
from mailer.store.tables import meetings, memberships, networks, occasions, outgoing
from mailer.store.types import Instant

LIVE = ("planned", "proofed", "waiting", "held")
A_STEP_AT_MOST = 50

_ROW = (*occasions.c, networks.c.unanswered)
_PRESSING_FIRST = (
    case({kind: at for at, kind in enumerate(PRESSING)}, value=occasions.c.kind, else_=0), occasions.c.due_at, occasions.c.id
)
_GOES = and_(occasions.c.state == "queued", occasions.c.held_at.is_(None))
_AT_ITS_BEGINNING = and_(occasions.c.audience_count.is_(None), func.coalesce(occasions.c.cursor, 0) == 0)


@prepared
def networks_to_plan(now: Any, tomorrow: Any) -> Any:
    """Open networks whose next week is not planned yet, or whose next digest is not."""
    o = occasions.c
    planned = select(o.network_id).where(o.kind == "desk-brief", o.due_at > now)
    digests = select(o.network_id).where(o.kind == "digest", o.due_at > tomorrow)
    wanted = select(memberships.c.network_id).where(memberships.c.digest, memberships.c.ended_at.is_(None))
    due = or_(networks.c.id.not_in(planned), and_(networks.c.id.in_(wanted), networks.c.id.not_in(digests)))
    return select(networks.c.id).where(networks.c.closed_at.is_(None), due)


@prepared
def meetings_over(now: Any) -> Any:
    """Meetings that have ended and are not known to have."""
    return select(meetings.c.id).where(meetings.c.state == "planned", meetings.c.ends_at <= now)


def one(session: Connection, occasion_id: int) -> Any:
    """An occasion's row, with what its network does with a proof that nobody answers."""
    return session.execute(select(*_ROW).join(networks, networks.c.id == occasions.c.network_id).where(occasions.c.id == occasion_id)).one()


def waiting(session: Connection, now: datetime) -> list[Any]:
    """Rows as `one` gives them: occasions that have a step to take, the more pressing first, and last those of which only the end
    is to be written down; without those that are `half_written` or `to_be_shown`."""
    asked = _waiting(now, now - proofing.NUDGE_AFTER, now - timedelta(days=1))
    return list(session.execute(*asked))


@prepared
def _waiting(now: Any, nudged: Any, yesterday: Any) -> Any:
    o = occasions.c
    copy = outgoing.c
    under_way = exists().where(copy.occasion_id == o.id, copy.state.in_((*outbox.OPEN, "sending")))  # nothing to do until then
    return (
        select(*_ROW)
        .join(networks, networks.c.id == o.network_id)
        .where(
            networks.c.closed_at.is_(None),
            or_(
                and_(o.state == "planned", o.mode == "auto", o.due_at <= now),
                and_(o.state == "proofed", or_(o.goes_at <= now, o.due_at <= now)),
                and_(o.state == "proofed", o.approved_version.is_(None), o.reminded_at <= nudged),
                and_(o.state == "waiting", or_(o.goes_at <= now, o.reminded_at <= yesterday)),
                and_(_GOES, _AT_ITS_BEGINNING),
                and_(_GOES, o.audience_count.is_not(None), ~under_way),
                and_(o.state.in_(LIVE), o.until_at < now),
            ),
        )
        .order_by(o.audience_count.is_not(None), *_PRESSING_FIRST)
        .limit(A_STEP_AT_MOST)
    )


def to_be_shown(session: Connection, now: datetime) -> list[Any]:
    """Rows as `one` gives them: occasions whose proof is due, the more pressing first."""
    return list(session.execute(*_to_be_shown(now)))


@prepared
def _to_be_shown(now: Any) -> Any:
    o = occasions.c
    planned = (o.state == "planned", o.mode == "proof", o.proof_at <= now, o.until_at >= now)
    shown = select(*_ROW).join(networks, networks.c.id == o.network_id).where(networks.c.closed_at.is_(None), *planned)
    return shown.order_by(*_PRESSING_FIRST).limit(A_STEP_AT_MOST)


def half_written(session: Connection) -> list[Any]:
    """Rows as `one` gives them: occasions whose first page is written down and that have more, the more pressing first."""
    return list(session.execute(*_half_written()))


@prepared
def _half_written() -> Any:
    o = occasions.c
    open_ones = select(*_ROW).join(networks, networks.c.id == o.network_id).where(networks.c.closed_at.is_(None), _GOES)
    more = open_ones.where(o.audience_count.is_(None), not_(_AT_ITS_BEGINNING))
    return more.order_by(*_PRESSING_FIRST).limit(A_STEP_AT_MOST)


def next_going(session: Connection, now: datetime, soon: datetime) -> datetime | None:
    """When the first letter goes whose time comes after `now` and not after `soon`."""
    moment: datetime | None = session.execute(*_next_going(now, soon)).scalar()
    return moment


@prepared
def _next_going(now: Any, soon: Any) -> Any:
    o = occasions.c
    due = select(o.due_at.label("at")).where(o.state.in_(("planned", "proofed")), o.due_at > now, o.due_at <= soon)
    approved = select(o.goes_at).where(o.state.in_(("proofed", "waiting")), o.goes_at > now, o.goes_at <= soon)
    return select(type_coerce(func.min(union_all(due, approved).subquery().c.at), Instant))
