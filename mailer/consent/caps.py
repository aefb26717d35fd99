"""How many letters of a service class one address may be caused to get (ruling 3, CMD-7, LOOP-3).

Somebody else's forged mail must not fill a person's mailbox through us. Counted over all networks, from the outbox
itself; what was cancelled was not got. Subscribed purposes have their budget in the cycle (V13), not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from mailer.store import prepared
from mailer.store.tables import addresses, outgoing


@dataclass(frozen=True)
class Cap:
    """At most `letters` of `classes` within `window`, for addresses that were confirmed (`known`), or not, or both."""

    classes: tuple[str, ...]
    known: bool | None
    letters: int
    window: timedelta


CAPS: tuple[Cap, ...] = (
    Cap(("confirm",), None, 1, timedelta(days=1)),
    Cap(("confirm", "answer"), False, 1, timedelta(days=1)),
    Cap(("confirm", "answer"), False, 3, timedelta(days=30)),
    Cap(("answer",), True, 30, timedelta(hours=1)),
    Cap(("answer",), True, 100, timedelta(days=1)),
    Cap(("farewell",), None, 5, timedelta(days=1)),
)


def reached(session: Connection, address_id: int, purpose: str, now: datetime) -> bool:
    """True if one more letter of `purpose` to this address would be over a cap."""
    rows = [cap for cap in CAPS if purpose in cap.classes]
    if not rows:
        return False
    known = session.execute(*_confirmed(address_id)).scalar_one() is not None
    return any(_written(session, address_id, cap, now) >= cap.letters for cap in rows if cap.known in (None, known))


def _written(session: Connection, address_id: int, cap: Cap, now: datetime) -> int:
    return int(session.execute(*_letters_since(address_id, cap.classes, now - cap.window)).scalar_one())


@prepared
def _confirmed(address: Any) -> Any:
    return select(addresses.c.confirmed_at).where(addresses.c.id == address)


@prepared
def _letters_since(address: Any, classes: Any, since: Any) -> Any:
    return (
        select(func.count())
        .select_from(outgoing)
        .where(
            outgoing.c.address_id == address,
            outgoing.c.purpose.in_(classes),
            outgoing.c.state != "cancelled",
            outgoing.c.created_at > since,
        )
    )
