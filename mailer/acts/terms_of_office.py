"""An office held for a term ends with it: nobody has to remember (N30).

`end_over` takes the powers of what is over, before any mail is handled and at every tick. `watch` tells the committee six weeks
and one week before, with what hangs on that person and how to say who takes over, and once more when it has ended. A
letter is written once, under a key of its own (V5). Who leaves before that is written of by `left`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer.acts import duties, office, vacancy
from mailer.consent import ledger
from mailer.consent.standing import Proof
from mailer.house import House
from mailer.outbound import replies
from mailer.people import committee, membership
from mailer.people.membership import Membership
from mailer.people.roles import OFFICES
from mailer.store import prepared
from mailer.store.lists import among, one_of
from mailer.store.tables import memberships, networks, outgoing, roles

BEFORE = (timedelta(days=42), timedelta(days=7))  # the committee is told so long before, the first in time to find somebody


def end_over(house: House, now: datetime) -> int:
    """End every office whose term is over. Returns how many people were concerned."""
    with house.store.read() as session:
        if not _due(session, now):
            return 0
    with house.store.write() as session:
        found = _due(session, now)
        for membership_id, rows in groupby(found, key=lambda row: int(row.membership_id)):
            _end(session, membership_id, list(rows), now)
    return len({row.membership_id for row in found})


def watch(house: House, now: datetime) -> int:
    """End what is over, say what is to end soon. Returns how many letters were due."""
    moved = end_over(house, now)
    with house.store.read() as session:
        soon = [each for each in _ending(session, now) if not _told(session, *each[:2], now)]
    if not soon:
        return moved
    with house.store.write() as session:
        for key, membership_id, rows in soon:
            moved += _tell(session, key, membership_id, rows, now)
    return moved


def leaving(session: Connection, network_id: int, address_ids: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    """What those who remain will have to know, if one of these addresses holds an office: to be asked before it is left."""
    in_office = session.execute(*_in_office(network_id, list(address_ids))).scalars().all()
    if not in_office:
        return []
    return [
        {
            "network_id": network_id,
            "name": one.name,
            "membership_id": one.id,
            "roles": list(office.held(one)),
            "how": "left",
            **_lists(duties.of(session, one, now)),
        }
        for one in membership.found(session, memberships.c.id.in_(in_office))
    ]


@prepared
def _in_office(network: Any, addresses: Any) -> Any:
    there = (memberships.c.network_id == network) & memberships.c.ended_at.is_(None)
    holds = select(roles.c.id).where(
        roles.c.membership_id == memberships.c.id, roles.c.active.is_(True), one_of(roles.c.role, OFFICES)
    )
    return select(memberships.c.id).where(there, among(memberships.c.address_id, addresses), holds.exists())


def left(session: Connection, known: Sequence[dict[str, Any]], now: datetime) -> None:
    """Somebody who held an office has left the network: those who remain are told what needs somebody (N30)."""
    for fields in known:
        key = f"office-left:{fields['membership_id']}:{now.isoformat()}"
        replies.to_organisers(
            session, network_id=fields["network_id"], template="office-over", fields=fields, key=key, now=now
        )


def back(session: Connection, membership_id: int, names: Sequence[str], now: datetime) -> None:
    """Somebody took their leave back, and holds their offices again: those who were asked who takes over hear it (N30)."""
    offices = [role for role in names if role in OFFICES]
    one = _member(session, membership_id)
    if one is None or not offices:
        return
    replies.to_organisers(
        session, network_id=one.network_id, template="office-back", fields={"name": one.name, "roles": offices},
        key=f"office-back:{membership_id}:{now.isoformat()}", now=now, besides=one.address_id,
    )  # fmt: skip


def _due(session: Connection, now: datetime) -> Sequence[Any]:
    """Put in order here: SQLite would read every role there is in that order, before each message."""
    return sorted(session.execute(*_over(now)).all(), key=lambda row: (row.membership_id, row.id))


@prepared
def _over(now: Any) -> Any:
    return select(roles).where(roles.c.active.is_(True), roles.c.until <= now)


def _end(session: Connection, membership_id: int, rows: list[Any], now: datetime) -> None:
    one = _member(session, membership_id)
    if one is None:
        return
    open_things = duties.of(session, one, now)
    office.end(session, one, [row.role for row in rows], Proof("service", "term-ended", "system"), now)
    ledger.audit(
        session, actor="system", how="scheduler", act="term-ended", network_id=one.network_id,
        thing=f"membership:{membership_id}", now=now,
    )  # fmt: skip
    ended = [row.role for row in rows if row.role in OFFICES]
    vacancy.begin(session, one.network_id, now)
    if not ended:
        return
    fields = {"name": one.name, "membership_id": one.id, "roles": ended, "how": "term", **_lists(open_things)}
    key = f"office-over:{membership_id}:{rows[0].until:%Y%m%d}"
    replies.to_organisers(session, network_id=one.network_id, template="office-over", fields=fields, key=key, now=now)


def _ending(session: Connection, now: datetime) -> list[tuple[str, int, list[Any]]]:
    """(key, membership, offices) of what the committee is to hear of now; of the two letters before an end, the nearer."""
    found = []
    ends = session.execute(*_ends(now, now + BEFORE[0]))
    for (membership_id, until), rows in groupby(ends, key=lambda row: (row.membership_id, row.until)):
        step = max(n for n, lead in enumerate(BEFORE) if until <= now + lead)
        found.append((f"office-ends:{membership_id}:{until:%Y%m%d}:{step}", int(membership_id), list(rows)))
    return found


@prepared
def _ends(now: Any, by: Any) -> Any:
    return (
        select(roles)
        .join(memberships, memberships.c.id == roles.c.membership_id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(roles.c.active.is_(True), roles.c.until > now, roles.c.until <= by)
        .where(one_of(roles.c.role, OFFICES), memberships.c.ended_at.is_(None), networks.c.closed_at.is_(None))
        .order_by(roles.c.membership_id, roles.c.until, roles.c.id)
    )


def _told(session: Connection, key: str, membership_id: int, now: datetime) -> bool:
    """Written already, or nobody there to write to."""
    query = select(outgoing.c.id).where(outgoing.c.key.between(f"{key}:", f"{key}:~"))
    if session.execute(query.limit(1)).first() is not None:
        return True
    network_id = session.execute(select(memberships.c.network_id).where(memberships.c.id == membership_id)).scalar_one()
    return not committee.reachable(session, network_id, now)


def _tell(session: Connection, key: str, membership_id: int, rows: list[Any], now: datetime) -> int:
    one = _member(session, membership_id)
    if one is None:
        return 0
    alone = len(committee.reachable(session, one.network_id, now)) < 2
    fields = {
        "name": one.name,
        "membership_id": one.id,
        "roles": [row.role for row in rows],
        "until": office.last_day(rows[0].until.astimezone(_zone(session, one.network_id)).isoformat()),
        "alone": alone,
        **_lists(duties.of(session, one, now)),
    }
    return replies.to_organisers(
        session, network_id=one.network_id, template="office-ends", fields=fields, key=key, now=now
    )


def _zone(session: Connection, network_id: int) -> ZoneInfo:
    return ZoneInfo(session.execute(select(networks.c.timezone).where(networks.c.id == network_id)).scalar_one())


def _member(session: Connection, membership_id: int) -> Membership | None:
    return next(iter(membership.found(session, memberships.c.id == membership_id)), None)


def _lists(open_things: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: open_things[name] for name in office.LISTS}
