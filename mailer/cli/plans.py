"""`termpost plan` and `termpost rehearse`: every mail of the term to come, told or written out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailer import log
from mailer.cli import listing, table
from mailer.cli.rehearsal import rehearse as play
from mailer.cli.workbench import fail, iso, show_json, workbench
from mailer.cycle import outlook
from mailer.cycle import plan as planning

STATES = ("planned", "proofed", "waiting", "queued", "sent", "held", "missed", "cancelled", "superseded")


def plan(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The network.")],
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only what is due from this ISO 8601 time on.")] = "",
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many, the first to go.")] = None,
    as_json: listing.Json = False,
) -> None:
    """Every mail of the term to come, and how many the busiest member gets."""
    listing.one_of(state, STATES)
    with workbench(context) as bench:
        now = bench.now()
        with bench.store.write() as session:
            network = bench.network(session, slug)
            planning.refresh(session, network.id, now)
        with bench.store.read() as session:
            rows = outlook.to_come(session, network.id, now, states=outlook.EVERY)
            after = bench.moment(since, network) if since else None
            busiest = outlook.busiest(session, network.id, now)
    rows = [row for row in rows if after is None or datetime.fromisoformat(row["due_at"]) >= after]
    rows = [row for row in rows if not state or row["state"] == state][:limit]
    if as_json:
        times = [{"due_at": _utc(row["due_at"]), "until": _utc(row["until"])} for row in rows]
        later = [[{**one, "at": _utc(one["at"])} for one in row["later"]] for row in rows]
        show_json([{**row, **at, "later": after} for row, at, after in zip(rows, times, later, strict=True)])
        return
    table.show(
        ("id", "due", "what", "to", "people", "mode", "state"),
        [
            (
                r["id"],
                listing.due(r["due_at"], now),
                r["kind"],
                r["audience"].replace("-", " "),
                r["count"],
                r["mode"],
                r["state"],
            )
            for r in rows
        ],
        listing.nothing(state, since, "Nothing is planned. Make a meeting with: termpost meeting add"),
        whole=("due",),
        spare=("to",),
    )
    for row in rows:
        for one in row["later"]:
            people = "1 person" if one["count"] == 1 else f"{one['count']} people"
            when = datetime.fromisoformat(one["at"])
            print(f"{row['id']} {row['kind']}: {people} {one['why']}, and get{'s' if one['count'] == 1 else ''} this one {when:%a %d %b %H:%M}.")
        if row["over_count"]:
            print(f"{row['id']} {row['kind']}: not for {row['over_count']}, who would have more than seven mails this term.")
    print(f"The busiest member gets {busiest} mails a term.")


def rehearse(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The network.")],
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
        if bench.house.settings.log_level != "debug":
            log.setup("error")  # what the play on the copy would warn of happens to nobody
        count = play(bench.house, network.id, end, out)
    print(f"{count} mails written to {out}; nothing was sent and nothing changed.")


def _utc(moment: str) -> str | None:
    return iso(datetime.fromisoformat(moment))
