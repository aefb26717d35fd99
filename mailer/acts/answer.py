"""Answer an invitation: by reply, by the calendar's own button, or on the page.

The last valid answer wins by receive time (CAL-10). A bare calendar button gets no receipt (ruling 7): the person's
calendar has told them already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, undoable, who
from mailer.errors import Refused
from mailer.meetings import invitations, meetings, responses
from mailer.meetings.meetings import Meeting
from mailer.people import addresses, formats, networks


def answer(
    session: Connection,
    actor: Actor,
    meeting_id: int,
    *,
    answer: str,
    note: str = "",
    guests: int = 0,
    names: Sequence[str] = (),
    people: Sequence[tuple[str, str]] = (),
    sequence: int | None = None,
    stamped_at: datetime | None = None,
    now: datetime,
) -> Receipt:
    """Record an answer. `names` says who is brought along; `people` what each of several said by name ("I" is the writer).

    A shared mailbox answers for those behind it: it comes if anybody does, and those who come are counted and named.
    Where it says how many and not who, the receipt asks for the names, once.

    `sequence` and `stamped_at` are those of a calendar reply; one that is older than the last is kept but changes
    nothing (CAL-6). Refused when the meeting is over or cancelled.
    """
    meeting = meetings.get(session, meeting_id, actor.network_id)
    _check_open(session, meeting, now)
    address_id = answers_as(session, actor, meeting_id)
    before = responses.current(session, meeting_id, address_id)
    mailbox = addresses.get(session, address_id).shared
    if mailbox and people:
        answer, guests, names = _of_several(people)
    ask_names = mailbox and answer == "yes" and guests > 0 and not names
    asked_before = ask_names and any(
        row.guests and not row.names for row in responses.history(session, meeting_id, address_id)
    )
    given = responses.record(
        session,
        meeting,
        address_id,
        answer=answer,
        note=note,
        guests=guests,
        names=names,
        people=[pair for pair in people if pair[0] != "I"] if mailbox else (),
        channel=actor.channel,
        sequence=sequence,
        stamped_at=stamped_at,
        inbox_id=actor.inbox_id,
        now=now,
    )
    if not given.current:
        return Receipt("", f"an answer ({answer}) older than the one that counts; kept, changes nothing", state="noted")
    was = before.id if before else None
    args = {"meeting_id": meeting_id, "address_id": address_id, "response_id": was, "given": given.id}
    return Receipt(
        template="" if actor.channel == "calendar" else "answer",
        said=_said(given, meeting),
        fields={
            "meeting": meetings.facts_for(session, meeting),
            "answer": given.answer,
            "before": before.answer if before else "",
            "note": given.note,
            "guests": given.guests,
            "names": list(given.names),
            "people": [list(pair) for pair in given.people],
            "ask_names": given.guests + 1 if ask_names and not asked_before else 0,
            "undo": undoable.remember(session, actor, "answer", args, now),
        },
    )


def _of_several(people: Sequence[tuple[str, str]]) -> tuple[str, int, list[str]]:
    """The answer of a mailbox, how many come besides the first, and their names."""
    said = [one for _, one in people]
    answer = next((word for word in ("yes", "maybe") if word in said), "no")
    if answer != "yes":
        return answer, 0, []
    return answer, said.count("yes") - 1, [name for name, one in people if one == "yes" and name != "I"]


def name_them(
    session: Connection, actor: Actor, meeting_id: int, names: Sequence[str], *, now: datetime
) -> Receipt | None:
    """A shared mailbox says who its "three of us" are. None if it has not said that anybody comes."""
    meeting = meetings.get(session, meeting_id, actor.network_id)
    before = responses.current(session, meeting.id, answers_as(session, actor, meeting_id))
    if before is None or before.answer != "yes" or not names:
        return None
    return answer(
        session,
        actor,
        meeting_id,
        answer="yes",
        note=before.note,
        guests=max(before.guests, len(names) - 1),
        names=names,
        now=now,
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: the answer before counts again, or none does. A later one counts on (CAL-10)."""
    counts = responses.current(session, args["meeting_id"], args["address_id"])
    answered_since = "given" in args and (counts is None or counts.id != args["given"])
    if not answered_since:
        responses.make_current(session, args["meeting_id"], args["address_id"], args["response_id"])
    return {"changed_since": answered_since}


def _check_open(session: Connection, meeting: Meeting, now: datetime) -> None:
    """Refused with the day of the meeting that was answered, and of the next one: an answer never wanders to another."""
    if meeting.state != "cancelled" and not meeting.over(now):
        return
    zone = networks.by_id(session, meeting.network_id).timezone
    day = formats.brief(meeting.starts_at.astimezone(ZoneInfo(zone)).date())
    after = meetings.upcoming(session, meeting.network_id, now)
    coming = ""
    if after is not None and after.id != meeting.id:
        coming = f" The next one is on {formats.brief(after.starts_at.astimezone(ZoneInfo(zone)).date())}; it has an invitation of its own."
    if meeting.state == "cancelled":
        raise Refused(
            "meeting-cancelled",
            f"The meeting of {day} does not take place.",
            coming.strip() or "We write again when there is a new date.",
        )
    raise Refused("meeting-over", f"The meeting of {day} is over.", coming.strip() or "You need not do anything.")


def answers_as(session: Connection, actor: Actor, meeting_id: int) -> int:
    """The invited address: the actor's own if it was invited, else the one at which the network writes to them."""
    if actor.address_id is not None and invitations.find(session, meeting_id, actor.address_id) is not None:
        return actor.address_id
    return who.written_to(session, actor)


def _said(given: responses.Response, meeting: Meeting) -> str:
    extra = f", with {given.guests} more" if given.guests else ""
    return f"answered {given.answer} to meeting {meeting.number}{extra}"
