"""What retention took, for who answers for it (DP-12): each round in the audit trail, a month of them by mail to the operator.

`termpost check` says the same at any time. There are numbers by class and nothing else: what was taken is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from mailer.consent import ledger, retention
from mailer.house import House
from mailer.outbound import outbox, replies
from mailer.store.tables import audit, networks

ACT = "retention"


def run(session: Connection, days: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Take what is past its time and write down how much of what."""
    taken = retention.run(session, now, copies=outbox, days=days)
    if taken:
        ledger.audit(session, actor="system", how="scheduler", act=ACT, fields=taken, now=now)
    return taken


def between(session: Connection, since: datetime, until: datetime) -> Mapping[str, int]:
    """How much of each class was taken from `since` on and before `until`, in the table's order."""
    rows = session.execute(
        select(audit.c.fields).where(audit.c.act == ACT, audit.c.at >= since, audit.c.at < until)
    ).scalars()
    counts: Counter[str] = Counter()
    for fields in rows:
        counts.update({name: int(count) for name, count in fields.items()})
    return {row.name: counts[row.name] for row in retention.TABLE if counts[row.name]}


def report(house: House, session: Connection, now: datetime) -> int | None:
    """Mail the operator what was taken in the month before this one, once; with nothing to say, or nobody to say it to, there
    is no mail. Returns the outgoing id."""
    if not house.settings.operator:
        return None
    this_month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    taken = between(session, last_month, this_month)
    network = session.execute(select(networks.c.id).where(networks.c.closed_at.is_(None)).order_by(networks.c.id)).scalar()
    if not taken or network is None:
        return None
    kept = house.settings.retention
    meaning = {row.name: row.meaning for row in retention.TABLE}
    return replies.to_operator(
        session,
        house.settings.operator,
        hasher=house.hasher,
        network_id=network,
        template="retention-report",
        fields={
            "month": f"{last_month:%B %Y}",
            "taken": [
                {"class": name, "meaning": meaning[name], "kept": f"{kept[name]} days", "count": count}
                for name, count in taken.items()
            ],
        },
        key=f"retention:{last_month:%Y-%m}",
        now=now,
    )
