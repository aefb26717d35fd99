"""The help door: the words of contract 2; an empty or unknown request gets a short help."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import help as acts
from mailer.inbound import commands, doors_asked, meant, relay
from mailer.inbound.message import Message

A_LETTER = 40  # words: somebody who writes this much wants to be read by a person


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Do what is asked; a long letter goes to the committee as well, so that nobody is fobbed off."""
    intent = commands.first_sure(message)
    if intent is not None and message.known:
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    wrong_door = (
        doors_asked.elsewhere(message, session, now)
        or doors_asked.unsure(message, "help")
        or meant.asked_back(message)
    )
    if wrong_door is not None:
        return wrong_door
    if len(message.reading.reply.split()) >= A_LETTER:
        relay.to_committee(message, session, now, why="sent to the help address")
    return acts.help(session, message.actor, now=now)
