"""An organiser or a school's named contact says that people have left, or have died: asked back with care, before anything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, leave
from mailer.inbound import bereaved, gone, relay
from mailer.inbound.message import Message

A_LETTER = 25  # words beyond which the other organisers read it as well


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """From anybody else, or about nobody whom we know, it is a letter to the committee; at the leave door their own leaving."""
    said = gone.everyone(message.reading.subject if message.answered is None else "", message.reading.reply)
    asked, missed = bereaved.ask(message, session, said, now)
    if asked is None and message.role == "leave":
        return leave.everything(session, message.actor, now=now)
    if asked is None or missed or said[0].words > A_LETTER:
        relay.to_committee(message, session, now)
    return asked or Receipt("", "Passed to the organisers.", reason="letter")
