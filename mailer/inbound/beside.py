"""What was said beside an answer, on lines of its own, is done after it and has its own receipt (contract 2, CMD-11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength, preferences
from mailer.discussion.posting import bare_subject
from mailer.errors import Refused
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import Intent
from mailer.message import tags

# How mail comes: the word, where it is kept, and as what.
PREFERENCES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str | bool]]] = {
    "digest": ("digest", lambda args: True),
    "every-post": ("digest", lambda args: False),
    "plain-text": ("plain_text", lambda args: True),
    "with-layout": ("plain_text", lambda args: False),
    "language": ("language", lambda args: str(args["code"])),
    "working-days": ("working_days", lambda args: preferences.days_kept(args["days"])),
}


def do(message: Message, session: Connection, receipt: Receipt, now: datetime) -> Receipt:
    """The receipt of the answer, with those of the words. What cannot be done is refused by itself, and nothing of it stays: the
    answer stands. Of what is so already nothing is said, and who has asked to be forgotten has no more wishes (DP-11)."""
    if message.for_another or not message.beside or "erasure" in receipt.fields:
        return receipt
    if message.tag_use == tags.CONFIRM:  # which proves the mailbox, not a YES to anything else (CMD-4)
        message = replace(message, actor=replace(message.actor, strength=min(message.actor.strength, Strength.TAG)))
    done = list(receipt.besides)
    for wish in message.beside:
        if _is_so(message, session, wish):
            continue
        try:
            with session.begin_nested():
                one = commands.do(message, session, wish, now)
        except Refused as refusal:
            one = refused(message, refusal)
        if one is not None:
            done.append(one)
    said = " ".join([receipt.said, *(one.said for one in done)])
    return replace(receipt, said=said, besides=tuple(done))


def _is_so(message: Message, session: Connection, wish: Intent) -> bool:
    """Whether a preference is what is asked for already, in this network; one for every network is the act's to say."""
    kept = PREFERENCES.get(wish.act)
    address_id = message.actor.address_id
    if kept is None or address_id is None or wish.args.get("everywhere"):
        return False
    name, value = kept
    current = preferences.current(session, message.network_id, address_id)
    if name == "digest" and "discussion" not in current["active"]:
        return False  # how it is to come asks for it
    return bool(current[name] == value(wish.args))


def refused(message: Message, refusal: Refused) -> Receipt:
    """What is told of a request that is refused."""
    fields = {"sentence": refusal.message, "hint": refusal.hint, "subject": bare_subject(message.reading.subject)}
    return Receipt("refused", refusal.message, fields, "refused", refusal.slug)
