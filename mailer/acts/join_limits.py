"""How often somebody may be asked whether to join (CMD-7): a flood of requests makes one mail an address and a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text

from mailer.message.address import domain_of, key
from mailer.store.tables import addresses as address_table
from mailer.store.tables import confirmations


@dataclass(frozen=True)
class Limit:
    """At most `questions` in `window` (CMD-7), over what `what` names."""

    what: str
    questions: int
    window: timedelta


LIMITS: tuple[Limit, ...] = (
    Limit("mailbox", 1, timedelta(days=1)),
    Limit("domain", 60, timedelta(hours=1)),
    Limit("network", 200, timedelta(hours=1)),
    Limit("host", 1000, timedelta(hours=1)),
)


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:mailbox, 0))")


def reached(session: Connection, network_id: int, address_id: int, address: str, now: datetime) -> bool:
    """True if one more question to this address would be over a limit. Of two that are asked at one mailbox at the same moment the
    second waits, and sees the first."""
    if session.dialect.name == "postgresql":
        session.execute(_LOCK, {"mailbox": "@".join(_mailbox_of(address))})
    over: Mapping[str, ColumnElement[bool]] = {
        "mailbox": or_(confirmations.c.address_id == address_id, _mailbox(address)),
        "domain": address_table.c.key.endswith(f"@{domain_of(address)}", autoescape=True),
        "network": confirmations.c.network_id == network_id,
        "host": confirmations.c.id > 0,
    }
    for limit in LIMITS:
        asked = session.execute(
            select(func.count())
            .select_from(confirmations.join(address_table, address_table.c.id == confirmations.c.address_id))
            .where(confirmations.c.act == "join", confirmations.c.asked_at > now - limit.window, over[limit.what])
        ).scalar_one()
        if asked >= limit.questions:
            return True
    return False


def _mailbox(address: str) -> ColumnElement[bool]:
    """The address and its plus-forms: `boss+1@` and `boss+2@` are read in one mailbox, where its host knows such forms."""
    name, domain = _mailbox_of(address)
    known = address_table.c.key
    plus = and_(known.startswith(f"{name}+", autoescape=True), known.endswith(f"@{domain}", autoescape=True))
    return or_(known == f"{name}@{domain}", plus)


def _mailbox_of(address: str) -> tuple[str, str]:
    local, _, domain = key(address).rpartition("@")
    return local.partition("+")[0] or local, domain
