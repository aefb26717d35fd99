"""Askings: at an organiser's wish, somebody was asked by one fixed letter whether they would like to join.

One row for a person and network, whoever asks and however often, so that nobody is asked twice (CMD-6). `acts.invite` moves it;
here it is only read.

    asked_at    the letter was written         ends_at    28 days of term later; then silence has answered
    unheard_at  from here on silence is shown  outcome    joined | declined | bad-address | silent | unsure, once ended
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import PENDING, suppression
from mailer.store import prepared
from mailer.store.tables import addresses, askings, memberships, organisations, people, standings

JOINED, DECLINED, BAD_ADDRESS, SILENT = "joined", "declined", "bad-address", "silent"
UNSURE = "unsure"  # a backup was restored, and nobody knows whether the letter went
AGAIN = timedelta(days=365)  # who was silent may be asked once more after this


@dataclass(frozen=True)
class Unheard:
    """Somebody who was asked, and whose answer has not come in the time in which most answer."""

    address_id: int
    address: str
    name: str
    organisation: str
    asked_at: datetime


def asked_before(session: Connection, network_id: int, mac: bytes, now: datetime) -> bool:
    """Whether this address was asked and did not answer, not long ago; also if it was forgotten since (DP-8)."""
    row = askings.c
    query = (
        select(row.id)
        .join(addresses, addresses.c.id == row.address_id)
        .where(row.network_id == network_id, addresses.c.mac == mac, row.ended_at > now - AGAIN)
        .where(row.outcome.in_((SILENT, BAD_ADDRESS)))
    )
    return session.execute(query.limit(1)).first() is not None


def ever(session: Connection, network_id: int, address_ids: Collection[int]) -> set[int]:
    """Who of these was asked at all, however it ended; an imported contact was not."""
    query = select(askings.c.address_id).where(
        askings.c.network_id == network_id, askings.c.address_id.in_(list(address_ids))
    )
    return set(session.execute(query).scalars())


def unheard(session: Connection, network_id: int, now: datetime) -> list[Unheard]:
    """Who was asked days ago and has not answered: a school's filter may have kept the letter. The longest first."""
    query: Any = (
        select(
            askings.c.address_id,
            addresses.c.address,
            addresses.c.mac,
            people.c.name,
            organisations.c.name.label("organisation"),
            askings.c.asked_at,
        )
        .select_from(
            askings.join(addresses, addresses.c.id == askings.c.address_id)
            .outerjoin(people, people.c.id == addresses.c.person_id)
            .outerjoin(
                memberships,
                (memberships.c.address_id == askings.c.address_id) & (memberships.c.network_id == askings.c.network_id),
            )
            .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id)
        )
        .where(
            askings.c.network_id == network_id,
            askings.c.unheard_at <= now,
            askings.c.ended_at.is_(None),
            addresses.c.address.is_not(None),
            askings.c.address_id.in_(
                select(standings.c.address_id).where(
                    standings.c.network_id == network_id, standings.c.standing == PENDING
                )
            ),
        )
        .order_by(askings.c.asked_at, askings.c.id)
    )
    rows = session.execute(query).all()
    stopped = suppression.reasons(session, macs=[bytes(row.mac) for row in rows], network_id=network_id)
    return [
        Unheard(row.address_id, row.address, row.name or "", row.organisation or "", row.asked_at)
        for row in rows
        if bytes(row.mac) not in stopped
    ]


def due(session: Connection, now: datetime, most: int) -> list[int]:
    """The askings that have a step to take."""
    return list(session.execute(*_due(now, most)).scalars())


@prepared
def _due(now: Any, most: Any) -> Any:
    return select(askings.c.id).where(askings.c.next_at <= now).order_by(askings.c.next_at, askings.c.id).limit(most)

