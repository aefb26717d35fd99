"""`termpost inbox`: what came in and what became of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import select

from mailer.acts import open_private
from mailer.cli import listing, table
from mailer.cli.workbench import LAST_ID, Json, fail, iso, login, show_json, workbench
from mailer.consent import ledger
from mailer.inbound import turns
from mailer.message import read
from mailer.store.tables import inbox, raws

STATES = ("stored", "handling", "done", "asked", "held", "refused", "noted", "failed")

app = typer.Typer(help="What came in, and what became of it.", no_args_is_help=True)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: listing.Since = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List messages, oldest first."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        rows = listing.newest(
            bench, session, select(inbox), inbox, inbox.c.received_at,
            state=state, since=since, limit=limit, as_json=as_json,
        )  # fmt: skip
    if as_json:
        show_json([_json(row, closed=row.private) for row in rows])
        return
    table.show(
        ("id", "received", "to", "state", "handler", "outcome"),
        [(r.id, iso(r.received_at), r.rcpt, r.state, r.handler, r.outcome) for r in rows],
        listing.nothing(state, since, "Nothing has come in."),
        spare=("handler", "received"),
    )


def _json(row: Any, *, closed: bool) -> dict[str, Any]:
    """What is private is shown without its sender (V2), unless it was opened."""
    return {
        "id": str(row.id),
        "received_at": iso(row.received_at),
        "from": "" if closed else row.from_address,
        "to": row.rcpt,
        "subject": row.subject,
        "message_id": "" if closed else row.message_id.strip("<>"),  # its domain is the sender's
        "kind": row.kind,
        "handler": row.handler,
        "state": row.state,
        "outcome": row.outcome,
        "reason": row.reason,
    }


@app.command()
def show(
    context: typer.Context,
    message_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `inbox list`.")],
    reason: Annotated[
        str, typer.Option(help="Why a private message is opened, naming nobody. Kept for good; its writer is shown it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show one message: what was read, step by step, and what became of it. A private one is opened only with a reason."""
    with workbench(context) as bench:
        with bench.store.read() as session:
            row = session.execute(
                select(inbox, raws.c.content)
                .outerjoin(raws, raws.c.sha256 == inbox.c.raw_sha256)
                .where(inbox.c.id == message_id)
            ).first()
        if row is None:
            fail(f"There is no message {message_id}.")
        closed = row.private and not reason
        if row.private and reason:
            with bench.store.write() as session:
                open_private.open_private(session, inbox, message_id, reason, login=login(), now=bench.now())
    facts = {**_json(row, closed=closed), "strength": row.strength, "held_for": row.held_for}
    reply = quoted = ""
    if row.content is not None and not closed:
        reading = read(row.content)
        reply, quoted = reading.reply, reading.quoted
    if as_json:
        show_json({**facts, "steps": row.steps, "reply": reply, "quoted": quoted})
        return
    for name, value in facts.items():
        print(f"{name:<12} {value if value is not None else ''}")
    print("steps:")
    for step in row.steps:
        print(f"  - {step}")
    for title, text in (("new words", reply), ("what was cut", quoted)):
        if text:
            print(f"{title}:")
            print("\n".join(f"  {line}" for line in text.splitlines()))
    if closed:
        print(f"This is a private message. To open it: termpost inbox show {message_id} --reason '...'")


@app.command()
def replay(context: typer.Context, message_id: Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `inbox list`.")]) -> None:
    """Have a failed, held or refused message handled again from the start."""
    with workbench(context) as bench, bench.store.write() as session:
        if not turns.replay(session, message_id):
            fail(f"Message {message_id} does not exist or is not failed, held or refused.")
        network_id = session.execute(select(inbox.c.network_id).where(inbox.c.id == message_id)).scalar()
        ledger.by_operator(session, "inbox-replay", f"inbox:{message_id}", bench.now(), network_id=network_id)
    print(f"Message {message_id} will be handled again within seconds.")
