"""An organiser or a school's named contact says that somebody has left, or has died: asked back with care, before anything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import gone as acts
from mailer.inbound import gone, relay
from mailer.inbound.message import Message
from mailer.people import addresses

A_LETTER = 25  # words beyond which the other organisers read it as well


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """From anybody else, or about nobody whom we know, it is a letter to the committee."""
    said = gone.said(message.reading.subject, message.reading.reply)
    assert said is not None
    member = acts.meant(session, message.actor, said.who)
    if member is None:
        relay.to_committee(message, session, now)
        return Receipt("", "Passed to the organisers.", reason="letter")
    if said.words > A_LETTER:
        relay.to_committee(message, session, now)
    house = message.house
    known = house.settings.operator
    operator = addresses.find_or_add(session, known, hasher=house.hasher, now=now).id if known else None
    return acts.ask(session, message.actor, member, said.how, now=now, operator=operator)
