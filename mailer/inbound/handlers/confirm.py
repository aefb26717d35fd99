"""The answer to a question of ours whose tag stands in Reply-To: only new affirmative words, or none, confirm (ruling 3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import confirm as acts
from mailer.consent import purposes
from mailer.consent.purposes import RIGHT
from mailer.discussion.posting import bare_subject
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Intent
from mailer.outbound import replies
from mailer.people import addresses

ASIDE = frozenset({"for-my-it", "help"})
ABOUT_ANOTHER = frozenset({"admit"})  # acts whose yes may say of their writer what an organiser knows: "Yes, he's one of us"


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """YES does it, NO spends the tag, anything else does nothing and is asked back."""
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
        if first.act == "vouch" and acts.row_of(session, message.tag_row).act in ABOUT_ANOTHER:
            return _redeem(message, session, now, None)
        done = _asked_aside(message, session, first, now) if first.act in ASIDE else None
        if done is not None:
            return done
    if not said:
        return _redeem(message, session, now, None)
    return _ask_back(message, session, now)


def _ask_back(message: Message, session: Connection, now: datetime) -> Receipt:
    """The same question once more, by the same tag. Held only if the gate lets no letter to this address."""
    row = acts.row_of(session, message.tag_row)
    if row.used_at is not None or row.expires_at <= now:
        return _redeem(message, session, now, None)  # says what was done, or that it is too late; does nothing
    sent = replies.reply(
        session,
        network_id=row.network_id,
        address_id=row.address_id,
        template="ask-yes-no",
        fields={"subject": bare_subject(message.reading.subject), "wrote": message.reading.reply.strip()[:500]},
        now=now,
        inbox_id=message.id,
        scope=RIGHT if row.act in acts.RIGHTS else str(message.id),
        reply_use="c",
        reply_row=row.id,
    )
    if sent is None:
        return Receipt(
            "",
            "Answered a confirmation with words that are neither yes nor no; nothing was done.",
            state="held",
            reason="unclear",
            held_for="any organiser",
        )
    said = "Answered a confirmation with words that are not surely yes or no; asked for one of the two."
    return Receipt("", said, state="asked", reason="yes-or-no")


def _asked_aside(message: Message, session: Connection, first: Intent, now: datetime) -> Receipt | None:
    """A word that needs an answer before the question gets its own. The tag shows that the mailbox is the writer's, so the
    answer is not capped as a stranger's; the question stays open."""
    address_id = acts.row_of(session, message.tag_row).address_id
    addresses.confirm(session, address_id, now)
    return commands.do(message, session, first, now)


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
