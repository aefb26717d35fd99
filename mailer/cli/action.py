"""`termpost action`: who said they would do what, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli import listing, table
from mailer.cli.meeting import Slug
from mailer.cli.workbench import show_json, workbench
from mailer.meetings import actions

app = typer.Typer(help="Action points.", no_args_is_help=True)

STATES = ("open", "done", "dropped")


@app.callback()
def group() -> None:
    """Action points."""


@app.command("list")
def list_(
    context: typer.Context,
    slug: Slug,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only those put down since this ISO 8601 time.")] = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List the action points of a network by number."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        network = bench.network(session, slug)
        after = bench.moment(since, network) if since else None
        found = [*listing.last(actions.listing(session, network.id, state, since=after), limit, as_json=as_json)]
    if as_json:
        show_json(found)
        return
    table.show(
        ("no", "owner", "what", "due", "state", "what came of it"),
        [(one["number"], one["owner"], one["text"], one["due_on"], one["state"], one["outcome"]) for one in found],
        listing.nothing(state, since, "There are no action points."),
    )
