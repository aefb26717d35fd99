"""`termpost plan` and `termpost rehearse`: every mail of the term to come, told or written out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import table
from mailer.cli.rehearsal import rehearse as play
from mailer.cli.workbench import fail, iso, show_json, workbench
from mailer.cycle import outlook
from mailer.cycle import plan as planning


def plan(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The network.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Every mail of the term to come, and how many the busiest member gets."""
    with workbench(context) as bench:
        now = bench.now()
        with bench.store.write() as session:
            network = bench.network(session, slug)
            planning.refresh(session, network.id, now)
        with bench.store.read() as session:
            rows = outlook.to_come(session, network.id, now, states=outlook.EVERY)
            busiest = outlook.busiest(session, network.id, now)
    if as_json:
        show_json([{**row, "due_at": _utc(row["due_at"]), "until": _utc(row["until"])} for row in rows])
        return
    table.show(
        ("id", "due", "what", "to", "how many", "mode", "state"),
        [
            (
                r["id"],
                f"{datetime.fromisoformat(r['due_at']):%a %d %b %Y %H:%M}",
                r["kind"],
                r["audience"],
                r["count"],
                r["mode"],
                r["state"],
            )
            for r in rows
        ],
        "Nothing is planned. Make a meeting with: termpost meeting add",
    )
    print(f"The busiest member gets {busiest} mails a term.")


def rehearse(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The network.")],
    until: Annotated[str, typer.Option(help="The last day to play, YYYY-MM-DD.")],
    out: Annotated[Path, typer.Option(help="Folder for NNNN.eml and index.jsonl.")],
) -> None:
    """Write every mail that would go out until a day, assuming SEND to every proof. Works on a copy and sends nothing."""
    with workbench(context) as bench:
        with bench.store.read() as session:
            network = bench.network(session, slug)
        end = bench.moment(until, network)
        if len(until) <= len("2027-03-04"):
            end += timedelta(days=1)
        if end <= bench.now():
            fail(f"{until} is past.")
        count = play(bench.house, network.id, end, out)
    print(f"{count} mails written to {out}; nothing was sent and nothing changed.")


def _utc(moment: str) -> str | None:
    return iso(datetime.fromisoformat(moment))
