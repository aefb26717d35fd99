"""The meeting itself: made, moved, cancelled, over; and which one is meant when nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select, update

from mailer.errors import Conflict, NotFound, Refused
from mailer.meetings import carried
from mailer.message.encoded import clean
from mailer.people import formats, organisations
from mailer.store import add as add_row
from mailer.store import prepared
from mailer.store.tables import meetings, networks, responses

ITEMS_CLOSE_DAYS = 10  # before the meeting, unless set (design 4)
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Meeting:
    """One gathering, as it stands now. Times are aware, in UTC."""

    id: int
    network_id: int
    number: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    host: str
    organisation_id: int | None
    state: str
    revision: int
    sequence: int
    answers_from: int
    items_close_at: datetime
    announced_at: datetime
    created_at: datetime

    def over(self, now: datetime) -> bool:
        """True once it has ended, whether or not the row was marked yet."""
        return self.state == "over" or (self.state == "planned" and self.ends_at <= now)

    def state_at(self, now: datetime) -> str:
        """planned, over or cancelled, at this moment."""
        return "over" if self.over(now) else self.state


def add(
    session: Connection,
    network_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    title: str = "",
    venue: str = "",
    host: str = "",
    items_close_at: datetime | None = None,
) -> Meeting:
    """Make a meeting; items that were kept for the next one move into it (N6, N8). Refused when the times cannot be."""
    _check_times(starts_at, ends_at)
    network = select(networks.c.id).where(networks.c.id == network_id)
    session.execute(network.with_for_update(key_share=True))  # two that are made at one moment have two numbers
    number = session.execute(
        select(func.coalesce(func.max(meetings.c.number), 0) + 1).where(meetings.c.network_id == network_id)
    ).scalar_one()
    host = clean(host)
    meeting_id = add_row(
        session,
        meetings,
        network_id=network_id,
        number=number,
        title=clean(title),
        starts_at=starts_at,
        ends_at=ends_at,
        venue=clean(venue),
        host=host,
        organisation_id=organisations.find(session, network_id, host),
        items_close_at=items_close_at or close_of(starts_at, _zone(session, network_id)),
        announced_at=now,
        created_at=now,
    )
    carried.adopt(session, network_id, meeting_id)
    return get(session, meeting_id)


def get(session: Connection, meeting_id: int, network_id: int | None = None) -> Meeting:
    """The meeting with this id, of this network if one is given. Raises NotFound."""
    row = session.execute(*_one(meeting_id)).one_or_none()
    if row is None or network_id not in (None, row.network_id):
        raise NotFound(f"There is no meeting {meeting_id}.", "See `termpost meeting list`.")
    return _meeting(row)


@prepared
def _one(meeting: Any) -> Any:
    return select(meetings).where(meetings.c.id == meeting)


def current(session: Connection, network_id: int, now: datetime) -> Meeting | None:
    """The next meeting that has not ended; without one the latest that was (contract 3). Cancelled ones come last."""
    for query in (_next(network_id, now), _latest_standing(network_id), _latest(network_id)):
        row = session.execute(*query).first()
        if row is not None:
            return _meeting(row)
    return None


@prepared
def _next(network: Any, now: Any) -> Any:
    to_come = _of(network).where(meetings.c.state.not_in(("cancelled", "over")), meetings.c.ends_at > now)
    return to_come.order_by(meetings.c.starts_at, meetings.c.id).limit(1)


@prepared
def _latest_standing(network: Any) -> Any:
    standing = _of(network).where(meetings.c.state != "cancelled")
    return standing.order_by(meetings.c.ends_at.desc(), meetings.c.id).limit(1)


@prepared
def _latest(network: Any) -> Any:
    return _of(network).order_by(meetings.c.ends_at.desc(), meetings.c.id).limit(1)


def _of(network: Any) -> Any:
    return select(meetings).where(meetings.c.network_id == network)


def upcoming(session: Connection, network_id: int, now: datetime) -> Meeting | None:
    """The next meeting that is planned and has not ended, or None."""
    found = current(session, network_id, now)
    return found if found and found.state == "planned" and not found.over(now) else None


def following(session: Connection, meeting: Meeting) -> Meeting | None:
    """The planned meeting after this one, or None."""
    row = session.execute(
        select(meetings)
        .where(
            meetings.c.network_id == meeting.network_id,
            meetings.c.state == "planned",
            meetings.c.starts_at > meeting.starts_at,
            meetings.c.id != meeting.id,
        )
        .order_by(meetings.c.starts_at)
        .limit(1)
    ).first()
    return None if row is None else _meeting(row)


def previous(session: Connection, meeting: Meeting) -> Meeting | None:
    """The meeting that was held before this one, or None."""
    row = session.execute(
        select(meetings)
        .where(
            meetings.c.network_id == meeting.network_id,
            meetings.c.state != "cancelled",
            meetings.c.starts_at < meeting.starts_at,
        )
        .order_by(meetings.c.starts_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _meeting(row)


def listing(session: Connection, network_id: int) -> list[Meeting]:
    """Every meeting of the network by date."""
    query = select(meetings).where(meetings.c.network_id == network_id).order_by(meetings.c.starts_at, meetings.c.id)
    return [_meeting(row) for row in session.execute(query)]


def move(
    session: Connection,
    meeting: Meeting,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    venue: str | None = None,
    host: str | None = None,
    title: str | None = None,
    items_close_at: datetime | None = None,
    now: datetime,
) -> Meeting:
    """Change time, place or host: revision and SEQUENCE go up (CAL-3).

    Without `ends_at` the meeting keeps its length. On another day the answers given so far say nothing, so none of
    them counts any more (the history stays) and people are asked again. The close of items keeps its distance.
    Conflict when the meeting is over or cancelled; Refused when nothing would change or the times cannot be.
    """
    if meeting.state != "planned" or meeting.over(now):
        raise Conflict(_why_not_to_come(meeting), "Only a meeting to come can be moved.")
    starts = starts_at or meeting.starts_at
    ends = ends_at or starts + (meeting.ends_at - meeting.starts_at)
    _check_times(starts, ends)
    zone = _zone(session, meeting.network_id)
    values: dict[str, Any] = {
        "starts_at": starts,
        "ends_at": ends,
        "venue": meeting.venue if venue is None else clean(venue),
        "host": meeting.host if host is None else clean(host),
        "title": meeting.title if title is None else clean(title),
        "items_close_at": items_close_at or _shifted(meeting.items_close_at, meeting.starts_at, starts, zone),
    }
    if all(getattr(meeting, name) == value for name, value in values.items()):
        raise Refused("nothing-changed", "That is how the meeting stands already.")
    values["organisation_id"] = organisations.find(session, meeting.network_id, values["host"])
    another_day = formats.local(starts, zone).date() != formats.local(meeting.starts_at, zone).date()
    if another_day:
        values["answers_from"] = meeting.sequence + 1
        session.execute(update(responses).where(responses.c.meeting_id == meeting.id).values(current=False))
    _change(session, meeting, values)
    return get(session, meeting.id)


def cancel(session: Connection, meeting: Meeting, *, now: datetime) -> Meeting:
    """Cancel a meeting to come: SEQUENCE goes up (CAL-3). Its items are for `carried.carry_all` to keep."""
    if meeting.state != "planned" or meeting.over(now):
        raise Conflict(_why_not_to_come(meeting), "Only a meeting to come can be cancelled.")
    _change(session, meeting, {"state": "cancelled"})
    return get(session, meeting.id)


def _why_not_to_come(meeting: Meeting) -> str:
    return f"Meeting {meeting.number} is cancelled." if meeting.state == "cancelled" else f"Meeting {meeting.number} is over."


def revive(session: Connection, meeting_id: int) -> Meeting:
    """Take a cancellation back; what people are told counts up once more, as a new version."""
    meeting = get(session, meeting_id)
    if meeting.state != "cancelled":
        raise Conflict(f"Meeting {meeting.number} is not cancelled.")
    _change(session, meeting, {"state": "planned"})
    return get(session, meeting_id)


def facts(meeting: Meeting, network: Any) -> dict[str, Any]:
    """What templates are given of a meeting; moments are ISO 8601. `network` is anything with a `timezone`."""
    zone = network.timezone
    return {
        "id": str(meeting.id),
        "number": meeting.number,
        "title": meeting.title,
        "starts": formats.iso(meeting.starts_at, zone),
        "ends": formats.iso(meeting.ends_at, zone),
        "venue": meeting.venue,
        "host": meeting.host,
        "items_close": formats.iso(meeting.items_close_at, zone),
        "state": meeting.state,
    }


def facts_for(session: Connection, meeting: Meeting) -> dict[str, Any]:
    """`facts`, fetching the network."""
    return facts(meeting, session.execute(*_zone_of(meeting.network_id)).one())


@prepared
def _zone_of(network: Any) -> Any:
    return select(networks.c.timezone).where(networks.c.id == network)


def close_of(starts_at: datetime, zone: str) -> datetime:
    """Until when items are taken if nobody says: the same time of day ten days earlier on the clocks of `zone`."""
    there = starts_at.astimezone(ZoneInfo(zone))
    return (there - timedelta(days=ITEMS_CLOSE_DAYS)).astimezone(starts_at.tzinfo)  # wall time, so 16:00 stays 16:00


def _shifted(close: datetime, before: datetime, after: datetime, zone: str) -> datetime:
    if close == close_of(before, zone):
        return close_of(after, zone)
    return close + (after - before)


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused("ends-before-it-starts", "The meeting would end before it starts.", "Please check the two times.")
    if ends_at - starts_at > LONGEST:
        raise Refused("too-long", "The meeting would last more than two weeks.", "Please check the two dates.")


def _change(session: Connection, meeting: Meeting, values: Mapping[str, Any]) -> None:
    """Write `values` and raise both counts, unless somebody else was quicker."""
    done = session.execute(
        update(meetings)
        .where(meetings.c.id == meeting.id, meetings.c.revision == meeting.revision)
        .values(**values, revision=meeting.revision + 1, sequence=meeting.sequence + 1)
    )
    if done.rowcount != 1:
        raise Conflict(f"Meeting {meeting.number} was changed by someone else just now.", "Look at it and try again.")


def _zone(session: Connection, network_id: int) -> str:
    return str(session.execute(select(networks.c.timezone).where(networks.c.id == network_id)).scalar_one())


def _meeting(row: Row[Any]) -> Meeting:
    return Meeting(**row._mapping)
