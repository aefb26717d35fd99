"""Taking back what waits: by the gate, a deadline, a person or an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_

from mailer.outbound.outbox.history import move
from mailer.outbound.outbox.leases import take_back
from mailer.outbound.outbox.states import IS_OPEN, MAY_HAVE_GONE
from mailer.store.lists import among
from mailer.store.tables import outgoing


class Stopped(NamedTuple):
    """What was kept from going: what is `cancelled`, and what had perhaps gone before and waited to go again, so that it is
    `uncertain` and nobody can say that it was called back (V6)."""

    cancelled: list[int]
    uncertain: list[int]


def cancel_which(session: Connection, which: Any, reason: str, now: datetime) -> Stopped:
    """Cancel what waits of some copies; `which` may name more. What is counted after it has left."""
    ended: dict[str, Any] = {"reason": reason, "finished_at": now, "lease_owner": "", "lease_until": None}
    take_back(session, which)
    uncertain = move(session, and_(which, IS_OPEN, MAY_HAVE_GONE), now, state="uncertain", **ended)
    return Stopped(move(session, and_(which, IS_OPEN), now, state="cancelled", **ended), uncertain)


def cancel_each(session: Connection, reasons: Mapping[int, str], now: datetime) -> list[int]:
    """Cancel open copies that are named by their ids, each for its reason. Returns those that do not go any more."""
    alike: dict[str, list[int]] = {}
    for copy, why in reasons.items():
        alike.setdefault(why, []).append(copy)
    if len(alike) > 1:  # all of them in the order of the queue, before any
        take_back(session, among(outgoing.c.id, list(reasons)))
    stopped = [cancel_which(session, among(outgoing.c.id, ids), why, now) for why, ids in alike.items()]
    return [copy for one in stopped for copy in (*one.cancelled, *one.uncertain)]
