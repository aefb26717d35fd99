"""`termpost hold`, `release`: brakes, while sending."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.acts import hold as acts
from mailer.cli.workbench import LAST_ID, Json, show_json, workbench


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
        mailing = _mailing(what)
        if mailing is not None:
            actor = bench.actor(acts.network_of(session, mailing))
            said = acts.hold(session, actor, mailing, now=bench.now(), reason=reason).said
            state = acts.state_of(session, mailing)
        else:
            acts.hold_network(session, bench.network(session, what).id, reason, now=bench.now())
            state = "held"
            said = f"Nothing leaves for {what} any more, replies to people excepted. Let it go on with: termpost release {what}"
    _say(what, said, state, as_json)


def release(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="SLUG|MAILING", help="A network, or the id of a mailing.")],
    as_json: Json = False,
) -> None:
    """Let a held network or mailing go on; the organisers are told."""
    with workbench(context) as bench, bench.store.write() as session:
        mailing = _mailing(what)
        if mailing is not None:
            said = acts.release(session, bench.actor(acts.network_of(session, mailing)), mailing, now=bench.now()).said
        else:
            acts.release_network(session, bench.network(session, what).id, now=bench.now())
            said = f"Mail for {what} leaves again."
    _say(what, said, "released", as_json)


def _mailing(what: str) -> int | None:
    """The id of a mailing; None: it is a network."""
    return int(what) if what.isascii() and what.isdigit() and int(what) <= LAST_ID else None


def _say(what: str, said: str, state: str, as_json: bool) -> None:
    """`{"id" | "network": what, "state"}` for programs."""
    if as_json:
        show_json({"id" if _mailing(what) is not None else "network": what, "state": state})
    else:
        print(said)
