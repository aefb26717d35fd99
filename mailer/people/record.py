"""The address on record of a person: the one that is asked what is of risk, and that their data goes to (CMD-4, DP-9).

Several addresses may count as one person's, to write from. Where our mail goes is the one that was confirmed for it; another
one, or one that they have left behind, is not theirs to give everything away by.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from mailer.store import prepared
from mailer.store.tables import addresses, memberships


def address(session: Connection, network_id: int, address_id: int) -> int:
    """Where we write to the person behind an address, in this network first, or wrote last; of whom no network knows, the
    address itself."""
    mine = session.execute(*_memberships(address_id)).all()
    if not mine:
        return address_id
    living = [row for row in mine if row.ended_at is None]
    if living:
        first = min(living, key=lambda row: (row.address_id != address_id, row.network_id != network_id, row.id))
    else:
        first = min(mine, key=lambda row: (-row.ended_at.timestamp(), row.address_id != address_id, row.id))
    return int(first.address_id)


@prepared
def _memberships(address: Any) -> Any:
    """Every membership of the person behind an address, in any network, ended or not."""
    person = select(addresses.c.person_id).where(addresses.c.id == address).scalar_subquery()
    m = memberships.c
    return select(m.id, m.network_id, m.address_id, m.ended_at).where(or_(m.address_id == address, m.person_id == person))
