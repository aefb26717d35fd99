"""IT opens a private message: only with a reason, and that it was opened is written down for good (V2, OPS-5).

The row of the trail names the message, the reason and the login it was opened from; never who wrote it. The committee sees
that it happened, the writer sees it in STATUS with the reason. The trail can never be cut (V10), so a reason names nobody.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, select

from mailer.consent import ledger, mentions
from mailer.errors import Refused
from mailer.people import access, membership
from mailer.store.tables import memberships

LONGEST = 200  # characters


def open_private(session: Connection, table: Table, row_id: int, reason: str, *, login: str, now: datetime) -> None:
    """Write down that it is opened, a row of `inbox` or one of `outgoing` that goes to its writer; showing it is the caller's.
    Refused for a reason that says nothing, or names somebody."""
    words = " ".join(reason.split())
    if not any(letter.isalpha() for letter in words) or len(words) > LONGEST:
        raise Refused("no-reason", f"A private message needs a reason of at most {LONGEST} characters to be opened.")
    network_id = session.execute(select(table.c.network_id).where(table.c.id == row_id)).scalar_one()
    if "@" in words or _names_somebody(session, network_id, words):
        raise Refused(
            "reason-names-somebody",
            "The reason is kept for ever, so it must name nobody.",
            "Say it without names and addresses.",
        )
    fields = {"reason": words, "login": login}
    ledger.by_operator(session, access.OPENED, f"{table.name}:{row_id}", now, network_id=network_id, fields=fields)


def _names_somebody(session: Connection, network_id: int | None, words: str) -> bool:
    """By a full name that is known in that network."""
    names = [one.name for one in membership.found(session, memberships.c.network_id == network_id)]
    known = mentions.of((), [name for name in names if name])
    return known is not None and known.cut(words) != words
