"""`termpost rate`: sending speed, changed while sending."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, select

from mailer import clock
from mailer.cli.workbench import Json, Workbench, fail, iso, show_json, workbench
from mailer.consent import ledger
from mailer.message.address import parse_address
from mailer.outbound import rates
from mailer.store.tables import networks

MOST = 1_000_000  # a minute; more than any relay takes


def rate(
    context: typer.Context,
    slug_or_number: Annotated[
        str, typer.Argument(metavar="[SLUG] N", help="Messages a minute, or off; nothing shows what is set.")
    ] = "",
    number: Annotated[str | None, typer.Argument(hidden=True)] = None,
    relay: Annotated[str | None, typer.Option(metavar="HOST", help="Only what this relay of TERMPOST_RELAY_URL gets.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DOMAIN", help="Only what goes to addresses of this domain.")] = None,
    as_json: Json = False,
) -> None:
    """Set how many messages a minute leave, for everything, one network, relay or domain; without a number, show it."""
    slug, said = ("", slug_or_number) if number is None else (slug_or_number, number)
    if "" in (relay, to):
        fail("An option is given without a value.", 2)
    to = to and to.rpartition("@")[2]
    with workbench(context) as bench, bench.store.write() as session:
        if number is None and _is_network(session, said):
            slug, said = said, ""
        if said and said != "off" and not (said.isascii() and said.isdigit() and int(said) <= MOST):
            fail(f"{said!r} is not a number of messages a minute up to {MOST:,}, nor off.", 2)
        if sum(map(bool, (slug, relay, to))) > 1:
            fail("A rate is for one network, one relay or one domain, not for several at once.", 2)
        now = clock.lease_now()
        name = _name(bench, session, slug, relay or "", to or "")
        if said:
            per_minute = None if said == "off" else int(said)
            rates.set_rate(session, per_minute, now=now, name=name)
            network_id = bench.network(session, slug).id if slug else None
            ledger.by_operator(session, "rate", "", bench.now(), network_id=network_id, fields={"per_minute": per_minute})
        per_minute = rates.rate(session, name)
        others = [_shown(session, row, now) for row in rates.every(session) if row.name != rates.ALL]
    shown = {"network": slug or None, "relay": relay or None, "to": to or None, "per_minute": per_minute}
    alone = name != rates.ALL or bool(said)
    if as_json:
        show_json(shown if alone else {**shown, "others": [row for row in others if _matters(row)]})
        return
    what = "" if name == rates.ALL else f" for {slug}" if slug else f" through {relay}" if relay else f" to {to}"
    print(f"Sending{what} is not limited." if per_minute is None else f"At most {per_minute} messages a minute leave{what}.")
    for row in others if not alone else []:
        if _matters(row):
            print(_sentence(row))


def _is_network(session: Connection, said: str) -> bool:
    return session.execute(select(networks.c.id).where(networks.c.slug == said.lower())).first() is not None


def _name(bench: Workbench, session: Connection, slug: str, relay: str, to: str) -> str:
    if slug:
        return rates.network(bench.network(session, slug).id)
    if relay:
        known = {place.url: place for place in bench.settings.relays if not place.is_tray}
        for url, place in known.items():
            if relay in (url, place.host, f"{place.host}:{place.port}"):
                return rates.relay(url)
        there = f"There is: {', '.join(known)}." if known else "TERMPOST_RELAY_URL names none."
        fail(f"There is no relay {relay!r}. {there}")
    if to:
        domain = to.rpartition("@")[2]
        if parse_address(f"somebody@{domain}") is None or "." not in domain:
            fail(f"{to!r} is not a domain.", 2)
        return rates.destination(domain)
    return rates.ALL


def _shown(session: Connection, row: Any, now: datetime) -> dict[str, Any]:
    kind, _, whose = row.name.partition(":")
    if kind == "network":
        whose = session.execute(select(networks.c.slug).where(networks.c.id == int(whose))).scalar() or whose
    rests = row.rests_until if rates.is_resting(row, now) else None
    return {"kind": kind, "name": whose, "per_minute": row.per_minute, "rests_until": iso(rests)}


def _matters(row: dict[str, Any]) -> bool:
    return row["per_minute"] is not None or row["rests_until"] is not None


def _sentence(row: dict[str, Any]) -> str:
    limit = "" if row["per_minute"] is None else f"at most {row['per_minute']} a minute"
    rests = f"asked to be spared and rests until {row['rests_until']}" if row["rests_until"] else ""
    return f"{row['kind']} {row['name']}: {'; '.join(filter(None, (limit, rests)))}"
