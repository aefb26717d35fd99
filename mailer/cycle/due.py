"""What time brings: every tick takes each occasion a step along its states; what asks about a whole audience is done beside it.

    planned    has a date                       queued      its copies are being written down or sent
    proofed    organisers have seen it          sent        every copy is accounted for
    waiting    due, and nobody has said SEND    held        an organiser said HOLD
    missed     its until is past (V11)          cancelled, superseded

A step reads and composes first; its write begins by asking whether the occasion still stands as it was read, so that
two schedulers, or an organiser in between, never do it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from mailer import log
from mailer.cycle import desk, enqueue, letters, looks, plan, proofing, states, uncomposed
from mailer.cycle.matter import Matter, Nothing
from mailer.cycle.matter.table import MATTERS
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.house import House
from mailer.meetings import attendance
from mailer.meetings import meetings as meetings_room
from mailer.outbound import outbox
from mailer.store.tables import meetings, networks, occasions, pieces

Next = Literal["write", "miss", "start", "proof", "release", "remind", "rest"]


@dataclass(frozen=True)
class Made:
    """What a letter was made of, the facts that it tells, and its kinds."""

    matter: Matter
    facts: list[Any]
    letters: list[letters.Composed]


_log = log.get("cycle")
_TROUBLE = log.Lasting(_log, "occasion raised; tried again in a moment")


def tick(house: House, now: datetime) -> int:
    """Do everything that is due at `now`. Returns how many steps were taken."""
    return steps(house, now) + show(house, now) + pages(house, now)


def steps(house: House, now: datetime) -> int:
    """All but the long ones, for which the rest would wait. Returns how many steps were taken."""
    with house.store.read() as session:
        replan = session.execute(*looks.networks_to_plan(now, now + timedelta(days=1))).scalars().all()
        over = session.execute(*looks.meetings_over(now)).scalars().all()
        due = looks.waiting(session, now)
    for network_id in replan:
        with house.store.write() as session:
            plan.refresh(session, network_id, now)
    for meeting_id in over:
        with house.store.write() as session:
            _end_meeting(session, meeting_id, now)
    return _take_each(house, due, now) + len(replan) + len(over)


def make_ready(house: House, now: datetime, soon: datetime) -> Iterator[datetime]:
    """Write down, as at its time, what goes to a few by itself after `now` and not after `soon`, the first to go first: until then its
    copies wait in the outbox, where HOLD, STOP and all else find them. Yields the time of each that was begun."""
    with house.store.read() as session:
        coming = looks.coming(session, now, soon)
    for occasion in coming:
        if _take_each(house, [occasion], occasion.due_at):
            yield occasion.due_at


def show(house: House, now: datetime, *, may: Callable[[], bool] = lambda: True) -> int:
    """While we `may`: show the organisers what they are to see, for which its whole audience is read. Returns how many steps were
    taken."""
    with house.store.read() as session:
        to_be_shown = looks.to_be_shown(session, now)
    return _take_each(house, to_be_shown, now, may)


def pages(house: House, now: datetime, *, may: Callable[[], bool] = lambda: True) -> int:
    """While we `may`: write down one page more of each mailing that is longer than its first page. Returns how many it wrote."""
    with house.store.read() as session:
        half_written = looks.half_written(session)
    return _take_each(house, half_written, now, may)


def _take_each(house: House, found: list[Any], now: datetime, may: Callable[[], bool] = lambda: True) -> int:
    """One that raises keeps none of the others from its step."""
    taken = 0
    for group in _together(found, now):
        if not may():
            break
        try:
            taken += _take(house, group, now)
        except Exception as error:
            _TROUBLE.met(error, group[0].id, occasion=[one.id for one in group])
    return taken


def _end_meeting(session: Connection, meeting_id: int, now: datetime) -> None:
    """The meeting is over: until somebody says otherwise, those who said yes were there (evidence, ruling 12)."""
    done = session.execute(
        update(meetings).where(meetings.c.id == meeting_id, meetings.c.state == "planned").values(state="over")
    )
    if done.rowcount:
        attendance.from_answers(session, meetings_room.get(session, meeting_id), now)


def step(house: House, occasion_id: int, now: datetime) -> bool:
    """Take one occasion one step. True if anything changed."""
    with house.store.read() as session:
        asked = looks.one(session, occasion_id)
    return any(_take(house, group, now) for group in _together([asked], now))


def next_of(occasion: Any, sends_unanswered: bool, now: datetime) -> Next:
    """What time brings an occasion now; read top-down."""
    approved = occasion.approved_version is not None
    if occasion.state == "queued":
        return "write"
    if occasion.state not in looks.LIVE:
        return "rest"  # it has ended since it was looked for
    if occasion.until_at < now:
        return "miss"
    if occasion.state in ("proofed", "waiting") and approved:
        return "start" if occasion.goes_at is not None and occasion.goes_at <= now else "rest"
    if occasion.state == "planned":
        begins = occasion.due_at if occasion.mode == "auto" else occasion.proof_at
        if begins is None or begins > now:
            return "rest"  # it was given another time since it was looked for
        return "start" if occasion.mode == "auto" else "proof"
    if occasion.state == "proofed" and occasion.due_at <= now and sends_unanswered:
        return "release"
    return "rest" if occasion.state == "held" else "remind"


def _together(found: list[Any], now: datetime) -> list[list[Any]]:
    """In groups that are taken in one step: what a network's organisers are told of two or more at once, as after an outage,
    they are told in one letter."""
    groups: dict[Any, list[Any]] = {}
    for occasion in found:
        coming = next_of(occasion, occasion.unanswered == "send", now)
        key = (coming, occasion.network_id) if coming in ("miss", "remind") else occasion.id
        groups.setdefault(key, []).append(occasion)
    return list(groups.values())


def _take(house: House, group: list[Any], now: datetime) -> bool:
    """One step, with the first of the group as it stands now; a group of more than one is told of or reminded of together."""
    with house.store.read() as session:
        fresh = [session.execute(select(occasions).where(occasions.c.id == one.id)).one() for one in group]
        cycle = cycle_of(session, fresh[0].network_id, now)
        coming = {one.id: next_of(one, cycle.sends_unanswered, now) for one in fresh}
    try:
        return _step(house, fresh, coming, cycle, now)
    except letters.Uncomposed:
        told = uncomposed.see_to(house, fresh[0], now)
        if told:  # tried again at every tick, and said once
            _log.exception("letter not composed", occasion=fresh[0].id)
        return told


def _step(house: House, fresh: list[Any], coming: dict[int, Next], cycle: CycleOf, now: datetime) -> bool:
    occasion = fresh[0]
    row = cycle.row_of(occasion)
    match coming[occasion.id]:
        case "write":
            return enqueue.go_on(house, occasion, cycle, now)
        case "miss":
            return _miss(house, [one for one in fresh if coming[one.id] == "miss"], now)
        case "start":
            return _start(house, occasion, cycle, now)
        case "proof":
            return _give_way(house, occasion, now) or proofing.send_proof(house, occasion, row, now)
        case "release":
            return proofing.release_unanswered(house, occasion, now)
        case "remind":
            return proofing.remind(house, [one for one in fresh if coming[one.id] == "remind"], cycle, now)
        case "rest":
            return False


def _start(house: House, occasion: Any, cycle: CycleOf, now: datetime) -> bool:
    """Its time has come: compose if that is not done yet, and have it go."""
    if _give_way(house, occasion, now):
        return True
    if occasion.approved_version is not None:
        return _begin(house, occasion, cycle, now)
    row = cycle.row_of(occasion)
    with house.store.read() as session:
        matter = MATTERS[occasion.kind](session, occasion, now)
        if isinstance(matter, Nothing):
            return _nothing(house, occasion, matter, now)
        facts = _facts(session, occasion, matter.tells)
        network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
        kinds = letters.needed_first(session, occasion, row, matter, now)
    if not kinds:
        return states.move_alone(
            house, occasion, state="sent", reason="There was nobody to write to.", audience_count=0, finished_at=now
        )
    made = letters.write(house, network, row, matter, kinds)
    return _begin(house, occasion, cycle, now, Made(matter, facts, made))


def _begin(house: House, occasion: Any, cycle: CycleOf, now: datetime, made: Made | None = None) -> bool:
    """Have it go, with what was just made of it, and write down its first page, as somebody waits for it."""
    o = occasions.c
    values: dict[str, Any] = {"state": "queued", "cursor": 0}
    if made is not None:
        values |= {"version": occasion.version + 1, "approved_version": occasion.version + 1, "goes_at": now}
    with house.store.write() as session:
        if occasion.thing_type != "meeting":
            states.keep_still(session, occasion.thing_type, occasion.thing_id)
        states.keep_still(session, "meeting", *_told(occasion, made.matter.tells if made is not None else ()))
        if not states.still(session, occasion):
            return False
        if made is not None and _facts(session, occasion, made.matter.tells) != made.facts:
            return False
        begun = session.execute(update(occasions).where(o.id == occasion.id).values(values).returning(*o)).one()
        if made is not None:
            letters.store(session, begun, cycle.row_of(occasion), begun.version, made.letters, now)
    if made is not None:
        enqueue.keep(house.store, begun, made.matter)
    enqueue.go_on(house, begun, cycle, now)
    return True


def _facts(session: Connection, occasion: Any, tells: Sequence[int]) -> list[Any]:
    """What tells whether the meeting or the issue that a letter is about, or a meeting of which it gives the date, has changed while
    it was composed."""
    found = states.told_of(session, _told(occasion, tells))
    if occasion.thing_type == "issue":
        p = pieces.c
        asked = select(p.id, p.state, p.place, p.title, p.person, p.text).where(p.issue_id == occasion.thing_id).order_by(p.id)
        found += session.execute(asked).all()
    return found


def _told(occasion: Any, tells: Sequence[int]) -> set[int]:
    """The meetings that a letter tells of: the one that it is about, and those of which it gives the date."""
    return {*tells, occasion.thing_id} if occasion.thing_type == "meeting" else set(tells)


def _give_way(house: House, occasion: Any, now: datetime) -> bool:
    """To a newer mail about the same meeting, if both are overdue; then nobody need read a proof of it either."""
    return _newer_is_due(house, occasion, now) and states.move_alone(
        house,
        occasion,
        state="superseded",
        reason="A newer mail about the same meeting goes instead.",
        finished_at=now,
    )


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


def _miss(house: House, late: list[Any], now: datetime) -> bool:
    """Late is not silent: they do not go any more, and the organisers are told, of all in one letter (V11). What was held on its way
    is stopped, and where it had reached somebody it ends as `sent`, with those who did not get it accounted for (V6)."""
    with house.store.write() as session:
        states.in_turn(session, late)
        missed = [occasion for occasion in late if states.still(session, occasion)]
        for occasion in missed:
            values: dict[str, Any] = {"reason": _why_missed(occasion), "held_at": None}
            if occasion.cursor is not None:
                enqueue.stop(session, occasion.id, values["reason"], now)
            if not enqueue.reached(session, occasion.id):
                values |= {"state": "missed", "finished_at": now}
            session.execute(update(occasions).where(occasions.c.id == occasion.id).values(values))
        desk.tell_missed(session, missed, now)
    for occasion in missed:
        _log.warning("occasion missed", occasion=occasion.id, kind=occasion.kind)
    return bool(missed)


def _why_missed(occasion: Any) -> str:
    """In words of ours, for the letter and for `plan`."""
    if occasion.state == "held":
        return "It was held, and nobody let it go."
    if uncomposed.was(occasion):
        return uncomposed.WHY
    if occasion.state == "planned" and occasion.reason:
        return "What it is made of did not come."
    if occasion.state in ("proofed", "waiting") and occasion.approved_version is None:
        return "Nobody answered its proof in time."
    return "Termpost was not running, or the calendar was changed, when it was due."


def _nothing(house: House, occasion: Any, nothing: Nothing, now: datetime) -> bool:
    with house.store.write() as session:
        if nothing.ask:
            return states.still(session, occasion) and desk.ask_for_matter(session, occasion, nothing, now)
        return states.move(session, occasion, state="superseded", reason=nothing.reason, finished_at=now)


def cancel(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """Cancel an occasion and what it has queued. Returns how many copies were stopped."""
    session.execute(
        update(occasions).where(occasions.c.id == occasion_id).values(state="cancelled", reason=reason, finished_at=now)
    )
    return outbox.cancel_occasion(session, occasion_id, reason, now)
