"""What a complaint about personal data hands over, at its own handler and at the private door (DP-16, V2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.acts import privacy_complaint as acts
from mailer.inbound import answering
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.people import addresses


def begin(message: Message, session: Connection, now: datetime) -> Receipt:
    """In the writer's own name, whoever's letter they answer."""
    writer = addresses.find_or_add(session, message.from_address, hasher=message.house.hasher, now=now)
    known = message.actor.address_id if message.known and not message.for_another else None
    hidden = message.private
    return acts.begin(
        session,
        message.actor,
        words_of(message, hidden=hidden),
        address_id=known or writer.id,
        hidden=hidden,
        operator=message.house.settings.operator,
        hasher=message.house.hasher,
        may_answer=not answering.machine(message.reading, message.mail_from),
        now=now,
    )


def words_of(message: Message, *, hidden: bool) -> acts.Words:
    """What the organisers are shown."""
    reading = message.reading
    text = strip_own(reading.reply or reading.text, [message.domain])
    if hidden:
        return acts.Words(reading.subject, text)
    writer = message.actor.name or message.from_name or message.from_address
    return acts.Words(
        reading.subject, text, writer, message.from_address, proven=message.actor.strength >= Strength.ALIGNED
    )
