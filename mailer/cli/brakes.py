"""`termpost hold`, `release`: brakes, while sending."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.acts import hold as acts
from mailer.cli.workbench import Json, show_json, workbench


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
            occasion_network = acts.network_of(session, int(what))
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
            receipt = acts.release(session, bench.actor(acts.network_of(session, int(what))), int(what), now=bench.now())
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
