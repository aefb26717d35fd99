"""SEND and SEND NOW: an organiser lets a letter go, exactly the version that they were shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, hold
from mailer.cycle import forecast, proofing
from mailer.cycle.forecast import Forecast
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.errors import Conflict, Refused
from mailer.people import addresses, committee, formats, people
from mailer.store.tables import networks, occasions, proofs

OVER = {
    "queued": "It is going out already.",
    "sent": "It went out already.",
    "missed": "Its time has passed, so it does not go out any more.",
    "cancelled": "It was cancelled.",
    "superseded": "A newer letter took its place.",
}
OLDER = Refused(
    "older-version",
    "The letter has changed since this proof.",
    "A newer proof comes to you, if it is not there yet; answer that one.",
)


def foresee(
    session: Connection, actor: Actor, proof_id: int, *, at_once: bool, undo: timedelta, now: datetime
) -> Forecast | None:
    """How the copies would fall if this proof were approved: its whole audience may be read for that, so it is asked before
    the write. None where nothing would go."""
    o = occasions.c
    proof = session.execute(select(proofs).where(proofs.c.id == proof_id)).first()
    if proof is None or not committee.is_organiser(session, actor.network_id, proof.address_id):
        return None
    to_go = (o.id == proof.occasion_id, o.network_id == actor.network_id, o.state.not_in(tuple(OVER)), o.audience_count.is_(None))
    occasion = session.execute(select(occasions).where(*to_go)).first()
    if occasion is None or proofing.outdated(occasion, proof) or _said(proof, occasion):
        return None
    return _falls(session, occasion, _goes_at(occasion, at_once, undo, now), now)


def approve(
    session: Connection,
    actor: Actor,
    proof_id: int,
    *,
    at_once: bool,
    undo: timedelta,
    now: datetime,
    foreseen: Forecast | None = None,
) -> Receipt:
    """Approve the version of one proof. It goes at its time, or after the undo time if that has passed or at once is asked.
    `foreseen` is what `foresee` said a moment ago."""
    proof, occasion = behind(session, actor, proof_id)
    if occasion.state in OVER:
        return Receipt(
            "done-already",
            OVER[occasion.state],
            {"sentence": OVER[occasion.state], "kind": occasion.kind},
            state="done",
        )
    if occasion.state == "planned" and occasion.mode == "auto":
        said = "It goes out at its time, and needs no proof any more."
        return Receipt("done-already", said, {"sentence": said, "kind": occasion.kind})
    if proofing.outdated(occasion, proof):
        if proof.version == occasion.version and proofing.is_marked(occasion):
            proofing.new_version(session, occasion.id, changed_by=occasion.last_changed_by, now=now)
            return Receipt("refused", OLDER.message, {"sentence": OLDER.message, "hint": OLDER.hint}, "refused", OLDER.slug)
        raise OLDER
    if occasion.state == "held" and occasion.cursor is not None:  # it was stopped on its way: this lets the rest go
        session.execute(update(proofs).where(proofs.c.id == proof_id).values(answered_at=now, answer="send"))
        return _goes_on(session, actor, occasion, foreseen, now)
    if _said(proof, occasion):
        said = "You said SEND already; nothing changes."
        return Receipt("done-already", said, {"sentence": said, "kind": occasion.kind})
    session.execute(update(proofs).where(proofs.c.id == proof_id).values(answered_at=now, answer="send"))
    before = _said_before(session, occasion, actor)
    if before and not at_once:
        said = f"{before} has said yes to it already, and nothing changes."
        fields = {"sentence": said, "kind": occasion.kind, "goes": _goes(session, occasion, now)}
        return Receipt("done-already", said, fields)
    if _needs_another(session, occasion, actor, now):
        said = (
            "You wrote or changed this letter last, so one other organiser says SEND as well. They have the proof too."
        )
        return Receipt(
            "second-reader", said, {"sentence": said, "kind": occasion.kind}, state="asked", reason="second-reader"
        )
    return _approved(session, actor, occasion, _goes_at(occasion, at_once, undo, now), foreseen, now)


def _goes_at(occasion: Any, at_once: bool, undo: timedelta, now: datetime) -> datetime:
    if occasion.cursor is not None:  # held on its way
        return now
    goes_at = now + undo if at_once else max(occasion.due_at, now + undo)
    if occasion.approved_version == occasion.version and occasion.goes_at is not None:
        goes_at = min(goes_at, occasion.goes_at)  # another said SEND before: a second one never puts it off
    return goes_at


def _falls(session: Connection, occasion: Any, goes_at: datetime, now: datetime, foreseen: Forecast | None = None) -> Forecast:
    """How the copies fall; what was foreseen holds on the day for which it was."""
    cycle = cycle_of(session, occasion.network_id, now)
    if foreseen is not None and cycle.local(foreseen.at).date() == cycle.local(goes_at).date():
        return replace(foreseen, at=goes_at)
    return forecast.of(session, cycle, occasion, cycle.row_of(occasion), goes_at, now)


def behind(session: Connection, actor: Actor, proof_id: int) -> tuple[Any, Any]:
    """The proof and its occasion, if this organiser may answer it (CMD-5). Refused otherwise."""
    proof = session.execute(select(proofs).where(proofs.c.id == proof_id)).first()
    if proof is None or not committee.is_organiser(session, actor.network_id, proof.address_id):
        raise Refused("not-organiser", "Only an organiser of the network can answer a proof.")
    # Locked, so that of a SEND and a HOLD at the same moment on PostgreSQL the second sees what the first did.
    occasion = session.execute(select(occasions).where(occasions.c.id == proof.occasion_id).with_for_update()).one()
    if occasion.network_id != actor.network_id:
        raise Refused("not-organiser", "This proof belongs to another network.")
    return proof, occasion


def _said(proof: Any, occasion: Any) -> bool:
    """Whether this organiser has said SEND to it, and it goes."""
    return bool(proof.answered_at is not None and proof.answer == "send" and occasion.approved_version == occasion.version)


def _said_before(session: Connection, occasion: Any, actor: Actor) -> str:
    """Who else said SEND to this version, and it goes; empty if nobody."""
    if occasion.approved_version != occasion.version or occasion.goes_at is None:
        return ""
    if occasion.approved_by in (None, actor.address_id):
        return ""
    return people.name_of(session, addresses.get(session, occasion.approved_by).person_id) or "Another organiser"


def _goes(session: Connection, occasion: Any, now: datetime) -> str:
    return formats.iso(occasion.goes_at, str(cycle_of(session, occasion.network_id, now).zone))


def _needs_another(session: Connection, occasion: Any, actor: Actor, now: datetime) -> bool:
    """Where there are two organisers, who wrote or changed it last is not the only one to say SEND."""
    if occasion.last_changed_by is None or occasion.last_changed_by != actor.address_id:
        return False
    if len(committee.reachable(session, occasion.network_id, now)) < 2:
        return False
    others = select(proofs.c.id).where(
        proofs.c.occasion_id == occasion.id,
        proofs.c.version == occasion.version,
        proofs.c.answer == "send",
        proofs.c.address_id != actor.address_id,
    )
    return session.execute(others).first() is None


def _approved(
    session: Connection, actor: Actor, occasion: Any, goes_at: datetime, foreseen: Forecast | None, now: datetime
) -> Receipt:
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
    version = {"version": occasion.version}
    thing = f"occasion:{occasion.id}"
    audited.note(session, actor, "send", thing, now, network_id=occasion.network_id, fields=version)
    told = _falls(session, occasion, goes_at, now, foreseen)
    return _told(session, cycle_of(session, occasion.network_id, now), occasion, told)


def _goes_on(session: Connection, actor: Actor, occasion: Any, foreseen: Forecast | None, now: datetime) -> Receipt:
    """SEND after a HOLD in the middle: those who have it already are not written to again (V5)."""
    hold.release(session, actor, occasion.id, now=now)
    told = forecast.of_waiting(session, occasion, now)
    if occasion.audience_count is None:  # not everybody's copy was written down yet
        told = told.beside(_falls(session, occasion, now, now, foreseen))
    return _told(session, cycle_of(session, occasion.network_id, now), occasion, told, rest=True)


def _told(
    session: Connection, cycle: CycleOf, occasion: Any, told: Forecast, *, rest: bool = False
) -> Receipt:
    zone = str(cycle.zone)
    held = session.execute(select(networks.c.held_at).where(networks.c.id == cycle.id)).scalar() is not None
    fields = {
        "kind": occasion.kind,
        "occasion": occasion.id,
        "readers": told.count,
        "goes": formats.iso(told.at, zone),
        **told.fields(zone),
        "rest": rest,
        "network_held": held,
    }
    return Receipt("approved", _in_words(occasion.kind, told, zone, rest=rest, held=held), fields)


def _in_words(kind: str, told: Forecast, zone: str, *, rest: bool, held: bool) -> str:
    said = f"Approved: the {kind} goes {'on ' if rest else ''}to {told.count} people on {formats.brief(told.at, zone)}"
    for one in told.later:
        said += f", to {one.count} who {one.why} on {formats.brief(one.at, zone)}"
    said += f", and not to {told.over_count} who have had enough this term." if told.over_count else "."
    return said + (" Sending is held for the network until it is released." if held else "")


def as_it_stands(session: Connection, actor: Actor, occasion_id: int, *, at_once: bool, now: datetime) -> datetime:
    """Approve without a proof (`termpost issue send`): composed and sent at its time, or now. Returns when it goes."""
    occasion = session.execute(select(occasions).where(occasions.c.id == occasion_id)).one()
    if occasion.state in OVER:
        raise Refused("too-late", OVER[occasion.state])
    if occasion.state == "held" and occasion.cursor is not None:
        raise Conflict("It was held on its way.", f"What lets the rest of it go is: termpost release {occasion_id}")
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
    audited.note(session, actor, "send-as-it-stands", f"occasion:{occasion_id}", now, network_id=occasion.network_id)
    return max(due_at, now)
