"""`termpost meeting`: meetings, as an organiser would make them by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from mailer.acts import Receipt, meet
from mailer.cli import listing, table
from mailer.cli.workbench import LAST_ID, Json, iso, show_json, workbench
from mailer.consent import ledger
from mailer.errors import NotFound
from mailer.meetings import meetings, responses
from mailer.meetings.meetings import Meeting
from mailer.people import formats

app = typer.Typer(help="Meetings.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The network.")]
Id = Annotated[int | None, typer.Argument(metavar="[ID]", max=LAST_ID, help="Else the next meeting, or the latest.")]

STATES = ("planned", "over", "cancelled")


@app.command()
def add(
    context: typer.Context,
    slug: Slug,
    starts: Annotated[str, typer.Option(help="ISO 8601; without an offset in the network's zone.")],
    ends: Annotated[str, typer.Option(help="ISO 8601.")],
    venue: Annotated[str, typer.Option(help="Where.")] = "",
    host: Annotated[str, typer.Option(help="The organisation that hosts it.")] = "",
    title: Annotated[str, typer.Option(help="What the network calls this gathering.")] = "",
    items_close: Annotated[str, typer.Option(help="Until when items are taken; else ten days before.")] = "",
    as_json: Json = False,
) -> None:
    """Make a meeting, and show every mail that will go out for it."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = meet.make(
            session,
            bench.actor(network.id),
            starts_at=bench.moment(starts, network),
            ends_at=bench.moment(ends, network),
            venue=venue,
            host=host,
            title=title,
            items_close_at=bench.moment(items_close, network) if items_close else None,
            now=bench.now(),
        )
        ledger.by_operator(session, "meeting", f"meeting:{receipt.fields['meeting']['id']}", bench.now(), network_id=network.id)
    if as_json:
        show_json({"id": receipt.fields["meeting"]["id"]})
        return
    _say(receipt, bench.now())


@app.command("list")
def list_(
    context: typer.Context,
    slug: Slug,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only those that start from this ISO 8601 time on.")] = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List the meetings of a network by date."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        network, now = bench.network(session, slug), bench.now()
        found = meetings.listing(session, network.id)
        after = bench.moment(since, network) if since else None
    found = [one for one in found if after is None or one.starts_at >= after]
    found = [one for one in found if not state or one.state_at(now) == state]
    found = [*listing.last(found, limit, as_json=as_json)]
    if as_json:
        show_json([_json(one, now) for one in found])
        return
    table.show(
        ("id", "no", "starts", "state", "venue", "host", "title"),
        [
            (m.id, m.number, formats.brief(m.starts_at, network.timezone), m.state_at(now), m.venue, m.host, m.title)
            for m in found
        ],
        listing.nothing(state, since, "There are no meetings."),
    )


@app.command()
def show(context: typer.Context, slug: Slug, meeting_id: Id = None, as_json: Json = False) -> None:
    """Show one meeting and who answered what."""
    with workbench(context) as bench, bench.store.read() as session:
        network, now = bench.network(session, slug), bench.now()
        meeting = chosen(session, network.id, meeting_id, now)
        answers = responses.listing(session, meeting.id)
        counts = responses.summary(session, meeting.id)
    if as_json:
        show_json({**_json(meeting, now), "responses": answers})
        return
    print(f"Meeting {meeting.number}, {formats.brief(meeting.starts_at, network.timezone)}: {meeting.state_at(now)}")
    for name in ("title", "venue", "host"):
        if getattr(meeting, name):
            print(f"{name:<6} {getattr(meeting, name)}")
    gone = f"; {counts['left']} who had said yes or maybe left since" if counts["left"] else ""
    print(f"{counts['yes']} yes, {counts['maybe']} maybe, {counts['no']} no, {counts['unanswered']} not answered{gone}")
    table.show(
        ("address", "answer", "guests", "note"),
        [
            (one["address"], one["answer"] + (" (left since)" if one["left"] else ""), one["guests"] or "", one["note"])
            for one in answers
        ],
        "Nobody is invited yet.",
    )


@app.command()
def move(
    context: typer.Context,
    slug: Slug,
    meeting_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `meeting list`.")],
    starts: Annotated[str, typer.Option(help="ISO 8601; the length stays unless --ends is given.")] = "",
    ends: Annotated[str, typer.Option(help="ISO 8601.")] = "",
    venue: Annotated[str | None, typer.Option(help="Where.")] = None,
    host: Annotated[str | None, typer.Option(help="The organisation that hosts it.")] = None,
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    items_close: Annotated[str, typer.Option(help="Until when items are taken.")] = "",
    reason: Annotated[str, typer.Option(help="What people are told of why.")] = "",
    as_json: Json = False,
) -> None:
    """Change time, place, host or title; those who were told already are told."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = meet.move(
            session,
            bench.actor(network.id),
            meeting_id,
            starts_at=bench.moment(starts, network) if starts else None,
            ends_at=bench.moment(ends, network) if ends else None,
            venue=venue,
            host=host,
            title=title,
            items_close_at=bench.moment(items_close, network) if items_close else None,
            reason=reason,
            now=bench.now(),
        )
        ledger.by_operator(session, "move", f"meeting:{receipt.fields['meeting']['id']}", bench.now(), network_id=network.id)
    if as_json:
        show_json({"id": receipt.fields["meeting"]["id"]})
        return
    _say(receipt, bench.now())


@app.command()
def cancel(
    context: typer.Context,
    slug: Slug,
    meeting_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `meeting list`.")],
    reason: Annotated[str, typer.Option(help="What people are told of why.")] = "",
    as_json: Json = False,
) -> None:
    """Cancel a meeting; its items wait for the next one, and those who were told of it are told."""
    with workbench(context) as bench, bench.store.write() as session:
        network = bench.network(session, slug)
        receipt = meet.cancel(session, bench.actor(network.id), meeting_id, reason=reason, now=bench.now())
        ledger.by_operator(session, "cancel", f"meeting:{receipt.fields['meeting']['id']}", bench.now(), network_id=network.id)
    if as_json:
        show_json({"id": receipt.fields["meeting"]["id"]})
        return
    _say(receipt, bench.now())


def chosen(session: Connection, network_id: int, meeting_id: int | None, now: datetime) -> Meeting:
    """The meeting named, else the next that has not ended, else the latest (contract 3). Raises NotFound."""
    if meeting_id is not None:
        return meetings.get(session, meeting_id, network_id)
    found = meetings.current(session, network_id, now)
    if found is None:
        raise NotFound("This network has no meeting yet.", "Make one with: termpost meeting add")
    return found


def _json(meeting: Meeting, now: datetime) -> dict[str, Any]:
    return {
        "id": str(meeting.id),
        "number": meeting.number,
        "title": meeting.title,
        "starts": iso(meeting.starts_at),
        "ends": iso(meeting.ends_at),
        "venue": meeting.venue,
        "host": meeting.host,
        "state": meeting.state_at(now),
        "items_close": iso(meeting.items_close_at),
    }


def _say(receipt: Receipt, now: datetime) -> None:
    print(f"{receipt.said[:1].upper()}{receipt.said[1:]} (id {receipt.fields['meeting']['id']})")
    for caution in receipt.fields["cautions"]:
        print(f"! {caution}")
    table.show(
        ("mail", "due", "to", "people", "mode"),
        [
            (one["kind"], listing.due(one["due_at"], now), one["audience"].replace("-", " "), one["count"], one["mode"])
            for one in receipt.fields["occasions"]
        ],
        "No mail is planned for it.",
        whole=("due",),
    )
