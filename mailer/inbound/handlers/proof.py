"""An organiser answers a proof: SEND, SEND NOW, HOLD, or what should change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, changes, hold, send
from mailer.errors import Refused
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import SURE


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Only the exact words send; anything that is not sure is a change, and gives a new proof."""
    assert message.tag_row is not None
    if message.for_another:  # CMD-5: whoever is passed a proof can do nothing with it
        raise Refused(
            "not-your-proof",
            "This proof was sent to another address, so your answer does not count.",
            "Organisers each get a proof of their own; please answer that one.",
        )
    proof, occasion = send.behind(session, message.actor, message.tag_row)
    if changes.about_a_piece(session, occasion, message.reading.reply):
        return changes.change(session, message.actor, occasion, message.reading.reply, zone=message.zone, now=now)
    for intent in message.understood.intents:
        if intent.certainty < SURE:
            continue
        if intent.act in ("send", "send-now"):
            return send.approve(
                session,
                message.actor,
                proof.id,
                at_once=intent.act == "send-now",
                undo=message.house.settings.undo,
                now=now,
            )
        if intent.act == "hold":
            held = hold.hold(session, message.actor, occasion.id, now=now, proof_id=proof.id)
            if held.template != "held" or not changes.labelled(message.reading.reply):
                return held
            _, occasion = send.behind(session, message.actor, message.tag_row)
            break  # HOLD and what should change: the new proof waits for a SEND in any case
        done = commands.do(message, session, intent, now)
        if done is not None:
            return done
    return changes.change(session, message.actor, occasion, message.reading.reply, zone=message.zone, now=now)
