"""A copy's history: a line for every try, and one wherever something else changes its state, in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, type_coerce, update

from mailer.outbound.outbox.states import IS_FINAL, OPEN
from mailer.store import prepared
from mailer.store.lists import among, texts_by_id
from mailer.store.tables import attempts, occasions, outgoing


@prepared
def lines(texts: Any, at: Any, relay: Any, state: Any, code: Any, enhanced: Any, reason: Any) -> Any:
    """A line for each of the ids in `texts`, with what was said of it, in one statement."""
    given = texts_by_id(texts)
    same = {"at": at, "relay": relay, "state": state, "code": code, "enhanced": enhanced, "reason": reason}
    columns = [type_coerce(value, attempts.c[name].type) for name, value in same.items()]
    rows = select(given.c.id, given.c.text, *columns)
    return attempts.insert().from_select(["outgoing_id", "text", *same], rows, include_defaults=False)


def note(session: Connection, ids: Iterable[int], at: datetime, *, state: str, reason: str, text: str = "") -> None:
    """A line of what no relay said."""
    if texts := dict.fromkeys(ids, text):
        session.execute(*lines(texts, at, "", state, None, "", reason))


def move(session: Connection, which: Any, now: datetime, *, state: str, reason: str, **values: Any) -> list[int]:
    """Bring copies to another state, and give each its line. Returns them. A mailing of which one waits again goes on."""
    if state in OPEN:
        account_again(session, which)
    statement = update(outgoing).where(which).values(state=state, reason=reason, **values).returning(outgoing.c.id)
    moved = list(session.execute(statement).scalars())
    note(session, moved, now, state=state, reason=reason)
    return moved


def account_again(session: Connection, which: Any) -> None:
    """Mailings that were finished are not, as these copies of theirs, which were, are to wait again (V6). They keep when they were.

    To be said before the copies are written: on PostgreSQL this waits for whoever is just finishing or holding a mailing, and
    they take the mailing before its copies, too."""
    theirs = select(outgoing.c.occasion_id).where(which, IS_FINAL, outgoing.c.occasion_id.is_not(None))
    mailings = select(occasions.c.id).where(occasions.c.id.in_(theirs)).order_by(occasions.c.id)
    if ids := list(session.execute(mailings.with_for_update(key_share=True)).scalars()):
        session.execute(update(occasions).where(among(occasions.c.id, ids), occasions.c.state == "sent").values(state="queued"))
