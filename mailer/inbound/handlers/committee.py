"""A letter to the organisers: passed to each of them, with who wrote it and whether that is proven."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import doors_asked, relay
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A bare word is done as what it is; the rest is a letter."""
    wrong_door = doors_asked.elsewhere(message, session, now)
    if wrong_door is not None:
        return wrong_door
    sent = relay.to_committee(message, session, now)
    if sent == 0:
        return Receipt(
            "",
            "No organiser can be reached by mail; kept here.",
            state="held",
            reason="no-organiser",
            held_for="the operator",
        )
    return Receipt("", "Passed to the organisers.", reason="letter")
