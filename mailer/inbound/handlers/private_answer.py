"""An organiser answers a private question: the words go to its writer, and neither sees the other's address (V2, V9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Receipt
from mailer.errors import Refused
from mailer.inbound import doors_asked, relay
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.outbound import replies
from mailer.people import addresses
from mailer.store.tables import inbox


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """To whoever asked, by the row of their question; the other organisers see the answer too, so nobody answers twice."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    command = doors_asked.command(message, session, now)
    if command is not None:
        return command
    text = strip_own(message.reading.reply, [message.domain]).strip()
    if not text:
        return Receipt("", "An answer to a private question without a word in it.", state="noted", reason="empty")
    asker = _asker(message, session, now)
    sent = asker is not None and replies.reply(
        session,
        network_id=message.network_id,
        address_id=asker,
        template="private-answer",
        fields={"subject": str(message.answered.fields.get("subject", "")), "text": text},
        now=now,
        inbox_id=message.id,
        scope=str(message.id),
    )
    if not sent:
        raise Refused(
            "not-passed-on",
            "We could not pass your answer on: we may not write to this person again today.",
            "Please send it once more tomorrow, as a reply to the same question.",
        )
    relay.to_committee(message, session, now, why="answered a private question")
    return Receipt("", "Answered a private question; passed to its writer, without addresses.")


def _asker(message: Message, session: Connection, now: datetime) -> int | None:
    assert message.answered is not None
    row = session.execute(
        select(inbox.c.address_id, inbox.c.from_address).where(inbox.c.id == message.answered.inbox_id)
    ).first()
    if row is None:
        return None
    if row.address_id is not None:
        return int(row.address_id)
    if not row.from_address:
        return None
    return addresses.find_or_add(session, row.from_address, hasher=message.house.hasher, now=now).id
