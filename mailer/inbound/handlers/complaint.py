"""A complaint report (RFC 5965): ends the purpose of that mail at once; known by our tag, never by an address (BNC-11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Receipt, leave_by_tag
from mailer.inbound.message import Message
from mailer.message import tags
from mailer.store.tables import outgoing


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Find the copy that was complained of and leave in the person's name."""
    outgoing_id = message.tag_row if message.tag_use == tags.BOUNCE else None
    if outgoing_id is None and message.reading.complaint is not None:
        for original in message.reading.original_ids:
            found = message.house.keys.read(original.partition("@")[0], {tags.MESSAGE})
            if found is not None:
                outgoing_id = found.row_id
                break
    row = None
    if outgoing_id is not None:
        row = session.execute(
            select(outgoing.c.standing_id).where(
                outgoing.c.id == outgoing_id, outgoing.c.network_id == message.network_id
            )
        ).first()
    if row is None:
        return Receipt("", "A complaint about no mail of ours.", state="noted", reason="no-token")
    return leave_by_tag.complaint(session, row.standing_id, now=now, inbox_id=message.id, evidence_sha256=message.sha256)
