"""Members of whom somebody has said that they have left, or have died, and has not answered yet whether our mail is to stop.

Until then nothing new goes to their mailbox: nobody may be there to read it, or somebody who should not have to. What waits
goes after a NO, or when the question has ended, unless it is stale by then (V11).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from mailer.store import prepared
from mailer.store.lists import among
from mailer.store.tables import addresses, confirmations, memberships

ACT = "gone"  # of the question


def until(session: Connection, network_ids: Collection[int], now: datetime) -> dict[tuple[int, int], datetime]:
    """(network, address) of every such mailbox, and when the question about it ends; the first answer of those who were asked counts."""
    m, a = memberships.c, addresses.c
    asked = session.execute(*_asked(list(network_ids), now)).all()
    answered: dict[int, datetime] = {}
    for one in asked:
        if one.used_at is not None:
            answered[_who(one)] = max(one.used_at, answered.get(_who(one), one.used_at))
    found: dict[tuple[int, int], datetime] = {}
    for one in asked:
        if one.used_at is None and (_who(one) not in answered or answered[_who(one)] < one.asked_at):
            theirs = select(m.network_id, a.id).join(addresses, or_(m.address_id == a.id, m.person_id == a.person_id))
            for row in session.execute(theirs.where(m.id == _who(one))):
                at = row.network_id, row.id
                found[at] = max(one.expires_at, found.get(at, now))
    return found


@prepared
def _asked(network_ids: Any, now: Any) -> Any:
    c = confirmations.c
    query = select(c.args, c.asked_at, c.expires_at, c.used_at)
    return query.where(among(c.network_id, network_ids), c.act == ACT, c.expires_at > now)


def _who(question: Any) -> int:
    return int(question.args["membership_id"])
