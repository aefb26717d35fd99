"""HOLD and its undoing: stop a letter before its next copy, and let it go on; or call it off for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, audited, confirm, vacancy
from mailer.cycle import due, enqueue, states
from mailer.errors import NotFound, Refused
from mailer.outbound import outbox, replies
from mailer.people import committee, formats, networks
from mailer.store.tables import occasions, outgoing, proofs

CALLED_OFF = "called-off"


def hold(
    session: Connection,
    actor: Actor,
    occasion_id: int,
    *,
    now: datetime,
    proof_id: int | None = None,
    reason: str = "",
) -> Receipt:
    """Hold a letter in whatever state it is. Copies already on their way cannot be called back; the receipt says how many."""
    occasion = _mine(session, actor, occasion_id)
    if proof_id is not None:
        session.execute(update(proofs).where(proofs.c.id == proof_id).values(answered_at=now, answer="hold"))
    if occasion.state in ("sent", "missed", "cancelled", "superseded") or outbox.STOPPED in occasion.extra:
        said = {"sent": "It went out already; it cannot be called back."}.get(
            occasion.state, "It does not go out in any case."
        )
        return Receipt("done-already", said, {"sentence": said, "kind": occasion.kind})
    if not confirm.enough(actor, "hold"):
        return confirm.ask(session, actor, "hold", {"occasion_id": occasion.id}, what="HOLD", now=now)
    outbox.take_back(session, outgoing.c.occasion_id == occasion.id)
    gone = _gone(session, occasion.id)
    values: dict[str, Any] = {"state": "held", "held_at": now}
    if occasion.cursor is None:
        values["approved_version"] = None
    if occasion.state == "planned" and occasion.mode == "proof" and occasion.version:  # it has changed, and is not shown anew yet
        values["extra"] = {**occasion.extra, states.OUTDATED: occasion.version}
    session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**values))
    _audit(session, actor, "hold", occasion, now)
    if occasion.state != "held":
        _tell(session, actor, occasion, {"held": True, "reason": reason, "gone": gone}, now)
    said = f"Held: the {occasion.kind} does not go out" + (f" to anyone else; {gone} copies had left." if gone else ".")
    return Receipt("held", said, {"kind": occasion.kind, "gone": gone, "occasion": occasion.id})


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """HOLD from a bare From, confirmed since."""
    return hold(session, actor, int(args["occasion_id"]), now=now)


def release(session: Connection, actor: Actor, occasion_id: int, *, now: datetime) -> Receipt:
    """Let a held letter go on: what was going out goes on, what was not gets a new proof."""
    occasion = _mine(session, actor, occasion_id)
    if occasion.state != "held":
        raise Refused("not-held", f"This letter is not held; it is {occasion.state}.")
    if occasion.cursor is not None:
        values: dict[str, Any] = {"state": "queued", "held_at": None}
    else:
        values = {"state": "planned", "held_at": None, "goes_at": None}
        if occasion.version and occasion.mode == "proof":  # it was shown before: a fresh proof goes out at once
            values["proof_at"] = now
    session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**values))
    _audit(session, actor, "release", occasion, now)
    _tell(session, actor, occasion, {"held": False}, now)
    for bell in (wake.BULK, wake.URGENT):
        wake.note(session, bell)
    return Receipt("", f"Released: the {occasion.kind} goes on.")


def call_off(session: Connection, actor: Actor, occasion_id: int, *, now: datetime, reason: str = "") -> Receipt:
    """Cancel a letter for good, in whatever state it is. Copies already on their way cannot be called back; the receipt says
    how many had left and how many were stopped."""
    occasion = _mine(session, actor, occasion_id)
    if occasion.state in ("sent", "missed", "cancelled", "superseded"):
        raise Refused("over", f"This letter cannot be cancelled any more; it is {occasion.state}.")
    if occasion.cursor is None:
        due.cancel(session, occasion.id, CALLED_OFF, now)
        stopped = 0
    else:
        stopped = enqueue.call_off(session, occasion.id, CALLED_OFF, now)
    gone = _gone(session, occasion.id)
    _audit(session, actor, "call-off", occasion, now)
    _tell(session, actor, occasion, {"held": True, "called_off": True, "reason": reason, "gone": gone}, now)
    said = f"Cancelled: the {occasion.kind} goes to nobody"
    said += f" else; {gone} copies had left, {stopped} were stopped." if gone or stopped else "."
    return Receipt("", said, {"gone": gone, "stopped": stopped})


def hold_network(session: Connection, network_id: int, reason: str, *, now: datetime) -> None:
    """Stop everything that a network sends to its members, replies excepted, and tell its organisers once. Refused where it is closed."""
    networks.check_open(session, network_id)
    held = networks.by_id(session, network_id).held_at is not None
    networks.hold(session, network_id, reason, now)
    if not held:
        _tell_network(session, network_id, {"held": True, "at": now, "reason": reason}, now)


def release_network(session: Connection, network_id: int, *, now: datetime) -> None:
    """Let a held network send again. Refused where it is closed, or nobody could answer for what it sends."""
    networks.check_open(session, network_id)
    vacancy.refuse_release(session, network_id, now)
    was = networks.by_id(session, network_id)
    networks.release(session, network_id, now)
    if was.held_at is not None:
        reason = "" if was.held_reason == vacancy.NO_ORGANISER else was.held_reason
        _tell_network(session, network_id, {"held": False, "at": was.held_at, "reason": reason}, now)
    for bell in (wake.BULK, wake.URGENT):
        wake.note(session, bell)


def _tell_network(session: Connection, network_id: int, fields: Mapping[str, Any], now: datetime) -> None:
    zone = networks.by_id(session, network_id).timezone
    replies.to_organisers(
        session,
        network_id=network_id,
        template="network-held",
        fields={**fields, "at": formats.iso(fields["at"], zone)},
        key=f"network-held:{network_id}:{fields['held']:d}:{now:%Y%m%dT%H%M%S}",
        now=now,
    )


def _tell(session: Connection, actor: Actor, occasion: Any, fields: Mapping[str, Any], now: datetime) -> None:
    """An organiser who holds a letter has a receipt; what IT holds, the organisers would not know."""
    if actor.channel != "cli":
        return
    zone = networks.by_id(session, occasion.network_id).timezone
    replies.to_organisers(
        session,
        network_id=occasion.network_id,
        template="letter-held",
        fields={
            "called_off": False,
            **fields,
            "kind": occasion.kind,
            "due": formats.iso(occasion.due_at, zone),
            "at": formats.iso(now, zone),
        },
        key=f"letter-{'off' if 'called_off' in fields else 'held'}:{occasion.id}:{fields['held']:d}:{now:%Y%m%dT%H%M%S}",
        now=now,
    )


def network_of(session: Connection, occasion_id: int) -> int:
    """Whose letter it is. Raises NotFound."""
    found = session.execute(select(occasions.c.network_id).where(occasions.c.id == occasion_id)).scalar()
    if found is None:
        raise NotFound(f"There is no mailing {occasion_id}.", "Their ids are in: termpost plan SLUG --json")
    return int(found)


def state_of(session: Connection, occasion_id: int) -> str:
    """What a letter is now."""
    return str(session.execute(select(occasions.c.state).where(occasions.c.id == occasion_id)).scalar_one())


def _gone(session: Connection, occasion_id: int) -> int:
    """How many copies cannot be called back."""
    left = outgoing.c.state.in_(("accepted", "sending", "uncertain"))
    counted = select(func.count()).select_from(outgoing).where(outgoing.c.occasion_id == occasion_id, left)
    return int(session.execute(counted).scalar_one())


def _mine(session: Connection, actor: Actor, occasion_id: int) -> Any:
    mine = select(occasions).where(occasions.c.id == occasion_id, occasions.c.network_id == actor.network_id)
    occasion = session.execute(mine.with_for_update(key_share=True)).first()
    if occasion is None:
        raise Refused("no-such-letter", "There is no such letter in this network.")
    if actor.channel != "cli" and not committee.is_organiser(session, actor.network_id, actor.address_id):
        raise Refused("not-organiser", "Only an organiser of the network can hold a letter.")
    return occasion


def _audit(session: Connection, actor: Actor, act: str, occasion: Any, now: datetime) -> None:
    audited.note(session, actor, act, f"occasion:{occasion.id}", now)
