"""An item for the next meeting's agenda."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, who
from mailer.acts import submit_item as acts
from mailer.inbound import admitting, doors_asked
from mailer.inbound.items import read_items
from mailer.inbound.lines import read_item
from mailer.inbound.message import Message
from mailer.message.own import strip_own


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A member's item is numbered at once; a stranger's waits for an organiser's YES."""
    wrong_door = doors_asked.elsewhere(message, session, now) or doors_asked.unsure(message, "item")
    if wrong_door is not None:
        return wrong_door
    found = read_items(message.reading, [message.domain])
    whole = strip_own(message.reading.reply, [message.domain])
    item = found[0] if len(found) == 1 else read_item(whole, message.reading.subject)  # what waits for a YES waits together
    if not item.text.strip() and not message.reading.subject.strip() and not message.sorted:
        return Receipt(
            "ask-sort", "An empty mail; asked what it should be.", {"subject": ""}, state="asked", reason="empty"
        )
    if not admitting.may_enter(message, session, "items"):
        return admitting.hold(
            message,
            session,
            what="item",
            title=item.title,
            values={"title": item.title, "text": item.text, "minutes": item.minutes, "kind": item.kind},
            now=now,
        )
    if len(found) > 1 and who.is_member(session, message.actor):
        wanted = [{"title": one.title, "text": one.text, "minutes": one.minutes, "kind": one.kind} for one in found]
        return acts.submit_items(session, message.actor, wanted, now=now)
    return acts.submit_item(
        session, message.actor, title=item.title, text=item.text, minutes=item.minutes, kind=item.kind, now=now
    )
