"""Post to the discussion list or the exchange: a member who gets its mail is passed on, everything else is held.

No receipt for what goes round, as the author gets their own post like everyone else; but who reads the digest would see
nothing until the evening and send it again, so they are told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, who
from mailer.discussion import good, posting, threads
from mailer.discussion.posting import DISCUSSION, Draft, Post
from mailer.errors import Refused
from mailer.meetings import evidence
from mailer.people.membership import Membership
from mailer.store import prepared
from mailer.store.tables import memberships

SILENT = ("loop", "posted-already")  # nobody is helped by an answer (LOOP-1)
PASSABLE = ("not-a-member", "not-on-this-list")  # an organiser may say yes


def post(
    session: Connection,
    actor: Actor,
    draft: Draft,
    *,
    list: str = DISCUSSION,
    vouched: bool = False,
    now: datetime,
) -> Receipt:
    """Keep a post that may go round; `fields` of its receipt name it for whoever plans the mail.

    `vouched`: an organiser has said yes to a post that was held.
    """
    asked = posting.asked_of(session, actor.network_id, actor.address_id, draft, list, now)
    reason = posting.held_because(session, asked)
    if reason == "empty":
        came = f" Only {draft.attachments[0]} came with it, and files are not sent round." if draft.attachments else ""
        raise Refused(
            reason,
            f"Your mail to everyone had no words of its own, so it was not sent round.{came}",
            "Write a line or two and send it again.",
        )
    if reason and not (vouched and reason in PASSABLE):
        return Receipt(
            template="" if reason in SILENT else "post-held",
            said=f"not sent round ({reason}): {draft.subject}",
            fields={"subject": draft.subject, "list": list, "reason": reason},
            state="held",
            reason=reason,
            held_for=who.decides(session, actor.network_id, now),
        )
    kept = posting.post(session, asked, actor.inbox_id)
    _note_good(session, actor, kept, now)
    answers = ", in a thread" if kept.answers else ""
    waited = reason == "not-on-this-list"  # a member who was told that it waits hears that it went
    fields = {"subject": kept.subject, "post": posting.facts(kept), "list": list, "waited": waited}
    template = "post-sent" if waited or (list == DISCUSSION and _reads_digest(session, asked.member)) else ""
    return Receipt(template, f"posted to the {list} list{answers}: {kept.subject}", fields)


def _reads_digest(session: Connection, member: Membership | None) -> bool:
    return member is not None and bool(session.execute(*_wants_digest(member.id)).scalar())


@prepared
def _wants_digest(member: Any) -> Any:
    return select(memberships.c.digest).where(memberships.c.id == member)


def _note_good(session: Connection, actor: Actor, kept: Post, now: datetime) -> None:
    """Who began the thread says what came of it: a question solved, something lent."""
    kind = good.told(kept.list, kept.text) if kept.answers else None
    first = threads.first(session, kept.network_id, kept.thread_id) if kind is not None else None
    if kind is None or first is None or not who.owns(session, actor, first.address_id):
        return
    if kind == evidence.SOLVED:
        posting.solve(session, first.id, now)
    evidence.note(
        session,
        kept.network_id,
        kind,
        now=now,
        thing=f"post:{first.id}",
        address_id=first.address_id,
        inbox_id=actor.inbox_id,
    )
