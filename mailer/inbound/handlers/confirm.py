"""The answer to a question of ours whose tag stands in Reply-To: only new affirmative words, or none, confirm (ruling 3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import confirm as acts
from mailer.consent import purposes
from mailer.inbound.message import Message
from mailer.inbound.words import SURE


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """YES does it, NO spends the tag, anything else is kept for an organiser and does nothing."""
    assert message.tag_row is not None
    if message.for_another:
        return Receipt(
            "",
            "A confirmation from another address than the one that was asked; nothing was done.",
            state="refused",
            reason="other-address",
        )
    first = message.understood.first
    said = message.reading.reply.strip()
    if first is not None and first.certainty >= SURE:
        if first.act in ("decline-confirm", "stop"):
            everywhere = bool(first.args.get("everywhere"))
            return acts.decline(session, message.tag_row, now=now, inbox_id=message.id, everywhere=everywhere)
        if first.act == "only":
            wanted = [name for name in purposes.SUBSCRIPTIONS if name in set(first.args["purposes"])]
            return _redeem(message, session, now, wanted)
        if first.act == "confirm":
            return _redeem(message, session, now, None)
    if not said:
        return _redeem(message, session, now, None)
    return Receipt(
        "",
        "Answered a confirmation with words that are neither yes nor no; nothing was done.",
        state="held",
        reason="unclear",
        held_for="any organiser",
    )


def _redeem(message: Message, session: Connection, now: datetime, wanted: list[str] | None) -> Receipt:
    assert message.tag_row is not None
    return acts.redeem(
        session,
        message.tag_row,
        channel="mail",
        now=now,
        inbox_id=message.id,
        evidence_sha256=message.sha256,
        purposes=wanted,
    )
