"""After a restore, and after a move: what may have gone out since the backup was made does not go again by itself (V5, OPS-8).

The backup does not know what happened after it. Copies that waited in it may have been sent, so they are uncertain.
Letters that fell due since, and letters that were going out, may have been sent too, so each is held by itself, and
stays so when its network is released. Somebody who can see the relay's log lets go what did not go. Whom an organiser
wished to be asked or reminded is not written to by itself either (`invite.doubt`).

The database that was moved from knows as little of what its successor sends; it is held whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from mailer.acts import invite
from mailer.outbound import outbox
from mailer.people import networks as network_rows
from mailer.store.tables import networks, occasions

REASON = "It may have gone out between the backup and its restore."
UNSENT = ("planned", "proofed", "waiting")


@dataclass(frozen=True)
class Doubtful:
    """How many copies are uncertain, how many letters are held, and how many invitations to join stopped."""

    copies: int
    letters: int
    askings: int


def doubt(session: Connection, now: datetime) -> Doubtful:
    """Mark all that may have gone. To be called once, before anything of the restored database can leave."""
    o = occasions.c
    may_have_gone = or_(o.state.in_(UNSENT) & or_(o.due_at <= now, o.goes_at <= now), o.state == "queued")
    held = session.execute(update(occasions).where(may_have_gone).values(state="held", held_at=now, reason=REASON))
    return Doubtful(outbox.doubt(session, now), int(held.rowcount), invite.doubt(session, now))


def leave_behind(session: Connection, now: datetime) -> None:
    """Everything was copied elsewhere and goes on there: from here nothing leaves, replies neither."""
    for network_id in session.execute(select(networks.c.id).where(networks.c.held_at.is_(None))).scalars().all():
        network_rows.hold(session, network_id, "moved to another database", now)
    doubt(session, now)
