"""Which thread a post belongs to: by In-Reply-To and References, the nearest known ancestor first (RFC 5322 3.6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from mailer.store.tables import posts

MOST_REFERENCES = 200
KEPT_REFERENCES = 20  # of a long chain, the first and the last are told on (FMT-4)


def ancestor(
    session: Connection, network_id: int, in_reply_to: str, references: Sequence[str]
) -> tuple[int, str] | None:
    """(id of the post answered, thread id), or None when this begins a thread. Ids are without brackets."""
    nearest = [one for one in (in_reply_to, *reversed(references[-MOST_REFERENCES:])) if one]
    if not nearest:
        return None
    known = {
        row.message_id: (row.id, row.thread_id)
        for row in session.execute(
            select(posts.c.id, posts.c.message_id, posts.c.thread_id)
            .where(posts.c.network_id == network_id, posts.c.message_id.in_(set(nearest)))
            .order_by(posts.c.id)
        )
    }
    return next((known[one] for one in nearest if one in known), None)


def ids(session: Connection, thread_id: str, before: int) -> list[str]:
    """The Message-IDs of a thread up to a post, oldest first, for its References; long ones lose their middle (FMT-4)."""
    query = select(posts.c.message_id).where(posts.c.thread_id == thread_id, posts.c.id < before).order_by(posts.c.id)
    found = list(session.execute(query).scalars())
    return found if len(found) <= KEPT_REFERENCES else [found[0], *found[-(KEPT_REFERENCES - 1) :]]


def first(session: Connection, network_id: int, thread_id: str) -> Row[Any, Any] | None:
    """The post that a thread began with (id, address_id), if it is one of this network's."""
    return session.execute(
        select(posts.c.id, posts.c.address_id).where(posts.c.network_id == network_id, posts.c.message_id == thread_id)
    ).first()
