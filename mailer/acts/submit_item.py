"""Send in an item for the agenda (N5): numbered at once, acknowledged with how to correct or withdraw it.

After the close of items it is for the day itself, and the receipt offers the next meeting. What comes from an address
that is no member's is a guest's: it gets no number until an organiser says yes (ruling 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, Strength, undoable, who
from mailer.errors import Refused
from mailer.meetings import agenda, meetings


def submit_item(
    session: Connection,
    actor: Actor,
    *,
    title: str,
    text: str,
    minutes: int | None = None,
    kind: str = "",
    vouched: bool = False,
    now: datetime,
) -> Receipt:
    """Put an item on the agenda of the next meeting, or keep it for one that is not made yet.

    `vouched`: an organiser has said yes to a guest's item. Refused when there is neither title nor text.
    """
    title, text = agenda.titled(title, text)
    if not title:
        raise Refused(
            "item-empty", "There was nothing in your mail that we could put on the agenda.", "A line is enough."
        )
    if not vouched and not who.is_member(session, actor):
        return Receipt(
            "guest",
            f"an item from a guest: {title}",
            {"what": "item", "title": title},
            state="held",
            reason="guest",
            held_for=who.decides(session, actor.network_id, now),
        )
    meeting = meetings.upcoming(session, actor.network_id, now)
    late = meeting is not None and agenda.closed(meeting, now)
    item = agenda.submit(
        session,
        actor.network_id,
        meeting.id if meeting else None,
        title=title,
        text=text,
        address_id=actor.address_id,
        person=actor.name,
        minutes=minutes,
        kind=kind,
        lane=agenda.ON_THE_DAY if late else agenda.AGENDA,
        proven=actor.strength >= Strength.ALIGNED,
        inbox_id=actor.inbox_id,
        now=now,
    )
    after = meetings.following(session, meeting) if meeting and late else None
    where = f"meeting {meeting.number}" if meeting else "the next meeting that is made"
    return Receipt(
        template="item-late" if late else "item",
        said=f"item {item.number} for {where}{', for the day itself' if late else ''}: {item.title}",
        fields={
            "item": agenda.line(item),
            "meeting": meetings.facts_for(session, meeting) if meeting else None,
            "next_meeting": meetings.facts_for(session, after) if after else None,
            "undo": undoable.remember(session, actor, "submit_item", {"item_id": item.id}, now),
        },
    )


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: the item is withdrawn; its number stays its own."""
    agenda.change(session, agenda.get(session, args["item_id"]), state="withdrawn")
