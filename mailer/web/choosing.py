"""What a person ticks on their page: the kinds of mail that begin and end, here or in every network of theirs (DP-2, CMD-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection

from mailer.acts import Receipt, everywhere, keep, leave, undo
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.people import membership
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
    begun, asked_back = _begins(ticked, current, partial(keep.begins_with, session, actor, now=asked.now))
    receipts: list[Receipt] = []
    if asked_back:
        receipts.append(keep.keep(session, actor, asked_back, now=asked.now))
    kept = keep.keep(session, actor, begun, now=asked.now) if begun else None
    left = leave.some(session, actor, ended, now=asked.now) if ended else None
    undo.together(session, [done.fields["undo"] for done in (left, kept) if done is not None])
    receipts += [done for done in (left or kept,) if done is not None]
    return receipts


def _everywhere(
    asked: Asked, session: Connection, behind: Behind, ticked: Sequence[str], current: Sequence[str]
) -> list[Receipt]:
    """The same in every network: what is not ticked ends, wherever it comes; of what is ticked only the new begins there, for a
    box that stood ticked already says nothing of other networks (DP-2)."""
    actor = behind.actor(posting.evidence(asked))
    begun, asked_back = _begins(ticked, current, partial(everywhere.begins_with, session, actor, now=asked.now))
    ended = [name for name in SUBSCRIPTIONS if name in everywhere.coming(session, actor) and name not in ticked]
    receipts: list[Receipt] = []
    if asked_back:
        receipts.append(everywhere.everywhere(session, actor, "keep", {"purposes": asked_back}, now=asked.now))
    if begun or ended:
        wanted = {"begun": begun, "ended": ended}
        receipts.append(everywhere.everywhere(session, actor, "purposes", wanted, now=asked.now))
    return receipts


def _begins(ticked: Sequence[str], current: Sequence[str], needs: Callable[[str, Sequence[str]], str]) -> tuple[list[str], list[str]]:
    """What of it begins by the button, and what only after a YES: being listed. Where the rest takes one as well, as it was left
    before or all mail was stopped, that is all of it, in one question (CMD-7); `needs` says so, as `keep.begins_with`."""
    new = [name for name in ticked if name not in current]
    begun = [name for name in new if name not in SHARING]
    if needs("keep", begun) != "keep":
        return [], new
    return begun, [name for name in new if name in SHARING]
