"""What a complaint about personal data hands over, at its own handler and at the private door (DP-16, V2)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.acts import privacy_complaint as acts
from mailer.inbound import answering, commands
from mailer.inbound.message import Message
from mailer.inbound.words import Asked, Intent, understand
from mailer.message.own import strip_own
from mailer.people import addresses

SENTENCES = 30  # of a letter that are looked at


def begin(message: Message, session: Connection, now: datetime) -> Receipt:
    """In the writer's own name, whoever's letter they answer. Who objects in the same letter is written to no more (DP-7)."""
    return and_objects(message, session, _begin(message, session, now), now)


def _begin(message: Message, session: Connection, now: datetime) -> Receipt:
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


def beside(message: Message, session: Connection, receipt: Receipt, now: datetime) -> Receipt:
    """Besides an answer: the complaint that stands in the same mail, which is held until somebody answers that."""
    if not message.complaint:
        return receipt
    stops = any(intent.act == "stop" for intent in message.understood.intents)
    begun = _begin(message, session, now) if stops else begin(message, session, now)
    return replace(begun, template=receipt.template, said=f"{receipt.said} {begun.said}", fields=receipt.fields, to=receipt.to, besides=receipt.besides)


def and_objects(message: Message, session: Connection, receipt: Receipt, now: datetime) -> Receipt:
    """The objection that stands beside a complaint, at once and whatever becomes of the complaint."""
    wish = objection(message)
    done = commands.do(message, session, wish, now) if wish is not None and message.known else None
    return receipt if done is None else replace(receipt, said=f"{receipt.said} {done.said}")


def objection(message: Message) -> Intent | None:
    """What objects, wherever it stands: a complaint is often long, and not certain of one thing only."""
    joined = " ".join((message.complaint or message.reading.reply).split())
    for sentence in re.split(r"(?<=[.!?])\s+", joined)[:SENTENCES]:
        found = understand(sentence, Asked.ANY, today=message.today).first
        if found is not None and found.sure and found.args.get("objection"):
            return found
    return None


def words_of(message: Message, *, hidden: bool) -> acts.Words:
    """What the organisers are shown."""
    reading = message.reading
    text = strip_own(message.complaint or reading.reply or reading.text, [message.domain])
    if hidden:
        return acts.Words(reading.subject, text)
    writer = message.actor.name or message.from_name or message.from_address
    return acts.Words(
        reading.subject, text, writer, message.from_address, proven=message.actor.strength >= Strength.ALIGNED
    )
