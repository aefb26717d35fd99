"""The log of personal data breaches: what happened, whom it concerns, what was done, and the 72 hours in which the regulator is told
(UK GDPR Art 33(1) and 33(5), DP-17).

Kept by IT. Rows are only added, each with its row in the audit trail: one opens a breach, another closes it with when the
regulator was told, or why that was not needed. The operator is reminded by mail a day before the time is over.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from mailer.consent import ledger
from mailer.errors import NotFound, Refused
from mailer.house import House
from mailer.outbound import replies
from mailer.store import add
from mailer.store.tables import breaches, networks, outgoing

TO_TELL = timedelta(hours=72)
REMIND = timedelta(hours=24)  # before that is over
OPEN, CLOSED = "open", "closed"
STATES = (OPEN, CLOSED)


@dataclass(frozen=True)
class Breach:
    """One breach as its rows tell it. `network`: its slug, empty where it concerns them all; `done`: what was done, in order."""

    id: int
    network_id: int | None
    network: str
    happened_at: datetime | None
    known_at: datetime
    due_at: datetime
    what: str
    whom: str
    done: tuple[str, ...]
    told_at: datetime | None
    why_not: str
    closed_at: datetime | None


def open_one(
    session: Connection,
    *,
    what: str,
    known_at: datetime,
    now: datetime,
    happened_at: datetime | None = None,
    whom: str = "",
    done: str = "",
    network_id: int | None = None,
) -> int:
    """Write down a breach; returns its number. Refused without words, and for what is known or happened only later."""
    if not what.strip():
        raise Refused("no-words", "What happened?", "Say it with --what, in a sentence.")
    if known_at > now or (happened_at is not None and happened_at > known_at):
        raise Refused("bad-time", "A breach happens first, is known after that, and neither is to come.", "Look at --happened and --known.")
    breach_id = add(
        session,
        breaches,
        network_id=network_id,
        at=now,
        happened_at=happened_at,
        known_at=known_at,
        due_at=known_at + TO_TELL,
        what=what.strip(),
        whom=whom.strip(),
        done=done.strip(),
    )
    ledger.by_operator(session, "breach", f"breach:{breach_id}", now, network_id=network_id)
    return breach_id


def close(
    session: Connection, breach_id: int, *, done: str, told_at: datetime | None, why_not: str, now: datetime
) -> None:
    """Close it. Refused unless it says what was done, and when the regulator was told or why not."""
    one = next((each for each in listing(session) if each.id == breach_id), None)
    if one is None:
        raise NotFound(f"There is no breach {breach_id}.", "Those that there are: termpost breach list")
    if one.closed_at is not None:
        raise Refused("closed-already", f"Breach {breach_id} is closed already.")
    if not done.strip():
        raise Refused("no-words", "What was done about it?", "Say it with --done, in a sentence.")
    if (told_at is None) == (not why_not.strip()):
        raise Refused(
            "not-told",
            "Was the regulator told?",
            "Say when with --told, or with --not-told why nobody is at risk (Art 33(1)).",
        )
    if told_at is not None and told_at > now:
        raise Refused("bad-time", "That time is still to come.", "Look at --told.")
    add(
        session,
        breaches,
        opened_id=breach_id,
        network_id=one.network_id,
        at=now,
        done=done.strip(),
        told_at=told_at,
        why_not=why_not.strip(),
    )
    ledger.by_operator(session, "breach-closed", f"breach:{breach_id}", now, network_id=one.network_id)


def listing(session: Connection, state: str = "") -> list[Breach]:
    """Every breach, or those of a state, by number."""
    query = select(breaches, networks.c.slug).outerjoin(networks, networks.c.id == breaches.c.network_id)
    rows = session.execute(query.order_by(breaches.c.id)).all()
    ends = {row.opened_id: row for row in rows if row.opened_id is not None}
    found = [_breach(row, ends.get(row.id)) for row in rows if row.opened_id is None]
    return [one for one in found if not state or (one.closed_at is None) == (state == OPEN)]


def remind(house: House, now: datetime) -> int:
    """Mail the operator of each breach whose time is over within a day, once (V5). Returns how many letters were queued."""
    if not house.settings.operator:
        return 0
    with house.store.read() as session:
        due = [one for one in listing(session, OPEN) if one.due_at - REMIND <= now and not _reminded(session, one)]
        by = session.execute(select(networks.c.id).where(networks.c.closed_at.is_(None)).order_by(networks.c.id)).scalar()
    sent = 0
    for one in due:
        network_id = one.network_id or by
        if network_id is None:  # no network, no letter; `termpost check` says it
            continue
        with house.store.write() as session, contextlib.suppress(Refused):  # no address that takes mail: `check` says so
            done = replies.to_operator(
                session,
                house.settings.operator,
                hasher=house.hasher,
                network_id=network_id,
                template="breach-due",
                fields={
                    "number": one.id,
                    "what": one.what,
                    "known": one.known_at.isoformat(),
                    "due": one.due_at.isoformat(),
                    "over": one.due_at <= now,
                },
                key=_key(one),
                now=now,
            )
            sent += done is not None
    return sent


def _key(one: Breach) -> str:
    return f"breach-due:{one.id}"


def _reminded(session: Connection, one: Breach) -> bool:
    return bool(session.execute(select(exists().where(outgoing.c.key == _key(one)))).scalar())


def _breach(row: Row[Any], end: Row[Any] | None) -> Breach:
    return Breach(
        id=row.id,
        network_id=row.network_id,
        network=row.slug or "",
        happened_at=row.happened_at,
        known_at=row.known_at,
        due_at=row.due_at,
        what=row.what,
        whom=row.whom,
        done=tuple(each.done for each in (row, end) if each is not None and each.done),
        told_at=end.told_at if end is not None else None,
        why_not=end.why_not if end is not None else "",
        closed_at=end.at if end is not None else None,
    )
