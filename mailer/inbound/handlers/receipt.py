"""A reply to another letter of ours: UNDO, WITHDRAW, a correction, HOLD, or any word that may answer any mail."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, hold, withdraw
from mailer.acts import correct as corrections
from mailer.errors import Refused
from mailer.inbound import commands, doors_asked, meant, promising, relay, several, taking_back
from mailer.inbound.message import Message
from mailer.inbound.words import SURE
from mailer.message.own import strip_own

SEND = re.compile(r"(?:please )?send(?: it| now)?(?: please)?[.]?", re.IGNORECASE)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What is none of them is a letter to the committee."""
    assert message.answered is not None
    command = commands.first_sure(message)
    if message.for_another and (command is None or command.act != "stop"):
        return doors_asked.not_theirs(message, session, now)
    fields = message.answered.fields
    sure = {i.act: i for i in message.understood.intents if i.certainty >= SURE}
    if "hold" in sure and fields.get("occasion"):
        return hold.hold(session, message.actor, int(fields["occasion"]), now=now)
    if fields.get("occasion") and SEND.fullmatch(message.reading.reply.strip()):
        raise Refused(
            "not-a-proof",
            "Only a proof can be answered with that word, as it says what goes out.",
            "Look for the newest mail that begins with Proof, and answer that one.",
        )
    if message.answered.template == "replies/items":
        done = several.do(message, session, fields["items"], now)
        if done is not None:
            return done
    agreed = meant.answered(message, session, now)
    if agreed is not None:
        return agreed
    if command is not None:
        done = commands.do(message, session, command, now)
        if done is not None:
            return done
    if "withdraw" in sure:
        done = _withdraw(message, session, fields, now)
        if done is not None:
            return done
    if promising.called_for(message):
        return promising.note(message, session, now)
    if message.reading.reply.strip():
        done = _correct(message, session, fields, now)
        if done is not None:
            return done
    asked = meant.asked_back(message)
    if asked is not None:
        return asked
    relay.to_committee(message, session, now)
    return Receipt("", "Passed to the organisers.", reason="letter")


def _withdraw(message: Message, session: Connection, fields: Any, now: datetime) -> Receipt | None:
    if fields.get("item"):
        return withdraw.item(session, message.actor, int(fields["item"]["id"]), now=now)
    if fields.get("piece"):
        return withdraw.piece(session, message.actor, int(fields["piece"]["id"]), now=now)
    return taking_back.waiting(message, session, now)


def _correct(message: Message, session: Connection, fields: Any, now: datetime) -> Receipt | None:
    """What a reply to the receipt of an item or a piece says should be different."""
    words = strip_own(message.reading.reply, [message.domain])
    if fields.get("item"):
        left = str(fields.get("left", ""))
        done = corrections.item_in_words(
            session, message.actor, int(fields["item"]["id"]), words, left=left, now=now
        )
        if done is not None and "?" in done.fields.get("left", ""):  # a question besides: a person answers it
            relay.to_committee(message, session, now, why="asks with a correction of an agenda item")
        return done
    if fields.get("piece"):
        piece_id = int(fields["piece"]["id"])
        return corrections.piece_in_words(session, message.actor, piece_id, words, message.piece, now=now)
    return None
