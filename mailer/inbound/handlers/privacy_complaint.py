"""Somebody complains of how their personal data is used, at whatever address (DP-16); their words go to who has to answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import privacy_complaint as acts
from mailer.inbound import complaints, doors_asked
from mailer.inbound.message import COMPLAINT_LETTERS, Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A new one, or more about one of theirs in reply to our letter about it."""
    before = message.answered
    if before is None or before.template not in COMPLAINT_LETTERS:
        return complaints.begin(message, session, now)
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    done = doors_asked.command(message, session, now) if complaints.objection(message) is None else None
    if done is not None:
        return done
    hidden = bool(before.fields.get("hidden"))
    receipt = acts.goes_on(
        session,
        message.actor,
        complaints.words_of(message, hidden=hidden),
        int(before.fields["number"]),
        operator=message.house.settings.operator,
        hasher=message.house.hasher,
        now=now,
    )
    return complaints.and_objects(message, session, receipt, now)
