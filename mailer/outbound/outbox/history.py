"""A copy's history: a line for every try, and one wherever something else changes its state, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, type_coerce, update

from mailer.outbound.outbox.states import OPEN
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
    statement = update(outgoing).where(which).values(state=state, reason=reason, **values).returning(outgoing.c.id)
    moved = list(session.execute(statement).scalars())
    note(session, moved, now, state=state, reason=reason)
    if moved and state in OPEN:
        account_again(session, moved)
    return moved


def account_again(session: Connection, ids: Collection[int]) -> None:
    """Mailings that were finished are not, as these copies of theirs wait again (V6). They keep when they were."""
    session.execute(*_under_way_again(list(ids)))


@prepared
def _under_way_again(ids: Any) -> Any:
    theirs = select(outgoing.c.occasion_id).where(among(outgoing.c.id, ids), outgoing.c.occasion_id.is_not(None))
    return update(occasions).where(occasions.c.id.in_(theirs), occasions.c.state == "sent").values(state="queued")
