"""Mail to postmaster and abuse: for the person IT answers with (SMTP-19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.outbound import replies


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Passed on where an operator is set; kept and shown in any case."""
    operator = message.house.settings.operator
    if not operator:
        return Receipt(
            "",
            "For the operator, and TERMPOST_OPERATOR is not set; kept here.",
            state="held",
            reason="no-operator",
            held_for="the operator",
        )
    reading = message.reading
    passed = replies.to_operator(
        session,
        operator,
        hasher=message.house.hasher,
        network_id=message.network_id,
        template="committee",
        fields={
            "writer": message.from_name or message.from_address or "Somebody",
            "address": message.from_address,
            "proven": message.actor.strength >= Strength.ALIGNED,
            "subject": reading.subject,
            "text": strip_own(reading.text, [message.domain]),
            "attachments": [attachment.name for attachment in reading.attachments],
            "why": f"sent to {message.rcpt.partition('@')[0]}",
        },
        key=f"operator:{message.id}",
        now=now,
        inbox_id=message.id,
    )
    if passed is None:
        said = "For the operator, whose address can have no mail now; kept here."
        return Receipt("", said, state="held", reason="operator-not-reached", held_for="the operator")
    return Receipt("", "Passed to the operator.")
