"""What every tick asks of the rows: what has a date to be given, what is over, what has a step to take.

Asked twice a second and mostly in vain, so each is built once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, not_, or_, select, tuple_, type_coerce, union_all

from mailer.cycle import proofing
from mailer.cycle.calendar import NetworkCalendar
from mailer.cycle.table import PRESSING, TABLE, Anchor
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
_BEGUN_OR_OPEN = or_(networks.c.closed_at.is_(None), occasions.c.cursor.is_not(None))  # what has begun ends, though its network is closed
_TO_A_FEW = [row.kind for row in TABLE if row.lane == "urgent" and row.anchor is not Anchor.CHANGE]  # a change may be taken back
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
    """Rows as `one` gives them: occasions that have a step to take, the more pressing first, then those of which only the end is to
    be written down, and last those of which organisers are to be reminded today; without those that are `half_written` or
    `to_be_shown`."""
    return [*session.execute(*_waiting(now)), *_to_be_reminded_of(session, now)]


@prepared
def _waiting(now: Any) -> Any:
    o = occasions.c
    copy = outgoing.c
    under_way = exists().where(copy.occasion_id == o.id, copy.state.in_((*outbox.OPEN, "sending")))  # nothing to do until then
    return (
        select(*_ROW)
        .join(networks, networks.c.id == o.network_id)
        .where(
            _BEGUN_OR_OPEN,
            or_(
                and_(o.state == "planned", o.mode == "auto", o.due_at <= now),
                and_(o.state.in_(("proofed", "waiting")), o.goes_at <= now),
                and_(o.state == "proofed", o.approved_version.is_(None), o.due_at <= now),
                and_(_GOES, _AT_ITS_BEGINNING),
                and_(_GOES, o.audience_count.is_not(None), ~under_way),
                and_(o.state.in_(LIVE), o.until_at < now),
            ),
        )
        .order_by(o.audience_count.is_not(None), *_PRESSING_FIRST)
        .limit(A_STEP_AT_MOST)
    )


def coming(session: Connection, now: datetime, soon: datetime) -> list[Any]:
    """Rows as `one` gives them: what goes to a few by itself after `now` and not after `soon`, the first to go first."""
    return list(session.execute(*_coming(now, soon)))


@prepared
def _coming(now: Any, soon: Any) -> Any:
    o = occasions.c
    due = (o.state == "planned", o.mode == "auto", o.kind.in_(_TO_A_FEW), o.due_at > now, o.due_at <= soon)
    theirs = select(*_ROW).join(networks, networks.c.id == o.network_id).where(networks.c.closed_at.is_(None), *due)
    return theirs.order_by(o.due_at, o.id).limit(A_STEP_AT_MOST)


def _to_be_reminded_of(session: Connection, now: datetime) -> list[Any]:
    """Nobody is reminded on a day on which nobody works, so what waits over it is not found, where it would fill the step."""
    silent = (now, now - proofing.NUDGE_AFTER)
    calendars = [NetworkCalendar(zone, region) for zone, region in session.execute(*_calendars_of_silent(*silent))]
    at_work = [(one.zone, one.region) for one in calendars if one.is_working(one.local(now).date())]
    if not at_work:
        return []
    n = networks.c
    theirs = select(*_ROW).join(networks, n.id == occasions.c.network_id).where(_silent(*silent), tuple_(n.timezone, n.holidays).in_(at_work))
    return list(session.execute(theirs.order_by(*_PRESSING_FIRST).limit(A_STEP_AT_MOST)))


@prepared
def _calendars_of_silent(now: Any, yesterday: Any) -> Any:
    n = networks.c
    return select(n.timezone, n.holidays).distinct().join(occasions, occasions.c.network_id == n.id).where(_silent(now, yesterday))


def _silent(now: Any, yesterday: Any) -> Any:
    """Organisers heard of it a day ago and nobody has let it go; what is at its time or past its end has another step to take."""
    o = occasions.c
    shown = or_(o.state == "waiting", and_(o.state == "proofed", o.due_at > now))
    return and_(networks.c.closed_at.is_(None), shown, o.approved_version.is_(None), o.reminded_at <= yesterday, o.until_at >= now)


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
    open_ones = select(*_ROW).join(networks, networks.c.id == o.network_id).where(_GOES)
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
