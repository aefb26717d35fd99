"""What a person ticks on their page: the kinds of mail that begin and end, here or in every network of theirs (DP-2, CMD-4)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from mailer.acts import Receipt, everywhere, keep, leave, undo
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.people import membership, record
from mailer.web import posting
from mailer.web.asking import Asked
from mailer.web.tagged import Behind

SHARING = ("directory",)  # begins only after a YES from the address itself (CMD-4)


def purposes(asked: Asked, session: Connection, behind: Behind) -> list[Receipt]:
    """What was ticked begins, what was not ends; the letter of leaving says both, so it is the one receipt. In a closed network
    nothing begins."""
    actor = behind.actor(posting.evidence(asked))
    current = membership.remaining(session, actor.network_id, actor.address_id)
    ticked = [name for name in (current if behind.closed else SUBSCRIPTIONS) if name in asked.form.many("purpose")]
    if asked.form.one("networks") == "all":
        return _everywhere(asked, session, behind, ticked, current)
    ended = [name for name in current if name not in ticked]
    begun, asked_back = _begins(session, behind, ticked, current)
    receipts: list[Receipt] = []
    if asked_back:
        receipts.append(keep.keep(session, actor, asked_back, now=asked.now))
    kept = keep.keep(session, actor, begun, now=asked.now) if begun else None
    left = leave.some(session, actor, ended, now=asked.now) if ended else None
    if kept is not None and kept.state != "done":  # they have left it before, and are asked first
        return [*receipts, kept, *([left] if left is not None else [])]
    undo.together(session, [done.fields["undo"] for done in (left, kept) if done is not None])
    receipts += [done for done in (left or kept,) if done is not None]
    return receipts


def _everywhere(
    asked: Asked, session: Connection, behind: Behind, ticked: Sequence[str], current: Sequence[str]
) -> list[Receipt]:
    """The same in every network: what is not ticked ends, wherever it comes; of what is ticked only the new begins there, for a
    box that stood ticked already says nothing of other networks (DP-2)."""
    actor = behind.actor(posting.evidence(asked))
    begun, asked_back = _begins(session, behind, ticked, current)
    ended = [name for name in SUBSCRIPTIONS if name in everywhere.coming(session, actor) and name not in ticked]
    receipts: list[Receipt] = []
    if asked_back:
        receipts.append(everywhere.everywhere(session, actor, "keep", {"purposes": asked_back}, now=asked.now))
    if begun or ended:
        wanted = {"begun": begun, "ended": ended}
        receipts.append(everywhere.everywhere(session, actor, "purposes", wanted, now=asked.now))
    return receipts


def _begins(session: Connection, behind: Behind, ticked: Sequence[str], current: Sequence[str]) -> tuple[list[str], list[str]]:
    """What of it begins by the button, and what only after a YES. Where all mail was stopped that is all of it, and one question:
    no second one may go to them on that day (CMD-7)."""
    new = [name for name in ticked if name not in current]
    if record.stops(session, behind.network_id, behind.address_id):
        return [], new
    return [name for name in new if name not in SHARING], [name for name in new if name in SHARING]
