"""Machines: noted, never answered, never an answer, a post, a confirmation or a bounce (V3, LOOP-5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Say what it was; until when somebody is away is worth knowing."""
    reading = message.reading
    if reading.kind == "challenge":
        said = "Asks us to prove that a person sent our mail; whoever reads that mailbox has to let us in."
    elif reading.kind == "read-receipt":
        said = "A read receipt."
    elif reading.away_until is not None:
        said = f"Away until {reading.away_until.isoformat()}."
    elif not reading.automatic and message.mail_from == "":
        return Receipt("", "Came from the null sender, as only machines write.", state="noted", reason="null-sender")
    else:
        said = "An automatic reply."
    return Receipt("", said, state="noted", reason=reading.kind)
