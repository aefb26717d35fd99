"""`termpost breach`: the log of personal data breaches, with the 72 hours in which the regulator is told (DP-17)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from mailer.acts import breach
from mailer.cli import listing, table
from mailer.cli.workbench import LAST_ID, Json, Workbench, iso, show_json, workbench
from mailer.people.formats import brief

app = typer.Typer(help="Personal data breaches, and the 72 hours to tell the regulator.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Personal data breaches, and the 72 hours to tell the regulator."""


@app.command("add")
def add(
    context: typer.Context,
    what: Annotated[str, typer.Option(help="What happened, in a sentence.")],
    known: Annotated[str, typer.Option(metavar="TIME", help="When it was known, ISO 8601; now, if not given.")] = "",
    happened: Annotated[str, typer.Option(metavar="TIME", help="When it happened, if that is known.")] = "",
    whom: Annotated[str, typer.Option(help="Whom it concerns: how many, and who, without names.")] = "",
    done: Annotated[str, typer.Option(help="What was done so far.")] = "",
    network: Annotated[str, typer.Option(metavar="SLUG", help="The network, if it concerns only one.")] = "",
    as_json: Json = False,
) -> None:
    """Write down a breach; its 72 hours run from when it was known."""
    with workbench(context) as bench, bench.store.write() as session:
        now = bench.now()
        number = breach.open_one(
            session,
            what=what,
            known_at=bench.since(known) if known else now,
            happened_at=_moment(bench, happened),
            whom=whom,
            done=done,
            network_id=bench.network(session, network).id if network else None,
            now=now,
        )
        one = next(each for each in breach.listing(session) if each.id == number)
    if as_json:
        show_json({"id": str(number)})
        return
    print(f"Breach {number} is written down. Tell the regulator by {brief(one.due_at)} UTC, unless nobody is at risk.")


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(breach.STATES)}.")] = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List the breaches by number, with by when the regulator is to be told."""
    listing.one_of(state, breach.STATES)
    with workbench(context) as bench, bench.store.read() as session:
        found = [_json(one) for one in listing.last(breach.listing(session, state), limit, as_json=as_json)]
    if as_json:
        show_json(found)
        return
    columns = ("id", "network", "known", "due", "state", "told", "what", "whom", "done")
    rows = [tuple("; ".join(one[key]) if key == "done" else one[key] or "" for key in columns) for one in found]
    table.show(columns, rows, listing.nothing(state, "", "No breach is written down."), spare=("whom", "done"))


@app.command("close")
def close(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The breach, as in `termpost breach list`.")],
    done: Annotated[str, typer.Option(help="What was done about it.")],
    told: Annotated[str, typer.Option(metavar="TIME", help="When the regulator was told, ISO 8601.")] = "",
    not_told: Annotated[str, typer.Option("--not-told", help="Why nobody is at risk, so that nobody was told.")] = "",
) -> None:
    """Close a breach: what was done, and when the regulator was told or why not."""
    with workbench(context) as bench, bench.store.write() as session:
        breach.close(session, number, done=done, told_at=_moment(bench, told), why_not=not_told, now=bench.now())
    print(f"Breach {number} is closed.")


def _moment(bench: Workbench, text: str) -> datetime | None:
    return bench.since(text) if text else None


def _json(one: breach.Breach) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "network": one.network,
        "happened": iso(one.happened_at),
        "known": iso(one.known_at),
        "due": iso(one.due_at),
        "state": breach.OPEN if one.closed_at is None else breach.CLOSED,
        "what": one.what,
        "whom": one.whom,
        "done": list(one.done),
        "told": iso(one.told_at),
        "not_told": one.why_not,
        "closed": iso(one.closed_at),
    }
