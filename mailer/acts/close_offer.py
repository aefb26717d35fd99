"""Say that what was offered is gone, or that what was wanted is found: closed, without a mail to everyone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, confirm, who
from mailer.discussion import posting
from mailer.meetings import evidence


def close(session: Connection, actor: Actor, post_id: int, *, now: datetime) -> Receipt:
    """By its writer; a repeat says what was done the first time."""
    one = posting.get(session, post_id)
    who.check_may_change(session, actor, one.address_id)
    if one.solved_at is not None:
        return who.already(f"Closed: {one.subject}", one.solved_at)
    if not confirm.enough(actor, "close-offer"):
        return confirm.ask(session, actor, "close-offer", {"post_id": post_id}, what=f"CLOSE: {one.subject}", now=now)
    posting.solve(session, post_id, now)
    evidence.note(
        session,
        one.network_id,
        evidence.LOAN,
        now=now,
        thing=f"post:{post_id}",
        address_id=one.address_id,
        inbox_id=actor.inbox_id,
    )
    return Receipt("offer-closed", f"says that it is gone, or found: {one.subject}", {"subject": one.subject})


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Closed by a bare From, confirmed since."""
    return close(session, actor, int(args["post_id"]), now=now)
