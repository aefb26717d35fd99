"""A mail that promises a piece: put down where it can be nothing else, asked about where it may be the piece itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import promise as acts
from mailer.inbound.message import Message

UNNAMED = "A piece for the newsletter"  # until it comes, and has a title


def certain(message: Message) -> bool:
    """It promises a piece, or its writer was asked and said so."""
    if message.role == "promise":
        return True
    return not message.sorted and not message.vouched and message.promise is not None and message.promise.sure


def doubtful(message: Message) -> bool:
    """It may be a promise, and may be the piece."""
    return not message.sorted and not message.vouched and message.promise is not None


def called_for(message: Message) -> bool:
    """An answer to a letter that asks for pieces names one, and what it will be about."""
    said = message.promise
    return said is not None and said.sure and said.plain and bool(said.topic)


def note(message: Message, session: Connection, now: datetime) -> Receipt:
    """Put it down."""
    said = message.promise
    topic = said.topic if said is not None else ""
    return acts.promise(session, message.actor, title=topic or UNNAMED, by=said.by if said else None, now=now)


def ask(message: Message) -> Receipt:
    """The one question: was this the piece?"""
    return Receipt(
        "ask-promise",
        "May promise a piece, or be one; asked which.",
        {"subject": message.reading.subject, "text": message.reading.reply.strip()[:600]},
        state="asked",
        reason="piece-or-promise",
    )
