"""Moving an occasion from one state to the next, only if it still stands as it was read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from mailer.house import House
from mailer.store.tables import occasions


def still(session: Connection, occasion: Any) -> bool:
    """Whether the occasion is as it was read: nobody approved, held, changed, began it or gave it another time since."""
    o = occasions.c
    # Locked until the end of the transaction, so that of two who ask on PostgreSQL the second sees what the first did.
    asked = select(o.state, o.version, o.approved_version, o.due_at).where(o.id == occasion.id).with_for_update()
    found = session.execute(asked).one()
    return bool(found == (occasion.state, occasion.version, occasion.approved_version, occasion.due_at))


def keep_still(session: Connection, thing_type: str, thing_id: int) -> None:
    """Wait for what the scheduler begins about a thing at this very moment, and let it begin nothing more about it before this
    transaction ends (PostgreSQL): whoever changes the thing finds what has begun, and what has not finds the change."""
    o = occasions.c
    about = select(o.id).where(o.thing_type == thing_type, o.thing_id == thing_id)
    session.execute(about.order_by(o.id).with_for_update()).all()


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
