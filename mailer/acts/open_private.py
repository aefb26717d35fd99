"""IT opens a private message: only with a reason, and that it was opened is written down for good (V2, DP-9).

The row of the trail names the message, the reason and the login it was opened from; never who wrote it. The committee sees
that it happened, the writer sees it in STATUS with the reason. The trail can never be cut (V10), so a reason names nobody.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.consent import ledger, mentions
from mailer.errors import Refused
from mailer.people import access, membership
from mailer.store.tables import inbox, memberships

LONGEST = 200  # characters


def open_private(session: Connection, inbox_id: int, reason: str, *, login: str, now: datetime) -> None:
    """Write down that it is opened; showing it is the caller's. Refused for a reason that says nothing, or names somebody."""
    words = " ".join(reason.split())
    if not any(letter.isalpha() for letter in words) or len(words) > LONGEST:
        raise Refused("no-reason", f"A private message needs a reason of at most {LONGEST} characters to be opened.")
    row = session.execute(select(inbox.c.network_id, inbox.c.from_address).where(inbox.c.id == inbox_id)).one()
    if "@" in words or _names_somebody(session, row.network_id, words):
        raise Refused(
            "reason-names-somebody",
            "The reason is kept for ever, so it must name nobody.",
            "Say it without names and addresses.",
        )
    fields = {"reason": words, "login": login}
    ledger.by_operator(session, access.OPENED, f"inbox:{inbox_id}", now, network_id=row.network_id, fields=fields)


def _names_somebody(session: Connection, network_id: int | None, words: str) -> bool:
    """By a full name that is known in that network."""
    names = [one.name for one in membership.found(session, memberships.c.network_id == network_id)]
    known = mentions.of((), [name for name in names if name])
    return known is not None and known.cut(words) != words
