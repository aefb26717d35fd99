"""`termpost agenda`: what stands on the agenda of a meeting."""

from __future__ import annotations

import typer

from mailer.cli import table
from mailer.cli.meeting import Id, Slug, chosen
from mailer.cli.workbench import Json, show_json, workbench
from mailer.meetings import agenda

app = typer.Typer(help="The agenda of a meeting.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The agenda of a meeting."""


@app.command()
def show(
    context: typer.Context,
    slug: Slug,
    meeting_id: Id = None,
    as_json: Json = False,
) -> None:
    """Show the agenda: its state and every item, withdrawn ones too."""
    with workbench(context) as bench, bench.store.read() as session:
        network, now = bench.network(session, slug), bench.now()
        found = agenda.show(session, chosen(session, network.id, meeting_id, now), now)
    if as_json:
        show_json(found)
        return
    print(f"The agenda is {found['state']}.")
    table.show(
        ("no", "title", "person", "minutes", "kind", "state", "lane"),
        [
            (one["number"], one["title"], one["person"], one["minutes"], one["kind"], one["state"], one["lane"])
            for one in found["items"]
        ],
        "No item has come in yet.",
    )
