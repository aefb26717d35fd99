"""What the organisers are told about the cycle itself: what was missed, what a letter still needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.cycle import enqueue
from mailer.cycle.matter import Nothing
from mailer.outbound import replies
from mailer.people import formats
from mailer.store.tables import networks, occasions

ASK_AGAIN_AFTER = timedelta(days=1)  # how often it is looked whether the matter has come; what brings it says so too


def tell_missed(session: Connection, missed: Sequence[Any], now: datetime) -> None:
    """Late is not silent (V11): one letter for all that one network missed, with what each was for and how many had got it before it
    was held. What only told of a day or a week that is over is not worth a mail."""
    told = [occasion for occasion in missed if occasion.thing_type not in ("day", "week")]
    if not told:
        return
    zone = _zone(session, told[0].network_id)
    rows = session.execute(
        select(occasions.c.id, occasions.c.reason).where(occasions.c.id.in_([occasion.id for occasion in told]))
    )
    reasons = {row.id: row.reason for row in rows}
    replies.to_organisers(
        session,
        network_id=told[0].network_id,
        template="occasion-missed",
        fields={
            "missed": [
                {**_facts(occasion, zone), "reason": reasons[occasion.id], "gone": enqueue.reached(session, occasion.id)}
                for occasion in sorted(told, key=lambda one: (one.due_at, one.id))
            ]
        },
        key=f"missed:{min(occasion.id for occasion in told)}",
        now=now,
    )


def ask_for_matter(session: Connection, occasion: Any, nothing: Nothing, now: datetime) -> bool:
    """What the letter is made of is not there: ask the organisers once, and look again every day."""
    tell_of(session, occasion, "matter-missing", {"ask": nothing.ask}, key=f"matter:{occasion.id}", now=now)
    column = {"proof_at": now + ASK_AGAIN_AFTER} if occasion.mode == "proof" else {"due_at": now + ASK_AGAIN_AFTER}
    session.execute(update(occasions).where(occasions.c.id == occasion.id).values(reason=nothing.reason, **column))
    return True


def tell_of(session: Connection, occasion: Any, template: str, more: Mapping[str, Any], *, key: str, now: datetime) -> None:
    """A letter to the organisers about one occasion: what it is, when it is due and until when, and `more`."""
    fields = {**_facts(occasion, _zone(session, occasion.network_id)), **more}
    replies.to_organisers(session, network_id=occasion.network_id, template=template, fields=fields, key=key, now=now)


def _facts(occasion: Any, zone: str) -> dict[str, str]:
    due, until = formats.iso(occasion.due_at, zone), formats.iso(occasion.until_at, zone)
    return {"kind": occasion.kind, "due": due, "until": until}


def _zone(session: Connection, network_id: int) -> str:
    return str(session.execute(select(networks.c.timezone).where(networks.c.id == network_id)).scalar_one())
