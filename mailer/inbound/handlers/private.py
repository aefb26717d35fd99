"""A private question: passed to the committee without its writer's name (V2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import complaining, complaints, doors_asked, relay, sender
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """The organisers' reply comes back to us and is passed to the writer, so neither sees the other's address.

    A bare word is done here as at every door (UNS-8), and a letter of ours about the question can be answered with one, like
    every other (contract 2); only its owner goes on with it.
    """
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    if complaining.said(message.reading.subject if message.answered is None else "", message.reading.reply):
        return complaints.begin(message, session, now)
    done = doors_asked.command(message, session, now)
    if done is not None:
        return done
    if message.answered is not None and not message.reading.reply.strip() and not message.reading.attachments:
        return Receipt("", "An answer without words; nothing was passed on.", state="noted", reason="empty")
    sent = relay.without_name(message, session, now)
    if sent == 0:
        return Receipt(
            "",
            "No organiser can be reached by mail; kept here.",
            state="held",
            reason="no-organiser",
            held_for="the operator",
        )
    # A stranger gets one answer a day: it is to be the committee's, not ours (ruling 3).
    template = "private-passed" if sender.is_member(session, message.network_id, message.actor.address_id) else ""
    return Receipt(template, "A private question, passed on without its writer's name.", {})
