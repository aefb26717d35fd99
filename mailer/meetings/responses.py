"""Answers to an invitation. Every one is kept; one per (meeting, address) is current (CAL-10).

By mail, by the calendar's own button and on the page, the last valid answer wins by receive time. A calendar reply
that is older than the last one from that address (SEQUENCE, then DTSTAMP: RFC 5546 2.1.5, CAL-6), or that answers
for a day the meeting has left, is kept but does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select, update

from mailer.consent import ACTIVE
from mailer.meetings.left import left_since
from mailer.meetings.meetings import Meeting
from mailer.message.encoded import clean
from mailer.store import add, prepared, unindexed
from mailer.store.tables import addresses, invitations, meetings, people, responses, standings

ANSWERS = ("yes", "no", "maybe", "none")
MOST_GUESTS = 20
NOTE = 1_000


@dataclass(frozen=True)
class Response:
    """One answer as it was given. `current` is false once a later one counts, or if it came too late to."""

    id: int
    meeting_id: int
    address_id: int
    answer: str
    note: str
    guests: int
    names: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    channel: str
    current: bool
    sequence: int | None
    stamped_at: datetime | None
    inbox_id: int | None
    at: datetime


def record(
    session: Connection,
    meeting: Meeting,
    address_id: int,
    *,
    answer: str,
    channel: str,
    now: datetime,
    note: str = "",
    guests: int = 0,
    names: Sequence[str] = (),
    people: Sequence[Sequence[str]] = (),
    sequence: int | None = None,
    stamped_at: datetime | None = None,
    inbox_id: int | None = None,
) -> Response:
    """Keep an answer and let it count unless a newer one does. ValueError for an answer that is none of `ANSWERS`."""
    if answer not in ANSWERS:
        raise ValueError(f"{answer!r} is no answer")
    counts = not (
        _stale(session, meeting, address_id, sequence, stamped_at)
        or _overtaken(session, meeting.id, address_id, inbox_id, now)
    )
    if counts:
        session.execute(*_none_counts(meeting.id, address_id))
    response_id = add(
        session,
        responses,
        meeting_id=meeting.id,
        address_id=address_id,
        answer=answer,
        note=clean(note)[:NOTE],
        guests=max(0, min(guests, MOST_GUESTS)),
        names=[name for name in (clean(name)[:80] for name in names[:MOST_GUESTS]) if name],
        people=[[name, said] for name, said in ((clean(n)[:80], s) for n, s in people[:MOST_GUESTS]) if name],
        channel=channel,
        current=counts,
        sequence=sequence,
        stamped_at=stamped_at,
        inbox_id=inbox_id,
        at=now,
    )
    return _response(session.execute(*_one(response_id)).one())


@prepared
def _one(response: Any) -> Any:
    return select(responses).where(responses.c.id == response)


@prepared
def _current(meeting: Any, address: Any) -> Any:
    mine = (unindexed(responses.c.meeting_id) == meeting) & (responses.c.address_id == address)
    return select(responses).where(mine, responses.c.current).order_by(responses.c.id.desc()).limit(1)


@prepared
def _none_counts(meeting: Any, address: Any) -> Any:
    mine = (unindexed(responses.c.meeting_id) == meeting) & (responses.c.address_id == address)
    return update(responses).where(mine, responses.c.current).values(current=False)


def _stale(
    session: Connection, meeting: Meeting, address_id: int, sequence: int | None, stamped_at: datetime | None
) -> bool:
    """CAL-6, for calendar replies only (`sequence` given)."""
    if sequence is None:
        return False
    if sequence < meeting.answers_from:
        return True
    last = session.execute(
        select(responses.c.sequence, responses.c.stamped_at)
        .where(
            responses.c.meeting_id == meeting.id,
            responses.c.address_id == address_id,
            responses.c.sequence.is_not(None),
        )
        .order_by(responses.c.sequence.desc(), responses.c.stamped_at.desc(), responses.c.id.desc())
        .limit(1)
    ).first()
    if last is None or sequence > last.sequence:
        return False
    if sequence < last.sequence:
        return True
    return bool(stamped_at and last.stamped_at and stamped_at < last.stamped_at)


def _overtaken(session: Connection, meeting_id: int, address_id: int, inbox_id: int | None, now: datetime) -> bool:
    """True if what counts now was received later: messages are handled in any order, their ids are not (design 3)."""
    standing = current(session, meeting_id, address_id)
    if standing is None:
        return False
    if inbox_id is not None and standing.inbox_id is not None:
        return standing.inbox_id > inbox_id
    return standing.at > now


def current(session: Connection, meeting_id: int, address_id: int) -> Response | None:
    """The answer of this address that counts, or None."""
    row = session.execute(*_current(meeting_id, address_id)).first()
    return None if row is None else _response(row)


def get(session: Connection, response_id: int) -> Response | None:
    """The answer with this id, or None."""
    row = session.execute(*_one(response_id)).first()
    return None if row is None else _response(row)


def make_current(session: Connection, meeting_id: int, address_id: int, response_id: int | None) -> None:
    """Let an earlier answer count again, or none (undo)."""
    mine = (responses.c.meeting_id == meeting_id) & (responses.c.address_id == address_id)
    session.execute(*_none_counts(meeting_id, address_id))
    if response_id is not None:
        session.execute(update(responses).where(mine, responses.c.id == response_id).values(current=True))


def history(session: Connection, meeting_id: int, address_id: int) -> list[Response]:
    """Every answer of this address in the order they were kept."""
    query = select(responses).where(responses.c.meeting_id == meeting_id, responses.c.address_id == address_id)
    return [_response(row) for row in session.execute(query.order_by(responses.c.id))]


def behind(session: Connection, address_id: int) -> list[str]:
    """The people who answered from a shared mailbox by name, those last heard of first: whom we know to read it."""
    found: dict[str, str] = {}
    for row in session.execute(*_names_behind(address_id)):
        for name in [*(name for name, _ in row.people or ()), *(row.names or ())]:
            found.setdefault(name.casefold(), name)
    return list(found.values())[:MOST_GUESTS]


@prepared
def _names_behind(address: Any) -> Any:
    named = select(responses.c.people, responses.c.names).where(responses.c.address_id == address)
    return named.order_by(responses.c.id.desc())


def answering(meeting_id: int, *answers: str) -> Select[Any]:
    """A SELECT of the address ids whose current answer is one of these, for audiences; who has left since is none of them."""
    return select(responses.c.address_id).where(
        responses.c.meeting_id == meeting_id, responses.c.current, responses.c.answer.in_(answers), ~left_since(meeting_id)
    )


def unanswered(meeting_id: int) -> Select[Any]:
    """A SELECT of the invited address ids without an answer that counts: only they are asked again, and counted. Who has
    stopped the mail of meetings since will not answer any more, so nobody waits for them."""
    answered = exists().where(
        and_(
            responses.c.meeting_id == invitations.c.meeting_id,
            responses.c.address_id == invitations.c.address_id,
            responses.c.current,
            responses.c.answer != "none",
        )
    )
    still = exists().where(
        meetings.c.id == invitations.c.meeting_id,
        standings.c.network_id == meetings.c.network_id,
        standings.c.address_id == invitations.c.address_id,
        or_(standings.c.purpose == "meetings", standings.c.scope == f"meeting:{meeting_id}"),
        standings.c.standing == ACTIVE,
    )
    return select(invitations.c.address_id).where(invitations.c.meeting_id == meeting_id, ~answered, still)


def summary(session: Connection, meeting_id: int) -> dict[str, int]:
    """How many said what: yes, no, maybe, unanswered, invited, guests (of those who come) and coming (yes + guests). Who has
    left since is in none of them but `invited`, and in `left` if they were to come or might have."""
    counts = dict.fromkeys(("yes", "no", "maybe"), 0)
    guests = 0
    for row in session.execute(
        select(responses.c.answer, func.count().label("people"), func.sum(responses.c.guests).label("guests"))
        .where(
            responses.c.meeting_id == meeting_id,
            responses.c.current,
            responses.c.answer != "none",
            ~left_since(meeting_id),
        )
        .group_by(responses.c.answer)
    ):
        counts[row.answer] = row.people
        guests += int(row.guests or 0) if row.answer == "yes" else 0
    silent = session.execute(select(func.count()).select_from(unanswered(meeting_id).subquery())).scalar_one()
    invited = session.execute(
        select(func.count()).select_from(invitations).where(invitations.c.meeting_id == meeting_id)
    ).scalar_one()
    were_to_come = select(func.count()).where(
        responses.c.meeting_id == meeting_id,
        responses.c.current,
        responses.c.answer.in_(("yes", "maybe")),
        left_since(meeting_id),
    )
    return {
        **counts,
        "unanswered": silent,
        "invited": invited,
        "guests": guests,
        "coming": counts["yes"] + guests,
        "left": session.execute(were_to_come).scalar_one(),
    }


def listing(session: Connection, meeting_id: int) -> list[dict[str, Any]]:
    """`responses` of `meeting show --json`: who has answered and who still may, by address; `none` until they answer. Who
    has `left` since is shown with what they had said, and is not counted any more."""
    invited = unanswered(meeting_id)
    answered = select(responses.c.address_id).where(responses.c.meeting_id == meeting_id)
    query = (
        select(
            addresses.c.address,
            people.c.name,
            responses.c.answer,
            responses.c.note,
            responses.c.guests,
            responses.c.names,
            responses.c.people,
        )
        .add_columns(left_since(meeting_id).label("left"))
        .select_from(addresses)
        .outerjoin(people, people.c.id == addresses.c.person_id)
        .outerjoin(
            responses,
            and_(responses.c.address_id == addresses.c.id, responses.c.meeting_id == meeting_id, responses.c.current),
        )
        .where(addresses.c.id.in_(invited.union(answered)), addresses.c.address.is_not(None))
        .order_by(addresses.c.key)
    )
    return [
        {
            "address": row.address,
            "name": row.name or "",
            "answer": row.answer or "none",
            "note": row.note or "",
            "guests": row.guests or 0,
            "names": list(row.names or ()),
            "left": bool(row.left),
            "people": [{"name": name, "answer": said} for name, said in row.people or ()],
        }
        for row in session.execute(query)
    ]


def _response(row: Row[Any]) -> Response:
    values = dict(row._mapping)
    by_name = tuple((str(name), str(said)) for name, said in values["people"] or ())
    return Response(**{**values, "names": tuple(values["names"]), "people": by_name})
