"""A reply about a promised piece: the piece itself, another day, that it will not come, or what a mail was meant to be."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, submit_piece
from mailer.acts import promise as acts
from mailer.inbound import again, commands, doors_asked, relay
from mailer.inbound.lines import by_when, gives_up
from mailer.inbound.message import Message
from mailer.inbound.words import SURE

A_PIECE = 25  # words: fewer are about the piece
ITS_A_PIECE = re.compile(r"\W*(?:it(?:'s| is| was)? |that(?:'s| is| was)? )?(?:the |a |my )?(?:piece|print (?:it|this)|darn|y darn)\b", re.IGNORECASE)
ITS_A_PROMISE = re.compile(r"\W*(?:it(?:'s| is| was)? |that(?:'s| is| was)? )?(?:a )?(?:promise|later|addewid|i will write|i'll write)\b", re.IGNORECASE)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """What fits nothing is a letter to the committee."""
    assert message.answered is not None
    command = commands.first_sure(message)
    if message.for_another and (command is None or command.act != "stop"):
        return doors_asked.not_theirs(message, session, now)
    if command is not None:
        done = commands.do(message, session, command, now)
        if done is not None:
            return done
    words = message.reading.reply.strip()
    done = _sorted(message, session, words, now)
    if done is not None:
        return done
    if message.piece is not None and (message.piece.pictures or message.piece.words >= A_PIECE):
        return submit_piece.submit_piece(session, message.actor, message.piece, now=now)
    promise_id = _promise(message)
    if promise_id is not None:
        if any(i.act == "withdraw" and i.certainty >= SURE for i in message.understood.intents) or gives_up(words):
            return acts.drop(session, message.actor, promise_id, now=now)
        by = by_when(words, message.today)
        if by is not None:
            return acts.put_off(session, message.actor, promise_id, by=by, now=now)
    relay.to_committee(message, session, now)
    return Receipt("", "Passed to the organisers.", reason="letter")


def _sorted(message: Message, session: Connection, words: str, now: datetime) -> Receipt | None:
    """PIECE or PROMISE: the first mail is handled once more as what it was meant to be."""
    assert message.answered is not None
    first = message.answered.inbox_id
    asked = message.answered.template == "replies/ask-promise"
    if first is None or not words or len(words.split()) > A_PIECE:
        return None
    if ITS_A_PIECE.match(words) and message.answered.template in ("replies/ask-promise", "replies/promise"):
        promise_id = _promise(message)
        if promise_id is not None:
            acts.drop(session, message.actor, promise_id, now=now)
        return again.handled(session, first, "news", "Sorted: it is a piece.", ("asked",) if asked else ("done",))
    if asked and ITS_A_PROMISE.match(words):
        return again.handled(session, first, "promise", "Sorted: it promises a piece.")
    return None


def _promise(message: Message) -> int | None:
    """The promise that the answered letter is about."""
    assert message.answered is not None
    if message.answered.thing_type == "promise":
        return message.answered.thing_id
    told = message.answered.fields.get("promise", {}).get("id")
    return int(told) if told else None
