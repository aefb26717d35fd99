"""A post that may go round: kept, and planned as an occasion of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, admit
from mailer.acts import post as acts
from mailer.cycle import plan
from mailer.discussion.posting import Draft
from mailer.inbound.message import Message
from mailer.message.own import strip_own


def post(message: Message, session: Connection, list_: str, now: datetime, *, vouched: bool = False) -> Receipt:
    """Keep it; if it may go, plan its mail."""
    reading = message.reading
    draft = Draft(
        message_id=reading.message_id or "",
        subject=reading.subject,
        text=strip_own(reading.reply or reading.text, [message.domain]),
        in_reply_to=reading.in_reply_to[0] if reading.in_reply_to else "",
        references=reading.references,
        list_ids=reading.headers("list-id"),
        loops=reading.headers("x-loop"),
        received=len(reading.headers("received")),
    )
    receipt = acts.post(session, message.actor, draft, list=list_, vouched=vouched, now=now)
    if receipt.state == "done":
        plan.post(session, message.network_id, int(receipt.fields["post"]["id"]), list_=list_, now=now)
    elif receipt.reason == "not-on-this-list":  # a member all the same: an organiser is asked to let it through
        admit.ask(
            session,
            network_id=message.network_id,
            what="post" if list_ == "discussion" else "exchange",
            title=reading.subject,
            text=draft.text,
            writer=message.from_address,
            args={
                "what": "post" if list_ == "discussion" else "exchange",
                "address_id": message.actor.address_id,
                "name": message.actor.name,
                "inbox_id": message.id,
            },
            inbox_id=message.id,
            now=now,
        )
    return receipt
