"""A complaint report (RFC 5965, RFC 9477): ends the purpose of that mail at once; known by our tag, never by an address (BNC-11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer import log
from mailer.acts import Receipt, leave_by_tag
from mailer.inbound.message import Message
from mailer.message import tags
from mailer.message.roles import OPERATOR
from mailer.store.tables import outgoing, standings

# Types of reports that are no wish of the person to be left alone (RFC 5965 7.3, RFC 6591 3.1); they end nothing, and who
# runs the mail should know. Any other type, an unknown one too, is somebody's complaint: abuse, fraud, opt-out, other.
NOTED: dict[str, str] = {
    "not-spam": "Somebody says that mail of ours is no spam; nothing to do.",
    "auth-failure": "A provider could not prove that mail was ours (SPF, DKIM or DMARC); IT should look at `termpost check`.",
    "virus": "A provider's scanner calls a mail of ours a virus; IT should look at what went out.",
}
OURS = (tags.BOUNCE, tags.MESSAGE, tags.REPLY)  # the uses that name a copy

_log = log.get("inbound")


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """Find the copy that was complained of and leave in the person's name."""
    kind = message.reading.complaint.type if message.reading.complaint is not None else "abuse"
    said = NOTED.get(kind)
    if said is not None:
        _log.warning("a provider reports", type=kind, inbox=message.id)
        return Receipt("", said, state="noted", reason=kind)
    standing_id = _standing(message, session)
    if standing_id is None:
        return Receipt("", "A complaint about no mail of ours.", state="noted", reason="no-token")
    return leave_by_tag.complaint(session, standing_id, now=now, inbox_id=message.id, evidence_sha256=message.sha256)


def _standing(message: Message, session: Connection) -> int | None:
    """Behind the tag at the door, else behind the feedback id that a loop sends back (RFC 9477 3.3), else behind the first of our
    tags in the mail that was returned. A post keeps its author's Message-ID, so Return-Path, Reply-To and List-Unsubscribe of the
    copy are looked at as well."""
    found = [(message.tag_use, message.tag_row)] if message.tag_use == tags.BOUNCE else []
    complaint = message.reading.complaint
    for text in complaint.feedback_ids if complaint is not None else ():
        tag = message.house.keys.read(text, {tags.BOUNCE})
        if tag is not None:
            found.append((tag.use, tag.row_id))
    for text in (*(one.partition("@")[0] for one in message.reading.original_ids), *message.reading.own_tags):
        tag = message.house.keys.read(text, {*OURS, tags.LEAVE})
        if tag is not None:
            found.append((tag.use, tag.row_id))
    for use, row_id in found:
        asked = (
            select(standings.c.id).where(standings.c.id == row_id)
            if use == tags.LEAVE
            else select(standings.c.id)
            .join(outgoing, outgoing.c.standing_id == standings.c.id)
            .where(outgoing.c.id == row_id)
        )
        if message.role != OPERATOR:  # abuse@ takes the reports of every network of its domain
            asked = asked.where(standings.c.network_id == message.network_id)
        row = session.execute(asked).first()
        if row is not None:
            return int(row.id)
    return None
