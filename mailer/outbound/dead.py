"""Putting an address to rest that mail cannot reach: by evidence over two mailings, or of one and a probe, whichever way the
answer came. Whoever may know a new address is asked for it (`rested`).

Counted are letters that failed for good because nobody is there: said by our relay at once, or by a report later
(BNC-8). Full mailboxes, policy, spam and size never count, nor what failed before its reader said that the address works again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from mailer.consent import gate, suppression
from mailer.outbound import outbox, rested
from mailer.store import prepared
from mailer.store.tables import addresses, outgoing, suppressions

NOBODY_THERE = (
    "no-such-address",
    "mailbox-closed",
    "bounce-user-unknown",
    "bounce-bad-address",
    "bounce-disabled",
    "bounce-moved",
)
MAILINGS = 2


def rest_if_dead(session: Connection, address_id: int, now: datetime) -> bool:
    """Suppress the address on this host if two mailings failed so, a probe being one. True if it was done now."""
    if session.execute(*_mailings_failed(address_id)).scalar_one() < MAILINGS:
        return False
    mac = session.execute(select(addresses.c.mac).where(addresses.c.id == address_id)).scalar_one()
    suppression_id = suppression.add(session, mac=mac, network_id=None, reason=gate.BAD_ADDRESS, now=now)
    if suppression_id is None:
        return False
    outbox.cancel_refused(session, address_id, None, now)
    rested.tell(session, address_id, suppression_id, now)
    return True


@prepared
def _mailings_failed(address: Any) -> Any:
    mailing = func.coalesce(outgoing.c.occasion_id, -outgoing.c.id)
    return select(func.count(func.distinct(mailing))).where(outgoing.c.address_id == address, counts(outgoing.c))


def counts(letter: Any) -> ColumnElement[bool]:
    """Whether a letter (columns of `outgoing`) failed as nobody is there, and no opt-in from the address lifted anything since."""
    lifted = exists().where(
        addresses.c.id == letter.address_id,
        suppressions.c.mac == addresses.c.mac,
        suppressions.c.lifted_at >= letter.finished_at,
    )
    return and_(letter.state == "failed", letter.reason.in_(NOBODY_THERE), ~lifted)


def rest_after(session: Connection, occasion_id: int, now: datetime) -> int:
    """After a mailing: look at every address that it could not reach. Returns how many were put to rest."""
    failed = session.execute(
        select(outgoing.c.address_id)
        .where(outgoing.c.occasion_id == occasion_id, outgoing.c.state == "failed", outgoing.c.reason.in_(NOBODY_THERE))
        .distinct()
    ).scalars()
    return sum(rest_if_dead(session, address_id, now) for address_id in failed.all())
