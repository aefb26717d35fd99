"""PAUSE UNTIL 1 SEPTEMBER and RESUME: subscriptions rest and come back by themselves; nothing is ended.

What waited for them and was stopped by the pause goes after all, if it is still in time, by UNDO as by RESUME: both are their word that
they want their mail now. A pause that ends by itself brings nothing back, as it lasted as long as they had said.
What was accepted (a meeting) and what organisers get at their desk goes on; the gate's table says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, confirm, leave_rows, undo
from mailer.consent import ACTIVE, standing
from mailer.errors import Refused
from mailer.outbound import outbox
from mailer.people import membership, networks
from mailer.store.tables import memberships

LONGEST_DAYS = 400


def pause(session: Connection, actor: Actor, until: date, *, now: datetime) -> Receipt:
    """Rest until the morning of `until`, in the network's zone. Refused for a day that is past or over a year away."""
    today = now.astimezone(networks.by_id(session, actor.network_id).zone).date()
    if not 0 < (until - today).days <= LONGEST_DAYS:
        raise Refused("bad-pause", "A pause needs a day to come, within a year.", "Try PAUSE UNTIL 1 SEPTEMBER.")
    return _set(session, actor, until, "pause", now)


def resume(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """End the pause."""
    return _set(session, actor, None, "resume", now)


def confirmed_pause(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """PAUSE from a bare From, confirmed since."""
    return pause(session, actor, date.fromisoformat(args["until"]), now=now)


def confirmed_resume(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """RESUME from a bare From, confirmed since."""
    return resume(session, actor, now=now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: the pause that stood before, or none. What waited for them then goes after all."""
    mine = memberships.c.id == args["membership_id"]
    stands = {"pause": _said(session.execute(select(memberships.c.paused_until).where(mine)).scalar())}
    was, left = {"pause": args["before"]}, {"pause": args["after"]} if "after" in args else {}
    later = (stands for one in args["later"] if one.get("membership_id") == args["membership_id"])
    again = undo.untouched(was, left, stands, later)
    if not again:
        return {"changed_since": True}
    before = None if again["pause"] is None else date.fromisoformat(again["pause"])
    resting = update(memberships).where(mine).values(paused_until=before)
    at = session.execute(resting.returning(memberships.c.network_id, memberships.c.address_id)).one()
    stopped = outbox.stopped_for(session, at.address_id, at.network_id, ("paused",))
    back = leave_rows.revived(session, {*args.get("copies", ()), *stopped}, now)
    if before is not None:  # they rest as before
        return {"back": back}
    wanted = {(at.network_id, purpose) for purpose, stands in standing.of(session, at.network_id, at.address_id).items() if stands == ACTIVE}
    return {"back": back, "missed": leave_rows.missed(session, wanted, [at.address_id], args["done_at"], now)}


def _set(session: Connection, actor: Actor, until: date | None, act: str, now: datetime) -> Receipt:
    member = membership.of_address(session, actor.network_id, actor.address_id)
    if member is None:
        return Receipt(
            "", f"{act.capitalize()} asked for by somebody who gets nothing.", state="done", reason="no-member"
        )
    said = _said(until)
    command = "RESUME" if until is None else f"PAUSE UNTIL {until.day} {until:%B %Y}".upper()
    if not confirm.enough(actor, act):
        return confirm.ask(session, actor, act, {"until": said} if said else {}, what=command, now=now)
    before = session.execute(select(memberships.c.paused_until).where(memberships.c.id == member.id)).scalar()
    session.execute(update(memberships).where(memberships.c.id == member.id).values(paused_until=until))
    back: list[str] = []
    if until is None:
        copies: list[int] = []
        back = leave_rows.revived(session, outbox.stopped_for(session, member.address_id, actor.network_id, ("paused",)), now)
    else:
        copies = outbox.cancel_refused(session, member.address_id, actor.network_id, now)
    args = {"membership_id": member.id, "before": _said(before), "after": said, "command": command, "copies": copies}
    undo_id = undo.remember(session, actor, "pause", args, now)
    audited.note(session, actor, act, f"membership:{member.id}", now)
    fields = {"until": said, "undo": undo_id, "back": back}
    return Receipt("paused", f"Paused until {said}." if said else "The pause is ended.", fields)


def _said(until: date | None) -> str | None:
    return None if until is None else until.isoformat()
