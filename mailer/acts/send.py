"""SEND and SEND NOW: an organiser lets a letter go, exactly the version that they were shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt
from mailer.consent import ledger
from mailer.cycle.table import row_of
from mailer.errors import Refused
from mailer.outbound import audience
from mailer.people import formats, membership
from mailer.store.tables import networks, occasions, proofs

OVER = {
    "queued": "It is going out already.",
    "sent": "It went out already.",
    "missed": "Its time has passed, so it does not go out any more.",
    "cancelled": "It was cancelled.",
    "superseded": "A newer letter took its place.",
}


def approve(
    session: Connection, actor: Actor, proof_id: int, *, at_once: bool, undo: timedelta, now: datetime
) -> Receipt:
    """Approve the version of one proof. It goes at its time, or after the undo time if that has passed or at once is asked."""
    proof, occasion = behind(session, actor, proof_id)
    if occasion.state in OVER:
        return Receipt(
            "done-already",
            OVER[occasion.state],
            {"sentence": OVER[occasion.state], "kind": occasion.kind},
            state="done",
        )
    if proof.version != occasion.version:
        raise Refused(
            "older-version",
            "The letter has changed since this proof.",
            "A newer proof is on its way to you; answer that one.",
        )
    if proof.answered_at is not None and proof.answer == "send" and occasion.approved_version == occasion.version:
        said = "You said SEND already; nothing changes."
        return Receipt("done-already", said, {"sentence": said, "kind": occasion.kind})
    session.execute(update(proofs).where(proofs.c.id == proof_id).values(answered_at=now, answer="send"))
    if _needs_another(session, occasion, actor, now):
        said = (
            "You wrote or changed this letter last, so one other organiser says SEND as well. They have the proof too."
        )
        return Receipt(
            "second-reader", said, {"sentence": said, "kind": occasion.kind}, state="asked", reason="second-reader"
        )
    goes_at = now + undo if at_once else max(occasion.due_at, now + undo)
    return _approved(session, actor, occasion, goes_at, now)


def behind(session: Connection, actor: Actor, proof_id: int) -> tuple[Any, Any]:
    """The proof and its occasion, if this organiser may answer it (CMD-5). Refused otherwise."""
    proof = session.execute(select(proofs).where(proofs.c.id == proof_id)).first()
    if proof is None or not membership.is_organiser(session, actor.network_id, proof.address_id):
        raise Refused("not-organiser", "Only an organiser of the network can answer a proof.")
    occasion = session.execute(select(occasions).where(occasions.c.id == proof.occasion_id)).one()
    if occasion.network_id != actor.network_id:
        raise Refused("not-organiser", "This proof belongs to another network.")
    return proof, occasion


def _needs_another(session: Connection, occasion: Any, actor: Actor, now: datetime) -> bool:
    """Where there are two organisers, who wrote or changed it last is not the only one to say SEND."""
    if occasion.last_changed_by is None or occasion.last_changed_by != actor.address_id:
        return False
    if len(membership.reachable_organisers(session, occasion.network_id, now)) < 2:
        return False
    others = select(proofs.c.id).where(
        proofs.c.occasion_id == occasion.id,
        proofs.c.version == occasion.version,
        proofs.c.answer == "send",
        proofs.c.address_id != actor.address_id,
    )
    return session.execute(others).first() is None


def _approved(session: Connection, actor: Actor, occasion: Any, goes_at: datetime, now: datetime) -> Receipt:
    session.execute(
        update(occasions)
        .where(occasions.c.id == occasion.id)
        .values(
            state="proofed",
            approved_version=occasion.version,
            approved_by=actor.address_id,
            goes_at=goes_at,
            held_at=None,
            reason="",
        )
    )
    ledger.audit(
        session,
        actor=actor.slug,
        how=actor.strength.name.lower(),
        act="send",
        now=now,
        network_id=occasion.network_id,
        thing=f"occasion:{occasion.id}",
        fields={"version": occasion.version},
    )
    row = row_of(occasion.kind, occasion.step)
    readers = audience.count_for(session, occasion, row, now)
    zone = session.execute(select(networks.c.timezone).where(networks.c.id == occasion.network_id)).scalar_one()
    return Receipt(
        "approved",
        f"Approved: the {occasion.kind} goes to {readers} people at {goes_at:%Y-%m-%d %H:%M} UTC.",
        {"kind": occasion.kind, "readers": readers, "goes": formats.iso(goes_at, zone), "occasion": occasion.id},
    )


def as_it_stands(session: Connection, actor: Actor, occasion_id: int, *, at_once: bool, now: datetime) -> datetime:
    """Approve without a proof (`termpost issue send`): composed and sent at its time, or now. Returns when it goes."""
    occasion = session.execute(select(occasions).where(occasions.c.id == occasion_id)).one()
    if occasion.state in OVER:
        raise Refused("too-late", OVER[occasion.state])
    due_at = now if at_once else occasion.due_at
    session.execute(
        update(occasions)
        .where(occasions.c.id == occasion_id)
        .values(
            state="planned",
            mode="auto",
            due_at=due_at,
            proof_at=None,
            approved_version=None,
            goes_at=None,
            held_at=None,
            approved_by=actor.address_id,
            extra={**occasion.extra, "as_it_stands": True},
        )
    )
    ledger.audit(
        session,
        actor=actor.slug,
        how=actor.strength.name.lower(),
        act="send-as-it-stands",
        now=now,
        network_id=occasion.network_id,
        thing=f"occasion:{occasion_id}",
    )
    return max(due_at, now)
