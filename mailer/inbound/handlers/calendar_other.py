"""Calendar messages that answer nothing: COUNTER is shown to the organisers, the rest changes nothing (CAL-7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import relay
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Pass a proposed change on to the committee; note the rest."""
    calendar = message.reading.calendar
    method = (calendar.method if calendar is not None else "") or "no method"
    if method.upper() == "COUNTER":
        said = calendar.comment if calendar is not None else ""
        relay.to_committee(message, session, now, why="proposes another time", text=(said or "").strip())
        return Receipt("", "Proposes another time; passed to the organisers.", state="done", reason="counter")
    return Receipt(
        "", f"A calendar message ({method}) that changes nothing here.", state="noted", reason="calendar-other"
    )
