"""What cannot be composed, as where a network's own template is broken: its organisers are told, and once it is too late it
is ended truthfully (V6, V11).

It is tried again at every tick. Those whose letter could be composed get it; the others wait with the occasion until its
*until*, and then the number of its copies is its audience, as nobody else was written to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from mailer.cycle import desk, enqueue, states
from mailer.house import House
from mailer.store.tables import occasions

WHY = "It could not be put together."


def was(occasion: Any) -> bool:
    """Whether nothing has been composed of it since composing failed."""
    return bool(occasion.extra.get("uncomposed") == occasion.version)


def see_to(house: House, occasion: Any, now: datetime) -> bool:
    """Composing has failed: tell the organisers the first time; end it if it is too late. True if anything changed."""
    over = occasion.state == "queued" and occasion.until_at < now
    if was(occasion) and not over:
        return False
    with house.store.write() as session:
        if not states.still(session, occasion):
            return False
        if over:
            enqueue.stop(session, occasion.id, WHY, now)
        gone = enqueue.reached(session, occasion.id)
        extra = session.execute(select(occasions.c.extra).where(occasions.c.id == occasion.id)).scalar_one()
        values: dict[str, Any] = {"extra": {**extra, "uncomposed": occasion.version}}
        if over and not gone:
            values |= {"state": "missed", "reason": WHY, "finished_at": now}
        session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**values))
        if over and not gone:
            desk.tell_missed(session, [occasion], now)
        else:
            more = {"gone": gone, "over": over, "occasion": occasion.id}
            key = f"uncomposed:{occasion.id}:{occasion.version}:{over}"
            desk.tell_of(session, occasion, "not-composed", more, key=key, now=now)
    return True
