"""What was said beside an answer, on lines of its own, is done after it and has its own receipt (contract 2, CMD-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.discussion.posting import bare_subject
from mailer.errors import Refused
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.message import tags


def do(message: Message, session: Connection, receipt: Receipt, now: datetime) -> Receipt:
    """The receipt of the answer, with those of the words. What cannot be done is refused by itself: the answer stands."""
    if message.for_another or not message.beside:
        return receipt
    if message.tag_use == tags.CONFIRM:  # which proves the mailbox, not a YES to anything else (CMD-4)
        message = replace(message, actor=replace(message.actor, strength=min(message.actor.strength, Strength.TAG)))
    done = list(receipt.besides)
    for wish in message.beside:
        try:
            one = commands.do(message, session, wish, now)
        except Refused as refusal:
            one = refused(message, refusal)
        if one is not None:
            done.append(one)
    said = " ".join([receipt.said, *(one.said for one in done)])
    return replace(receipt, said=said, besides=tuple(done))


def refused(message: Message, refusal: Refused) -> Receipt:
    """What is told of a request that is refused."""
    fields = {"sentence": refusal.message, "hint": refusal.hint, "subject": bare_subject(message.reading.subject)}
    return Receipt("refused", refusal.message, fields, "refused", refusal.slug)
