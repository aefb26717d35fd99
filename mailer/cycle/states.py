"""Moving an occasion from one state to the next, only if it still stands as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.house import House
from mailer.store.tables import issues, meetings, occasions

OUTDATED = "outdated"  # in what is kept with a letter that is held: the version that has changed since it was shown
_THINGS = {"meeting": meetings, "issue": issues}


def still(session: Connection, occasion: Any) -> bool:
    """Whether the occasion is as it was read: nobody approved, held or began it since, or gave it or its proof another time, as
    a new version of it does."""
    o = occasions.c
    # Locked until the end of the transaction, so that of two who ask on PostgreSQL the second sees what the first did.
    asked = select(o.state, o.version, o.approved_version, o.due_at, o.proof_at).where(o.id == occasion.id).with_for_update()
    found = session.execute(asked).one()
    return bool(found == (occasion.state, occasion.version, occasion.approved_version, occasion.due_at, occasion.proof_at))


def keep_still(session: Connection, thing_type: str, *thing_ids: int) -> None:
    """Have the rows of meetings or issues until this transaction ends, in the order of their ids (PostgreSQL). Who changes one and
    who begins or shows a letter that tells of it both ask for it first: the one finds what has begun, the other what has changed."""
    thing = _THINGS.get(thing_type)
    if thing is not None and thing_ids:
        rows = select(thing.c.id).where(thing.c.id.in_(thing_ids)).order_by(thing.c.id)
        session.execute(rows.with_for_update(key_share=True)).all()


def in_turn(session: Connection, group: Iterable[Any]) -> None:
    """Have the rows of several occasions, in the order in which everybody asks for several (PostgreSQL)."""
    ids = [one.id for one in group]
    session.execute(select(occasions.c.id).where(occasions.c.id.in_(ids)).order_by(occasions.c.id).with_for_update()).all()


def told_of(session: Connection, meeting_ids: Iterable[int]) -> list[Any]:
    """As what the meetings stand that a letter gives the dates of: compared, it tells whether one has changed."""
    m = meetings.c
    return list(session.execute(select(m.id, m.revision, m.state, m.items_close_at).where(m.id.in_(meeting_ids)).order_by(m.id)))


def move(session: Connection, occasion: Any, **values: Any) -> bool:
    """Set columns of an occasion if it is as it was read."""
    if not still(session, occasion):
        return False
    session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**values))
    return True


def move_alone(house: House, occasion: Any, **values: Any) -> bool:
    """`move` in a transaction of its own."""
    with house.store.write() as session:
        return move(session, occasion, **values)
