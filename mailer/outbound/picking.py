"""Whom an audience picks: AUDIENCES maps a word of the cycle table to a condition over standings, addresses and memberships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import not_ as sql_not

from mailer.people import roles as roles_room
from mailer.store import prepared, unindexed
from mailer.store.lists import one_of
from mailer.store.tables import (
    actions,
    addresses,
    agenda_items,
    attendance,
    feedback,
    letters,
    meetings,
    memberships,
    occasions,
    outgoing,
    promises,
    responses,
    roles,
)

MOVED = "meeting moved"  # why a copy was cancelled whose reader is to be told the new time instead
ORGANISING = tuple(sorted(roles_room.ORGANISING))
WENT = sql_not(one_of(outgoing.c.state, ("cancelled", "failed")))

Pick = Callable[[Any, Any], ColumnElement[bool]]  # parameters for network id and thing id -> condition


def some(table: FromClause, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some row of `table` fits; everything else in the conditions is the row that is asked about."""
    return exists(select(literal(1)).select_from(table).where(*conditions).correlate_except(table))


def has_role(*names: str) -> ColumnElement[bool]:
    named = one_of(unindexed(roles.c.role), names)  # a member has a role or two: read, and not looked for one name after the other
    return some(roles, roles.c.membership_id == memberships.c.id, named, roles.c.active)


def same_person(column: Any) -> ColumnElement[bool]:
    """Rows kept under any address of the same person."""
    other = addresses.alias()
    known = some(
        other, other.c.id == column, other.c.person_id.is_not(None), other.c.person_id == addresses.c.person_id
    )
    return or_(column == addresses.c.id, known)


def _answered(meeting_id: Any, *answers: str) -> ColumnElement[bool]:
    conditions = [
        responses.c.meeting_id == meeting_id,
        responses.c.current,
        responses.c.answer != "none",
        same_person(responses.c.address_id),
    ]
    return some(responses, *conditions, *([one_of(responses.c.answer, answers)] if answers else []))


def attended(meeting_id: Any) -> ColumnElement[bool]:
    return some(attendance, attendance.c.meeting_id == meeting_id, same_person(attendance.c.address_id))


def gave_feedback(meeting_id: Any) -> ColumnElement[bool]:
    return some(feedback, feedback.c.meeting_id == meeting_id, same_person(feedback.c.address_id))


def has_item(meeting_id: Any) -> ColumnElement[bool]:
    item = agenda_items.c
    return some(agenda_items, item.meeting_id == meeting_id, item.state == "open", same_person(item.address_id))


def _told(meeting_id: Any) -> ColumnElement[bool]:
    """Some letter about this meeting went or is going to this address, or was stopped on its way as the meeting moved: their
    copy, or the writing of the copies before theirs was reached."""
    about = (occasions.c.thing_type == "meeting", occasions.c.thing_id == meeting_id)
    a_copy = some(
        outgoing.join(occasions, occasions.c.id == outgoing.c.occasion_id),
        outgoing.c.address_id == addresses.c.id,
        *about,
        or_(WENT, outgoing.c.reason == MOVED),
    )
    not_reached = some(occasions, *about, occasions.c.reason == MOVED, addresses.c.id > occasions.c.cursor)
    in_passing = some(
        outgoing,
        outgoing.c.address_id == addresses.c.id,
        outgoing.c.letter_id.in_(_giving_the_date(meeting_id)),
        WENT,
    )
    return or_(a_copy, not_reached, in_passing)


def _giving_the_date(meeting_id: Any) -> Select[Any]:
    """Letters about something else that give the date as well: the minutes of the meeting before, the newsletter, what
    somebody who came later was told, the welcome."""
    number = cast(meeting_id, String)
    aside = one_of(letters.c.template, ("occasions/minutes-and-actions", "occasions/issue", "occasions/late-joiner"))
    return select(letters.c.id).where(
        or_(
            and_(aside, letters.c.fields["tells"].as_string() == literal("[") + number + "]"),
            and_(
                letters.c.template == "replies/joined",
                letters.c.fields[("next_meeting", "id")].as_string() == number,
            ),
        )
    )


def tells(meeting_id: int) -> ColumnElement[bool]:
    """Whether an occasion's letter, as it was composed last, gives this meeting's date, whatever it is about."""
    composed = and_(letters.c.occasion_id == occasions.c.id, letters.c.version == occasions.c.version)
    return some(letters, composed, letters.c.id.in_(_giving_the_date(literal(meeting_id))))


@prepared
def _told_in_passing(meeting_id: Any) -> Any:
    return select(outgoing.c.id).where(outgoing.c.letter_id.in_(_giving_the_date(meeting_id)), WENT).limit(1)


def told_in_passing(session: Connection, meeting_id: int) -> bool:
    """Whether anybody was given this meeting's date by a letter about something else."""
    return session.execute(*_told_in_passing(meeting_id)).first() is not None


def _host(_network: Any, meeting_id: Any) -> ColumnElement[bool]:
    hosting = some(
        meetings,
        meetings.c.id == meeting_id,
        meetings.c.organisation_id.is_not(None),
        meetings.c.organisation_id == memberships.c.organisation_id,
    )
    return or_(has_role(*ORGANISING), and_(hosting, has_role("named-contact")))


def is_guest() -> ColumnElement[bool]:
    """Comes to single events only: their one role is guest."""
    more = some(roles, roles.c.membership_id == memberships.c.id, roles.c.role != "guest", roles.c.active)
    return and_(has_role("guest"), ~more)


def _everyone(_network: Any, _thing: Any) -> ColumnElement[bool]:
    return true()


AUDIENCES: dict[str, Pick] = {
    "members": lambda n, m: ~is_guest(),
    "members-and-guests": _everyone,
    "members-without-date": lambda n, m: and_(~_told(m), ~is_guest()),
    "subscribers": _everyone,
    "readers": lambda n, p: ~func.coalesce(memberships.c.digest, false()),
    "digest-readers": lambda n, d: func.coalesce(memberships.c.digest, false()),
    "unanswered": lambda n, m: ~_answered(m),
    "coming-and-maybe": lambda n, m: _answered(m, "yes", "maybe"),
    "concerned": lambda n, m: _told(m),
    "attended": lambda n, m: attended(m),
    "attended-silent": lambda n, m: and_(attended(m), ~gave_feedback(m)),
    "hosts-and-organisers": _host,
    "organisers": lambda n, t: has_role(*ORGANISING),
    "named-contacts": lambda n, t: and_(has_role("named-contact"), memberships.c.organisation_id.is_not(None)),
    "editors": lambda n, t: has_role("editor", *ORGANISING),
    "joiner": lambda n, member: memberships.c.id == member,
    "owner": lambda n, action: some(actions, actions.c.id == action, actions.c.membership_id == memberships.c.id),
    "promiser": lambda n, promise: some(promises, promises.c.id == promise, same_person(promises.c.address_id)),
}
