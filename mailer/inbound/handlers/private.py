"""A private question: passed to the committee without its writer's name (V2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import relay, sender
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """The organisers' reply comes back to us and is passed to the writer, so neither sees the other's address."""
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
