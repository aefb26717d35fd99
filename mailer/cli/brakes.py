"""`termpost rate`, `hold`, `release`: sending speed and brakes, while sending."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Connection, select

from mailer import clock
from mailer.acts import hold as acts
from mailer.cli.workbench import Json, fail, show_json, workbench
from mailer.errors import NotFound
from mailer.outbound import rates
from mailer.store.tables import occasions


def rate(
    context: typer.Context,
    slug_or_number: Annotated[
        str, typer.Argument(metavar="[SLUG] N", help="Messages a minute, or off; nothing shows what is set.")
    ] = "",
    number: Annotated[str | None, typer.Argument(hidden=True)] = None,
    as_json: Json = False,
) -> None:
    """Set how many messages a minute leave, for everything or for one network; without a number, show it."""
    slug, said = (None, slug_or_number) if number is None else (slug_or_number, number)
    if said and said != "off" and not said.isdigit():
        fail(f"{said!r} is not a number of messages a minute, nor off.", 2)
    with workbench(context) as bench, bench.store.write() as session:
        name = rates.ALL if slug is None else rates.network(bench.network(session, slug).id)
        if said:
            rates.set_rate(session, None if said == "off" else int(said), now=clock.lease_now(), name=name)
        per_minute = rates.rate(session, name)
    if as_json:
        show_json({"network": slug, "per_minute": per_minute})
        return
    print("Sending is not limited." if per_minute is None else f"At most {per_minute} messages a minute leave.")


def hold(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="SLUG|MAILING", help="A network, or the id of a mailing (termpost plan).")
    ],
    reason: Annotated[str, typer.Option(help="Why, for the organisers.")] = "",
    as_json: Json = False,
) -> None:
    """Stop a network's mail, or one mailing, before its next copy; the organisers are told."""
    with workbench(context) as bench, bench.store.write() as session:
        if what.isdigit():
            occasion_network = _network_of(session, int(what))
            receipt = acts.hold(session, bench.actor(occasion_network), int(what), now=bench.now(), reason=reason)
            _say(what, receipt.said, "held", as_json)
            return
        acts.hold_network(session, bench.network(session, what).id, reason, now=bench.now())
    _say(
        what,
        f"Nothing leaves for {what} any more, replies to people excepted. Let it go on with: termpost release {what}",
        "held",
        as_json,
    )


def release(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="SLUG|MAILING", help="A network, or the id of a mailing.")],
    as_json: Json = False,
) -> None:
    """Let a held network or mailing go on; the organisers are told."""
    with workbench(context) as bench, bench.store.write() as session:
        if what.isdigit():
            receipt = acts.release(session, bench.actor(_network_of(session, int(what))), int(what), now=bench.now())
            _say(what, receipt.said, "released", as_json)
            return
        acts.release_network(session, bench.network(session, what).id, now=bench.now())
    _say(what, f"Mail for {what} leaves again.", "released", as_json)


def _say(what: str, said: str, state: str, as_json: bool) -> None:
    """`{"id" | "network": what, "state"}` for programs."""
    if as_json:
        show_json({"id" if what.isdigit() else "network": what, "state": state})
    else:
        print(said)


def _network_of(session: Connection, occasion_id: int) -> int:
    found = session.execute(select(occasions.c.network_id).where(occasions.c.id == occasion_id)).scalar()
    if found is None:
        raise NotFound(f"There is no mailing {occasion_id}.", "Their ids are in: termpost plan SLUG --json")
    return int(found)
