"""Action points (N9): somebody said they would do something, by a day, and everyone hears what came of it.

An action's owner is a name as it was said; it is a member's when exactly one membership of the network has that
name. Numbers run on through the network, so that "action 14" means one thing for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from mailer.errors import Conflict, NotFound
from mailer.message.encoded import clean
from mailer.store import add as add_row
from mailer.store.tables import actions, memberships, people

OPEN, DONE, DROPPED = "open", "done", "dropped"


@dataclass(frozen=True)
class Action:
    """One action point as it stands now."""

    id: int
    network_id: int
    meeting_id: int | None
    membership_id: int | None
    number: int
    owner: str
    text: str
    due_on: date | None
    state: str
    outcome: str
    created_at: datetime
    closed_at: datetime | None


def add(
    session: Connection,
    network_id: int,
    *,
    owner: str,
    text: str,
    now: datetime,
    meeting_id: int | None = None,
    due_on: date | None = None,
) -> Action:
    """Put down an action point under the next number."""
    number = session.execute(
        select(func.coalesce(func.max(actions.c.number), 0) + 1).where(actions.c.network_id == network_id)
    ).scalar_one()
    owner = clean(owner)
    action_id = add_row(
        session,
        actions,
        network_id=network_id,
        meeting_id=meeting_id,
        membership_id=membership_of(session, network_id, owner),
        number=number,
        owner=owner,
        text=clean(text),
        due_on=due_on,
        created_at=now,
    )
    return get(session, action_id)


def get(session: Connection, action_id: int, network_id: int | None = None) -> Action:
    """The action with this id, of this network if one is given. Raises NotFound."""
    query = select(actions).where(actions.c.id == action_id)
    if network_id is not None:
        query = query.where(actions.c.network_id == network_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no action point {action_id}.")
    return _action(row)


def open(session: Connection, network_id: int) -> list[Action]:
    """What is still to be done, the most pressing first."""
    mine = select(actions).where(actions.c.network_id == network_id, actions.c.state == OPEN)
    return [_action(row) for row in session.execute(mine.order_by(actions.c.due_on.nulls_last(), actions.c.number))]


def done_since(session: Connection, network_id: int, since: datetime | None, until: datetime) -> list[Action]:
    """What was done after `since` (ever, if None) up to `until`, in that order."""
    query = select(actions).where(
        actions.c.network_id == network_id, actions.c.state == DONE, actions.c.closed_at <= until
    )
    if since is not None:
        query = query.where(actions.c.closed_at > since)
    return [_action(row) for row in session.execute(query.order_by(actions.c.closed_at, actions.c.number))]


def of_meeting(session: Connection, meeting_id: int) -> list[Action]:
    """The actions agreed at a meeting, by number."""
    query = select(actions).where(actions.c.meeting_id == meeting_id).order_by(actions.c.number)
    return [_action(row) for row in session.execute(query)]


def listing(
    session: Connection, network_id: int, state: str = "", since: datetime | None = None
) -> list[dict[str, Any]]:
    """`action list --json`, by number: of all states or one, from the beginning or since a moment."""
    query = select(actions).where(actions.c.network_id == network_id).order_by(actions.c.number)
    if state:
        query = query.where(actions.c.state == state)
    if since is not None:
        query = query.where(actions.c.created_at >= since)
    return [
        {
            "id": str(row.id),
            "number": row.number,
            "meeting": None if row.meeting_id is None else str(row.meeting_id),
            "owner": row.owner,
            "text": row.text,
            "due_on": None if row.due_on is None else row.due_on.isoformat(),
            "state": row.state,
            "outcome": row.outcome,
        }
        for row in session.execute(query)
    ]


def close(session: Connection, action: Action, outcome: str, *, now: datetime, state: str = DONE) -> Action:
    """Say an action done (or dropped), with what came of it. Conflict if it is closed already."""
    if action.state != OPEN:
        raise Conflict(f"Action {action.number} is {action.state} already.")
    return change(session, action, state=state, outcome=clean(outcome), closed_at=now)


def change(session: Connection, action: Action, **values: Any) -> Action:
    """Set columns of an action and return it."""
    session.execute(update(actions).where(actions.c.id == action.id).values(**values))
    return get(session, action.id)


def membership_of(session: Connection, network_id: int, name: str) -> int | None:
    """The one membership meant by a name: the whole name, else the first name, the surname or the initials (`DP`) if
    only one member has them."""
    wanted = clean(name).casefold().split()
    if not wanted:
        return None
    names = [(key, known.casefold().split()) for key, known in names_of(session, network_id)]
    initials = clean(name).replace(".", "").replace(" ", "")
    ways = [
        [key for key, words in names if words == wanted],
        [key for key, words in names if words[:1] == wanted],
        [key for key, words in names if len(words) > 1 and words[-1:] == wanted],
    ]
    if initials.isupper() and 2 <= len(initials) <= 3:
        ways.append([key for key, words in names if "".join(word[0] for word in words) == initials.casefold()])
    fits = next((way for way in ways if way), [])
    return int(fits[0]) if len(fits) == 1 else None


def names_of(session: Connection, network_id: int) -> list[tuple[int, str]]:
    """Every member who has a name: (membership id, name)."""
    rows = session.execute(
        select(memberships.c.id, people.c.name)
        .join(people, people.c.id == memberships.c.person_id)
        .where(memberships.c.network_id == network_id, memberships.c.ended_at.is_(None), people.c.erased_at.is_(None))
    )
    return [(row.id, row.name) for row in rows if row.name.strip()]


def name_of(session: Connection, membership_id: int) -> str:
    """The name of the person behind a membership."""
    query = select(people.c.name).join(memberships, memberships.c.person_id == people.c.id)
    return session.execute(query.where(memberships.c.id == membership_id)).scalar() or ""


def owner_address(session: Connection, action: Action) -> int | None:
    """The address at which the network writes to the owner, if the owner is a member."""
    if action.membership_id is None:
        return None
    query = select(memberships.c.address_id).where(
        memberships.c.id == action.membership_id, memberships.c.ended_at.is_(None)
    )
    return session.execute(query).scalar_one_or_none()


def facts(action: Action) -> dict[str, Any]:
    """What templates are given of an action."""
    return {
        "id": str(action.id),
        "number": action.number,
        "owner": action.owner,
        "text": action.text,
        "due": action.due_on.isoformat() if action.due_on else "",
        "state": action.state,
        "outcome": action.outcome,
    }


def _action(row: Row[Any]) -> Action:
    return Action(**row._mapping)
