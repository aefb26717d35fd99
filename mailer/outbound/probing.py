"""One probe: where a single letter came back as if nobody were there and no second one follows, a short letter asks whether the
address works (design ruling 11 on BNC-7). It goes only where the network may write, and once for each such letter. If it comes
back as well, that is the second failure, and the address is put to rest (`dead`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, select

from mailer.consent import ACTIVE, gate, purposes
from mailer.house import House
from mailer.outbound import dead, replies
from mailer.people import formats, networks
from mailer.store.tables import outgoing, standings

AFTER = timedelta(days=7)  # the next letter of the network is evidence as good, if it goes within this time
FORGOTTEN = timedelta(days=60)
AT_MOST = 200  # of one look
KEY = "address-probe:"


def see_to(house: House, now: datetime) -> int:
    """Send the probes that are due, and put to rest what a relay said of the last ones. Returns how many letters were queued."""
    with house.store.read() as session:
        due = _came_back(session, now)
        answered = _probes_failed(session, now)
    if not due and not answered:
        return 0
    with house.store.write() as session:
        for address_id in answered:
            dead.rest_if_dead(session, address_id, now)
        return sum(_probe(session, row, now) for row in due)


def _came_back(session: Connection, now: datetime) -> list[Any]:
    """The letters that came back so and are the only sign of it: nothing was written to their addresses since."""
    o, later = outgoing.c, outgoing.alias()
    since = exists().where(later.c.address_id == o.address_id, later.c.id > o.id, later.c.state != "cancelled")
    earlier = outgoing.alias()
    known = exists().where(
        earlier.c.address_id == o.address_id,
        earlier.c.id < o.id,
        dead.counts(earlier.c),
        func.coalesce(earlier.c.occasion_id, -earlier.c.id) != func.coalesce(o.occasion_id, -o.id),
    )
    query = (
        select(o.id, o.network_id, o.address_id, o.finished_at)
        .where(dead.counts(o))
        .where(o.finished_at > now - FORGOTTEN, o.finished_at <= now - AFTER, o.network_id.is_not(None))
        .where(~since, ~known)
    )
    return list(session.execute(query.order_by(o.id).limit(AT_MOST)))


def _probes_failed(session: Connection, now: datetime) -> list[int]:
    """Where a probe failed at once; what comes back later is seen as it comes (BNC-8)."""
    o = outgoing.c
    query = select(o.address_id).where(
        dead.counts(o),
        o.finished_at > now - FORGOTTEN,
        o.key.startswith(KEY, autoescape=True),
    )
    return list(session.execute(query.distinct()).scalars())


def _probe(session: Connection, row: Any, now: datetime) -> bool:
    """False where the network may not write to the address now: it is stopped, paused or not subscribed."""
    mine = select(standings.c.id, standings.c.purpose).where(
        standings.c.network_id == row.network_id,
        standings.c.address_id == row.address_id,
        standings.c.standing == ACTIVE,
        standings.c.purpose.in_(purposes.SUBSCRIPTIONS),
        standings.c.scope == "",
    )
    asked = (
        gate.ask(session, standing_id=one.id, purpose=one.purpose, network_id=row.network_id, now=now)
        for one in session.execute(mine.order_by(standings.c.id)).all()
    )
    if not any(verdict.allowed and not verdict.waits for verdict in asked):
        return False
    zone = networks.by_id(session, row.network_id).timezone
    sent = replies.reply(
        session,
        network_id=row.network_id,
        address_id=row.address_id,
        template="address-probe",
        fields={"day": formats.iso(row.finished_at, zone)[:10]},
        now=now,
        purpose="confirm",
        key=f"{KEY}{row.id}",
    )
    return sent is not None
