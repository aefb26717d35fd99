"""What is written about a meeting: invitation, agendas, day before, day sheet, feedback, minutes, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle.matter import Matter, Nothing, note
from mailer.meetings import actions, agenda, attendance, meetings, minutes, responses, titles
from mailer.meetings.meetings import Meeting
from mailer.newsletters import issues
from mailer.outbound.audience import Recipient
from mailer.outbound.writing import Event
from mailer.store.tables import networks


def _of(session: Connection, occasion: Any) -> tuple[Meeting, Any]:
    meeting = meetings.get(session, occasion.thing_id)
    return meeting, session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()


def _event(meeting: Meeting, network: Any, now: datetime, method: str = "REQUEST") -> Event:
    return Event(
        method=method,
        summary=f"{network.name}: {meeting.title}" if meeting.title else network.name,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        location=meeting.venue,
        sequence=meeting.sequence,
        stamped_at=now,
    )


def _parts(fields: Mapping[str, Any]) -> Callable[[str], Mapping[str, Any]]:
    """The parts of the meeting are called what a reader calls them; the fields have them in the network's language."""
    return lambda language: {"agenda": titles.in_language(fields["agenda"], language)}


def save_the_date(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    return Matter({"meeting": meetings.facts(meeting, network), "note": note(occasion)}, tells=(meeting.id,))


def invitation(session: Connection, occasion: Any, now: datetime) -> Matter:
    """Members are also asked for items; guests get it without the call."""
    meeting, network = _of(session, occasion)
    open_for_items = meeting.items_close_at > now
    fields = {
        "meeting": meetings.facts(meeting, network),
        "note": note(occasion),
        "call": open_for_items,
    }
    return Matter(
        fields,
        variant=lambda reader: "guest" if reader.guest else "",
        only={"": {}, "guest": {"call": False}},
        event=_event(meeting, network, now),
        tells=(meeting.id,),
    )


def call_for_items(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "agenda": agenda.lines(session, meeting.id),
        "note": note(occasion),
    }
    return Matter(fields, said=_parts(fields), tells=(meeting.id,))


def _asks(reader: Recipient) -> str:
    """Who has answered is not asked again, nor who has an item in."""
    answered = "answered" if reader.answer else "asked"
    return f"{answered}-{'item' if reader.has_item else 'noitem'}"


def draft_agenda(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "agenda": agenda.lines(session, meeting.id),
        "note": note(occasion),
        "warnings": agenda.warnings(session, meeting.id),
        "ask_answer": True,
        "ask_item": True,
    }
    only = {
        f"{answered}-{item}": {"ask_answer": answered == "asked", "ask_item": item == "noitem"}
        for answered in ("answered", "asked")
        for item in ("item", "noitem")
    }
    return Matter(fields, variant=_asks, only=only, said=_parts(fields), tells=(meeting.id,))


def final_agenda(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "agenda": agenda.lines(session, meeting.id),
        "actions": [actions.facts(action) for action in actions.open(session, network.id)],
        "note": note(occasion),
        "warnings": agenda.warnings(session, meeting.id),
        "ask_answer": True,
    }
    return Matter(
        fields,
        variant=lambda reader: "answered" if reader.answer else "asked",
        only={"answered": {"ask_answer": False}, "asked": {"ask_answer": True}},
        said=_parts(fields),
        tells=(meeting.id,),
    )


def day_before(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "agenda": agenda.lines(session, meeting.id),
        "note": note(occasion),
        "answer": "yes",
    }
    return Matter(
        fields,
        variant=lambda reader: "maybe" if reader.answer == "maybe" else "",
        only={"": {}, "maybe": {"answer": "maybe"}},
        said=_parts(fields),
        tells=(meeting.id,),
    )


def day_sheet(session: Connection, occasion: Any, now: datetime) -> Matter:
    """For the host and the organisers; what people wrote with their answer is shown to organisers only (V9)."""
    meeting, network = _of(session, occasion)
    counts = responses.summary(session, meeting.id)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "people": attendance.names_for_host(session, meeting.id, notes=True),
        "coming": counts["coming"],
        "maybe": counts["maybe"],
        "apologies": counts["no"],
        "agenda": agenda.lines(session, meeting.id),
        "note": note(occasion),
    }
    return Matter(
        fields,
        variant=lambda reader: "" if reader.organises else "host",
        only={"": {}, "host": {"people": attendance.names_for_host(session, meeting.id)}},
        said=_parts(fields),
    )


def feedback_request(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    return Matter({"meeting": meetings.facts(meeting, network), "note": note(occasion)})


def minutes_and_actions(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    meeting, network = _of(session, occasion)
    written = minutes.latest(session, meeting.id)
    if written is None:
        return Nothing("The minutes have not come yet.", ask="minutes")
    following = meetings.following(session, meeting)
    collecting = issues.collecting(session, network.id, now)
    before = meetings.previous(session, meeting)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "minutes": written.text,
        "actions": [actions.facts(action) for action in actions.of_meeting(session, meeting.id)],
        "done": [
            actions.facts(action)
            for action in actions.done_since(session, network.id, before.ends_at if before else None, now)
        ],
        "next_meeting": meetings.facts(following, network) if following else None,
        "issue": issues.facts(collecting, network.timezone) if collecting else None,
        "note": note(occasion),
        "ask_feedback": False,
    }
    return Matter(
        fields,
        variant=lambda reader: "silent" if reader.attended and not reader.gave_feedback else "",
        only={"": {}, "silent": {"ask_feedback": True}},
        tells=(following.id,) if following else (),
    )


def changed(session: Connection, occasion: Any, now: datetime) -> Matter:
    """A new time or place; who had answered is told that their answer still stands."""
    meeting, network = _of(session, occasion)
    fields = {
        "meeting": meetings.facts(meeting, network),
        "before": occasion.extra["before"],
        "note": note(occasion),
        "answer": "",
    }
    return Matter(
        fields,
        variant=lambda reader: reader.answer,
        only={"": {}, "yes": {"answer": "yes"}, "no": {"answer": "no"}, "maybe": {"answer": "maybe"}},
        event=_event(meeting, network, now),
        tells=(meeting.id,),
    )


def cancelled(session: Connection, occasion: Any, now: datetime) -> Matter:
    meeting, network = _of(session, occasion)
    following = meetings.following(session, meeting)
    return Matter(
        {
            "meeting": meetings.facts(meeting, network),
            "note": note(occasion),
            "next_meeting": meetings.facts(following, network) if following else None,
        },
        event=_event(meeting, network, now, "CANCEL"),
    )


def correction(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    meeting, network = _of(session, occasion)
    if not occasion.extra.get("text"):
        return Nothing("There is nothing to put right.", ask="correction")
    return Matter(
        {
            "about": occasion.extra.get("about", ""),
            "sent_at": occasion.extra.get("sent_at", ""),
            "text": occasion.extra["text"],
            "meeting": meetings.facts(meeting, network),
        }
    )


def late_joiner(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    """What is on, for someone who joined after the invitation went; the thing is the membership."""
    meeting = meetings.upcoming(session, occasion.network_id, now)
    if meeting is None:
        return Nothing("There is no meeting to come.")
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    fields = {
        "meeting": meetings.facts(meeting, network),
        "agenda": agenda.lines(session, meeting.id),
        "note": note(occasion),
    }
    return Matter(fields, said=_parts(fields), event=_event(meeting, network, now), tells=(meeting.id,))
