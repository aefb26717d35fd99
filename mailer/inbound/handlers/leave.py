"""A leave tag, or a mail to the leave door: at once, whatever From, subject and body say (UNS-7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, leave_by_tag
from mailer.acts import leave as acts
from mailer.inbound.message import Message
from mailer.message import tags


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """The tag ends the purpose of the mail it stood in; the door ends all mail of the network."""
    if message.tag_use == tags.LEAVE and message.tag_row is not None:
        return leave_by_tag.by_standing(
            session, message.tag_row, channel="mail", now=now, inbox_id=message.id, evidence_sha256=message.sha256
        )
    if not message.known:
        return Receipt(
            "", "Asked to leave by an address that gets nothing from us.", state="noted", reason="unknown-sender"
        )
    return acts.everything(session, message.actor, now=now)
