"""Something offered or wanted: passed on to those who get the exchange."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import admitting, doors_asked, posts, taking_back
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """As a post, on the other list."""
    ended = taking_back.own_post(message, session, now) or taking_back.own_offer(message, session, now)
    if ended is not None:
        return ended
    wrong_door = doors_asked.elsewhere(message, session, now) or doors_asked.unsure(message, "offer")
    if wrong_door is not None:
        return wrong_door
    if not message.vouched and not admitting.may_enter(message, session, "posts"):
        return admitting.hold(message, session, what="exchange", title=message.reading.subject, values={}, now=now)
    return posts.post(message, session, "exchange", now, vouched=message.vouched)
