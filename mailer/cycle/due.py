"""What time brings: every tick takes each occasion one step along its states.

    planned    has a date                       queued      its copies are being written down or sent
    proofed    organisers have seen it          sent        every copy is accounted for
    waiting    due, and nobody has said SEND    held        an organiser said HOLD
    missed     its until is past (V11)          cancelled, superseded

A step reads and composes first; its write begins by asking whether the occasion still stands as it was read, so that
two schedulers, or an organiser in between, never do it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from mailer import log
from mailer.cycle import desk, enqueue, letters, plan, proofing, states
from mailer.cycle.matter import Nothing
from mailer.cycle.matter.table import MATTERS
from mailer.cycle.networks import cycle_of
from mailer.cycle.table import PRESSING, Row
from mailer.house import House
from mailer.meetings import attendance
from mailer.meetings import meetings as meetings_room
from mailer.outbound import outbox
from mailer.store.tables import meetings, memberships, networks, occasions

LIVE = ("planned", "proofed", "waiting", "held")
A_STEP_AT_MOST = 50

_log = log.get("cycle")


def tick(house: House, now: datetime) -> int:
    """Do everything that is due at `now`. Returns how many steps were taken."""
    with house.store.read() as session:
        replan = _networks_to_plan(session, now)
        over = _meetings_over(session, now)
        due = waiting(session, now)
    for network_id in replan:
        with house.store.write() as session:
            plan.refresh(session, network_id, now)
    for meeting_id in over:
        with house.store.write() as session:
            _end_meeting(session, meeting_id, now)
    steps = 0
    for occasion_id in due:
        try:
            steps += step(house, occasion_id, now)
        except Exception:
            _log.exception("occasion raised; tried again at the next tick", occasion=occasion_id)
    return steps + len(replan) + len(over)


def _networks_to_plan(session: Connection, now: datetime) -> list[int]:
    """Networks whose next week is not planned yet, or whose next digest is not."""
    o = occasions.c
    planned = select(o.network_id).where(o.kind == "desk-brief", o.due_at > now)
    digests = select(o.network_id).where(o.kind == "digest", o.due_at > now + timedelta(days=1))
    wanted = select(memberships.c.network_id).where(memberships.c.digest, memberships.c.ended_at.is_(None))
    due = or_(networks.c.id.not_in(planned), and_(networks.c.id.in_(wanted), networks.c.id.not_in(digests)))
    return list(session.execute(select(networks.c.id).where(networks.c.closed_at.is_(None), due)).scalars())


def _meetings_over(session: Connection, now: datetime) -> list[int]:
    return list(
        session.execute(select(meetings.c.id).where(meetings.c.state == "planned", meetings.c.ends_at <= now)).scalars()
    )


def _end_meeting(session: Connection, meeting_id: int, now: datetime) -> None:
    """The meeting is over: until somebody says otherwise, those who said yes were there (evidence, ruling 12)."""
    done = session.execute(
        update(meetings).where(meetings.c.id == meeting_id, meetings.c.state == "planned").values(state="over")
    )
    if done.rowcount:
        attendance.from_answers(session, meetings_room.get(session, meeting_id), now)


def waiting(session: Connection, now: datetime) -> list[int]:
    """Occasions that have a step to take, the more pressing first."""
    o = occasions.c
    rows = session.execute(
        select(o.id, o.kind)
        .join(networks, networks.c.id == o.network_id)
        .where(
            networks.c.closed_at.is_(None),
            or_(
                and_(o.state == "planned", o.mode == "auto", o.due_at <= now),
                and_(o.state == "planned", o.mode == "proof", o.proof_at <= now),
                and_(o.state == "proofed", or_(o.goes_at <= now, o.due_at <= now)),
                and_(o.state == "proofed", o.approved_version.is_(None), o.reminded_at <= now - proofing.NUDGE_AFTER),
                and_(o.state == "waiting", or_(o.goes_at <= now, o.reminded_at <= now - timedelta(days=1))),
                and_(o.state == "queued", o.held_at.is_(None)),
                and_(o.state.in_(LIVE), o.until_at < now),
            ),
        )
        .order_by(o.due_at, o.id)
        .limit(A_STEP_AT_MOST)
    ).all()
    return [r.id for r in sorted(rows, key=lambda r: PRESSING.index(r.kind))]


def step(house: House, occasion_id: int, now: datetime) -> bool:
    """Take one occasion one step. True if anything changed."""
    with house.store.read() as session:
        occasion = session.execute(select(occasions).where(occasions.c.id == occasion_id)).one()
        cycle = cycle_of(session, occasion.network_id, now)
        row = cycle.row_of(occasion)
    if occasion.state == "queued":
        return enqueue.go_on(house, occasion, row, now)
    if occasion.until_at < now:
        return _miss(house, occasion, now)
    if occasion.state in ("proofed", "waiting") and occasion.approved_version is not None:
        return occasion.goes_at is not None and occasion.goes_at <= now and _start(house, occasion, row, now)
    if occasion.state == "planned" and occasion.mode == "auto":
        return _start(house, occasion, row, now)
    if occasion.state == "planned":
        return proofing.send_proof(house, occasion, row, now)
    if occasion.state == "proofed" and occasion.due_at <= now:
        if cycle.sends_unanswered:
            return proofing.release_unanswered(house, occasion, now)
        return proofing.wait(house, occasion, now)
    return proofing.remind(house, occasion, cycle, now)


def _start(house: House, occasion: Any, row: Row, now: datetime) -> bool:
    """Its time has come: compose if that is not done yet, and begin to write down its copies."""
    if row.anchor.value.startswith("meeting") and _newer_is_due(house, occasion, now):
        return states.move_alone(
            house,
            occasion,
            state="superseded",
            reason="A newer mail about the same meeting goes instead.",
            finished_at=now,
        )
    version = occasion.approved_version
    if version is None:
        with house.store.read() as session:
            matter = MATTERS[occasion.kind](session, occasion, now)
            if isinstance(matter, Nothing):
                return _nothing(house, occasion, matter, now)
            network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
            kinds, readers = letters.needed(session, occasion, row, matter, now)
        if readers == 0:
            return states.move_alone(
                house, occasion, state="sent", reason="There was nobody to write to.", audience_count=0, finished_at=now
            )
        made = letters.write(house, network, row, matter, kinds)
        version = occasion.version + 1
        with house.store.write() as session:
            if not states.move(
                session, occasion, version=version, approved_version=version, state="queued", goes_at=now, cursor=0
            ):
                return False
            letters.store(session, occasion, row, version, made, now)
        return True
    return states.move_alone(house, occasion, state="queued", cursor=0)


def _newer_is_due(house: House, occasion: Any, now: datetime) -> bool:
    """If several of one meeting are overdue at once only the newest goes (design 4, Identity)."""
    if occasion.kind in ("save-the-date", "invitation", "draft-agenda", "final-agenda"):
        o = occasions.c
        newer = select(o.id).where(
            o.network_id == occasion.network_id,
            o.thing_type == occasion.thing_type,
            o.thing_id == occasion.thing_id,
            o.kind.in_(("invitation", "draft-agenda", "final-agenda")),
            o.due_at > occasion.due_at,
            o.due_at <= now,
            o.until_at >= now,
            o.state.in_(("planned", "proofed", "waiting")),
        )
        with house.store.read() as session:
            return session.execute(newer.limit(1)).first() is not None
    return False


def _miss(house: House, occasion: Any, now: datetime) -> bool:
    """Late is not silent: it does not go any more, and the organisers are told (V11)."""
    with house.store.write() as session:
        if not states.move(
            session, occasion, state="missed", reason="Its time passed before it could go.", finished_at=now
        ):
            return False
        desk.tell_missed(session, occasion, now)
    _log.warning("occasion missed", occasion=occasion.id, kind=occasion.kind)
    return True


def _nothing(house: House, occasion: Any, nothing: Nothing, now: datetime) -> bool:
    with house.store.write() as session:
        if nothing.ask:
            return desk.ask_for_matter(session, occasion, nothing, now)
        return states.move(session, occasion, state="superseded", reason=nothing.reason, finished_at=now)


def cancel(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """Cancel an occasion and what it has queued. Returns how many copies were stopped."""
    session.execute(
        update(occasions).where(occasions.c.id == occasion_id).values(state="cancelled", reason=reason, finished_at=now)
    )
    return outbox.cancel_occasion(session, occasion_id, reason, now)
