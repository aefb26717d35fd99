"""Who gets an occasion's letter: queries over standings that the gate allows, in pages by address id.

An audience is a word of the cycle table; AUDIENCES maps it to the condition that picks its people. What the gate
refuses never enters an audience, and what it refuses later is cancelled by the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from mailer.consent import gate
from mailer.people import roles as roles_room
from mailer.store.tables import (
    actions,
    addresses,
    agenda_items,
    attendance,
    feedback,
    invitations,
    letters,
    meetings,
    memberships,
    networks,
    occasions,
    organisations,
    outgoing,
    people,
    promises,
    responses,
    roles,
    standings,
)

MOVED = "meeting moved"  # why a copy was cancelled whose reader is to be told the new time instead
ORGANISING = tuple(sorted(roles_room.ORGANISING))


class Recipient(NamedTuple):
    """One person or shared mailbox of an audience, with what decides which variant of the letter they get."""

    address_id: int
    person_id: int | None
    membership_id: int | None
    standing_id: int
    address: str
    name: str
    language: str
    plain: bool
    shared: bool
    organisation: str
    invitation_id: int | None
    answer: str  # their answer to the meeting, or empty
    has_item: bool
    attended: bool
    gave_feedback: bool
    organises: bool
    guest: bool  # of single events: no call for items
    working_days: str  # "tue thu"; empty: all

    @property
    def key(self) -> str:
        """The person, or the shared mailbox: what gets one copy (V5)."""
        return f"p{self.person_id}" if self.person_id is not None else f"a{self.address_id}"


Pick = Callable[[int, int], ColumnElement[bool]]  # (network id, thing id) -> condition


def _any(table: FromClause, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some row of `table` fits; everything else in the conditions is the row that is asked about."""
    return exists(select(literal(1)).select_from(table).where(*conditions).correlate_except(table))


def _role(*names: str) -> ColumnElement[bool]:
    return _any(roles, roles.c.membership_id == memberships.c.id, roles.c.role.in_(names), roles.c.active)


def _same_person(column: Any) -> ColumnElement[bool]:
    """Rows kept under any address of the same person."""
    other = addresses.alias()
    known = _any(
        other, other.c.id == column, other.c.person_id.is_not(None), other.c.person_id == addresses.c.person_id
    )
    return or_(column == addresses.c.id, known)


def _answered(meeting_id: Any, *answers: str) -> ColumnElement[bool]:
    conditions = [
        responses.c.meeting_id == meeting_id,
        responses.c.current,
        responses.c.answer != "none",
        _same_person(responses.c.address_id),
    ]
    return _any(responses, *conditions, *([responses.c.answer.in_(answers)] if answers else []))


def _attended(meeting_id: Any) -> ColumnElement[bool]:
    return _any(attendance, attendance.c.meeting_id == meeting_id, _same_person(attendance.c.address_id))


def _gave_feedback(meeting_id: Any) -> ColumnElement[bool]:
    return _any(feedback, feedback.c.meeting_id == meeting_id, _same_person(feedback.c.address_id))


def _has_item(meeting_id: Any) -> ColumnElement[bool]:
    item = agenda_items.c
    return _any(agenda_items, item.meeting_id == meeting_id, item.state == "open", _same_person(item.address_id))


def _told(meeting_id: Any) -> ColumnElement[bool]:
    """Some letter about this meeting went or is going to this address, or was stopped on its way as the meeting moved: their
    copy, or the writing of the copies before theirs was reached."""
    about = (occasions.c.thing_type == "meeting", occasions.c.thing_id == meeting_id)
    a_copy = _any(
        outgoing.join(occasions, occasions.c.id == outgoing.c.occasion_id),
        outgoing.c.address_id == addresses.c.id,
        *about,
        or_(outgoing.c.state.not_in(("cancelled", "failed")), outgoing.c.reason == MOVED),
    )
    not_reached = _any(occasions, *about, occasions.c.reason == MOVED, addresses.c.id > occasions.c.cursor)
    in_passing = _any(
        outgoing,
        outgoing.c.address_id == addresses.c.id,
        outgoing.c.letter_id.in_(_giving_the_date(meeting_id)),
        outgoing.c.state.not_in(("cancelled", "failed")),
    )
    return or_(a_copy, not_reached, in_passing)


def _giving_the_date(meeting_id: Any) -> Select[Any]:
    """Letters about something else that give the date as well: the minutes of the meeting before, the newsletter, what
    somebody who came later was told, the welcome."""
    aside = letters.c.template.in_(("occasions/minutes-and-actions", "occasions/issue", "occasions/late-joiner"))
    return select(letters.c.id).where(
        or_(
            and_(aside, letters.c.fields["tells"].as_string() == f"[{meeting_id}]"),
            and_(
                letters.c.template == "replies/joined",
                letters.c.fields[("next_meeting", "id")].as_string() == str(meeting_id),
            ),
        )
    )


def told_in_passing(session: Connection, meeting_id: int) -> bool:
    """Whether anybody was given this meeting's date by a letter about something else."""
    went = outgoing.c.state.not_in(("cancelled", "failed"))
    query = select(outgoing.c.id).where(outgoing.c.letter_id.in_(_giving_the_date(meeting_id)), went)
    return session.execute(query.limit(1)).first() is not None


def _host(_network: int, meeting_id: int) -> ColumnElement[bool]:
    hosting = _any(
        meetings,
        meetings.c.id == meeting_id,
        meetings.c.organisation_id.is_not(None),
        meetings.c.organisation_id == memberships.c.organisation_id,
    )
    return or_(_role(*ORGANISING), and_(hosting, _role("named-contact")))


def _guest() -> ColumnElement[bool]:
    """Comes to single events only: their one role is guest."""
    more = _any(roles, roles.c.membership_id == memberships.c.id, roles.c.role != "guest", roles.c.active)
    return and_(_role("guest"), ~more)


def _everyone(_network: int, _thing: int) -> ColumnElement[bool]:
    return true()


AUDIENCES: dict[str, Pick] = {
    "members": lambda n, m: ~_guest(),
    "members-and-guests": _everyone,
    "members-without-date": lambda n, m: and_(~_told(m), ~_guest()),
    "subscribers": _everyone,
    "readers": lambda n, p: ~func.coalesce(memberships.c.digest, false()),
    "digest-readers": lambda n, d: func.coalesce(memberships.c.digest, false()),
    "unanswered": lambda n, m: ~_answered(m),
    "coming-and-maybe": lambda n, m: _answered(m, "yes", "maybe"),
    "concerned": lambda n, m: _told(m),
    "attended": lambda n, m: _attended(m),
    "attended-silent": lambda n, m: and_(_attended(m), ~_gave_feedback(m)),
    "hosts-and-organisers": _host,
    "organisers": lambda n, t: _role(*ORGANISING),
    "named-contacts": lambda n, t: and_(_role("named-contact"), memberships.c.organisation_id.is_not(None)),
    "editors": lambda n, t: _role("editor", *ORGANISING),
    "joiner": lambda n, member: memberships.c.id == member,
    "owner": lambda n, action: _any(actions, actions.c.id == action, actions.c.membership_id == memberships.c.id),
    "promiser": lambda n, promise: _any(promises, promises.c.id == promise, _same_person(promises.c.address_id)),
}


def _query(
    network_id: int, audience: str, purpose: str, thing_type: str, thing_id: int, now: datetime, columns: Any
) -> Any:
    purposes = (
        [purpose, "event"]
        if audience in ("members-and-guests", "coming-and-maybe", "attended", "concerned")
        else [purpose]
    )
    return (
        select(*columns)
        .select_from(
            standings.join(addresses, addresses.c.id == standings.c.address_id)
            .join(networks, networks.c.id == standings.c.network_id)
            .outerjoin(
                memberships,
                and_(
                    memberships.c.network_id == standings.c.network_id,
                    memberships.c.address_id == standings.c.address_id,
                ),
            )
            .outerjoin(people, people.c.id == addresses.c.person_id)
            .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
            .outerjoin(
                invitations,
                and_(
                    invitations.c.address_id == addresses.c.id,
                    invitations.c.meeting_id == (thing_id if thing_type == "meeting" else -1),
                ),
            )
        )
        .where(
            standings.c.network_id == network_id,
            standings.c.purpose.in_(purposes),
            or_(standings.c.purpose == purpose, standings.c.scope == f"meeting:{thing_id}"),
            gate.refusal_sql(purpose=standings.c.purpose, network_id=network_id, now=now).is_(None),
            AUDIENCES[audience](network_id, thing_id),
        )
    )


def page(
    session: Connection,
    *,
    network_id: int,
    audience: str,
    purpose: str,
    thing_type: str,
    thing_id: int,
    now: datetime,
    after: int = 0,
    limit: int = 2000,
) -> list[Recipient]:
    """The next `limit` recipients after address id `after`, in the order of address ids."""
    meeting = thing_id if thing_type == "meeting" else -1
    latest = (
        select(responses.c.answer)
        .where(responses.c.meeting_id == meeting, responses.c.current, _same_person(responses.c.address_id))
        .order_by(responses.c.id.desc())
        .limit(1)
        .correlate_except(responses)
        .scalar_subquery()
    )
    columns = (  # in the order of Recipient's fields
        addresses.c.id.label("address_id"),
        addresses.c.person_id,
        memberships.c.id.label("membership_id"),
        standings.c.id.label("standing_id"),
        addresses.c.address,
        func.coalesce(people.c.name, "").label("name"),
        func.coalesce(func.nullif(people.c.language, ""), networks.c.language).label("language"),
        func.coalesce(people.c.plain_text, literal(False)).label("plain"),
        addresses.c.shared,
        func.coalesce(organisations.c.name, "").label("organisation"),
        invitations.c.id.label("invitation_id"),
        func.coalesce(latest, "").label("answer"),
        _has_item(meeting).label("has_item"),
        _attended(meeting).label("attended"),
        _gave_feedback(meeting).label("gave_feedback"),
        _role(*ORGANISING).label("organises"),
        or_(memberships.c.id.is_(None), _guest()).label("guest"),
        func.coalesce(memberships.c.working_days, "").label("working_days"),
    )
    query = _query(network_id, audience, purpose, thing_type, thing_id, now, columns)
    # By the standing's own column, whose index has this order: by the address's, each page would sort all that are left.
    rows = session.execute(query.where(standings.c.address_id > after).order_by(standings.c.address_id).limit(limit))
    return [Recipient._make(row) for row in rows]


def ids_between(
    session: Connection, occasion: Any, row: Any, now: datetime, first: int, last: int, besides: Sequence[int] = ()
) -> set[int]:
    """Which address ids from `first` to `last`, or among `besides`, an occasion would reach now."""
    query = _query(
        occasion.network_id,
        row.audience,
        row.purpose,
        occasion.thing_type,
        occasion.thing_id,
        now,
        (standings.c.address_id,),
    )
    wanted: ColumnElement[bool] = standings.c.address_id.between(first, last)
    if besides:
        wanted = or_(wanted, standings.c.address_id.in_(besides))
    return set(session.execute(query.where(wanted)).scalars())


def count(
    session: Connection, *, network_id: int, audience: str, purpose: str, thing_type: str, thing_id: int, now: datetime
) -> int:
    """How many would get it now, a person counted once."""
    who = func.coalesce(addresses.c.person_id, -addresses.c.id)
    query = _query(network_id, audience, purpose, thing_type, thing_id, now, (func.count(func.distinct(who)),))
    return int(session.execute(query).scalar_one())


def count_for(session: Connection, occasion: Any, row: Any, now: datetime) -> int:
    """`count` for an occasion row and its row of the cycle table."""
    return count(
        session,
        network_id=occasion.network_id,
        audience=row.audience,
        purpose=row.purpose,
        thing_type=occasion.thing_type,
        thing_id=occasion.thing_id,
        now=now,
    )
