"""`termpost action`: who said they would do what, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli import table
from mailer.cli.meeting import Slug
from mailer.cli.workbench import show_json, workbench
from mailer.meetings import actions

app = typer.Typer(help="Action points.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Action points."""


@app.command("list")
def list_(
    context: typer.Context,
    slug: Slug,
    state: Annotated[str, typer.Option(help="Only this state: open done dropped.")] = "",
    since: Annotated[str, typer.Option(help="Only those put down since this ISO 8601 time.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many, the newest.")] = 1000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the action points of a network by number."""
    with workbench(context) as bench, bench.store.read() as session:
        network = bench.network(session, slug)
        after = bench.moment(since, network) if since else None
        found = actions.listing(session, network.id, state, since=after)[-limit:]
    if as_json:
        show_json(found)
        return
    table.show(
        ("no", "owner", "what", "due", "state", "what came of it"),
        [(one["number"], one["owner"], one["text"], one["due_on"], one["state"], one["outcome"]) for one in found],
        "There are no action points.",
    )
