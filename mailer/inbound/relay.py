"""Passing what a person wrote on to the organisers, with who wrote it, or without."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Strength
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.outbound import replies


def to_committee(message: Message, session: Connection, now: datetime, *, why: str = "", text: str = "") -> int:
    """A letter to the committee: its text, its writer, and whether the writer is proven. Returns how many got it."""
    reading = message.reading
    return replies.to_organisers(
        session,
        network_id=message.network_id,
        template="committee",
        fields={
            "writer": message.actor.name or message.from_name or message.from_address,
            "address": message.from_address,
            "proven": message.actor.strength >= Strength.ALIGNED,
            "stranger": message.actor.strength == Strength.UNKNOWN,
            "subject": reading.subject,
            "text": text or strip_own(reading.reply or reading.text, [message.domain]),
            "attachments": [attachment.name for attachment in reading.attachments],
            "why": why,
        },
        key=f"committee:{message.id}",
        now=now,
        inbox_id=message.id,
        besides=message.actor.address_id,  # an organiser's own words need not come back to them
    )


def without_name(message: Message, session: Connection, now: datetime) -> int:
    """A private question: the words alone, without name, address or what came with them (V2)."""
    reading = message.reading
    return replies.to_organisers(
        session,
        network_id=message.network_id,
        template="private",
        fields={
            "subject": _asked_before(message) or reading.subject,
            "text": strip_own(reading.reply or reading.text, [message.domain]),
        },
        key=f"private:{message.id}",
        now=now,
        inbox_id=message.id,
    )


def _asked_before(message: Message) -> str:
    """The subject of the question that the committee answered and its writer now answers again."""
    return str(message.answered.fields.get("subject", "")) if message.answered is not None else ""
