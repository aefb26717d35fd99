"""Make an issue of the newsletter, move it or call it off, ask for its proof now, or send it as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt, Strength, promise, send, undoable, who
from mailer.cycle import outlook, plan, proofing, states
from mailer.errors import Conflict, Refused
from mailer.newsletters import assembly, issues
from mailer.newsletters.issues import Issue
from mailer.people import formats, networks
from mailer.store.tables import occasions, promises

CALLED_OFF = "The newsletter was called off."


def make(
    session: Connection, actor: Actor, *, publishes_at: datetime, copy_at: datetime | None = None, now: datetime
) -> Receipt:
    """Make an issue and plan its mails. Refused for a time that has passed (but from IT), or in a network that is closed."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    zone = networks.by_id(session, actor.network_id).timezone
    if publishes_at <= now and actor.strength < Strength.OPERATOR:
        raise Refused("issue-in-the-past", f"{formats.brief(publishes_at, zone)} has passed.", "Please check the date.")
    issue = issues.add(session, actor.network_id, publishes_at=publishes_at, copy_at=copy_at, now=now)
    plan.refresh(session, actor.network_id, now)
    if issues.collecting(session, actor.network_id, now) is not None:
        promise.handled_again(session, actor.network_id)
    return _receipt(session, actor, issue, "made", {"issue_id": issue.id, "after": _dates(issue)}, now)


def move(
    session: Connection,
    actor: Actor,
    issue_id: int,
    *,
    publishes_at: datetime,
    copy_at: datetime | None = None,
    now: datetime,
) -> Receipt:
    """Another day for an issue that is not out: its mails are re-dated, a proof that was shown is made anew (design 4). What
    was let go as it stands goes so on the new day. Refused where the network is closed."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    states.keep_still(session, "issue", issue_id)
    before = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, before)
    _check_not_begun(session, before)
    zone = networks.by_id(session, actor.network_id).timezone
    if publishes_at <= now:
        raise Refused("issue-in-the-past", f"{formats.brief(publishes_at, zone)} has passed.", "Please check the date.")
    if (publishes_at, copy_at or before.copy_at) == (before.publishes_at, before.copy_at):
        raise Refused("nothing-changed", "That is when the newsletter goes out already.")
    if issues.is_over(session, replace(before, publishes_at=publishes_at), now):
        raise _over(before)
    issue = issues.move(session, before, publishes_at=publishes_at, copy_at=copy_at)
    plan.refresh(session, actor.network_id, now, moved=("issue", issue.id))
    args = {"issue_id": issue.id, **_dates(before), "after": _dates(issue)}
    return _receipt(session, actor, issue, "moved", args, now)


def call_off(session: Connection, actor: Actor, issue_id: int, *, now: datetime) -> Receipt:
    """An issue that is not out is not made: its mails stop, its pieces wait for the next one."""
    who.check_organises(session, actor)
    states.keep_still(session, "issue", issue_id)
    issue = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, issue)
    _check_not_begun(session, issue)
    kept = issues.call_off(session, issue)
    for thing_type, thing_id in _mailed_about(session, issue):
        plan.drop(session, thing_type=thing_type, thing_id=thing_id, reason=CALLED_OFF, now=now)
    return _receipt(session, actor, issue, "cancelled", {"issue_id": issue.id, "pieces": kept}, now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO: an issue made is called off, one moved goes back, one called off is made after all; what was decided since stays."""
    issue = issues.get(session, args["issue_id"])
    stands, off = _dates(issue), issues.state(session, issue) == issues.CALLED_OFF
    since = any(one.get("issue_id") == issue.id for one in args["later"]) or args.get("after", stands) != stands
    if since or off != (args["what"] == "cancelled"):
        return {"changed_since": True}
    actor = Actor(issue.network_id, None, None, Strength.OPERATOR, args.get("by", {}).get("channel", "mail"))
    if args["what"] == "made":
        call_off(session, actor, issue.id, now=now)
    elif args["what"] == "moved":
        publishes_at, copy_at = (datetime.fromisoformat(args[name]) for name in ("publishes_at", "copy_at"))
        move(session, actor, issue.id, publishes_at=publishes_at, copy_at=copy_at, now=now)
    else:
        issues.take_place(session, issue, args["pieces"])
        for thing_type, thing_id in _mailed_about(session, issue):
            plan.take_up(session, thing_type=thing_type, thing_id=thing_id, reason=CALLED_OFF)
        plan.refresh(session, issue.network_id, now)
    return {}


def _dates(issue: Issue) -> dict[str, str]:
    return {"publishes_at": issue.publishes_at.isoformat(), "copy_at": issue.copy_at.isoformat()}


def _receipt(session: Connection, actor: Actor, issue: Issue, what: str, args: dict[str, Any], now: datetime) -> Receipt:
    zone = networks.by_id(session, actor.network_id).timezone
    said = f"{'called off' if what == 'cancelled' else what} issue {issue.number}"
    return Receipt(
        "issue-made",
        said if what == "cancelled" else f"{said}, out on {formats.brief(issue.publishes_at, zone)}",
        {
            "what": what,
            "issue": issues.facts(issue, zone),
            "occasions": [] if what == "cancelled" else outlook.to_come(session, actor.network_id, now, thing=("issue", issue.id)),
            "busiest": outlook.busiest(session, actor.network_id, now),
            "undo": undoable.remember(session, actor, "issue", {"what": what, **args}, now),
        },
    )


def _mailed_about(session: Connection, issue: Issue) -> list[tuple[str, int]]:
    """The things that its mails are about: itself, and what was promised for it."""
    promised = session.execute(select(promises.c.id).where(promises.c.issue_id == issue.id)).scalars()
    return [("issue", issue.id), *(("promise", one) for one in promised)]


def proof(session: Connection, actor: Actor, issue_id: int, *, now: datetime) -> Receipt:
    """Have the proof of an issue sent to the organisers now, as it stands. Conflict when it is on its way; refused when its time has
    passed, or the network is closed."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    issue = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, issue)
    occasion_id = _occasion(session, issue, now)
    proofing.new_version(session, occasion_id, changed_by=None, now=now)
    return Receipt("", f"the proof of issue {issue.number} goes to the organisers now", {"occasion": occasion_id})


def send_as_it_stands(
    session: Connection, actor: Actor, issue_id: int, *, at_once: bool = False, now: datetime
) -> Receipt:
    """Approve an issue without a proof: it goes at its publishing time, or now. Refused while no piece is in, or where the network is
    closed."""
    who.check_organises(session, actor)
    networks.check_open(session, actor.network_id)
    issue = issues.get(session, issue_id, actor.network_id)
    _check_to_come(session, issue)
    if not assembly.has_matter(session, issue_id):
        raise Refused("no-pieces", f"No piece has come in for issue {issue.number} yet, so there is nothing to send.")
    goes_at = send.as_it_stands(session, actor, _occasion(session, issue, now), at_once=at_once, now=now)
    network = networks.by_id(session, actor.network_id)
    zone = network.timezone
    said = f"issue {issue.number} goes out at {formats.brief(goes_at, zone)}"
    if network.held_at is not None:
        said += ", or once the network is released if it is held until then"
    return Receipt("", said, {"goes": formats.iso(goes_at, zone)})


def _check_to_come(session: Connection, issue: Issue) -> None:
    state = issues.state(session, issue)
    if state == issues.CALLED_OFF:
        raise Conflict(f"Issue {issue.number} was called off.", "Please make a new one.")
    if state in ("sending", "sent"):
        said = f"Issue {issue.number} is on its way already." if state == "sending" else f"Issue {issue.number} is out already."
        raise Conflict(said)


def _check_not_begun(session: Connection, issue: Issue) -> None:
    """Refused while it is held on its way: neither a new day nor calling it off is true for those who have it."""
    o = occasions.c
    begun = (o.thing_type == "issue", o.thing_id == issue.id, o.kind == "issue", o.state == "held", o.cursor.is_not(None))
    mailing = session.execute(select(o.id).where(*begun)).scalar()
    if mailing is not None:
        raise Refused(
            "held-on-its-way",
            f"Issue {issue.number} was held on its way and some people may have it, so it can be neither moved nor called off.",
            "Nobody else gets it while it is held. SEND in answer to its proof lets the rest of it go; the people who run the mail "
            f"for you can end it, with: termpost outbox cancel --mailing {mailing}",
        )


def _over(issue: Issue) -> Refused:
    said = f"Newsletter {issue.number} does not go out any more."
    return Refused("issue-over", said, "Please call it off and make another: what was sent in for it goes into that.")


def _occasion(session: Connection, issue: Issue, now: datetime) -> int:
    """The occasion that sends an issue, planned now if it is not. Refused when its time has passed."""
    query = select(occasions.c.id).where(
        occasions.c.thing_type == "issue", occasions.c.thing_id == issue.id, occasions.c.kind == "issue"
    )
    found = session.execute(query).scalar()
    if found is None:
        plan.refresh(session, issue.network_id, now)
        found = session.execute(query).scalar()
    if found is None or issues.is_over(session, issue, now):
        raise _over(issue)
    return int(found)
