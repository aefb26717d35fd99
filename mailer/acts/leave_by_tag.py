"""Leaving by a link, a button or a complaint: the tag of the mail says whose mail of which purpose ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, Strength, leave
from mailer.consent import ACTIVE, LEFT, NONE, purposes, suppression
from mailer.people import membership
from mailer.store.tables import addresses, standings


def by_standing(
    session: Connection,
    standing_id: int,
    *,
    channel: str,
    now: datetime,
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    everything_too: bool = False,
) -> Receipt:
    """One click (RFC 8058) or a mailto tag: end the purpose of that mail, whoever pressed (UNS-2, UNS-7).

    Idempotent, and the same for whoever left or was erased before (UNS-5); it ends the mail of who came back after FORGET ME,
    too. `everything_too`: the page's second button.
    """
    actor, purpose, current = _behind(session, standing_id, channel, inbox_id, evidence_sha256)
    if actor is None:
        return Receipt("", "Nothing to stop.", {"scope": "purposes", "purposes": [], "remaining": []}, reason="unknown")
    if everything_too:
        return leave.everything(session, actor, now=now)
    if purpose in purposes.FLEETING:
        return Receipt(
            "",
            "That mail answered a message; there is nothing to stop.",
            {
                "scope": "purposes",
                "purposes": [],
                "remaining": membership.remaining(session, actor.network_id, actor.address_id),
            },
            reason="nothing-to-stop",
        )
    return leave.some(session, actor, (purpose,), now=now, farewell=current != LEFT, act="one-click")


def complaint(
    session: Connection, standing_id: int, *, now: datetime, inbox_id: int | None = None, evidence_sha256: str = ""
) -> Receipt:
    """Marked as spam: the purpose of that mail ends without a word; a second time, or a service letter, the network."""
    actor, purpose, current = _behind(session, standing_id, "complaint", inbox_id, evidence_sha256)
    if actor is None:
        return Receipt("", "A complaint about mail that is not known.", state="noted", reason="unknown")
    if purpose not in purposes.SUBSCRIPTIONS or current != ACTIVE:
        return leave.everything(session, actor, now=now, reason=suppression.COMPLAINT, farewell=False)
    return leave.some(session, actor, (purpose,), now=now, farewell=False, act="complaint")


def _behind(
    session: Connection, standing_id: int, channel: str, inbox_id: int | None, evidence_sha256: str
) -> tuple[Actor | None, str, str]:
    """Who reads at that address now, the purpose, and how it stands with them. An erased address is found again by the hash that
    outlives it (DP-8)."""
    s, was = standings.c, addresses.alias("was")
    living = (was.c.id == addresses.c.id) | (was.c.erased_at.is_not(None) & (was.c.mac == addresses.c.mac))
    row = session.execute(
        select(s.network_id, s.purpose, s.scope, addresses.c.id, addresses.c.person_id)
        .select_from(standings.join(was, was.c.id == s.address_id).join(addresses, living))
        .where(s.id == standing_id, addresses.c.erased_at.is_(None))
    ).first()
    if row is None:
        return None, "", ""
    key = {"network_id": row.network_id, "address_id": row.id, "purpose": row.purpose, "scope": row.scope}
    current = session.execute(select(s.standing).filter_by(**key)).scalar() or NONE
    actor = Actor(
        network_id=row.network_id,
        address_id=row.id,
        person_id=row.person_id,
        strength=Strength.TAG,
        channel=channel,
        inbox_id=inbox_id,
        evidence_sha256=evidence_sha256,
    )
    return actor, str(row.purpose), str(current)
