"""An organiser, or the person IT answers with, answers a complaint about personal data: the words go to its writer."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, Strength
from mailer.acts import privacy_complaint as acts
from mailer.errors import Refused
from mailer.inbound import doors_asked, relay
from mailer.inbound.message import Message
from mailer.message.own import strip_own

SETTLED = re.compile(r"\W*(?:closed?|settled|resolved|wedi'i datrys|cau)\b\W*$", re.IGNORECASE)


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """CLOSED closes it without a word; anything else is the answer, shown to the other organisers as well."""
    assert message.answered is not None
    if message.for_another:
        return doors_asked.not_theirs(message, session, now)
    if message.actor.strength < Strength.ALIGNED:
        raise Refused("not-proven", "We cannot be sure that this came from you.", "Please reply to the letter itself.")
    done = doors_asked.command(message, session, now)
    if done is not None:
        return done
    text = strip_own(message.reading.reply, [message.domain]).strip()
    if not text:
        return Receipt("", "An answer to a complaint without a word in it.", state="noted", reason="empty")
    fields = message.answered.fields
    settled = SETTLED.match(text) is not None
    receipt = acts.answer(
        session, message.actor, int(fields["number"]), str(fields.get("subject", "")), "" if settled else text, now=now
    )
    if receipt.state == "done":
        relay.to_committee(message, session, now, why="answered a complaint about personal data")
    return receipt
