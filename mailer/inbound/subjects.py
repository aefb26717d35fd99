"""Whether a subject is that of a letter of ours: what some programs leave of a reply when its references are gone (V14)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from mailer.discussion.posting import bare_subject
from mailer.store.tables import letters

LOOK_BACK = timedelta(days=150)  # a term, and the holiday after it
PASSED_ON = ("occasions/post", "occasions/exchange")  # what members wrote to everyone, and may be answered to everyone


def is_ours(session: Connection, network_id: int, subject: str, now: datetime) -> bool:
    """True for the subject of any letter we wrote lately, Re: and the like left out."""
    bare = bare_subject(subject)
    if not bare:
        return False
    found = select(letters.c.id).where(
        letters.c.network_id == network_id,
        letters.c.subject == bare,
        letters.c.template.not_in(PASSED_ON),
        letters.c.created_at > now - LOOK_BACK,
    )
    return session.execute(found.limit(1)).first() is not None
