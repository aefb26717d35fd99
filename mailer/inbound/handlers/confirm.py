"""The answer to a question of ours whose tag stands in Reply-To: only new affirmative words, or none, confirm (ruling 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mailer.acts import Receipt, Strength, invite, questions
from mailer.acts import confirm as acts
from mailer.consent import purposes
from mailer.consent.purposes import RIGHT
from mailer.discussion.posting import bare_subject
from mailer.inbound import commands, meant
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Intent, joining
from mailer.outbound import replies
from mailer.people import addresses, membership
from mailer.people.profile import PURPOSE as LISTING

# Acts whose yes may say of their writer what an organiser knows: "Yes, he's one of us".
ABOUT_ANOTHER = frozenset({"admit"})
# What may be said instead of yes or no by who gets nothing yet; anybody else may say any word. What would rest, end or bring mail
# that they do not get may mean a part of the yes, and is asked back.
OF_STRANGERS = frozenset({"for-my-it", "help", "stop", "status", "my-data", "my-year", "forget-me"})
# How to write to somebody: kept of whom an organiser's wish has written down already.
OF_INVITED = OF_STRANGERS | {"language", "my-details", "plain-text", "with-layout", "working-days"}
# The one who says no to an invitation is remembered by that; who says STOP to any other question of ours leaves.
NO_MEANS_STOP = frozenset({"invited"})
OTHER_ADDRESS = "That question was asked of another address, and only that one can answer it. Nothing was done."
FROM_WHERE = "Please reply from the address that our mail went to, or use the link in it."


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """YES does it, NO spends the tag, a word of contract 2 is done as anywhere; anything else does nothing and is asked back."""
    assert message.tag_row is not None
    first = message.understood.first
    sure = first if first is not None and first.certainty >= SURE else None
    if message.for_another:
        return _of_another(message, session, sure, now)
    row = questions.find(session, message.tag_row)
    if row is None:
        return _redeem(message, session, now)  # says that it is not known
    wanted = joining.chosen(message.reading.reply, row.args["purposes"]) if row.act in acts.JOINS and row.args else ()
    if sure is not None and sure.act == "only":
        wanted = tuple(name for name in purposes.SUBSCRIPTIONS if name in set(sure.args["purposes"]))
    if wanted and row.act in acts.JOINS:
        alone = set(wanted) == {LISTING} and LISTING not in row.args["purposes"]
        return _ask_back(message, session, now) if alone else _redeem(message, session, now, wanted)
    if row.act in NO_MEANS_STOP and sure is None and joining.asks_who(message.reading.reply):
        told = invite.say_who(session, row, inbox_id=message.id, now=now)
        if told is not None:
            return told
    if sure is None:
        return _redeem(message, session, now) if not message.reading.reply.strip() else _ask_back(message, session, now)
    if sure.act == "decline-confirm" or (_everything(sure) and row.act in NO_MEANS_STOP):
        return _decline(message, session, sure, now)
    if sure.act == "confirm" or (sure.act == "vouch" and row.act in ABOUT_ANOTHER):
        return _redeem(message, session, now)
    return _word(message, session, row, sure, now) or _ask_back(message, session, now)


def _of_another(message: Message, session: Connection, sure: Intent | None, now: datetime) -> Receipt:
    """The tag is somebody else's: leaving alone is done for its owner, who is told (ruling 1)."""
    if sure is not None and sure.act == "stop" and message.answered is not None:
        done = commands.do(message, session, sure, now)
        if done is not None:
            return done
    fields = {"subject": bare_subject(message.reading.subject), "sentence": OTHER_ADDRESS, "hint": FROM_WHERE}
    said = "A confirmation from another address than the one that was asked; nothing was done."
    return Receipt("refused", said, fields, state="refused", reason="other-address")


def _everything(intent: Intent) -> bool:
    return intent.act == "stop" and intent.args["purposes"] == "all"


def _decline(message: Message, session: Connection, intent: Intent, now: datetime) -> Receipt:
    """A STOP beside the NO that is not certain is asked about, where the NO itself is not answered (UNS-8)."""
    assert message.tag_row is not None
    done = acts.decline(
        session,
        message.tag_row,
        now=now,
        inbox_id=message.id,
        evidence_sha256=message.sha256,
        everywhere=bool(intent.args.get("everywhere")),
    )
    beside = any(one.act == "stop" for one in message.understood.intents[1:])
    asked = meant.asked_back(message) if beside and done.said == questions.DECLINED else None
    return done if asked is None else replace(asked, said=f"{done.said} {asked.said}")


def _word(message: Message, session: Connection, row: Row[Any], intent: Intent, now: datetime) -> Receipt | None:
    """A word that may answer any mail, done as anywhere: the tag proves the mailbox, not a YES to this (CMD-4). Of a join
    and whoever is no member, only what they may need first. The question stays open, unless it ends with them."""
    if row.act in acts.JOINS and not membership.remaining(session, row.network_id, row.address_id):
        written_down = membership.of_address(session, row.network_id, row.address_id) is not None
        partly = intent.act == "stop" and not _everything(intent)
        if partly or intent.act not in (OF_INVITED if written_down else OF_STRANGERS):
            return None
    addresses.confirm(session, row.address_id, now)  # so that the answer is not capped as a stranger's
    mine = replace(message, actor=replace(message.actor, strength=Strength.TAG))
    return commands.do(mine, session, intent, now)


def _ask_back(message: Message, session: Connection, now: datetime) -> Receipt:
    """The same question once more, by the same tag. Held only if the gate lets no letter to this address."""
    row = questions.row_of(session, message.tag_row)
    if row.used_at is not None or row.expires_at <= now:
        return _redeem(message, session, now)  # says what was done, or that it is too late; does nothing
    said = message.reading.reply.strip()
    if row.act in acts.JOINS and "?" not in said:
        # The tag shows that the mailbox is theirs, so that this answer is not capped; a question waits for a person.
        addresses.confirm(session, row.address_id, now)
    fields: dict[str, Any] = {"subject": bare_subject(message.reading.subject), "wrote": said[:500]}
    if row.act in acts.JOINS:
        fields["part"] = [f"ONLY {purpose.upper()}" for purpose in row.args.get("purposes", ())]
    sent = replies.reply(
        session,
        network_id=row.network_id,
        address_id=row.address_id,
        template="ask-yes-no",
        fields=fields,
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
    asked = "Answered a confirmation with words that are not surely yes or no; asked for one of the two."
    return Receipt("", asked, state="asked", reason="yes-or-no")


def _redeem(message: Message, session: Connection, now: datetime, wanted: Sequence[str] = ()) -> Receipt:
    assert message.tag_row is not None
    return acts.redeem(
        session,
        message.tag_row,
        channel="mail",
        now=now,
        inbox_id=message.id,
        evidence_sha256=message.sha256,
        purposes=wanted or None,
    )
