"""What the law gives a month for: a copy of one's data, and to be forgotten (UK GDPR Art 12(3), DP-9, DP-11).

Both are done in minutes, by themselves. That they were is written down: an erasure has a row of its own, a copy one in the audit
trail with the day it was asked for, the day it is due and the letter that brings it. It is done when that letter was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from mailer.acts import Actor, audited
from mailer.consent import erasure
from mailer.store.tables import addresses, audit, erasures, outgoing

ACT = "data-copy"
MY_DATA, FORGET_ME = "MY DATA", "FORGET ME"


@dataclass(frozen=True)
class Request:
    """One request. `thing`: how lists name what carries it out; `done_at`: none while it is owed."""

    what: str
    thing: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None


def asked(session: Connection, actor: Actor, letter: int | None, *, asked_at: datetime, now: datetime) -> None:
    """A copy is owed from `asked_at` on; `letter` is the outgoing row that brings it, none if none could be written."""
    thing = f"address:{actor.address_id}" if letter is None else f"outgoing:{letter}"
    due_at = asked_at + erasure.DUE
    fields = {"asked_at": asked_at.isoformat(), "due_at": due_at.isoformat(), "address": actor.address_id, "letter": letter}
    audited.note(session, actor, ACT, thing, now, fields=fields)


def listing(session: Connection) -> list[Request]:
    """Every request, done or not, the oldest first. Who has been forgotten since is owed no copy any more."""
    found = [_copy(session, row) for row in session.execute(select(audit).where(audit.c.act == ACT).order_by(audit.c.id))]
    found += [
        Request(FORGET_ME, f"erasure:{row.id}", row.asked_at, row.due_at, row.done_at)
        for row in session.execute(select(erasures).order_by(erasures.c.id))
    ]
    return sorted((one for one in found if one is not None), key=lambda one: one.asked_at)


def _copy(session: Connection, row: Row[Any]) -> Request | None:
    """Done as soon as the letter of this request, or of a later one, was taken by the relay, or IT has made the files by hand."""
    address_id = row.fields["address"]
    erased = session.execute(select(addresses.c.erased_at).where(addresses.c.id == address_id)).scalar()
    a, o = audit.c, outgoing.c
    later = select(a.fields).where(a.act == ACT, a.actor == row.actor, a.id >= row.id)
    letters = [fields["letter"] for fields in session.execute(later).scalars() if fields["letter"] is not None]
    taken = select(o.finished_at).where(o.id.in_(letters), o.state == "accepted")
    by_hand = select(a.at).where(a.act == "member-export", a.thing == f"address:{address_id}", a.at >= row.at)
    done = [*session.execute(taken).scalars(), *session.execute(by_hand).scalars()]
    if erased is not None and not done:
        return None
    asked_at, due_at = (datetime.fromisoformat(row.fields[name]) for name in ("asked_at", "due_at"))
    return Request(MY_DATA, row.thing, asked_at, due_at, min(done, default=None))
