"""Of one person one thing is done at a time, by whichever door it came, so that what an act looks at (the answer that counts, a
question of today, a standing) is as the one before has left it.

SQLite has one writer. On PostgreSQL two taps on a page, or a tap and a mail, would each go by what stood before both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from mailer.acts import Actor
from mailer.store import prepared
from mailer.store.tables import addresses


def take(session: Connection, actor: Actor) -> None:
    """Have the actor's turn until this transaction ends. To be asked for before anything is read; who is not known needs none.

    They are had by the rows of their addresses, as by whoever leaves, and in the same order (`addresses.keep_still`)."""
    if actor.address_id is not None and session.dialect.name == "postgresql":
        session.execute(*_theirs(actor.address_id, actor.person_id)).all()


@prepared
def _theirs(address: Any, person: Any) -> Any:
    theirs = or_(addresses.c.id == address, addresses.c.person_id == person)
    return select(addresses.c.id).where(theirs).order_by(addresses.c.id).with_for_update(key_share=True)
