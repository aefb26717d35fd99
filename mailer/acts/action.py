"""Answer about an action point (N9): done, more time, give it to somebody else.

The owner may, and any organiser. What came of an action is told to everyone with the next minutes and in the next
newsletter, and counts as evidence (ruling 12).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, undo, undoable, who
from mailer.cycle import plan
from mailer.errors import Refused
from mailer.meetings import actions, evidence
from mailer.meetings.actions import Action
from mailer.people import formats

STANDS = ("state", "outcome", "owner", "membership_id", "due_on")  # what an act changes, and UNDO puts back


def done(session: Connection, actor: Actor, action_id: int, *, outcome: str = "", now: datetime) -> Receipt:
    """Say an action done, with what came of it. A repeat says what was already done."""
    action = _action(session, actor, action_id)
    if action.state != actions.OPEN:
        return who.already(f"Action {action.number} is {action.state}: {action.text}", action.closed_at)
    closed = actions.close(session, action, outcome, now=now)
    evidence.note(
        session,
        actor.network_id,
        evidence.ACTION_DONE,
        thing=f"action:{action.id}",
        address_id=actor.address_id,
        text=closed.outcome,
        inbox_id=actor.inbox_id,
        now=now,
    )
    return _receipt(session, actor, "done", action, closed, f"action {action.number} is done: {action.text}", now)


def note(session: Connection, actor: Actor, action_id: int, *, text: str, now: datetime) -> Receipt:
    """Keep a word on how an action stands, without closing it."""
    action = _open(session, actor, action_id)
    so_far = "; ".join(part for part in (action.outcome, text.strip()) if part)
    noted = actions.change(session, action, outcome=so_far[:2_000])
    return _receipt(session, actor, "note", action, noted, f"a note on action {action.number}", now)


def more_time(session: Connection, actor: Actor, action_id: int, *, until: date, now: datetime) -> Receipt:
    """Move the day an action is due. Refused for a day that has passed."""
    action = _open(session, actor, action_id)
    if until <= now.date():
        raise Refused(
            "day-has-passed", f"{formats.brief(until)} is not a day to come.", "Please reply with a later day."
        )
    moved = actions.change(session, action, due_on=until)
    said = f"action {action.number} has time until {formats.brief(until)}"
    return _receipt(session, actor, "more-time", action, moved, said, now)


def give_to(session: Connection, actor: Actor, action_id: int, *, name: str, now: datetime) -> Receipt:
    """Give an action to another member. Refused unless exactly one member has that name: it is never guessed."""
    action = _open(session, actor, action_id)
    membership_id = actions.membership_of(session, actor.network_id, name)
    if membership_id is None:
        raise Refused(
            "nobody-of-that-name",
            f"We could not tell which member “{name.strip()[:60]}” is.",
            "Please reply with GIVE TO and the full name.",
        )
    owner = actions.name_of(session, membership_id)
    given = actions.change(session, action, membership_id=membership_id, owner=owner)
    said = f"action {action.number} goes from {action.owner or 'nobody'} to {owner}"
    return _receipt(session, actor, "give-to", action, given, said, now)


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Undo: the action stands as it stood."""
    action = actions.get(session, args["id"])
    stands, was = _stands(action), _changed(args)
    later = (_changed(one) for one in args["later"] if one.get("id") == action.id)
    back = undo.untouched(was, args.get("after", {}), stands, later)
    values: dict[str, Any] = dict(back)
    if back.get("due_on"):
        values["due_on"] = date.fromisoformat(back["due_on"])
    if "state" in back:
        values["closed_at"] = None
        evidence.forget(session, evidence.ACTION_DONE, f"action:{action.id}")
    if values:
        actions.change(session, action, **values)
    return {"changed_since": len(back) < len(was)}


def _changed(args: Mapping[str, Any]) -> dict[str, Any]:
    """What an act changed, as it was before."""
    after = args.get("after", {})
    return {name: args[name] for name in STANDS if name not in after or args[name] != after[name]}


def _stands(action: Action) -> dict[str, Any]:
    due = action.due_on.isoformat() if action.due_on else None
    return {**{name: getattr(action, name) for name in STANDS}, "due_on": due}


def _action(session: Connection, actor: Actor, action_id: int) -> Action:
    action = actions.get(session, action_id, actor.network_id)
    who.check_may_change(session, actor, actions.owner_address(session, action))
    return action


def _open(session: Connection, actor: Actor, action_id: int) -> Action:
    action = _action(session, actor, action_id)
    if action.state != actions.OPEN:
        raise Refused("action-closed", f"Action {action.number} is {action.state} already.")
    return action


def _receipt(
    session: Connection, actor: Actor, what: str, before: Action, after: Action, said: str, now: datetime
) -> Receipt:
    if (before.due_on, before.membership_id) != (after.due_on, after.membership_id):
        plan.refresh(session, actor.network_id, now)  # its nudge moves along
    args = {"id": before.id, **_stands(before), "after": _stands(after)}
    fields = {
        "what": what,
        "action": actions.facts(after),
        "undo": undoable.remember(session, actor, "action", args, now),
    }
    return Receipt("action-done", said, fields)
