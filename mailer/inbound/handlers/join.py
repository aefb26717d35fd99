"""Somebody wants to join: the one question goes to the address itself, whatever it is to us (CMD-6, CMD-8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import join as acts
from mailer.inbound.message import Message
from mailer.people import networks


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """The words of the mail choose nothing here: the confirmation says what is on offer."""
    return acts.ask(
        session,
        networks.by_id(session, message.network_id),
        message.from_address,
        channel="mail",
        hasher=message.house.hasher,
        now=now,
        name=message.from_name,
        language=message.language,
        inbox_id=message.id,
        evidence_sha256=message.sha256,
    )
