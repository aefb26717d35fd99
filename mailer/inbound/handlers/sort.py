"""The answer to "agenda, newsletter, everyone or committee?": the first message goes where its writer now says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import again, commands, relay
from mailer.inbound.message import Message
from mailer.inbound.words import SURE

DOORS = {"agenda": "agenda", "newsletter": "news", "everyone": "post", "committee": "committee"}


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """One word moves it; anything else goes to the committee, who can."""
    assert message.answered is not None
    first = message.understood.first
    if message.for_another:
        return Receipt(
            "", "Sorted by somebody else than its writer; nothing was done.", state="refused", reason="other-address"
        )
    if first is not None and first.act == "sort" and first.certainty >= SURE and message.answered.inbox_id is not None:
        to = str(first.args["to"])
        if to == "nobody":
            return again.taken_back(session, message.answered.inbox_id, str(message.answered.fields.get("subject", "")))
        return again.handled(session, message.answered.inbox_id, DOORS[to], f"Sorted: it goes to {to}.", states=("asked", "held"))
    intent = commands.first_sure(message)
    done = commands.do(message, session, intent, now) if intent is not None else None
    if done is not None:
        return done
    relay.to_committee(message, session, now, why="did not say where it should go")
    return Receipt(
        "",
        "Passed to the organisers, who decide where it goes.",
        state="held",
        reason="unsorted",
        held_for="any organiser",
    )

