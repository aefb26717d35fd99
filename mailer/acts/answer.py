"""Answer an invitation: by reply, by the calendar's own button, or on the page.

The last valid answer wins by receive time (CAL-10). A bare calendar button gets no receipt (ruling 6.7): the person's
calendar has told them already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, undoable, who
from mailer.errors import Refused
from mailer.meetings import invitations, meetings, responses
from mailer.meetings.meetings import Meeting


def answer(
    session: Connection,
    actor: Actor,
    meeting_id: int,
    *,
    answer: str,
    note: str = "",
    guests: int = 0,
    names: Sequence[str] = (),
    sequence: int | None = None,
    stamped_at: datetime | None = None,
    now: datetime,
) -> Receipt:
    """Record an answer. `names` says who comes when a shared mailbox answers, or who is brought along.

    `sequence` and `stamped_at` are those of a calendar reply; one that is older than the last is kept but changes
    nothing (CAL-6). Refused when the meeting is over or cancelled.
    """
    meeting = meetings.get(session, meeting_id, actor.network_id)
    _check_open(meeting, now)
    address_id = answers_as(session, actor, meeting_id)
    before = responses.current(session, meeting_id, address_id)
    given = responses.record(
        session,
        meeting,
        address_id,
        answer=answer,
        note=note,
        guests=guests,
        names=names,
        channel=actor.channel,
        sequence=sequence,
        stamped_at=stamped_at,
        inbox_id=actor.inbox_id,
        now=now,
    )
    if not given.current:
        return Receipt("", f"an answer ({answer}) older than the one that counts; kept, changes nothing", state="noted")
    args = {"meeting_id": meeting_id, "address_id": address_id, "response_id": before.id if before else None}
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
            "undo": undoable.remember(session, actor, "answer", args, now),
        },
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: the answer before counts again, or none does."""
    responses.make_current(session, args["meeting_id"], args["address_id"], args["response_id"])


def _check_open(meeting: Meeting, now: datetime) -> None:
    if meeting.state == "cancelled":
        raise Refused(
            "meeting-cancelled", "That meeting does not take place.", "We write again when there is a new date."
        )
    if meeting.over(now):
        raise Refused("meeting-over", "That meeting is over.", "You need not do anything.")


def answers_as(session: Connection, actor: Actor, meeting_id: int) -> int:
    """The invited address: the actor's own if it was invited, else the one at which the network writes to them."""
    main = who.written_to(session, actor)
    assert actor.address_id is not None
    return actor.address_id if invitations.find(session, meeting_id, actor.address_id) is not None else main


def _said(given: responses.Response, meeting: Meeting) -> str:
    extra = f", with {given.guests} more" if given.guests else ""
    return f"answered {given.answer} to meeting {meeting.number}{extra}"
