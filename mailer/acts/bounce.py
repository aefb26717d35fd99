"""A copy came back. Evidence decides, never one report: an address is put to rest after permanent failures of the
user-unknown kind on two mailings (BNC-5, design ruling 11 on BNC-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.acts import Actor, Receipt
from mailer.message import Bounce
from mailer.message.address import key
from mailer.outbound import dead, outbox
from mailer.store import prepared
from mailer.store.tables import outgoing


def bounced(session: Connection, actor: Actor, outgoing_id: int, reports: Sequence[Bounce], *, now: datetime) -> Receipt:
    """Write what a delivery report says of one of our copies. A report whose tag names a row that is gone is noted."""
    row = session.execute(*_copy_of(outgoing_id, actor.network_id)).first()
    if row is None:
        return Receipt(
            "", "A delivery report about a mail that is no longer kept.", state="noted", reason="unknown-copy"
        )
    # A report may tell of several recipients; ours is the one it names, else the first.
    named = (each for each in reports if each.address and key(each.address) == key(row.to_address or ""))
    report = next(named, reports[0] if reports else None)
    if report is None or report.action in ("relayed", "expanded", "delivered"):
        return Receipt("", "A delivery report that reports no failure.", state="noted", reason="no-failure")
    # A report counts against the copy it names; "delayed" and what is temporary are only noted (BNC-4).
    permanent = report.permanent and report.action in ("failed", "", None)
    outbox.bounced(
        session,
        outgoing_id,
        reason=report.reason or "unclassified",
        diagnostic=report.diagnostic or "",
        permanent=permanent,
        now=now,
    )
    if permanent and dead.rest_if_dead(session, row.address_id, now):
        return Receipt("", f"Came back ({report.reason}) for the second time; this address gets no more mail.")
    return Receipt("", f"Came back: {report.reason or 'unclassified'}{'' if permanent else ', for now'}.")


@prepared
def _copy_of(copy: Any, network: Any) -> Any:
    mine = (outgoing.c.id == copy) & (outgoing.c.network_id == network)
    return select(outgoing.c.address_id, outgoing.c.to_address).where(mine)
