"""Take back a mail to everyone: whole while it is held, in part while copies of it still wait.

Mail that has gone cannot be unsent, and the receipt says so: how many have it already, and how many will not get it.
What nobody was shown of it yet, the digest, leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from mailer.acts import Actor, Receipt, confirm, who
from mailer.acts.promise import WAITS
from mailer.cycle import enqueue, plan
from mailer.discussion import posting
from mailer.outbound import outbox
from mailer.store.tables import inbox, memberships, occasions, outgoing

BY_WRITER = "Taken back by its writer."


def held(session: Connection, actor: Actor, inbox_id: int, *, now: datetime) -> Receipt | None:
    """Take back what waits for an organiser, whatever it was for; None if it does not wait and was no post."""
    row = session.execute(
        select(inbox.c.address_id, inbox.c.from_address, inbox.c.subject, inbox.c.reason).where(inbox.c.id == inbox_id)
    ).one()
    ended = session.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, or_(inbox.c.state == "held", inbox.c.reason == WAITS))
        .values(state="done", reason="taken-back", outcome=BY_WRITER, held_for="")
    )
    if ended.rowcount:
        fields = {"subject": posting.bare_subject(row.subject), "held": True, "stopped": 0, "gone": 0, "digest": False}
        return Receipt("post-withdrawn", f"takes back a mail that was held: {row.subject}", fields)
    if row.reason == "taken-back":
        return who.already(f"Your mail was taken back: {row.subject}")
    post_id = posting.of_inbox(session, actor.network_id, inbox_id)
    return posted(session, actor, post_id, now=now) if post_id is not None else None


def posted(session: Connection, actor: Actor, post_id: int, *, now: datetime) -> Receipt:
    """Take back what goes round: stop the copies that wait, and say how many could not be."""
    one = posting.get(session, post_id)
    who.check_may_change(session, actor, one.address_id)
    mailing = session.execute(
        select(occasions.c.id, occasions.c.extra).where(
            occasions.c.network_id == one.network_id, occasions.c.thing_type == "post", occasions.c.thing_id == post_id
        )
    ).first()
    if mailing is None or mailing.extra.get("taken_back"):
        return who.already(f"Your mail was taken back: {one.subject}")
    if not confirm.enough(actor, "withdraw-post"):
        return confirm.ask(session, actor, "withdraw-post", {"post_id": post_id}, what=f"WITHDRAW: {one.subject}", now=now)
    session.execute(
        update(occasions).where(occasions.c.id == mailing.id).values(extra={**mailing.extra, "taken_back": now.isoformat()})
    )
    posting.solve(session, post_id, now)  # nothing is open any more of what was offered or wanted
    plan.drop(session, thing_type="post", thing_id=post_id, reason=BY_WRITER, now=now)
    stopped = enqueue.call_off(session, mailing.id, BY_WRITER, now)
    gone = session.execute(
        select(func.count())
        .select_from(outgoing)
        .where(outgoing.c.occasion_id == mailing.id, outgoing.c.state.not_in((*outbox.OPEN, "cancelled", "failed")))
    ).scalar_one()
    digest = one.list == posting.DISCUSSION and _any_digest(session, one.network_id)
    fields = {"subject": one.subject, "held": False, "stopped": stopped, "gone": int(gone), "digest": digest}
    return Receipt("post-withdrawn", f"takes back a post: {stopped} stopped, {gone} had gone: {one.subject}", fields)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """WITHDRAW from a bare From, confirmed since."""
    return posted(session, actor, int(args["post_id"]), now=now)


def _any_digest(session: Connection, network_id: int) -> bool:
    m = memberships.c
    wanted = select(m.id).where(m.network_id == network_id, m.digest, m.ended_at.is_(None))
    return session.execute(wanted.limit(1)).first() is not None
