"""What a mail to the list answers: a letter of ours, a post, or nothing, by its references and else by its subject (V14).

Some programs leave only the subject of a reply when its references are gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.discussion import threads
from mailer.discussion.posting import bare_subject
from mailer.inbound.message import Message
from mailer.store import prepared, unindexed
from mailer.store.tables import letters, posts

LOOK_BACK = timedelta(days=150)  # a term, and the holiday after it
PASSED_ON = ("occasions/post", "occasions/exchange")  # what members wrote to everyone, and may be answered to everyone


def may_be_post(message: Message) -> bool:
    """True unless it answers a letter of ours: one in answer to what a member wrote to everyone may go to everyone."""
    return message.answered is None or message.answered.template in PASSED_ON


def in_a_thread(session: Connection, message: Message) -> bool:
    """True for what answers a post: by a copy we sent, by the post's own Message-ID, or as "Re:" of its subject."""
    reading = message.reading
    if message.answered is not None:
        return message.answered.template in PASSED_ON
    if threads.ancestor(session, message.network_id, next(iter(reading.in_reply_to), ""), reading.references):
        return True
    bare = bare_subject(reading.subject, message.slug)
    if not bare or bare == reading.subject.strip():
        return False
    found = _posts_called(message.network_id, bare, message.received_at - LOOK_BACK)
    return session.execute(*found).first() is not None


def is_ours(session: Connection, network_id: int, subject: str, now: datetime) -> bool:
    """True for the subject of any letter we wrote lately, Re: and the like left out."""
    bare = bare_subject(subject)
    if not bare:
        return False
    return session.execute(*_letters_called(network_id, bare, now - LOOK_BACK)).first() is not None


@prepared
def _posts_called(network: Any, subject: Any, since: Any) -> Any:
    called = (posts.c.network_id == network) & (posts.c.subject == subject)
    return select(posts.c.id).where(called, posts.c.at > since).limit(1)


@prepared
def _letters_called(network: Any, subject: Any, since: Any) -> Any:
    called = (unindexed(letters.c.network_id) == network) & (letters.c.subject == subject)
    return select(letters.c.id).where(called, letters.c.template.not_in(PASSED_ON), letters.c.created_at > since).limit(1)
