"""How often a network writes, in numbers a stranger understands: from its own version of the table, so that the words are true."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.cycle.networks import cycle_of

EVERYBODY = frozenset({"members", "members-and-guests"})


def rhythm(session: Connection, network_id: int, now: datetime) -> dict[str, int]:
    """`each_meeting`: mails about one meeting to a member who does not come; `coming`: to one who does."""
    rows = [row for row in cycle_of(session, network_id, now).table if row.counted and row.purpose == "meetings"]
    return {"each_meeting": sum(row.audience in EVERYBODY for row in rows), "coming": len(rows)}
