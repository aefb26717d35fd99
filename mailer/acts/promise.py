"""Promise a piece for the newsletter: "I will write about the fume cupboards". Reminded once before copy closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, undoable, who
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.newsletters import issues, promises
from mailer.store.tables import networks


def promise(session: Connection, actor: Actor, *, title: str, now: datetime) -> Receipt:
    """Put down a promise for the issue that takes copy now. Refused when there is none, or to a stranger."""
    if not who.is_member(session, actor):
        raise Refused("not-a-member", "Only members can promise a piece.", "You are welcome to send one in.")
    issue = issues.collecting(session, actor.network_id, now)
    if issue is None:
        raise Refused("no-issue", "No newsletter is being put together just now.", "Your piece is welcome at any time.")
    made = promises.make(session, issue.id, who.written_to(session, actor), title, now=now, inbox_id=actor.inbox_id)
    plan.refresh(session, actor.network_id, now)  # the reminder before copy closes
    zone = session.execute(select(networks.c.timezone).where(networks.c.id == actor.network_id)).scalar_one()
    fields = {
        "promise": {"title": made.title, "person": made.person},
        "issue": issues.facts(issue, zone),
        "undo": undoable.remember(session, actor, "promise", {"promise_id": made.id}, now),
    }
    return Receipt("promise", f"promised a piece for issue {issue.number}: {made.title}", fields)


def drop(session: Connection, actor: Actor, promise_id: int, *, now: datetime) -> Receipt:
    """Say that the piece will not come (an answer to the reminder)."""
    made = promises.get(session, promise_id)
    who.check_may_change(session, actor, made.address_id)
    promises.settle(session, made, promises.DROPPED)
    args = {"promise_id": promise_id, "state": made.state}
    fields = {
        "promise": {"title": made.title, "person": made.person},
        "undo": undoable.remember(session, actor, "promise", args, now),
    }
    return Receipt("promise-dropped", f"will not write the piece: {made.title}", fields)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """Undo: a promise made is dropped, one dropped is open again."""
    promises.settle(session, promises.get(session, args["promise_id"]), args.get("state", promises.DROPPED))
