"""An organiser mails in the minutes: kept, their action lines put down, and who was there.

Mailing them again is a correction: the newest text goes out, and an action that stands already is not put down twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, undoable, who
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.meetings import actions, attendance, meetings, responses
from mailer.meetings import minutes as kept
from mailer.meetings.actions import Action
from mailer.meetings.meetings import Meeting
from mailer.meetings.minutes import ActionLine
from mailer.people import networks
from mailer.store.tables import occasions


def minutes(
    session: Connection,
    actor: Actor,
    *,
    text: str,
    action_lines: Sequence[ActionLine] | None = None,
    present: Sequence[str] | None = None,
    meeting_id: int | None = None,
    now: datetime,
) -> Receipt:
    """Keep the minutes of a meeting: the one named, else the last that has begun.

    `action_lines` and `present` are read from the text if not given. An action without a day is due at the next
    meeting, if that is made. Refused for an empty text, or when no meeting has begun yet.
    """
    who.check_organises(session, actor)
    if not text.strip():
        raise Refused("minutes-empty", "There was nothing in your mail that could be the minutes.")
    meeting = _meeting(session, actor, meeting_id, now)
    written = kept.record(session, meeting.id, text, now=now, address_id=actor.address_id, inbox_id=actor.inbox_id)
    lines = kept.action_lines(written.text) if action_lines is None else action_lines
    made = _put_down(session, meeting, lines, now)
    names = kept.attendees(written.text) if present is None else present
    all_came = attendance.everyone(names)
    named = [name for name in names if not attendance.EVERYONE.fullmatch(name.strip(" ."))]
    found, unknown = attendance.by_names(session, actor.network_id, named)
    if all_came:
        coming = session.execute(responses.answering(meeting.id, "yes")).scalars().all()
        found = list(dict.fromkeys([*coming, *found]))
    if found:
        attendance.record(session, meeting, found, source="minutes", whole=not unknown, now=now)
    else:
        attendance.from_answers(session, meeting, now)
    plan.refresh(session, actor.network_id, now)  # the nudges of the new actions
    args = {"minutes_id": written.id, "meeting_id": meeting.id, "actions": [action.id for action in made]}
    return Receipt(
        "minutes-noted",
        f"minutes of meeting {meeting.number}, {len(made)} new action{'' if len(made) == 1 else 's'}",
        {
            "meeting": meetings.facts_for(session, meeting),
            "words_count": len(written.text.split()),
            "attended": len(found),
            "unknown": unknown,
            "actions": [actions.facts(action) for action in actions.of_meeting(session, meeting.id)],
            "presumed": all_came,
            "unowned": [action.number for action in made if action.membership_id is None],
            "goes_at": _goes_at(session, meeting),
            "undo": undoable.remember(session, actor, "minutes", args, now),
        },
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: the minutes before count again, and the actions that these made are dropped. Newer ones stay, and the actions with
    them, for what stood already was not put down twice."""
    newest = kept.latest(session, args["meeting_id"]) if "meeting_id" in args else None
    kept.forget(session, args["minutes_id"])
    if newest is not None and newest.id != args["minutes_id"]:
        return {"changed_since": True}
    for action_id in args["actions"]:
        action = actions.get(session, action_id)
        if action.state == actions.OPEN:
            actions.close(session, action, "", now=now, state=actions.DROPPED)
    return {}


def _meeting(session: Connection, actor: Actor, meeting_id: int | None, now: datetime) -> Meeting:
    if meeting_id is not None:
        meeting = meetings.get(session, meeting_id, actor.network_id)
        if meeting.starts_at > now:
            raise Refused("meeting-to-come", f"Meeting {meeting.number} is still to come.")
        return meeting
    begun = [
        meeting
        for meeting in meetings.listing(session, actor.network_id)
        if meeting.starts_at <= now and meeting.state != "cancelled"
    ]
    if not begun:
        raise Refused("no-meeting-yet", "No meeting has begun yet, so we cannot tell what these are the minutes of.")
    return begun[-1]


def _goes_at(session: Connection, meeting: Meeting) -> str:
    """When the minutes are to go to everyone, if that is planned."""
    due = session.execute(
        select(occasions.c.due_at)
        .where(
            occasions.c.thing_type == "meeting",
            occasions.c.thing_id == meeting.id,
            occasions.c.kind == "minutes-and-actions",
            occasions.c.state.in_(("planned", "proofed", "waiting")),
        )
        .limit(1)
    ).scalar()
    return due.isoformat() if due else ""


def _put_down(session: Connection, meeting: Meeting, lines: Sequence[ActionLine], now: datetime) -> list[Action]:
    there = {(action.owner.casefold(), action.text.casefold()) for action in actions.of_meeting(session, meeting.id)}
    after = meetings.following(session, meeting)
    zone = ZoneInfo(networks.by_id(session, meeting.network_id).timezone)
    due = after.starts_at.astimezone(zone).date() if after else None
    return [
        actions.add(
            session,
            meeting.network_id,
            owner=line.owner,
            text=line.text,
            due_on=line.due_on or due,
            meeting_id=meeting.id,
            now=now,
        )
        for line in lines
        if (line.owner.casefold(), line.text.casefold()) not in there
    ]
