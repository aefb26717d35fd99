"""How many letters of a service class one address may be caused to get (ruling 3, CMD-7, LOOP-3).

Somebody else's forged mail must not fill a person's mailbox through us. Counted over all networks, from the outbox
itself; what was cancelled was not got. Subscribed purposes have their budget in the cycle (V13), not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select

from mailer.store import prepared
from mailer.store.lists import one_of
from mailer.store.tables import outgoing


@dataclass(frozen=True)
class Cap:
    """At most `letters` of `classes` within `window`, for addresses that were confirmed (`known`), or not, or both. Of the same
    classes the longest window stands first: what it does not hold no shorter one can."""

    classes: tuple[str, ...]
    known: bool | None
    letters: int
    window: timedelta


CAPS: tuple[Cap, ...] = (
    Cap(("confirm",), None, 1, timedelta(days=1)),
    Cap(("confirm", "answer"), False, 3, timedelta(days=30)),
    Cap(("confirm", "answer"), False, 1, timedelta(days=1)),
    Cap(("answer",), True, 100, timedelta(days=1)),
    Cap(("answer",), True, 30, timedelta(hours=1)),
    Cap(("farewell",), None, 5, timedelta(days=1)),
)


def reached(session: Connection, address_id: int, purpose: str, now: datetime, *, known: bool) -> bool:
    """True if one more letter of `purpose` to this address would be over a cap. `known`: it was confirmed."""
    written: dict[tuple[str, ...], int] = {}
    for cap in CAPS:
        if purpose not in cap.classes or cap.known not in (None, known) or written.get(cap.classes, cap.letters) < cap.letters:
            continue
        since = _letters_of(cap.classes)(address_id, now - cap.window)
        written[cap.classes] = int(session.execute(*since).scalar_one())
        if written[cap.classes] >= cap.letters:
            return True
    return False


@cache
def _letters_of(classes: tuple[str, ...]) -> Any:
    return prepared(lambda address, since: _letters(classes, address, since))


def _letters(classes: tuple[str, ...], address: Any, since: Any) -> Any:
    return (
        select(func.count())
        .select_from(outgoing)
        .where(
            outgoing.c.address_id == address,
            one_of(outgoing.c.purpose, classes),
            outgoing.c.state != "cancelled",
            outgoing.c.created_at > since,
        )
    )
