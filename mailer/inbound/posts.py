"""A post that may go round: kept, and planned as an occasion of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, admit
from mailer.acts import post as acts
from mailer.cycle import plan
from mailer.discussion.posting import Draft
from mailer.inbound.message import Message
from mailer.inbound.pieces import passed_on
from mailer.message import Reading
from mailer.message.own import strip_own
from mailer.message.values import Attachment
from mailer.newsletters import pictures

UNDER_IT = "-" * 10  # between a writer's words and those that they pass on
A_LOGO = 40_000  # octets: a picture shown in the text that is smaller belongs to a signature


def _came_with_it(reading: Reading) -> tuple[str, ...]:
    """The names of what was attached; what decorates a signature is not named."""
    return tuple(a.name or a.type for a in reading.attachments if not _decorates(a, reading.html or ""))


def _decorates(attachment: Attachment, html: str) -> bool:
    kind = pictures.type_of(attachment.content)
    size = pictures.size_of(attachment.content, kind) if kind else None
    shown = bool(attachment.content_id) and f"cid:{(attachment.content_id or '').strip('<>')}" in html
    return kind is not None and ((size is not None and min(size) < pictures.STAMP) or (shown and attachment.size < A_LOGO))


def _words(message: Message) -> str:
    """What is new in it. An answer that says nothing new is empty, or its quote would go to everyone; what is passed on
    stands below the writer's own words, and without a word of theirs is the whole."""
    reading = message.reading
    own, words = reading.reply.strip(), passed_on(reading)
    if own and words:
        return f"{own}\n\n{UNDER_IT}\n\n{words}"
    answers = bool(reading.in_reply_to) or message.answered is not None
    return own or words or ("" if answers else reading.text)


def post(message: Message, session: Connection, list_: str, now: datetime, *, vouched: bool = False) -> Receipt:
    """Keep it; if it may go, plan its mail."""
    reading = message.reading
    draft = Draft(
        message_id=reading.message_id or "",
        subject=reading.subject,
        text=strip_own(_words(message), [message.domain]),
        in_reply_to=reading.in_reply_to[0] if reading.in_reply_to else "",
        references=reading.references,
        list_ids=reading.headers("list-id"),
        loops=reading.headers("x-loop"),
        received=len(reading.headers("received")),
        attachments=_came_with_it(reading),
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
            standing="off-list",
        )
    return receipt
