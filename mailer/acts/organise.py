"""What an organiser asked for by mail, done once they have said YES to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, add_member, issue, meet, minutes, office
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.meetings import meetings
from mailer.meetings.meetings import Meeting
from mailer.meetings.minutes import ActionLine


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """`args['do']` names it: meeting, move, cancel, minutes, people, issue, issue-move, issue-cancel, offices."""
    do = args["do"]
    if do == "meeting":
        return meet.make(
            session,
            actor,
            starts_at=datetime.fromisoformat(args["starts_at"]),
            ends_at=datetime.fromisoformat(args["ends_at"]),
            venue=args["venue"],
            host=args["host"],
            title=args["title"],
            now=now,
        )
    if do == "minutes":
        lines = [
            ActionLine(owner, text, None if due is None else date.fromisoformat(due))
            for owner, text, due in args["actions"]
        ]
        of = int(args["meeting_id"]) if args.get("meeting_id") else None
        receipt = minutes.minutes(session, actor, text=args["text"], action_lines=lines, meeting_id=of, now=now)
        plan.refresh(session, actor.network_id, now)
        about = int(receipt.fields["meeting"]["id"])
        plan.matter_came(
            session, actor.network_id, "minutes-and-actions", changed_by=actor.address_id, thing_id=about, now=now
        )
        return receipt
    if do == "issue":
        return issue.make(session, actor, publishes_at=datetime.fromisoformat(args["publishes_at"]), now=now)
    if do == "issue-move":
        moves_to = datetime.fromisoformat(args["publishes_at"])
        return issue.move(session, actor, int(args["issue_id"]), publishes_at=moves_to, now=now)
    if do == "issue-cancel":
        return issue.call_off(session, actor, int(args["issue_id"]), now=now)
    if do == "offices":
        return office.carry_out(session, actor, args["changes"], now=now)
    if do == "people":
        return _people(session, actor, args["rows"], now)
    if args.get("meeting_id"):
        meeting: Meeting | None = meetings.get(session, int(args["meeting_id"]), actor.network_id)
    else:
        meeting = meetings.upcoming(session, actor.network_id, now)
    if meeting is None:
        raise Refused("no-meeting", "There is no meeting to come.")
    if do == "cancel":
        return meet.cancel(session, actor, meeting.id, reason=args["reason"], now=now)
    return meet.move(
        session,
        actor,
        meeting.id,
        starts_at=_moment(args["starts_at"]),
        ends_at=_moment(args["ends_at"]),
        venue=args["venue"] or None,
        host=args["host"] or None,
        title=args["title"] or None,
        reason=args.get("reason", ""),
        now=now,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _people(session: Connection, actor: Actor, rows: list[list[str]], now: datetime) -> Receipt:
    """Each is asked by a letter of their own; nobody is a member before their own YES."""
    unread = []
    for email, name, organisation in rows:
        try:
            add_member.add(session, actor, email, now=now, name=name, organisation=organisation)
        except Refused:
            unread.append(email)
    asked = len(rows) - len(unread)
    said = f"Asked {asked} of {len(rows)} people whether they want to join."
    return Receipt("people-asked", said, {"asked": asked, "unread": unread})
