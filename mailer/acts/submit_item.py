"""Send in an item for the agenda (N5): numbered at once, acknowledged with how to correct or withdraw it.

After the close of items it is for the day itself, and the receipt offers the next meeting. What comes from an address
that is no member's is a guest's: it gets no number until an organiser says yes (ruling 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, Strength, shown, undoable, who
from mailer.errors import Refused
from mailer.meetings import agenda, carried, meetings


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
    item, meeting, late = _place(session, actor, title=title, text=text, minutes=minutes, kind=kind, now=now)
    after = meetings.following(session, meeting) if meeting and late else None
    where = f"meeting {meeting.number}" if meeting else "the next meeting that is made"
    return Receipt(
        template="item-late" if late else "item",
        said=f"item {item.number} for {where}{', for the day itself' if late else ''}: {item.title}",
        fields={
            "item": agenda.line(item),
            "meeting": meetings.facts_for(session, meeting) if meeting else None,
            "next_meeting": meetings.facts_for(session, after) if after else None,
            "undo": undoable.remember(session, actor, "submit_item", {"item_ids": [item.id]}, now),
        },
    )


def submit_items(session: Connection, actor: Actor, wanted: Sequence[Mapping[str, Any]], *, now: datetime) -> Receipt:
    """Several items of one mail of a member, each {title, text, minutes, kind}: one receipt names them all, one UNDO takes
    all of them back."""
    placed = [_place(session, actor, **one, now=now) for one in wanted]
    _, meeting, late = placed[0]
    where = f"meeting {meeting.number}" if meeting else "the next meeting that is made"
    numbers = ", ".join(str(item.number) for item, _, _ in placed)
    args = {"item_ids": [item.id for item, _, _ in placed]}
    return Receipt(
        template="items",
        said=f"items {numbers} for {where}{', for the day itself' if late else ''}",
        fields={
            "items": [agenda.line(item) for item, _, _ in placed],
            "meeting": meetings.facts_for(session, meeting) if meeting else None,
            "late": late,
            "undo": undoable.remember(session, actor, "submit_item", args, now),
        },
    )


def _place(
    session: Connection, actor: Actor, *, title: str, text: str, minutes: int | None, kind: str, now: datetime
) -> tuple[agenda.Item, meetings.Meeting | None, bool]:
    """(the item with its number, the meeting it is for, whether it came after the close)"""
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
    return item, meeting, late


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: what was sent in is withdrawn, where it waits if it was put off; its number stays its own."""
    for item_id in args.get("item_ids") or [args["item_id"]]:  # one id: as it was remembered before there were several
        item = agenda.get(session, carried.followed(session, item_id))
        agenda.change(session, item, state="withdrawn")
        shown.agenda(session, item, changed_by=args["whose"], now=now)
