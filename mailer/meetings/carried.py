"""Items that wait for the next meeting (N6, N8): nothing that a member suggested is lost because time ran out.

The deferred item keeps its place and number in its own meeting; a copy with state `open` stands in the next meeting,
or in none until one is made. The copy knows the item it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer.store import add, prepared
from mailer.store.tables import agenda_items


def next_number(session: Connection, network_id: int, meeting_id: int | None) -> int:
    """The number for the next item of a meeting, or of those that wait for one. Withdrawn numbers are not given again."""
    asked = _after_those_of(meeting_id) if meeting_id is not None else _after_those_waiting(network_id)
    return int(session.execute(*asked).scalar_one())


@prepared
def _after_those_of(meeting: Any) -> Any:
    return _NEXT.where(agenda_items.c.meeting_id == meeting)


@prepared
def _after_those_waiting(network: Any) -> Any:
    return _NEXT.where(agenda_items.c.meeting_id.is_(None), agenda_items.c.network_id == network)


_NEXT = select(func.coalesce(func.max(agenda_items.c.number), 0) + 1)


def adopt(session: Connection, network_id: int, meeting_id: int) -> int:
    """Move what waits for a meeting into this new one; the numbers people were told stay. Returns how many came."""
    waiting = agenda_items.c.meeting_id.is_(None) & (agenda_items.c.network_id == network_id)
    return session.execute(update(agenda_items).where(waiting).values(meeting_id=meeting_id)).rowcount


def carry(session: Connection, item_id: int, into: int | None, *, now: datetime) -> int:
    """Defer one item: its copy goes into meeting `into`, or waits. Returns the copy's id; once only."""
    there = session.execute(
        select(agenda_items.c.id).where(agenda_items.c.carried_from == item_id)
    ).scalar_one_or_none()
    session.execute(update(agenda_items).where(agenda_items.c.id == item_id).values(state="deferred"))
    if there is not None:
        session.execute(update(agenda_items).where(agenda_items.c.id == there).values(state="open"))
        return int(there)
    item = session.execute(select(agenda_items).where(agenda_items.c.id == item_id)).one()
    values = dict(item._mapping)
    del values["id"]
    values |= {
        "meeting_id": into,
        "number": next_number(session, item.network_id, into),
        "state": "open",
        "lane": "agenda",
        "carried_from": item_id,
        "created_at": now,
    }
    return add(session, agenda_items, **values)


def carry_all(session: Connection, meeting_id: int, into: int | None, *, now: datetime) -> list[int]:
    """Defer every open item of a meeting (it was cancelled). Returns their ids."""
    open_items = select(agenda_items.c.id).where(
        agenda_items.c.meeting_id == meeting_id, agenda_items.c.state == "open"
    )
    ids = list(session.execute(open_items.order_by(agenda_items.c.number)).scalars())
    for item_id in ids:
        carry(session, item_id, into, now=now)
    return ids


def bring_back(session: Connection, item_ids: Sequence[int]) -> None:
    """Undo `carry`: the items are open where they were, and their copies are withdrawn."""
    copies = update(agenda_items).where(agenda_items.c.carried_from.in_(item_ids))
    session.execute(copies.values(state="withdrawn"))
    session.execute(update(agenda_items).where(agenda_items.c.id.in_(item_ids)).values(state="open"))


def followed(session: Connection, item_id: int) -> int:
    """The item that stands for this one now: its copy for the next meeting if it was deferred, as often as it was."""
    while (
        copy := session.execute(
            select(agenda_items.c.id).where(agenda_items.c.carried_from == item_id, agenda_items.c.state != "withdrawn")
        ).scalar_one_or_none()
    ) is not None:
        item_id = int(copy)
    return item_id
