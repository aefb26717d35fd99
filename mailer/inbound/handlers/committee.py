"""A letter to the organisers: passed to each of them, with who wrote it and whether that is proven."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import commands, relay
from mailer.inbound.message import Message

A_WORD = 8  # words: a command stands alone; a letter that begins with "stop" does not leave


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A bare word is done as what it is; the rest is a letter."""
    intent = commands.first_sure(message)
    if intent is not None and message.known and len(message.reading.reply.split()) <= A_WORD:
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
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
