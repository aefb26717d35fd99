"""Take back what one sent in: an agenda item or a piece. Doing it twice says what was done the first time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, confirm, shown, undoable, who
from mailer.errors import Refused
from mailer.meetings import agenda, carried, meetings
from mailer.newsletters import issues, pieces


def item(session: Connection, actor: Actor, item_id: int, *, now: datetime) -> Receipt:
    """Withdraw an agenda item; one that was put off is withdrawn where it waits. Where organisers were shown an agenda with it,
    approved or not, they are shown it without. Refused once the meeting is over."""
    found = agenda.get(session, carried.followed(session, item_id), actor.network_id)
    who.check_may_change(session, actor, found.address_id)
    meeting = meetings.get(session, found.meeting_id) if found.meeting_id is not None else None
    if meeting is not None and meeting.over(now):
        raise Refused("meeting-over", "That meeting is over, so the item cannot be withdrawn any more.")
    fields: dict[str, Any] = {
        "item": agenda.line(found),
        "meeting": meetings.facts_for(session, meeting) if meeting else None,
    }
    if found.state == "withdrawn":
        return who.already(f"Item {found.number} was withdrawn: {found.title}")
    if not confirm.enough(actor, "withdraw"):
        return confirm.ask(session, actor, "withdraw", {"what": "item", "id": found.id}, what=f"WITHDRAW: {found.title}", now=now)
    args = {"what": "item", "id": found.id, "state": found.state}
    agenda.withdraw(session, found)
    shown.agenda(session, found, changed_by=actor.address_id, now=now)
    fields["undo"] = undoable.remember(session, actor, "withdraw", args, now)
    return Receipt("item-withdrawn", f"withdrew item {found.number}: {found.title}", fields)


def piece(session: Connection, actor: Actor, piece_id: int, *, now: datetime) -> Receipt:
    """Withdraw a piece; where organisers were shown its issue, approved or not, they are shown it without. Refused once that is on
    its way."""
    found = pieces.get(session, piece_id, actor.network_id)
    who.check_may_change(session, actor, found.address_id)
    issue = issues.get(session, found.issue_id) if found.issue_id is not None else None
    if issue is not None and issues.state(session, issue) in ("sending", "sent"):
        raise Refused("issue-sent", "That issue has gone out, so the piece cannot be withdrawn any more.")
    fields = pieces.receipt(session, found, who.language(session, actor))
    if found.state == "withdrawn":
        return who.already(f"Piece {found.number} was withdrawn: {found.title}")
    if not confirm.enough(actor, "withdraw"):
        return confirm.ask(session, actor, "withdraw", {"what": "piece", "id": found.id}, what=f"WITHDRAW: {found.title}", now=now)
    args = {"what": "piece", "id": found.id, "state": found.state}
    pieces.change(session, found, state="withdrawn")
    shown.issue(session, found, changed_by=actor.address_id, now=now)
    fields["undo"] = undoable.remember(session, actor, "withdraw", args, now)
    return Receipt("piece-withdrawn", f"withdrew piece {found.number}: {found.title}", fields)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """WITHDRAW from a bare From, confirmed since."""
    return (item if args["what"] == "item" else piece)(session, actor, int(args["id"]), now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: it stands as it stood. What is withdrawn cannot be changed, so nothing was decided since."""
    if args["what"] == "item":
        back = agenda.change(session, agenda.get(session, args["id"]), state=args["state"])
        shown.agenda(session, back, changed_by=args["whose"], now=now)
    else:
        printed = pieces.change(session, pieces.get(session, args["id"]), state=args["state"])
        shown.issue(session, printed, changed_by=args["whose"], now=now)
