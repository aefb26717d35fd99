"""A delivery report: it counts only through a tag of ours, however convincing its text (BNC-2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import bounce as acts
from mailer.inbound.message import Message
from mailer.message import tags


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Find the copy by the envelope tag, else by our Message-ID in the returned original, and write its result."""
    outgoing_id = message.tag_row if message.tag_use == tags.BOUNCE else _by_original(message)
    if outgoing_id is None:
        return Receipt("", "A delivery report about no mail of ours.", state="noted", reason="no-token")
    return acts.bounced(session, message.actor, outgoing_id, message.reading.bounces, now=now)


def _by_original(message: Message) -> int | None:
    for original in message.reading.original_ids:
        found = message.house.keys.read(original.partition("@")[0], {tags.MESSAGE})
        if found is not None:
            return found.row_id
    return None
