"""A line in the audit trail for what somebody did: who, how that was known, which act, never the words (OPS-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor
from mailer.consent import ledger


def note(
    session: Connection,
    actor: Actor,
    act: str,
    thing: str,
    now: datetime,
    *,
    network_id: int | None = None,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Write it down. `thing` is kind:ID; `network_id` if it is not of the network in which the actor acts."""
    network_id = actor.network_id if network_id is None else network_id
    if actor.channel == "cli" and actor.address_id is None:
        ledger.by_operator(session, act, thing, now, network_id=network_id, fields=fields)
        return
    how = actor.strength.name.lower()
    ledger.audit(session, actor=actor.slug, how=how, act=act, network_id=network_id, thing=thing, fields=fields, now=now)


def message_of(actor: Actor) -> str:
    """The thing of what was done to nothing but the actor: the message that asked for it; empty if none did."""
    return "" if actor.inbox_id is None else f"inbox:{actor.inbox_id}"
