"""A line in the audit trail for what a person changed of themselves: who, how that was known, which act, never the words (OPS-5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor
from mailer.consent import ledger


def note(session: Connection, actor: Actor, act: str, thing: str, now: datetime) -> None:
    """Write it down. `thing` is kind:ID."""
    ledger.audit(
        session,
        actor=actor.slug,
        how=actor.strength.name.lower(),
        act=act,
        network_id=actor.network_id,
        thing=thing,
        now=now,
    )
