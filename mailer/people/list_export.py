"""The list of a network as one CSV, in the columns that an import takes: to look at, to hand on, to bring in elsewhere.

Evidence says how each agreed here, so that the next host need not ask again; who is pending has none, and who left is marked so and
stays out wherever the file is brought in. Who agreed to nothing, as a guest of one meeting, is not in it. Nothing in it is a formula (SAFE-5).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from mailer.consent import ACTIVE, NONE, PENDING, purposes
from mailer.people import listing, spreadsheet
from mailer.store.tables import addresses, ledger, networks, standings

HEADINGS = ("email", "name", "organisation", "roles", "purposes", "evidence", "status")
_COMING = ("active", "paused")
_OUT = ("left", "suppressed")


def write(session: Connection, network_id: int, now: datetime) -> tuple[bytes, int]:
    """The file, and how many people are in it."""
    slug = session.execute(select(networks.c.slug).where(networks.c.id == network_id)).scalar_one()
    agreed = _agreed(session, network_id)
    rows = [
        _row(one, agreed, slug)
        for one in listing.listing(session, network_id, now)
        if set(one["standings"].values()) - {NONE}
    ]
    return spreadsheet.write(HEADINGS, rows), len(rows)


def _row(one: dict[str, Any], agreed: dict[str, datetime], slug: str) -> tuple[str, ...]:
    found = one["standings"]
    gets = [purpose for purpose, stands in found.items() if stands in _COMING]
    asked = [purpose for purpose, stands in found.items() if stands == PENDING]
    status = (
        ACTIVE if gets else PENDING if asked else "left" if any(stands in _OUT for stands in found.values()) else "none"
    )
    since = agreed.get(one["addresses"][0])
    evidence = f"agreed in {slug} on {since:%Y-%m-%d}" if gets and since is not None else ""
    who = one["addresses"][0], one["name"], one["organisation"], ";".join(one["roles"] or one["pending_roles"])
    return (*who, ";".join(gets or asked), evidence, status)


def _agreed(session: Connection, network_id: int) -> dict[str, datetime]:
    """When the newest agreement of each that is in force was given."""
    query = (
        select(addresses.c.address, func.max(ledger.c.at))
        .select_from(
            standings.join(ledger, ledger.c.id == standings.c.ledger_id).join(
                addresses, addresses.c.id == standings.c.address_id
            )
        )
        .where(
            standings.c.network_id == network_id,
            standings.c.standing == ACTIVE,
            standings.c.purpose.in_(purposes.SUBSCRIPTIONS),
            standings.c.scope == "",
            addresses.c.address.is_not(None),
        )
        .group_by(addresses.c.address)
    )
    return {row[0]: row[1] for row in session.execute(query)}
