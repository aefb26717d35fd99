"""Members of whom somebody has said that they have left, or have died, and has not answered yet whether our mail is to stop.

Until then nothing new goes to their mailbox: nobody may be there to read it, or somebody who should not have to. What waits
goes after a NO, or when the question has ended, unless it is stale by then (V11).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, or_, select

from mailer.store.tables import addresses, confirmations, memberships

ACT = "gone"  # of the question


def until(session: Connection, network_ids: Collection[int], now: datetime) -> dict[tuple[int, int], datetime]:
    """(network, address) of every such mailbox, and when the last question about it ends."""
    c, m, a = confirmations.c, memberships.c, addresses.c
    asked = (c.network_id.in_(list(network_ids)), c.act == ACT, c.used_at.is_(None), c.expires_at > now)
    found: dict[tuple[int, int], datetime] = {}
    for question in session.execute(select(c.network_id, c.args, c.expires_at).where(*asked)):
        theirs = select(a.id).join(memberships, or_(m.address_id == a.id, m.person_id == a.person_id))
        for address_id in session.execute(theirs.where(m.id == int(question.args["membership_id"]))).scalars():
            at = question.network_id, address_id
            found[at] = max(question.expires_at, found.get(at, now))
    return found
