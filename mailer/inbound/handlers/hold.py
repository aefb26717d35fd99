"""What nobody may act on unseen: no readable sender, failed authentication, a forged tag, a loop. Kept, with its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound.message import Message
from mailer.inbound.routes import AT_THE_DOOR

REASONS = {
    "unreadable": "Termpost could not read this message.",
    "no-sender": "It does not say who sent it.",
    "many-senders": "It names more than one sender.",
    "forged-tag": "The address it was sent to is not one that we gave out.",
    "failed": "Its sender could not be proved: the check of its domain failed.",
    "loop": "It has been through this list before, or through very many servers.",
}


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Never answered: the sender is not to be believed, or would not be helped."""
    reason = _reason(message)
    return Receipt("", REASONS[reason], state="held", reason=reason, held_for="any organiser")


def _reason(message: Message) -> str:
    reading = message.reading
    if reading.error is not None:
        return "unreadable"
    if len(reading.senders) > 1:
        return "many-senders"
    if not message.from_address:
        return "no-sender"
    if message.failed_authentication:
        return "failed"
    if message.role == "tag" and message.tag_use not in AT_THE_DOOR:
        return "forged-tag"
    return "loop"
