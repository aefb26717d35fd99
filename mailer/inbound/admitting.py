"""What comes from somebody who is no member: a guest's, acknowledged once and held for one organiser's YES (ruling 1).

The acknowledgement is the same for everybody and tells nothing about who is a member.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength, admit
from mailer.inbound import sender
from mailer.inbound.message import Message
from mailer.message.own import strip_own
from mailer.people import addresses


def is_member(message: Message, session: Connection) -> bool:
    """True if the writer belongs to a membership of this network."""
    return sender.is_member(session, message.network_id, message.actor.address_id)


def may_enter(message: Message, session: Connection, kind: str) -> bool:
    """A member; and a proven one, where the setting asks for that (TERMPOST_REQUIRE_ALIGNED: posts, items, pieces)."""
    proven = kind not in message.house.settings.require_aligned or message.actor.strength >= Strength.ALIGNED
    return proven and is_member(message, session)


def hold(
    message: Message, session: Connection, *, what: str, title: str, values: Mapping[str, Any], now: datetime
) -> Receipt:
    """Ask an organiser, acknowledge to the writer."""
    writer = addresses.find_or_add(session, message.from_address, hasher=message.house.hasher, now=now)
    asked = admit.ask(
        session,
        network_id=message.network_id,
        what=what,
        title=title or message.reading.subject,
        text=strip_own(message.reading.reply or message.reading.text, [message.domain]),
        writer=message.from_address,
        args={"what": what, "address_id": writer.id, "name": message.from_name, "inbox_id": message.id, **values},
        inbox_id=message.id,
        now=now,
        standing="unproven" if is_member(message, session) else "guest",
    )
    return Receipt(
        "guest",
        f"A guest's {what}: held for {asked or 'any organiser'}.",
        {},
        state="held",
        reason="guest",
        held_for=asked or "any organiser",
        to=writer.id,
    )
