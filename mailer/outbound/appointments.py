"""What a letter to one person takes out of their calendar, or puts back into it (CAL-3, RFC 5546 3.2.5).

Who leaves keeps no dates of ours: the farewell carries a CANCEL for every meeting to come that a calendar of theirs may
hold; UNDO carries the REQUEST again. `fields["appointments"]` of the letter names them by ids, written down in the act's
transaction; the parts are made when the letter is composed. The first meeting of the letter's own network is its calendar
part, as mail programs look for one there; any other is a file beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select, update

from mailer.house import House
from mailer.meetings import meetings as meeting_rows
from mailer.message import calendar, tags
from mailer.outbound.letter import Picture
from mailer.outbound.writing import Event, look_of
from mailer.store import prepared, unindexed
from mailer.store.lists import among, one_of
from mailer.store.tables import addresses, invitations, meetings, networks, occasions, outgoing, people, responses

CARRY_IT = ("invitation", "late-joiner", "meeting-changed")  # the kinds of letters with a REQUEST
LEFT_US = ("accepted", "uncertain", "sending")  # states of a copy that may have arrived


def in_calendars(session: Connection, address_ids: Sequence[int], network_ids: Sequence[int], now: datetime) -> list[int]:
    """The invitations to meetings to come that went to these addresses, and were not declined; the soonest first."""
    return list(session.execute(*_went_to(list(address_ids), list(network_ids), now)).scalars())


@prepared
def _went_to(addresses: Any, networks: Any, now: Any) -> Any:
    declined = exists().where(
        unindexed(responses.c.meeting_id) == invitations.c.meeting_id,
        responses.c.address_id == invitations.c.address_id,
        responses.c.current,
        responses.c.answer == "no",
    )
    went = exists().where(
        outgoing.c.invitation_id == invitations.c.id,
        among(outgoing.c.address_id, addresses),
        one_of(unindexed(outgoing.c.state), LEFT_US),
        occasions.c.id == outgoing.c.occasion_id,
        one_of(occasions.c.kind, CARRY_IT),
    )
    return (
        select(invitations.c.id)
        .join(meetings, meetings.c.id == invitations.c.meeting_id)
        .where(
            among(invitations.c.address_id, addresses),
            among(meetings.c.network_id, networks),
            meetings.c.state == "planned",
            meetings.c.ends_at > now,
            went,
            ~declined,
        )
        .order_by(meetings.c.starts_at, invitations.c.id)
    )


def fields(session: Connection, invitation_ids: Sequence[int], method: str, now: datetime) -> dict[str, Any]:
    """`meetings` and `appointments` for a letter's fields. Raises the SEQUENCE of each meeting (CAL-3), so that what is sent
    on it, to whomever, is newer than what was sent before."""
    of, shown = [], []
    for invitation_id in invitation_ids:
        meeting_id = session.execute(*_meeting_of(invitation_id)).scalar_one_or_none()
        if meeting_id is None:
            continue
        session.execute(*_raise_sequence(meeting_id))
        meeting = meeting_rows.get(session, meeting_id)
        if meeting.over(now) or meeting.state != "planned":
            continue
        session.execute(*_set_sequence(invitation_id, meeting.sequence))
        of.append({"invitation": invitation_id, "network": meeting.network_id, "sequence": meeting.sequence})
        shown.append(meeting_rows.facts_for(session, meeting))
    if not of:
        return {"meetings": []}
    return {"meetings": shown, "appointments": {"method": method, "stamped": now.isoformat(), "of": of}}


@prepared
def _meeting_of(invitation: Any) -> Any:
    return select(invitations.c.meeting_id).where(invitations.c.id == invitation)


@prepared
def _raise_sequence(meeting: Any) -> Any:
    return update(meetings).where(meetings.c.id == meeting).values(sequence=meetings.c.sequence + 1)


@prepared
def _set_sequence(invitation: Any, sequence: Any) -> Any:
    return update(invitations).where(invitations.c.id == invitation).values(sequence=sequence)


def first(given: Mapping[str, Any], network_id: int) -> int | None:
    """The invitation of the letter's calendar part, from its fields; none if there is none of this network."""
    of = given.get("appointments", {}).get("of", ())
    return next((int(one["invitation"]) for one in of if one["network"] == network_id), None)


def made(
    session: Connection, house: House, given: Mapping[str, Any], network_id: int
) -> tuple[Event | None, tuple[Picture, ...]]:
    """The calendar part and the files beside it that `fields["appointments"]` names. Reads only."""
    appointments = given.get("appointments")
    if not appointments:
        return None, ()
    method, stamped = str(appointments["method"]), datetime.fromisoformat(appointments["stamped"])
    chosen, event, files = first(given, network_id), None, []
    for one in appointments["of"]:
        row = session.execute(
            select(meetings, addresses.c.address, people.c.name.label("person"))
            .select_from(
                invitations.join(meetings, meetings.c.id == invitations.c.meeting_id)
                .join(addresses, addresses.c.id == invitations.c.address_id)
                .outerjoin(people, people.c.id == addresses.c.person_id)
            )
            .where(invitations.c.id == one["invitation"])
        ).first()
        if row is None or row.address is None:  # erased since
            continue
        look = look_of(house, session.execute(select(networks).where(networks.c.id == row.network_id)).one())
        summary = f"{look.name}: {row.title}" if row.title else look.name
        if one["invitation"] == chosen:
            event = Event(method, summary, row.starts_at, row.ends_at, row.venue, one["sequence"], stamped)
            continue
        invite = calendar.Invite(
            uid=f"{house.keys.tag(tags.ANSWER, one['invitation'])}@{look.domain}",
            sequence=one["sequence"],
            stamped=stamped,
            starts=row.starts_at,
            ends=row.ends_at,
            summary=summary,
            description=summary,
            location=row.venue,
            organizer_name=look.name,
            organizer=look.sender,
            attendee_name=row.person or row.address,
            attendee=row.address,
        )
        content = calendar.body(invite, method)
        files.append(Picture("", "text/calendar", f"meeting-{row.number}.ics", content))
    return event, tuple(files)
