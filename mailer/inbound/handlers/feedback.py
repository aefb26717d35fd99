"""A number and a sentence about a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import feedback as acts
from mailer.inbound import commands, doors_asked, meant, relay
from mailer.inbound.message import Message
from mailer.inbound.words import SURE


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Kept for the organisers, collated and unnamed."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    given = next((i for i in message.understood.intents if i.act == "feedback" and i.certainty >= SURE), None)
    command = commands.first_sure(message)
    if given is None and command is not None:
        done = commands.do(message, session, command, now)
        if done is not None:
            return done
    asked = meant.asked_back(message)  # a STOP that may be meant in part
    if asked is not None:
        return asked
    meeting = message.answered.fields.get("meeting") or {}
    meeting_id = (
        message.answered.thing_id if message.answered.thing_type == "meeting" else int(meeting.get("id", 0)) or None
    )
    if meeting_id is None or (given is None and not message.reading.reply.strip()):
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the organisers.", reason="unsure")
    score = given.args.get("score") if given is not None else None
    text = given.args.get("text", "") if given is not None else message.reading.reply
    return acts.feedback(session, message.actor, meeting_id, score=score, text=str(text), now=now)
