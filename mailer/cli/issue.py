"""`termpost issue`: the newsletter."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from mailer.acts import issue as acts
from mailer.cli import listing, table
from mailer.cli.meeting import Slug
from mailer.cli.workbench import LAST_ID, Json, Workbench, iso, show_json, workbench
from mailer.consent import ledger
from mailer.errors import NotFound
from mailer.newsletters import assembly, issues
from mailer.newsletters.issues import Issue
from mailer.people import formats

app = typer.Typer(help="Issues of the newsletter.", no_args_is_help=True)

Id = Annotated[int | None, typer.Argument(metavar="[ID]", max=LAST_ID, help="Else the next issue that is to come out, or the latest.")]

STATES = ("collecting", "proofed", "approved", "sending", "sent", "held")


@app.command()
def add(
    context: typer.Context,
    slug: Slug,
    publishes: Annotated[str, typer.Option(help="ISO 8601; without an offset in the network's zone.")],
    copy_date: Annotated[str, typer.Option(help="Until when pieces are taken; else two weeks before.")] = "",
    as_json: Json = False,
) -> None:
    """Make an issue, and show every mail that will go out for it."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = acts.make(
            session,
            bench.actor(network.id),
            publishes_at=bench.moment(publishes, network),
            copy_at=bench.moment(copy_date, network) if copy_date else None,
            now=bench.now(),
        )
        ledger.by_operator(session, "issue", f"issue:{receipt.fields['issue']['id']}", bench.now(), network_id=network.id)
    if as_json:
        show_json({"id": receipt.fields["issue"]["id"]})
        return
    print(f"{receipt.said[:1].upper()}{receipt.said[1:]} (id {receipt.fields['issue']['id']})")
    table.show(
        ("mail", "due", "to", "people", "mode"),
        [
            (one["kind"], one["due_at"][:16].replace("T", " "), one["audience"], one["count"], one["mode"])
            for one in receipt.fields["occasions"]
        ],
        "No mail is planned for it.",
    )


@app.command("list")
def list_(
    context: typer.Context,
    slug: Slug,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only those published from this ISO 8601 time on.")] = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List the issues of a network by date."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        network = bench.network(session, slug)
        after = bench.moment(since, network) if since else None
        rows = [(one, issues.state(session, one)) for one in issues.listing(session, network.id)]
    rows = [row for row in rows if (not state or row[1] == state) and (after is None or row[0].publishes_at >= after)]
    rows = [*listing.last(rows, limit, as_json=as_json)]
    if as_json:
        show_json([_json(one, stands) for one, stands in rows])
        return
    table.show(
        ("id", "no", "publishes", "copy date", "state"),
        [
            (
                one.id,
                one.number,
                formats.brief(one.publishes_at, network.timezone),
                formats.brief(one.copy_at, network.timezone),
                stands,
            )
            for one, stands in rows
        ],
        listing.nothing(state, since, "There are no issues."),
    )


@app.command()
def show(context: typer.Context, slug: Slug, issue_id: Id = None, as_json: Json = False) -> None:
    """Show one issue: its pieces, what is missing, what an editor should look at."""
    with workbench(context) as bench, bench.store.read() as session:
        network = bench.network(session, slug)
        one = _chosen(session, bench, network.id, issue_id)
        found = assembly.show(session, one)
    if as_json:
        show_json({**found, **_json(one, found["state"])})
        return
    print(f"Issue {one.number}, out on {formats.brief(one.publishes_at, network.timezone)}: {found['state']}")
    table.show(
        ("no", "title", "person", "section", "words", "state", "missing"),
        [
            (p["number"], p["title"], p["person"], p["section"], p["words"], p["state"], ", ".join(p["missing"]))
            for p in found["pieces"]
        ],
        "No piece has come in yet.",
    )
    for warning in found["warnings"]:
        print(f"! {warning}")


@app.command()
def move(
    context: typer.Context,
    slug: Slug,
    issue_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `issue list`.")],
    publishes: Annotated[str, typer.Option(help="ISO 8601; the copy date keeps its distance unless --copy-date is given.")],
    copy_date: Annotated[str, typer.Option(help="Until when pieces are taken.")] = "",
    as_json: Json = False,
) -> None:
    """Publish an issue at another time; what was shown or planned for it is made anew."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = acts.move(
            session,
            bench.actor(network.id),
            issue_id,
            publishes_at=bench.moment(publishes, network),
            copy_at=bench.moment(copy_date, network) if copy_date else None,
            now=bench.now(),
        )
        ledger.by_operator(session, "issue-move", f"issue:{issue_id}", bench.now(), network_id=network.id)
        one = issues.get(session, issue_id)
    _done(one, receipt.said, as_json)


@app.command()
def cancel(
    context: typer.Context,
    slug: Slug,
    issue_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `issue list`.")],
    as_json: Json = False,
) -> None:
    """Call off an issue that is not out; its pieces wait for the next one."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = acts.call_off(session, bench.actor(network.id), issue_id, now=bench.now())
        ledger.by_operator(session, "issue-cancel", f"issue:{issue_id}", bench.now(), network_id=network.id)
        one = issues.get(session, issue_id)
    _done(one, receipt.said, as_json)


@app.command()
def proof(context: typer.Context, slug: Slug, issue_id: Id = None, as_json: Json = False) -> None:
    """Send the proof of an issue to the organisers now."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        one = _chosen(session, bench, network.id, issue_id)
        receipt = acts.proof(session, bench.actor(network.id), one.id, now=bench.now())
    _done(one, receipt.said, as_json)


@app.command()
def send(
    context: typer.Context,
    slug: Slug,
    issue_id: Id = None,
    now: Annotated[bool, typer.Option("--now", help="At once, not at its publishing time.")] = False,
    as_json: Json = False,
) -> None:
    """Approve an issue as it stands, without waiting for a proof or a second reader."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        one = _chosen(session, bench, network.id, issue_id)
        receipt = acts.send_as_it_stands(session, bench.actor(network.id), one.id, at_once=now, now=bench.now())
    _done(one, receipt.said, as_json)


def _chosen(session: Connection, bench: Workbench, network_id: int, issue_id: int | None) -> Issue:
    if issue_id is not None:
        return issues.get(session, issue_id, network_id)
    found = issues.current(session, network_id, bench.now())
    if found is None:
        raise NotFound("This network has no issue yet.", "Make one with: termpost issue add")
    return found


def _json(issue: Issue, state: str) -> dict[str, Any]:
    return {
        "id": str(issue.id),
        "number": issue.number,
        "publishes": iso(issue.publishes_at),
        "copy_date": iso(issue.copy_at),
        "state": state,
    }


def _done(issue: Issue, said: str, as_json: bool) -> None:
    if as_json:
        show_json({"id": str(issue.id)})
        return
    print(f"{said[:1].upper()}{said[1:]}.")
