"""Promises: "I will write about the fume cupboards". Kept by the next piece from the same address, nudged before copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from mailer.errors import NotFound
from mailer.message.encoded import clean
from mailer.store import add as add_row
from mailer.store.tables import addresses, people, promises

OPEN, KEPT, DROPPED = "open", "kept", "dropped"


@dataclass(frozen=True)
class Promise:
    """A piece that somebody said they would send. `person` is the name on record, perhaps empty."""

    id: int
    issue_id: int
    address_id: int
    title: str
    state: str
    person: str
    inbox_id: int | None
    at: datetime


def make(
    session: Connection, issue_id: int, address_id: int, title: str, *, now: datetime, inbox_id: int | None = None
) -> Promise:
    """Put down a promise for an issue."""
    row = add_row(
        session,
        promises,
        issue_id=issue_id,
        address_id=address_id,
        title=clean(title)[:160],
        inbox_id=inbox_id,
        at=now,
    )
    return get(session, row)


def get(session: Connection, promise_id: int) -> Promise:
    """The promise with this id. Raises NotFound."""
    row = session.execute(_named().where(promises.c.id == promise_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no promise {promise_id}.")
    return _promise(row)


def open_for(session: Connection, issue_id: int) -> list[Promise]:
    """What is promised for an issue and not in yet, in the order it was promised."""
    query = _named().where(promises.c.issue_id == issue_id, promises.c.state == OPEN).order_by(promises.c.id)
    return [_promise(row) for row in session.execute(query)]


def kept_by(session: Connection, issue_id: int, address_id: int) -> Promise | None:
    """A piece came from this address: its oldest open promise for the issue is kept. Returns it, or None."""
    mine = [promise for promise in open_for(session, issue_id) if promise.address_id == address_id]
    return settle(session, mine[0], KEPT) if mine else None


def settle(session: Connection, promise: Promise, state: str) -> Promise:
    """Set the state of a promise and return it."""
    session.execute(update(promises).where(promises.c.id == promise.id).values(state=state))
    return get(session, promise.id)


def _named() -> Select[Any]:
    return (
        select(promises, people.c.name.label("person"))
        .join(addresses, addresses.c.id == promises.c.address_id)
        .outerjoin(people, people.c.id == addresses.c.person_id)
    )


def _promise(row: Row[Any]) -> Promise:
    values = dict(row._mapping)
    return Promise(**{**values, "person": values["person"] or ""})
