"""Moving an occasion from one state to the next, only if it still stands as it was read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from mailer.house import House
from mailer.store.tables import issues, meetings, occasions

_THINGS = {"meeting": meetings, "issue": issues}


def still(session: Connection, occasion: Any) -> bool:
    """Whether the occasion is as it was read: nobody approved, held or began it since, or gave it or its proof another time, as
    a new version of it does."""
    o = occasions.c
    # Locked until the end of the transaction, so that of two who ask on PostgreSQL the second sees what the first did.
    asked = select(o.state, o.version, o.approved_version, o.due_at, o.proof_at).where(o.id == occasion.id).with_for_update()
    found = session.execute(asked).one()
    return bool(found == (occasion.state, occasion.version, occasion.approved_version, occasion.due_at, occasion.proof_at))


def keep_still(session: Connection, thing_type: str, thing_id: int) -> None:
    """Have the row of a meeting or an issue until this transaction ends (PostgreSQL). Who changes it and who begins a letter about
    it both ask for it first: the one finds what has begun, the other what has changed."""
    thing = _THINGS.get(thing_type)
    if thing is not None:
        session.execute(select(thing.c.id).where(thing.c.id == thing_id).with_for_update(key_share=True)).all()


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
