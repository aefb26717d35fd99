"""`termpost audit`: who did what, when, and how that was known; of one network, or of the whole service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from sqlalchemy import select

from mailer.cli import listing, table
from mailer.cli.workbench import iso, show_json, workbench
from mailer.people import trail
from mailer.store.tables import networks


def audit(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="[SLUG]", help="The network; all of them, and what is of none, if not given.")] = "",
    since: listing.Since = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """Who did what, when, and how that was known, oldest first. Who wrote privately, or is forgotten, is not shown."""
    with workbench(context) as bench, bench.store.read() as session:
        found = trail.rows(
            session,
            network_id=bench.network(session, slug).id if slug else None,
            since=bench.since(since) if since else None,
            most=listing.most(limit, as_json=as_json),
        )
        slugs = {row.id: row.slug for row in session.execute(select(networks.c.id, networks.c.slug))}
        by = trail.addresses_of(session, [row.actor for row, hides in found if not hides])
    entries = [_json(row, slugs.get(row.network_id, ""), hides, by) for row, hides in found]
    if as_json:
        show_json(entries)
        return
    table.show(
        ("id", "at", "network", "who", "how", "what", "thing"),
        [(*(one[key] for key in ("id", "at", "network", "by", "how")), _what(one), one["thing"]) for one in entries],
        listing.nothing("", since, "Nothing was done yet."),
        spare=("thing", "how"),
    )


def _what(entry: Mapping[str, Any]) -> str:
    """The act, and why where a reason had to be given (V2)."""
    return ": ".join(filter(None, (entry["act"], entry["fields"].get("reason"))))


def _json(row: Any, slug: str, hides: bool, by: Mapping[str, str]) -> dict[str, Any]:
    """`actor` is how the trail names them, by id; `by` their address, as long as it is known."""
    return {
        "id": str(row.id),
        "at": iso(row.at),
        "network": slug,
        "actor": "" if hides else row.actor,
        "by": "" if hides else by.get(row.actor, row.actor),
        "how": row.how,
        "act": row.act,
        "thing": row.thing,
        "fields": row.fields,
    }
