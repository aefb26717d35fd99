"""Post to the discussion list or the exchange: a member who gets its mail is passed on, everything else is held.

No receipt for what goes round: the author gets their own post like everyone else.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, who
from mailer.discussion import posting
from mailer.discussion.posting import DISCUSSION, Draft

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
    reason = posting.held_because(session, actor.network_id, actor.address_id, draft, list)
    if reason and not (vouched and reason in PASSABLE):
        return Receipt(
            template="" if reason in SILENT else "post-held",
            said=f"not sent round ({reason}): {draft.subject}",
            fields={"subject": draft.subject, "list": list, "reason": reason},
            state="held",
            reason=reason,
            held_for=who.decides(session, actor.network_id, now),
        )
    kept = posting.post(
        session, actor.network_id, actor.address_id, draft, list_=list, now=now, inbox_id=actor.inbox_id
    )
    answers = ", in a thread" if kept.answers else ""
    return Receipt("", f"posted to the {list} list{answers}: {kept.subject}", {"post": posting.facts(kept)})
