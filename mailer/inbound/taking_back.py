"""What answers one's own mail to everyone and is no post itself: WITHDRAW, and "gone now" to the exchange."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, close_offer, who, withdraw_post
from mailer.discussion import offers, posting, threads
from mailer.inbound import subjects
from mailer.inbound.message import Message
from mailer.inbound.words import SURE, Asked, understand

A_WORD = 8  # words: more of them say something to somebody


def said(message: Message) -> bool:
    """Whether the mail says nothing but WITHDRAW."""
    words = message.reading.reply.strip()
    if not words or len(words.split()) > A_WORD or message.sorted or message.vouched:
        return False
    first = understand(words, Asked.RECEIPT, today=message.today).first
    return first is not None and first.act == "withdraw" and first.certainty >= SURE


def waiting(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """In answer to a letter of ours that said: it waits, or it goes round."""
    if message.answered is None or message.answered.inbox_id is None:
        return None
    return withdraw_post.held(session, message.actor, message.answered.inbox_id, now=now)


def own_post(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """In answer to one's own post, which came back from the list; None where it answers another's, or nothing."""
    post_id = _own(message, session) if said(message) else None
    return withdraw_post.posted(session, message.actor, post_id, now=now) if post_id is not None else None


def own_offer(message: Message, session: Connection, now: datetime) -> Receipt | None:
    """ "Gone now", "found one, thanks" in answer to one's own mail to the exchange, wherever in its thread."""
    if message.sorted or message.vouched or not offers.closes(message.reading.reply):
        return None
    post_id = _own(message, session, first=True)
    return close_offer.close(session, message.actor, post_id, now=now) if post_id is not None else None


def _own(message: Message, session: Connection, *, first: bool = False) -> int | None:
    """The post that is answered, or the `first` of its thread, if the writer wrote it; another's is not theirs to end."""
    post_id = _answered(message, session) if message.known else None
    if post_id is None:
        return None
    one = posting.get(session, post_id)
    begun = threads.first(session, one.network_id, one.thread_id) if first else None
    if begun is not None:
        one = posting.get(session, begun.id)
    return one.id if who.owns(session, message.actor, one.address_id) else None


def _answered(message: Message, session: Connection) -> int | None:
    """The post that is answered: its copy, its Message-ID, else its subject."""
    if message.answered is not None and message.answered.template in subjects.PASSED_ON:
        return message.answered.thing_id
    reading = message.reading
    above = threads.ancestor(session, message.network_id, next(iter(reading.in_reply_to), ""), reading.references)
    return above[0] if above is not None else None
