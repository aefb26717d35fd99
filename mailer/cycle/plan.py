"""Planning: from meetings, issues, actions and promises to occasion rows with dates (design 4, Identity).

`refresh` may run at any time and any number of times: an occasion's key is what it is about, its date is only a value.
What was not yet enqueued is re-dated when its anchor moves; what is queued or sent stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select, true, update

from mailer.cycle.dates import Dates, plan_row
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.cycle.states import OUTDATED
from mailer.cycle.table import Anchor, Row, row_of
from mailer.outbound.picking import MOVED
from mailer.people.roles import NAMED_CONTACT
from mailer.store import add_once
from mailer.store.tables import actions, issues, meetings, memberships, occasions, outgoing, promises, roles

KEY = ("network_id", "kind", "thing_type", "thing_id", "step", "revision")
MOVABLE = ("planned", "proofed", "waiting")  # not yet enqueued
LOOK_BACK = timedelta(days=60)  # meetings and issues that ended longer ago have nothing left to plan
DAYS_AHEAD = 3


@dataclass(frozen=True)
class Thing:
    """Something that mails are about, with its anchors."""

    type: str
    id: int
    anchors: dict[Anchor, datetime]


def refresh(session: Connection, network_id: int, now: datetime, *, moved: tuple[str, int] | None = None) -> list[int]:
    """Make or re-date every occasion of the network. Returns the ids of those that are new. `moved`: the thing that was given
    another day; what was to go as it stands, at its time or at once, goes on that one."""
    cycle = cycle_of(session, network_id, now)
    made = []
    for thing in _things(session, cycle, now):
        for row in cycle.table:
            if row.thing == thing.type and row.anchor in thing.anchors:
                new = _place(session, cycle, row, thing, now, moved=(thing.type, thing.id) == moved)
                if new is not None:
                    made.append(new)
    return made


def change(
    session: Connection,
    network_id: int,
    kind: str,
    *,
    thing_type: str,
    thing_id: int,
    revision: int,
    until: datetime,
    now: datetime,
    extra: dict[str, Any] | None = None,
    changed_by: int | None = None,
) -> int | None:
    """Plan an urgent occasion that a change made: meeting-changed, meeting-cancelled, correction, late-joiner. Whose act
    it was is `changed_by`: where there are two organisers, their SEND alone does not let it go (design 4)."""
    cycle = cycle_of(session, network_id, now)
    row = row_of(kind, table=cycle.table)
    dates = plan_row(row, now, cycle.calendar, now, until_anchor=until)
    if dates is None:
        return None
    if kind == "meeting-changed":
        extra = _with_what_was_not_told(session, network_id, thing_id, extra or {}, now)
        if extra is None:
            return None
    made = _insert(session, cycle, row, Thing(thing_type, thing_id, {}), dates, now, revision=revision, extra=extra)
    if made is not None and changed_by is not None:
        _set(session, made, last_changed_by=changed_by)
    return made


def _with_what_was_not_told(
    session: Connection, network_id: int, meeting_id: int, extra: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """A meeting that moves again before the first move was told is told of once, from what people know to what holds now.
    None if that leaves nothing to tell: it is back where it was. What the scheduler begins to send at this very moment is
    waited for (PostgreSQL), and then it was told."""
    o = occasions.c
    untold = select(occasions).where(
        o.network_id == network_id,
        o.kind == "meeting-changed",
        o.thing_id == meeting_id,
        o.state.in_((*MOVABLE, "held")),
        o.cursor.is_(None),
    )
    earlier = session.execute(untold.order_by(o.revision.desc()).with_for_update()).all()
    if not earlier:
        return extra
    for one in earlier:
        _set(session, one.id, state="superseded", reason="A newer change goes instead.", finished_at=now)
        known = {change["what"]: change for change in extra.get("changes", [])}
        for change in one.extra.get("changes", []):
            after = known.get(change["what"], change)["after"]
            known[change["what"]] = {**change, "after": after}
        notes = [note for note in (one.extra.get("note", ""), extra.get("note", "")) if note]
        changes = [change for change in known.values() if change["before"] != change["after"]]
        before = one.extra.get("before", extra.get("before"))
        extra = {**extra, "changes": changes, "before": before, "note": "\n".join(dict.fromkeys(notes))}
    return extra if extra["changes"] or _stopped_for(session, meeting_id) else None


def _stopped_for(session: Connection, meeting_id: int) -> bool:
    """True if copies about this meeting were stopped by its move: their readers have heard of no date at all."""
    about = (occasions.c.thing_type == "meeting", occasions.c.thing_id == meeting_id)
    unwritten = select(occasions.c.id).where(*about, occasions.c.reason == MOVED)
    stopped = (
        select(outgoing.c.id)
        .join(occasions, occasions.c.id == outgoing.c.occasion_id)
        .where(*about, outgoing.c.state == "cancelled", outgoing.c.reason == MOVED)
    )
    return any(session.execute(query.limit(1)).first() is not None for query in (unwritten, stopped))


def post(session: Connection, network_id: int, post_id: int, *, list_: str, now: datetime) -> int | None:
    """Plan the mail of one post: at once, to everyone who gets that list as it comes."""
    kind = "post" if list_ == "discussion" else "exchange"
    return change(session, network_id, kind, thing_type="post", thing_id=post_id, revision=0, until=now, now=now)


def joined(session: Connection, network_id: int, membership_id: int, now: datetime) -> int | None:
    """Somebody joined after the invitation to the next meeting went: plan a letter that says what is on."""
    o, m = occasions.c, meetings.c
    row = session.execute(
        select(m.id, m.starts_at)
        .join(occasions, (o.thing_type == "meeting") & (o.thing_id == m.id) & (o.kind == "invitation"))
        .where(m.network_id == network_id, m.state == "planned", m.starts_at > now, o.state.in_(("queued", "sent")))
        .order_by(m.starts_at)
        .limit(1)
    ).first()
    if row is None:
        return None
    # The revision is the meeting: whoever leaves and joins again is told of the next one too.
    return change(
        session,
        network_id,
        "late-joiner",
        thing_type="member",
        thing_id=membership_id,
        revision=row.id,
        until=row.starts_at,
        now=now,
    )


def matter_came(
    session: Connection, network_id: int, kind: str, *, changed_by: int | None, now: datetime, thing_id: int | None = None
) -> None:
    """What a letter waited for is there: its proof goes out at its time, or now if that has passed. `thing_id`: the one
    meeting that it is about."""
    o = occasions.c
    of = true() if thing_id is None else o.thing_id == thing_id
    session.execute(
        update(occasions)
        .where(o.network_id == network_id, o.kind == kind, of, o.state == "planned", o.until_at > now)
        .values(last_changed_by=changed_by)
    )
    waiting = and_(o.network_id == network_id, o.kind == kind, of, o.state == "planned", o.reason != "", o.until_at > now)
    session.execute(update(occasions).where(waiting, o.mode == "proof").values(proof_at=now, reason=""))
    session.execute(update(occasions).where(waiting, o.mode == "auto").values(due_at=now, reason=""))


def drop(
    session: Connection, *, thing_type: str, thing_id: int, reason: str, now: datetime, keep: tuple[str, ...] = ()
) -> int:
    """Cancel what is planned about a thing that does not take place. What has begun, held on its way or not, has copies:
    `enqueue.stop` and `call_off` end it."""
    done = session.execute(
        update(occasions)
        .where(
            occasions.c.thing_type == thing_type,
            occasions.c.thing_id == thing_id,
            occasions.c.state.in_((*MOVABLE, "held")),
            occasions.c.cursor.is_(None),
            occasions.c.kind.not_in(keep),
        )
        .values(state="cancelled", reason=reason, finished_at=now)
    )
    return int(done.rowcount)


def take_up(session: Connection, *, thing_type: str, thing_id: int, reason: str, but: tuple[str, ...] = ()) -> None:
    """A thing takes place after all: what `drop` cancelled for this `reason` is planned again, `but` some kinds. What was held then
    is held again, and shown anew before it goes."""
    o = occasions.c
    dropped = (o.thing_type == thing_type, o.thing_id == thing_id, o.state == "cancelled", o.reason == reason, o.cursor.is_(None))
    for one in session.execute(select(occasions).where(*dropped, o.kind.not_in(but))).all():
        stands = {"state": "planned"} if one.held_at is None else {"state": "held", "extra": {**one.extra, OUTDATED: one.version}}
        _set(session, one.id, **stands, reason="", finished_at=None, approved_version=None, goes_at=None)


def _things(session: Connection, cycle: CycleOf, now: datetime) -> Iterator[Thing]:
    since = now - LOOK_BACK
    for m in session.execute(
        select(meetings).where(
            meetings.c.network_id == cycle.id, meetings.c.state != "cancelled", meetings.c.ends_at > since
        )
    ):
        anchors = {Anchor.ANNOUNCED: m.announced_at, Anchor.STARTS: m.starts_at, Anchor.ENDS: m.ends_at}
        yield Thing("meeting", m.id, anchors)
    for i in session.execute(select(issues).where(issues.c.network_id == cycle.id, issues.c.publishes_at > since, issues.c.state != "cancelled")):
        yield Thing("issue", i.id, {Anchor.COPY_DATE: i.copy_at, Anchor.PUBLISHES: i.publishes_at})
        for p in session.execute(select(promises).where(promises.c.issue_id == i.id, promises.c.state == "open")):
            yield Thing("promise", p.id, {Anchor.COPY_DATE: i.copy_at})
    for a in session.execute(
        select(actions).where(
            actions.c.network_id == cycle.id, actions.c.state == "open", actions.c.due_on.is_not(None)
        )
    ):
        if a.membership_id is not None:
            yield Thing("action", a.id, {Anchor.ACTION_DUE: cycle.calendar.moment(a.due_on, time(9))})
    monday = _monday(cycle, now)
    for start in (monday, monday + timedelta(days=7)):
        at = cycle.calendar.moment(start, time())
        yield Thing("week", start.toordinal(), {Anchor.WEEK: at})
    yield from _days(session, cycle, now)
    yield from _year(session, cycle, now)


def _days(session: Connection, cycle: CycleOf, now: datetime) -> Iterator[Thing]:
    """The coming days, where somebody asked for a digest."""
    asked = select(memberships.c.id).where(
        memberships.c.network_id == cycle.id, memberships.c.digest, memberships.c.ended_at.is_(None)
    )
    if session.execute(asked.limit(1)).first() is None:
        return
    today = cycle.local(now).date()
    for day in (today + timedelta(days=n) for n in range(DAYS_AHEAD)):
        yield Thing("day", day.toordinal(), {Anchor.DAY: cycle.calendar.moment(day, time())})


def _year(session: Connection, cycle: CycleOf, now: datetime) -> Iterator[Thing]:
    """The school year that begins in this calendar year, where some school has a named contact."""
    named = select(roles.c.id).join(memberships, memberships.c.id == roles.c.membership_id)
    mine = (memberships.c.network_id == cycle.id, roles.c.role == NAMED_CONTACT, roles.c.active.is_(True))
    if session.execute(named.where(*mine).limit(1)).first() is not None:
        year = cycle.local(now).year
        yield Thing("year", year, {Anchor.YEAR: cycle.calendar.moment(date(year, 9, 1), time())})


def _monday(cycle: CycleOf, now: datetime) -> Any:
    today = cycle.local(now).date()
    return today - timedelta(days=today.weekday())


def _place(session: Connection, cycle: CycleOf, row: Row, thing: Thing, now: datetime, *, moved: bool) -> int | None:
    until = thing.anchors.get(row.until_anchor)
    dates = plan_row(row, thing.anchors[row.anchor], cycle.calendar, now, until_anchor=until)
    standing = session.execute(
        select(occasions).where(
            occasions.c.network_id == cycle.id,
            occasions.c.kind == row.kind,
            occasions.c.thing_type == thing.type,
            occasions.c.thing_id == thing.id,
            occasions.c.step == row.step,
        )
    ).first()
    if standing is None:
        return None if dates is None else _insert(session, cycle, row, thing, dates, now)
    held = standing.state == "held" and standing.cursor is None  # stays held; its dates go with the meeting
    as_it_stands = bool(standing.extra.get("as_it_stands"))
    if (standing.state not in MOVABLE and not held) or (as_it_stands and not moved):
        return None
    if dates is None:
        if standing.until_at > now:  # moved so near that this mail has no place any more
            _redate(session, standing, state="superseded", reason="The date moved past it.", finished_at=now)
        return None
    if standing.due_at != dates.due_at or standing.until_at != dates.until_at:
        values: dict[str, Any] = {"due_at": dates.due_at, "until_at": dates.until_at, "mode": "auto" if as_it_stands else row.mode}
        if standing.state == "planned" or held:
            values["proof_at"] = None if as_it_stands else dates.proof_at
            if held:  # its proof showed the old dates
                values["extra"] = {**standing.extra, OUTDATED: standing.version}
        else:  # the proof showed the old dates: a new one goes out
            values |= {"state": "planned", "proof_at": dates.proof_at, "approved_version": None, "goes_at": None}
        _redate(session, standing, **values)
    return None


def _insert(
    session: Connection,
    cycle: CycleOf,
    row: Row,
    thing: Thing,
    dates: Dates,
    now: datetime,
    revision: int = 0,
    extra: dict[str, Any] | None = None,
) -> int | None:
    return add_once(
        session,
        occasions,
        KEY,
        network_id=cycle.id,
        kind=row.kind,
        thing_type=thing.type,
        thing_id=thing.id,
        step=row.step,
        revision=revision,
        due_at=dates.due_at,
        until_at=dates.until_at,
        proof_at=dates.proof_at,
        mode=row.mode,
        extra=extra or {},
        created_at=now,
    )


def _redate(session: Connection, standing: Any, **values: Any) -> None:
    """Unless the scheduler has begun it since it was read (PostgreSQL)."""
    still = (occasions.c.id == standing.id, occasions.c.state == standing.state, occasions.c.cursor.is_(None))
    session.execute(update(occasions).where(*still).values(**values))


def _set(session: Connection, occasion_id: int, **values: Any) -> None:
    session.execute(update(occasions).where(occasions.c.id == occasion_id).values(**values))
