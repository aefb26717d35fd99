"""What several doors ask of a message before they take it: is it a command after all, is the tag the writer's own?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.people import addresses, people

A_WORD = 6  # words: only a bare command is one; an item may well begin with "stop"


def command(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """Do a bare command that came to a door for items, pieces or offers (UNS-8)."""
    if not message.known or len(message.reading.reply.split()) > A_WORD:
        return None
    intent = commands.first_sure(message)
    return commands.do(message, session, intent, now) if intent is not None else None


def not_theirs(message: Message, session: Connection, now: datetime) -> Receipt:
    """A tag used from an address that is not its owner's changes nothing; leaving excepted (ruling 1)."""
    intent = commands.first_sure(message)
    if intent is not None and intent.act == "stop":
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    known = "somebody else"
    if message.answered is not None:
        owner = addresses.get(session, message.answered.address_id)
        known = people.name_of(session, owner.person_id) or known
    return Receipt(
        "not-yours",
        "Answers a mail that was sent to somebody else; nothing was changed, and the writer was asked.",
        {"known": known},
        state="asked",
        reason="other-address",
    )
