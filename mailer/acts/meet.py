"""Make, move or cancel a meeting. The receipt shows the plan of everything that will go out because of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from mailer.acts import Actor, Receipt, Strength, cautions, shown, undo, undoable, who
from mailer.cycle import enqueue, outlook, plan, proofing, states
from mailer.errors import Conflict, Refused
from mailer.meetings import agenda, carried, invitations, meetings
from mailer.meetings.meetings import Meeting
from mailer.outbound import picking
from mailer.outbound.picking import MOVED
from mailer.people import formats, networks
from mailer.store.tables import occasions

CANCELLED = "meeting-cancelled"
CHANGED = "meeting-changed"
OFF = "The meeting was cancelled."
SAVE_THE_DATE = "save-the-date"
TIMES = {"starts_at", "ends_at", "items_close_at"}


def make(
    session: Connection,
    actor: Actor,
    *,
    starts_at: datetime,
    ends_at: datetime,
    venue: str = "",
    host: str = "",
    title: str = "",
    items_close_at: datetime | None = None,
    now: datetime,
) -> Receipt:
    """Make a meeting and plan its mails. Refused when the times cannot be, or have passed, or the network is closed."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    if starts_at <= now:
        raise Refused(
            "meeting-in-the-past", f"{_when(session, actor, starts_at)} has passed.", "Please check the date."
        )
    _check_not_far(starts_at, now)
    meeting = meetings.add(
        session,
        actor.network_id,
        starts_at=starts_at,
        ends_at=ends_at,
        venue=venue,
        host=host,
        title=title,
        items_close_at=items_close_at,
        now=now,
    )
    plan.refresh(session, actor.network_id, now)
    _wrote_the_date(session, actor, meeting.id, now)
    args = {"what": "made", "meeting_id": meeting.id, "after": _kept(meeting)}
    return _receipt(session, actor, meeting, "made", args, now)


def move(
    session: Connection,
    actor: Actor,
    meeting_id: int,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    venue: str | None = None,
    host: str | None = None,
    title: str | None = None,
    items_close_at: datetime | None = None,
    reason: str = "",
    now: datetime,
) -> Receipt:
    """Change a meeting to come: what has not gone is re-dated, and who was told already is told (design 4). Refused where the network
    is closed, as nobody would be told."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    states.keep_still(session, "meeting", meeting_id)
    before = meetings.get(session, meeting_id, actor.network_id)
    if starts_at is not None and starts_at <= now:
        raise Refused(
            "meeting-in-the-past", f"{_when(session, actor, starts_at)} has passed.", "Please check the date."
        )
    _check_not_far(starts_at, now)
    meeting = meetings.move(
        session,
        before,
        starts_at=starts_at,
        ends_at=ends_at,
        venue=venue,
        host=host,
        title=title,
        items_close_at=items_close_at,
        now=now,
    )
    plan.refresh(session, actor.network_id, now)
    _wrote_the_date(session, actor, meeting.id, now)
    changes = _changes(session, before, meeting)
    told = _told(session, meeting)
    if changes and told:
        _cancel_queued(session, meeting, MOVED, now)
        plan.change(
            session,
            actor.network_id,
            CHANGED,
            thing_type="meeting",
            thing_id=meeting.id,
            revision=meeting.revision,
            until=meeting.starts_at,
            extra={"changes": changes, "before": _told_as(session, before), "note": reason},
            changed_by=actor.address_id,
            now=now,
        )
        invitations.told(session, meeting.id)
    if changes or before.items_close_at != meeting.items_close_at:
        proofing.show_anew(session, "meeting", meeting.id, changed_by=actor.address_id, now=now)
    was, after = _kept(before), _kept(meeting)
    was = {name: value for name, value in was.items() if value != after[name]}
    args = {"what": "moved", "meeting_id": meeting.id, "before": was, "after": after}
    receipt = _receipt(session, actor, meeting, "moved", args, now)
    return replace(receipt, fields={**receipt.fields, "changes": changes, "told": bool(changes) and told})


def _wrote_the_date(session: Connection, actor: Actor, meeting_id: int, now: datetime) -> None:
    """A save-the-date says what this organiser wrote and nothing else: where there are two, their SEND alone is not enough (design 4)."""
    plan.matter_came(session, actor.network_id, SAVE_THE_DATE, changed_by=actor.address_id, now=now, thing_id=meeting_id)


def cancel(session: Connection, actor: Actor, meeting_id: int, *, reason: str = "", now: datetime) -> Receipt:
    """Cancel a meeting to come: its mails stop, its items wait for the next one, who was told of it is told. Refused where the network is
    closed, as nobody would be told."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    states.keep_still(session, "meeting", meeting_id)
    before = meetings.get(session, meeting_id, actor.network_id)
    told = _told(session, before)
    meeting = meetings.cancel(session, before, now=now)
    after = meetings.following(session, meeting)
    carried_on = carried.carry_all(session, meeting.id, after.id if after else None, now=now)
    _cancel_queued(session, meeting, "meeting cancelled", now)
    plan.drop(session, thing_type="meeting", thing_id=meeting.id, reason=OFF, now=now)
    if told:
        plan.change(
            session,
            actor.network_id,
            CANCELLED,
            thing_type="meeting",
            thing_id=meeting.id,
            revision=meeting.revision,
            until=meeting.starts_at,
            extra={"reason": reason, "note": reason},
            now=now,
        )
    plan.refresh(session, actor.network_id, now)
    proofing.show_anew(session, "meeting", meeting.id, changed_by=actor.address_id, now=now)  # the newsletter gives its date
    args = {"what": "cancelled", "meeting_id": meeting.id, "items": carried_on}
    return _receipt(session, actor, meeting, "cancelled", args, now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: a meeting made is cancelled, one moved goes back, one cancelled takes place, as one more change. What was changed
    since stays, and times go back together or not at all."""
    meeting = meetings.get(session, args["meeting_id"])
    stands, later = _kept(meeting), [one for one in args["later"] if one.get("meeting_id") == meeting.id]
    if args["what"] == "made" and (later or meeting.state != "planned" or args.get("after", stands) != stands):
        return {"changed_since": True}
    # whoever may take an act back was found out before; nobody is asked twice
    actor = Actor(meeting.network_id, None, None, Strength.OPERATOR, args.get("by", {}).get("channel", "mail"))
    if args["what"] == "made":
        cancel(session, actor, meeting.id, now=now)
    elif args["what"] == "moved":
        back = undo.untouched(args["before"], args.get("after", {}), stands, (one.get("before", stands) for one in later))
        if meeting.state == "cancelled":
            back = {}
        elif not TIMES & args["before"].keys() <= back.keys():
            back = {name: value for name, value in back.items() if name not in TIMES}
        was: dict[str, Any] = {name: datetime.fromisoformat(value) if name in TIMES else value for name, value in back.items()}
        if was:
            move(session, actor, meeting.id, **was, now=now)
        return {"changed_since": len(was) < len(args["before"])}
    elif meeting.state == "cancelled":
        _take_place(session, meeting, args["items"], now)
    return {}


def _take_place(session: Connection, meeting: Meeting, item_ids: Sequence[int], now: datetime) -> None:
    if meeting.starts_at <= now:
        raise Conflict(f"Meeting {meeting.number} would have begun by now.", "Please make a new one.")
    states.keep_still(session, "meeting", meeting.id)
    revived = meetings.revive(session, meeting.id)
    for item_id in item_ids:  # gone from the agenda to which it was kept
        shown.agenda(session, agenda.get(session, carried.followed(session, item_id)), changed_by=None, now=now)
    carried.bring_back(session, item_ids)
    _revive_plan(session, revived, now)


def _receipt(
    session: Connection, actor: Actor, meeting: Meeting, what: str, args: Mapping[str, Any], now: datetime
) -> Receipt:
    return Receipt(
        "plan",
        f"{what} meeting {meeting.number}: {_when(session, actor, meeting.starts_at)}",
        {
            "what": what,
            "meeting": meetings.facts_for(session, meeting),
            "cautions": []
            if what == "cancelled"
            else cautions.of(
                session, actor.network_id, meeting.starts_at, meeting.ends_at, besides=meeting.id, now=now
            ),
            "occasions": outlook.to_come(session, actor.network_id, now, thing=("meeting", meeting.id)),
            "busiest": outlook.busiest(session, actor.network_id, now),
            "undo": undoable.remember(session, actor, "meet", args, now),
        },
    )


def _told(session: Connection, meeting: Meeting) -> bool:
    """True if members have been, or are being, written to about this meeting, or were given its date by another letter."""
    row = session.execute(
        select(occasions.c.id)
        .where(
            occasions.c.thing_type == "meeting",
            occasions.c.thing_id == meeting.id,
            occasions.c.kind != "day-sheet",
            or_(
                occasions.c.state.in_(agenda.GONE),
                and_(occasions.c.state == "held", occasions.c.cursor.is_not(None)),  # stopped on its way
            ),
        )
        .limit(1)
    ).first()
    return row is not None or picking.told_in_passing(session, meeting.id)


def _cancel_queued(session: Connection, meeting: Meeting, reason: str, now: datetime) -> None:
    """What is queued and tells the old time does not go any more (design 4, Identity)."""
    under_way = select(occasions.c.id).where(
        occasions.c.thing_type == "meeting",
        occasions.c.thing_id == meeting.id,
        occasions.c.state.in_(("queued", "held")),
        occasions.c.cursor.is_not(None),
    )
    for occasion_id in session.execute(under_way).scalars().all():
        if reason == MOVED:  # its readers are told the new time instead
            enqueue.stop(session, occasion_id, reason, now)
        else:
            enqueue.call_off(session, occasion_id, reason, now)


def _revive_plan(session: Connection, meeting: Meeting, now: datetime) -> None:
    """Let what the cancellation dropped be planned again, and tell those who were told that it was off; who was not yet does not
    hear it any more."""
    _cancel_queued(session, meeting, "The meeting takes place.", now)
    plan.take_up(session, thing_type="meeting", thing_id=meeting.id, reason=OFF, but=(CHANGED, CANCELLED))
    rows = session.execute(
        select(occasions.c.id, occasions.c.state).where(
            occasions.c.thing_type == "meeting", occasions.c.thing_id == meeting.id, occasions.c.kind == CANCELLED
        )
    ).all()
    for row in rows:
        if row.state not in agenda.GONE:
            session.execute(
                occasions.update().where(occasions.c.id == row.id).values(state="cancelled", finished_at=now)
            )
    plan.refresh(session, meeting.network_id, now)
    if any(row.state in agenda.GONE for row in rows):
        plan.change(
            session,
            meeting.network_id,
            CHANGED,
            thing_type="meeting",
            thing_id=meeting.id,
            revision=meeting.revision,
            until=meeting.starts_at,
            extra={"changes": [], "before": _told_as(session, meeting), "note": ""},
            now=now,
        )


def _changes(session: Connection, before: Meeting, after: Meeting) -> list[dict[str, str]]:
    """What people must be told has changed: {what: time | venue | host | title, before, after}."""
    zone = networks.by_id(session, after.network_id).timezone
    found: list[dict[str, str]] = []
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        times = {"before": formats.iso(before.starts_at, zone), "after": formats.iso(after.starts_at, zone)}
        found.append({"what": "time", **times})
    for name in ("venue", "host", "title"):
        if getattr(before, name) != getattr(after, name):
            found.append({"what": name, "before": getattr(before, name), "after": getattr(after, name)})
    return found


def _told_as(session: Connection, meeting: Meeting) -> dict[str, str]:
    """How a meeting stood, for the template of the change."""
    facts = meetings.facts_for(session, meeting)
    return {name: facts[name] for name in ("starts", "ends", "venue", "host", "title")}


def _kept(meeting: Meeting) -> dict[str, str]:
    return {
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "items_close_at": meeting.items_close_at.isoformat(),
        "venue": meeting.venue,
        "host": meeting.host,
        "title": meeting.title,
    }


def _check_not_far(starts_at: datetime | None, now: datetime) -> None:
    unlikely = cautions.too_far(starts_at, now) if starts_at is not None else ""
    if unlikely:
        raise Refused("meeting-far-off", unlikely, "Please check the year.")


def _when(session: Connection, actor: Actor, moment: datetime) -> str:
    return formats.brief(moment, networks.by_id(session, actor.network_id).timezone)
