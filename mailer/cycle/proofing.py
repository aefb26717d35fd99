"""Proofs: the organisers see a letter before anyone else does (design 4, Proof).

Each organiser gets a proof with a tag of their own, good for one version. SEND approves exactly that version; a change
makes a new one. Unanswered after a working day the next organiser is nudged; at its time it waits, is asked for daily,
and is missed at the end. What organisers answer is done in acts/send.py and acts/hold.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from mailer.cycle import desk, forecast, letters, states
from mailer.cycle.forecast import Forecast
from mailer.cycle.matter import Matter, Nothing
from mailer.cycle.matter.table import MATTERS
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.cycle.table import Row
from mailer.errors import Refused
from mailer.house import House
from mailer.outbound import compose, picking, replies, writing
from mailer.people import committee, formats
from mailer.people.committee import Organiser
from mailer.store import add
from mailer.store.tables import networks, occasions, proofs

NUDGE_AFTER = timedelta(days=1)


def send_proof(house: House, occasion: Any, row: Row, now: datetime) -> bool:
    """Compose the next version and send it to every organiser that mail reaches."""
    with house.store.read() as session:
        matter = MATTERS[occasion.kind](session, occasion, now)
        network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
        organisers = committee.reachable(session, occasion.network_id, now)
        if not isinstance(matter, Nothing):
            kinds = letters.needed(session, occasion, row, matter, now)
            main = letters.most_common(session, occasion, row, matter, now)
            cycle = cycle_of(session, occasion.network_id, now)
            falls = forecast.of(session, cycle, occasion, row, max(occasion.due_at, now), now)
            told_of = states.told_of(session, matter.tells)
    if isinstance(matter, Nothing):
        with house.store.write() as session:
            if matter.ask:
                return states.still(session, occasion) and desk.ask_for_matter(session, occasion, matter, now)
            return states.move(session, occasion, state="superseded", reason=matter.reason, finished_at=now)
    made = letters.write(house, network, row, matter, kinds)
    version = occasion.version + 1
    fields = _fields(house, occasion, row, matter, network, main, falls, version, now)
    with house.store.write() as session:
        states.keep_still(session, "meeting", *matter.tells)
        if states.told_of(session, matter.tells) != told_of:
            return False
        moved = states.move(
            session,
            occasion,
            version=version,
            state="proofed",
            approved_version=None,
            approved_by=None,
            goes_at=None,
            reminded_at=now,
            reason="" if organisers else "No organiser can be reached by mail.",
        )
        if not moved:
            return False
        if not matter.fresh:
            letters.store(session, occasion, row, version, made, now)
        for organiser in organisers:
            _to(session, occasion, organiser, version, fields, len(organisers) > 1, now)
    return True


def _fields(
    house: House,
    occasion: Any,
    row: Row,
    matter: Matter,
    network: Any,
    main: str,
    falls: Forecast,
    version: int,
    now: datetime,
) -> dict[str, Any]:
    given = {**matter.fields, **matter.only.get(main, {})}
    shown = compose.shown(
        f"occasions/{row.kind}",
        given,
        network=writing.look_of(house, network),
        language=network.language,
        klass=row.purpose,
    )
    return {
        "if_silent": "sends" if network.unanswered == "send" else "waits",
        "count": falls.reached,
        "audience": row.audience,
        "due_at": formats.iso(max(occasion.due_at, now), network.timezone),
        "when": _when(occasion, house.settings.undo, now),
        "last_day": occasion.until_at <= now + NUDGE_AFTER,
        **falls.fields(network.timezone),
        "until_at": formats.iso(occasion.until_at, network.timezone),
        "undo_minutes": int(house.settings.undo.total_seconds() // 60),
        "version": version,
        "second": False,
        "warnings": list(matter.fields.get("warnings", [])),
        "pieces": list(matter.fields.get("numbered", [])),  # of a newsletter: how its editors name them
        "forms": forms(occasion),
        "letter_subject": shown.subject,
        "letter_text": shown.text,
        "letter_html": shown.html,
        "pictures_of": occasion.thing_id if occasion.thing_type == "issue" else None,
    }


def forms(occasion: Any) -> str:
    """Which lines change it: those of a newsletter, an agenda, another letter about a meeting, or a note alone."""
    if occasion.thing_type == "issue":
        return "issue"
    if occasion.kind in ("draft-agenda", "final-agenda"):
        return "agenda"
    return "meeting" if occasion.thing_type == "meeting" else "note"


def _when(occasion: Any, undo: timedelta, now: datetime) -> str:
    """When SEND lets it go, as the proof must say it: `now` after the undo time, `soon` on a day that may be over before
    the proof is read, or `then`."""
    if occasion.due_at <= now + undo:
        return "now"
    return "soon" if occasion.due_at <= now + NUDGE_AFTER else "then"


def _to(
    session: Connection,
    occasion: Any,
    organiser: Organiser,
    version: int,
    fields: dict[str, Any],
    several: bool,
    now: datetime,
) -> None:
    proof_id = add(
        session, proofs, occasion_id=occasion.id, address_id=organiser.address_id, version=version, sent_at=now
    )
    replies.reply(
        session,
        network_id=occasion.network_id,
        address_id=organiser.address_id,
        template="occasions/proof",
        fields={**fields, "second": occasion.last_changed_by == organiser.address_id and several},
        now=now,
        purpose="desk",
        key=f"proof:{occasion.id}:{version}:{organiser.address_id}",
        reply_use="s",
        reply_row=proof_id,
        deadline=occasion.until_at,
    )


def remind(house: House, due: Sequence[Any], cycle: CycleOf, now: datetime) -> bool:
    """Unanswered for a working day: the next organiser is nudged. At its time it waits, and all who are silent are asked
    daily. Whoever is asked about several at once gets one letter."""
    working = cycle.calendar.is_working(cycle.local(now).date())
    asked: dict[int, list[Any]] = {}
    moved = False
    with house.store.write() as session:
        states.in_turn(session, due)
        for occasion in due:
            silent = _reminded(session, occasion, working, now)
            moved = moved or silent is not None
            for address_id in silent or ():
                asked.setdefault(address_id, []).append(occasion)
        for address_id, about in asked.items():
            _nudge(session, about, address_id, cycle, now)
    return moved


def _reminded(session: Connection, occasion: Any, working: bool, now: datetime) -> list[int] | None:
    """Note that it is asked about now. Returns who is to be asked; None if it is not its turn, or it moved meanwhile."""
    if occasion.state == "proofed" and occasion.due_at <= now:  # its time has come, on whatever day
        # A proof that went out at its very time is not nudged about in the same breath.
        told = occasion.reminded_at is not None and occasion.reminded_at > now - NUDGE_AFTER
        at = occasion.reminded_at if told else now
        if not states.move(session, occasion, state="waiting", reminded_at=at, reason="Nobody has said SEND yet."):
            return None
        return [] if told else _silent(session, occasion)
    if not working or (occasion.reminded_at is not None and occasion.reminded_at > now - NUDGE_AFTER):
        return None  # the proof may have been made since it was looked for
    if occasion.state == "waiting":
        return _silent(session, occasion) if states.move(session, occasion, reminded_at=now) else None
    nudges = occasion.extra.get("nudges", 0)
    if not states.move(session, occasion, reminded_at=now, extra={**occasion.extra, "nudges": nudges + 1}):
        return None
    silent = _silent(session, occasion)
    return [silent[nudges % len(silent)]] if silent else []


def release_unanswered(house: House, occasion: Any, now: datetime) -> bool:
    """The network chose that a proof nobody answered goes at its time; one that is fresh has the undo time to be answered."""
    with house.store.write() as session:
        p = proofs.c
        fresh = select(func.max(p.sent_at)).where(p.occasion_id == occasion.id, p.version == occasion.version)
        sent_at = session.execute(fresh).scalar()
        return states.move(
            session,
            occasion,
            approved_version=occasion.version,
            goes_at=max(now, sent_at + house.settings.undo) if sent_at is not None else now,
            reason="Nobody answered; the network lets it go.",
        )


def _silent(session: Connection, occasion: Any) -> list[int]:
    """Addresses of organisers who have this version and did not answer it."""
    p = proofs.c
    rows = select(p.address_id).where(
        p.occasion_id == occasion.id, p.version == occasion.version, p.answered_at.is_(None)
    )
    return list(session.execute(rows.order_by(p.id)).scalars())


def _nudge(session: Connection, about: Sequence[Any], address_id: int, cycle: CycleOf, now: datetime) -> None:
    """A short reminder. Of one proof its Reply-To is the proof's own tag, so that it can be answered as the proof itself."""
    zone = cycle.zone.key
    first = about[0]
    proof_id = session.execute(
        select(proofs.c.id).where(
            proofs.c.occasion_id == first.id, proofs.c.version == first.version, proofs.c.address_id == address_id
        )
    ).scalar()
    alone = len(about) == 1
    replies.reply(
        session,
        network_id=cycle.id,
        address_id=address_id,
        template="nudge-proof",
        fields={
            "proofs": [
                {
                    "kind": one.kind,
                    "due": formats.iso(one.due_at, zone),
                    "until": formats.iso(one.until_at, zone),
                    "waiting": one.due_at <= now,
                }
                for one in about
            ],
            "if_silent": "sends" if cycle.sends_unanswered else "waits",
        },
        now=now,
        purpose="desk",
        key=f"nudge:{first.id}:{first.version}:{address_id}:{now.timestamp():.0f}",
        reply_use="s" if alone else "r",
        reply_row=proof_id if alone else None,
        deadline=max(one.until_at for one in about),
    )


def new_version(session: Connection, occasion_id: int, *, changed_by: int | None, now: datetime) -> None:
    """Something in the letter changed: nothing that was approved counts any more, and a new proof goes out at once.
    Refused for a letter that was held on its way: some have it as it was."""
    o = occasions.c
    found = session.execute(select(occasions).where(o.id == occasion_id).with_for_update(key_share=True)).one()
    if found.state == "held" and found.cursor is not None:
        raise Refused(
            "partly-gone",
            "Some people have this letter already, so it cannot be changed any more.",
            "Its proof still lets the rest go as it is; what is wrong in it is put right by a mail of its own.",
        )
    if found.state in ("planned", "proofed", "waiting", "held"):
        values: dict[str, Any] = {
            "state": "planned",
            "mode": "proof",
            "proof_at": now,
            "approved_version": None,
            "approved_by": None,
            "goes_at": None,
            "held_at": None,
            "extra": {name: kept for name, kept in found.extra.items() if name != "as_it_stands"},
            **_changed_by(session, found, changed_by),
        }
        session.execute(update(occasions).where(o.id == occasion_id).values(**values))


def _changed_by(session: Connection, occasion: Any, address_id: int | None) -> dict[str, Any]:
    """Who changed it last, as the second reader asks: IT, or a member who takes something back, does not stand in for an organiser."""
    return {"last_changed_by": address_id} if committee.is_organiser(session, occasion.network_id, address_id) else {}


def show_anew(
    session: Connection, thing_type: str, thing_id: int, *, kinds: Collection[str] = (), changed_by: int | None, now: datetime
) -> None:
    """What organisers were shown of a meeting or an issue, in letters of these kinds or of any, and may have approved, or are to be
    shown at this moment, does not hold any more: a `new_version` of each that has not begun. One that is held stays so, and the
    SEND that would let it go shows it anew. Of a meeting that is every letter that gives its date, the newsletter too."""
    o = occasions.c
    about = and_(o.thing_type == thing_type, o.thing_id == thing_id)
    if thing_type == "meeting" and not kinds:
        about = or_(about, picking.tells(thing_id))
    being_shown = and_(o.state == "planned", o.mode == "proof", or_(o.proof_at <= now, o.version > 0))
    held = and_(o.state == "held", o.cursor.is_(None))
    shown = [about, or_(o.state.in_(("proofed", "waiting")), being_shown, held)]
    if kinds:
        shown.append(o.kind.in_(kinds))
    # Locked, so that a SEND or a HOLD at the same moment on PostgreSQL is seen (or sees this).
    for one in session.execute(select(occasions).where(*shown).order_by(o.id).with_for_update(key_share=True)).all():
        if one.state == "held":
            values = {"extra": {**one.extra, states.OUTDATED: one.version}, **_changed_by(session, one, changed_by)}
        elif one.state == "planned" and one.proof_at > now:  # it was shown, and is shown anew at its time
            values = _changed_by(session, one, changed_by)
        else:
            new_version(session, one.id, changed_by=changed_by, now=now)
            continue
        if values:
            session.execute(update(occasions).where(o.id == one.id).values(**values))


def outdated(occasion: Any, proof: Any) -> bool:
    """Whether a letter has changed since a proof of it, so that another is to come before it goes."""
    if proof.version != occasion.version:
        return True
    return bool(occasion.cursor is None and (occasion.state == "planned" or is_marked(occasion)))


def is_marked(occasion: Any) -> bool:
    """Whether a letter that is held has changed since it was shown."""
    return bool(occasion.state == "held" and occasion.extra.get(states.OUTDATED) == occasion.version)
