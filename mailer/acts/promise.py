"""Promise a piece for the newsletter: "I will write about the fume cupboards". Reminded once before copy closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from mailer import wake
from mailer.acts import Actor, Receipt, undoable, who
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.newsletters import issues, promises
from mailer.newsletters.issues import Issue
from mailer.newsletters.promises import Promise
from mailer.store.tables import inbox, networks

WAITS = "promise-waits"  # the reason of a mail whose promise waits for a newsletter to be for


def promise(session: Connection, actor: Actor, *, title: str, by: date | None = None, now: datetime) -> Receipt:
    """Put down a promise for the issue that takes copy now; without one it waits for the next. Refused to a stranger."""
    if not who.is_member(session, actor):
        raise Refused("not-a-member", "Only members can promise a piece.", "You are welcome to send one in.")
    issue = issues.collecting(session, actor.network_id, now)
    if issue is None:
        fields = {"promise": {"id": "", "title": title, "person": actor.name}}
        return Receipt("promise-waits", f"promises a piece for the next newsletter: {title}", fields, reason=WAITS)
    owner = who.written_to(session, actor)
    same = [one for one in promises.of_address(session, issue.id, owner) if one.title.casefold() == title.casefold()]
    if same:
        return put_off(session, actor, same[0].id, by=by, now=now)
    made = promises.make(session, issue.id, owner, title, by_on=by, now=now, inbox_id=actor.inbox_id)
    plan.refresh(session, actor.network_id, now)  # the reminder before copy closes
    undo = undoable.remember(session, actor, "promise", {"promise_id": made.id, "after": _stands(made)}, now)
    return _receipt(session, made, issue, f"promised a piece for issue {issue.number}: {made.title}", undo)


def handled_again(session: Connection, network_id: int) -> None:
    """A newsletter takes copy: what was promised before is put down for it, and who promised hears by when."""
    waiting = inbox.c.network_id == network_id, inbox.c.reason == WAITS, inbox.c.state == "done"
    again = {"state": "stored", "sorted_to": "promise", "attempts": 0, "lease_until": None, "reason": ""}
    if session.execute(update(inbox).where(*waiting).values(**again)).rowcount:
        wake.note(session, wake.INBOX)


def put_off(session: Connection, actor: Actor, promise_id: int, *, by: date | None, now: datetime) -> Receipt:
    """Say by when it will come, or say once more that it will."""
    made = promises.get(session, promise_id)
    who.check_may_change(session, actor, made.address_id)
    if made.state == promises.KEPT:
        return who.already(f"Your piece is here: {made.title}")
    args = {"promise_id": promise_id, **_stands(made)}
    made = promises.settle(session, made, promises.OPEN)
    made = promises.change(session, made, by_on=by or made.by_on)
    plan.refresh(session, actor.network_id, now)
    undo = undoable.remember(session, actor, "promise", {**args, "after": _stands(made)}, now)
    issue = issues.get(session, made.issue_id)
    when = f" by {_day(made)}" if made.by_on else ""
    return _receipt(session, made, issue, f"promised a piece for issue {issue.number}{when}: {made.title}", undo)


def drop(session: Connection, actor: Actor, promise_id: int, *, now: datetime) -> Receipt:
    """Say that the piece will not come. A repeat says what was done the first time."""
    made = promises.get(session, promise_id)
    who.check_may_change(session, actor, made.address_id)
    if made.state != promises.OPEN:
        kept = made.state == promises.KEPT
        return who.already(f"{'Your piece is here' if kept else 'We no longer wait for your piece'}: {made.title}")
    dropped = promises.settle(session, made, promises.DROPPED)
    args = {"promise_id": promise_id, "state": made.state, "after": _stands(dropped)}
    fields = {
        "promise": _facts(made),
        "undo": undoable.remember(session, actor, "promise", args, now),
    }
    return Receipt("promise-dropped", f"will not write the piece: {made.title}", fields)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: a promise made is dropped, one dropped is open again, one put off is due when it was."""
    made = promises.get(session, args["promise_id"])
    said_since = any(one.get("promise_id") == made.id for one in args["later"])
    if said_since or _stands(made) != args.get("after", _stands(made)):
        return {"changed_since": True}
    if "day" in args:
        made = promises.change(session, made, by_on=date.fromisoformat(args["day"]) if args["day"] else None)
    promises.settle(session, made, args.get("state", promises.DROPPED))
    return {}


def _stands(made: Promise) -> dict[str, str]:
    return {"state": made.state, "day": _day(made)}


def _day(made: Promise) -> str:
    return made.by_on.isoformat() if made.by_on else ""


def _receipt(session: Connection, made: Promise, issue: Issue, said: str, undo: int | None) -> Receipt:
    zone = session.execute(select(networks.c.timezone).where(networks.c.id == issue.network_id)).scalar_one()
    closes = issue.copy_at.astimezone(ZoneInfo(zone)).date()
    wanted = min(made.by_on, closes) if made.by_on else closes
    fields = {
        "promise": _facts(made),
        "wanted": wanted.isoformat(),
        "late": made.by_on is not None and made.by_on > closes,  # we have to say that copy closes before the day they named
        "issue": issues.facts(issue, zone),
        "undo": undo,
    }
    return Receipt("promise", said, fields)


def _facts(made: Promise) -> dict[str, Any]:
    return {"id": str(made.id), "title": made.title, "person": made.person}
