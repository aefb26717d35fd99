"""The address on record of a person: the one that is asked what is of risk, and that their data goes to (CMD-4, DP-9).

Several addresses may count as one person's, to write from. Where our mail goes is the one that was confirmed for it; another
one, or one that they have left behind, is not theirs to give everything away by. What was stopped for a person is stopped at
each of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import LEFT, suppression
from mailer.people import addresses as rows
from mailer.people import membership
from mailer.store import prepared
from mailer.store.tables import ledger, memberships, standings

ON_A_PAGE = ("web", "stop-purpose")  # the channel and the act of what is ended there


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


def stops(session: Connection, network_id: int, address_id: int) -> set[int]:
    """The suppressions that keep mail of this network from the person behind an address: only their own confirmed word lifts
    them (DP-7, DP-8). Of who is no member, those of every address of theirs, for leaving counts for all of them; a dead
    mailbox of theirs stops no other."""
    here = membership.of_address(session, network_id, address_id)
    member = here is not None and here.ended_at is None
    mine = rows.get(session, here.address_id if here is not None and member else address_id)
    found = suppression.in_force(session, mac=mine.mac, network_id=network_id)
    if not member and mine.person_id is not None:
        for other in rows.of_person(session, mine.person_id):
            if other.id != mine.id:
                found |= suppression.in_force(session, mac=other.mac, network_id=network_id, dead=False)
    return found


def left_since(
    session: Connection,
    network_id: int,
    address_id: int,
    wanted: Collection[str],
    since: datetime | None,
    *,
    scopes: Collection[str] = ("",),
    but_pressed_since: datetime | None = None,
) -> bool:
    """Whether one of these purposes is left now, and was left after `since`, or whenever: nothing older says that its reader
    wants it again (DP-8). What was ended on a page of theirs after `but_pressed_since` is passed over."""
    s, row = standings.c, ledger.c
    at = (s.network_id == network_id) & (s.address_id == membership.main_address(session, network_id, address_id))
    found = session.execute(
        select(s.updated_at, row.channel, row.act)
        .join(ledger, row.id == s.ledger_id)
        .where(at, s.purpose.in_(list(wanted)), s.scope.in_(list(scopes)), s.standing == LEFT)
    )
    pressed = but_pressed_since
    return any(
        (since is None or left.updated_at > since)
        and not (pressed is not None and (left.channel, left.act) == ON_A_PAGE and left.updated_at > pressed)
        for left in found
    )


@prepared
def _memberships(address: Any) -> Any:
    """Every membership of the person behind an address, in any network, ended or not."""
    m = memberships.c
    return select(m.id, m.network_id, m.address_id, m.ended_at).where(membership.behind(address))
