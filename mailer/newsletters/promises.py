"""Promises: "I will write about the fume cupboards". Kept by the next piece from the same address, nudged before copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from mailer.errors import NotFound
from mailer.message.encoded import clean
from mailer.newsletters import issues
from mailer.store import add as add_row
from mailer.store.tables import addresses, people, pieces, promises

OPEN, KEPT, DROPPED = "open", "kept", "dropped"


@dataclass(frozen=True)
class Promise:
    """A piece that somebody said they would send. `person` is the name on record, perhaps empty; `by_on` the day they
    named; `number` the one that the piece will have."""

    id: int
    issue_id: int
    address_id: int
    number: int
    title: str
    by_on: date | None
    state: str
    person: str
    inbox_id: int | None
    at: datetime


def make(
    session: Connection,
    issue_id: int,
    address_id: int,
    title: str,
    *,
    now: datetime,
    by_on: date | None = None,
    inbox_id: int | None = None,
) -> Promise:
    """Put down a promise for an issue."""
    row = add_row(
        session,
        promises,
        issue_id=issue_id,
        address_id=address_id,
        number=issues.next_number(session, issues.get(session, issue_id).network_id, issue_id),
        title=clean(title)[:160],
        by_on=by_on,
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


def of_address(session: Connection, issue_id: int, address_id: int) -> list[Promise]:
    """What this address has promised for an issue and not sent yet."""
    return [promise for promise in open_for(session, issue_id) if promise.address_id == address_id]


def kept_by(session: Connection, issue_id: int, address_id: int, words: str = "") -> Promise | None:
    """A piece came from this address: the open promise it fits best (by its words, else the oldest) is kept."""
    mine = of_address(session, issue_id, address_id)
    if not mine:
        return None
    said = _telling(words)
    return settle(session, max(mine, key=lambda promise: len(_telling(promise.title) & said)), KEPT)


def settle(session: Connection, promise: Promise, state: str) -> Promise:
    """Set the state of a promise and return it. One that is open again has a new number if its piece has the old one."""
    values: dict[str, Any] = {"state": state}
    taken = select(pieces.c.id).where(pieces.c.issue_id == promise.issue_id, pieces.c.number == promise.number)
    if state == OPEN and session.execute(taken.limit(1)).first() is not None:
        network_id = issues.get(session, promise.issue_id).network_id
        values["number"] = issues.next_number(session, network_id, promise.issue_id)
    return change(session, promise, **values)


def change(session: Connection, promise: Promise, **values: Any) -> Promise:
    """Set columns of a promise and return it."""
    session.execute(update(promises).where(promises.c.id == promise.id).values(**values))
    return get(session, promise.id)


def _telling(words: str) -> set[str]:
    """The words that say what something is about, by their beginnings: "autoclaves" is about the autoclave."""
    return {word[:6] for word in re.findall(r"[^\W\d_]{4,}", words.casefold())}


def _named() -> Select[Any]:
    return (
        select(promises, people.c.name.label("person"))
        .join(addresses, addresses.c.id == promises.c.address_id)
        .outerjoin(people, people.c.id == addresses.c.person_id)
    )


def _promise(row: Row[Any]) -> Promise:
    values = dict(row._mapping)
    return Promise(**{**values, "person": values["person"] or ""})
