"""What the network is good for, noted when it happens (design ruling 12), for the yearly report.

Rows hold what kind of good it was and the thing it concerns, so that a year is counted rather than remembered.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from mailer.store import add
from mailer.store.tables import evidence

TOLD_BY = "told-by"  # "who told you of us"
FIRST_TIME = "first-time"  # came to a meeting for the first time
RETURNED = "returned"  # came again
SOLVED = "solved"  # a question was answered by other members
LOAN = "loan"  # equipment lent or given
ACTION_DONE = "action-done"
CHANGED = "changed"  # "what changed because of this"
KINDS = (TOLD_BY, FIRST_TIME, RETURNED, SOLVED, LOAN, ACTION_DONE, CHANGED)


def note(
    session: Connection,
    network_id: int,
    kind: str,
    *,
    now: datetime,
    thing: str = "",
    address_id: int | None = None,
    text: str = "",
    inbox_id: int | None = None,
) -> int:
    """Note one good; the same kind, thing and address stand once. Returns the row's id."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of evidence")
    there = session.execute(
        select(evidence.c.id).where(
            evidence.c.network_id == network_id,
            evidence.c.kind == kind,
            evidence.c.thing == thing,
            evidence.c.address_id.is_not_distinct_from(address_id),
            evidence.c.text == text,
        )
    ).scalars()
    standing = there.first()
    if standing is not None:
        return int(standing)
    return add(
        session,
        evidence,
        network_id=network_id,
        kind=kind,
        thing=thing,
        address_id=address_id,
        text=text,
        inbox_id=inbox_id,
        at=now,
    )


def counts(session: Connection, network_id: int, since: datetime, until: datetime) -> dict[str, int]:
    """How many of each kind from `since` to before `until`; kinds without any are 0."""
    rows = session.execute(
        select(evidence.c.kind, func.count().label("number"))
        .where(evidence.c.network_id == network_id, evidence.c.at >= since, evidence.c.at < until)
        .group_by(evidence.c.kind)
    ).all()
    return dict.fromkeys(KINDS, 0) | {row.kind: row.number for row in rows}


def forget(session: Connection, kind: str, thing: str, address_id: int | None = None) -> None:
    """Take a note back, as what it says was undone or was not so; of one address, if given."""
    statement = evidence.delete().where(evidence.c.kind == kind, evidence.c.thing == thing)
    session.execute(statement if address_id is None else statement.where(evidence.c.address_id == address_id))
