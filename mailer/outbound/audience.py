"""Who gets an occasion's letter: queries over standings that the gate allows, in pages by address id.

An audience is a word of the cycle table, whose condition stands in `picking`. What the gate refuses never enters an
audience, and what it refuses later is cancelled by the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, exists, false, func, literal, or_, select

from mailer.consent import gate
from mailer.outbound.picking import (
    AUDIENCES,
    ORGANISING,
    attended,
    gave_feedback,
    has_item,
    has_role,
    is_guest,
    same_person,
)
from mailer.people import written
from mailer.store import prepared
from mailer.store.lists import among, one_of
from mailer.store.tables import (
    addresses,
    invitations,
    memberships,
    networks,
    organisations,
    people,
    responses,
    standings,
)


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


# Whose standing for one event alone counts here, too.
WITH_GUESTS = ("members-and-guests", "coming-and-maybe", "attended", "concerned")


class Whom(NamedTuple):
    """What tells the queries of one audience from those of another; all else are their parameters."""

    audience: str
    purpose: str
    thing_type: str


def _query(whom: Whom, network_id: Any, thing_id: Any, now: Any, today: Any, columns: Any) -> Any:
    purpose = standings.c.purpose
    fits = purpose == whom.purpose
    if whom.audience in WITH_GUESTS:
        of_event = standings.c.scope == literal("meeting:") + cast(thing_id, String)
        fits = and_(one_of(purpose, (whom.purpose, "event")), or_(fits, of_event))
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
                    invitations.c.meeting_id == _meeting(whom, thing_id),  # IS NULL without one: of nobody
                ),
            )
        )
        .where(
            standings.c.network_id == network_id,
            fits,
            gate.refusal_sql(purpose=purpose, network_id=network_id, now=now, today=today).is_(None),
            AUDIENCES[whom.audience](network_id, thing_id),
        )
    )


def _meeting(whom: Whom, thing_id: Any) -> Any | None:
    return thing_id if whom.thing_type == "meeting" else None


@cache
def _page_of(whom: Whom) -> Callable[..., Any]:
    @prepared
    def asked(network_id: Any, thing_id: Any, now: Any, today: Any, after: Any, limit: Any) -> Any:
        query = _query(whom, network_id, thing_id, now, today, _columns(_meeting(whom, thing_id)))
        # By the standing's own column, whose index has this order: by the address's, each page would sort all that are left.
        return query.where(standings.c.address_id > after).order_by(standings.c.address_id).limit(limit)

    return asked


def _columns(meeting: Any | None) -> tuple[Any, ...]:
    """In the order of Recipient's fields; without a meeting nothing is asked about one."""
    of_meeting = (literal(""), false(), false(), false()) if meeting is None else _of_meeting(meeting)
    return (
        addresses.c.id.label("address_id"),
        addresses.c.person_id,
        memberships.c.id.label("membership_id"),
        standings.c.id.label("standing_id"),
        addresses.c.address,
        func.coalesce(people.c.name, "").label("name"),
        func.coalesce(func.nullif(written.LANGUAGE, ""), networks.c.language).label("language"),
        written.PLAIN_TEXT.label("plain"),
        addresses.c.shared,
        func.coalesce(organisations.c.name, "").label("organisation"),
        invitations.c.id.label("invitation_id"),
        *[column.label(name) for name, column in zip(("answer", "has_item", "attended", "gave_feedback"), of_meeting, strict=True)],
        has_role(*ORGANISING).label("organises"),
        or_(memberships.c.id.is_(None), is_guest()).label("guest"),
        func.coalesce(memberships.c.working_days, "").label("working_days"),
    )


def _of_meeting(meeting: Any) -> tuple[ColumnElement[Any], ...]:
    """Their answer, and whether they have an item on the agenda, were there, and have said how it was."""
    latest = (
        select(responses.c.answer)
        .where(responses.c.meeting_id == meeting, responses.c.current, same_person(responses.c.address_id))
        .order_by(responses.c.id.desc())
        .limit(1)
        .correlate_except(responses)
        .scalar_subquery()
    )
    return func.coalesce(latest, ""), has_item(meeting), attended(meeting), gave_feedback(meeting)


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
    asked = _page_of(Whom(audience, purpose, thing_type))
    rows = session.execute(*asked(network_id, thing_id, now, gate.day(now), after, limit))
    return [Recipient._make(row) for row in rows]


@cache
def _ids_between(whom: Whom, with_others: bool) -> Callable[..., Any]:
    @prepared
    def asked(network_id: Any, thing_id: Any, now: Any, today: Any, first: Any, last: Any, besides: Any) -> Any:
        address = standings.c.address_id
        wanted: ColumnElement[bool] = address.between(first, last)
        if with_others:
            wanted = or_(wanted, among(address, besides))
        return _query(whom, network_id, thing_id, now, today, (address,)).where(wanted)

    return asked


def ids_between(
    session: Connection, occasion: Any, row: Any, now: datetime, first: int, last: int, besides: Sequence[int] = ()
) -> set[int]:
    """Which address ids from `first` to `last`, or among `besides`, an occasion would reach now."""
    asked = _ids_between(Whom(row.audience, row.purpose, occasion.thing_type), bool(besides))
    of = (occasion.network_id, occasion.thing_id, now, gate.day(now))
    return set(session.execute(*asked(*of, first, last, list(besides))).scalars())


@cache
def _count(whom: Whom) -> Callable[..., Any]:
    @prepared
    def asked(network_id: Any, thing_id: Any, now: Any, today: Any) -> Any:
        # Only those with several addresses are told apart: a set of a million people would fill the memory.
        other = addresses.alias("other")
        person = addresses.c.person_id
        several = exists().where(other.c.person_id == person, other.c.id != addresses.c.id)
        who = case((several, person))
        return _query(whom, network_id, thing_id, now, today, (func.count() - func.count(who) + func.count(func.distinct(who)),))

    return asked


def count(
    session: Connection, *, network_id: int, audience: str, purpose: str, thing_type: str, thing_id: int, now: datetime
) -> int:
    """How many would get it now, a person counted once."""
    asked = _count(Whom(audience, purpose, thing_type))
    return int(session.execute(*asked(network_id, thing_id, now, gate.day(now))).scalar_one())


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
