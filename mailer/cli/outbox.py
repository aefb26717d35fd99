"""`termpost outbox`: what goes, went, did not go, and why."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, literal, select

from mailer.acts import hold, open_private
from mailer.cli import listing, table
from mailer.cli.workbench import LAST_ID, Json, Workbench, fail, iso, login, show_json, workbench
from mailer.consent import ledger
from mailer.inbound.message import is_to_hidden_writer
from mailer.outbound import again, outbox, told
from mailer.outbound.copies import message_id as message_id_of
from mailer.outbound.letterheads import DOMAIN
from mailer.store.tables import attempts, inbox, letterheads, letters, networks, outgoing

STATES = ("queued", "sending", "accepted", "deferred", "failed", "cancelled", "uncertain")

OfACopy = Annotated[int, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `outbox list`.")]

app = typer.Typer(help="What goes out, and what became of it.", no_args_is_help=True)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: listing.Since = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List outgoing copies, oldest first."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        rows = listing.newest(
            bench, session, _rows(), outgoing, outgoing.c.created_at,
            state=state, since=since, limit=limit, as_json=as_json,
        )  # fmt: skip
        found = [_json(row, bench, closed=_is_to_writer(row)) for row in rows]
    if as_json:
        show_json(found)
        return
    table.show(
        ("id", "network", "purpose", "to", "state", "tries", "reason"),
        [(r["id"], r["network"], r["purpose"], r["to"], r["state"], r["attempts"], r["reason"]) for r in found],
        listing.nothing(state, since, "Nothing was written."),
        spare=("network", "purpose", "tries"),
    )


def _rows() -> Any:
    return (
        select(outgoing, networks.c.slug, DOMAIN, letters.c.subject, letters.c.template, letters.c.fields, inbox.c.private)
        .join(networks, networks.c.id == outgoing.c.network_id)
        .outerjoin(letterheads, letterheads.c.id == outgoing.c.letterhead_id)
        .join(letters, letters.c.id == outgoing.c.letter_id)
        .outerjoin(inbox, inbox.c.id == outgoing.c.inbox_id)
    )


def _json(row: Any, bench: Any, *, closed: bool) -> dict[str, Any]:
    """What goes to the writer of a private question is shown without its reader (V2), unless it was opened."""
    return {
        "id": str(row.id),
        "network": row.slug,
        "occasion": _occasion(row),
        "purpose": row.purpose,
        "to": "" if closed else row.to_address or "",
        "subject": row.subject,
        "message_id": message_id_of(row, row.domain, bench.house).strip("<>"),
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": iso(row.next_attempt_at) if row.state in outbox.OPEN else None,
        "reason": row.reason,
    }


def _is_private(row: Any) -> bool:
    """Of a private question, or the answer to it: its words are between its writer and the committee (V2)."""
    return bool(row.private) or is_to_hidden_writer(row.template, row.fields)


def _is_to_writer(row: Any) -> bool:
    """To the writer of a private question or complaint, who is shown to nobody (V2)."""
    return is_to_hidden_writer(row.template, row.fields) or (bool(row.private) and row.purpose != "desk")


def _occasion(row: Any) -> str:
    if row.occasion_id is not None:
        return str(row.occasion_id)
    return f"reply:{row.inbox_id}" if row.inbox_id is not None else str(row.key.rpartition(":")[0])


@app.command()
def show(
    context: typer.Context,
    outgoing_id: OfACopy,
    as_json: Json = False,
    eml: Annotated[bool, typer.Option("--eml", help="The very bytes that went to the relay, made again.")] = False,
    reason: Annotated[
        str, typer.Option(help="Why a copy of a private letter is opened, naming nobody. Kept for good; who wrote in private is shown it.")
    ] = "",
) -> None:
    """Show one copy with its whole history. One of a private letter is opened only with a reason."""
    with workbench(context) as bench:
        with bench.store.read() as session:
            row = session.execute(_rows().where(outgoing.c.id == outgoing_id)).first()
            if row is None:
                fail(f"There is no copy {outgoing_id}.")
            closed = not reason and _is_to_writer(row)
            history = session.execute(_tries(closed).where(attempts.c.outgoing_id == outgoing_id)).all()
        if eml and _is_private(row) and not reason:
            fail(f"Copy {outgoing_id} is of a private letter. To open it: termpost outbox show {outgoing_id} --eml --reason '...'")
        content = again.made_again(bench.house, outgoing_id) if eml else b""
        if reason and _is_private(row):
            table_of, opened = (inbox, row.inbox_id) if row.private else (outgoing, outgoing_id)
            with bench.store.write() as session:
                open_private.open_private(session, table_of, opened, reason, login=login(), now=bench.now())
        facts = _json(row, bench, closed=closed)
    if eml:
        sys.stdout.buffer.write(content)
        return
    for name in ("lane", "created_at", "not_before", "deadline", "finished_at", "relay", "sha256"):
        value = getattr(row, name)
        facts[name] = iso(value) if isinstance(value, datetime) else value
    if as_json:
        show_json({**facts, "history": [_history(tried) for tried in history]})
        return
    for name, value in facts.items():
        print(f"{name:<16} {value if value is not None else ''}")
    print("history:")
    for tried in history:
        print(f"  {iso(tried.at)}  {told.line(tried)}")
    if closed:
        print(f"Who it goes to wrote in private. To open it: termpost outbox show {outgoing_id} --reason '...'")


def _tries(closed: bool) -> Any:
    """A copy's history, in order; closed without what the relay said, which often names who it goes to."""
    tried, text = attempts.c, literal("").label("text") if closed else attempts.c.text
    return select(tried.at, tried.state, tried.code, tried.enhanced, tried.reason, text, tried.relay).order_by(tried.id)


def _history(tried: Any) -> dict[str, Any]:
    said = ("state", "code", "enhanced", "reason", "text", "relay")
    return {"at": iso(tried.at), **{name: getattr(tried, name) for name in said}}


def _note(session: Connection, bench: Workbench, act: str, outgoing_id: int, fields: dict[str, Any] | None = None) -> None:
    network_id = session.execute(select(outgoing.c.network_id).where(outgoing.c.id == outgoing_id)).scalar()
    ledger.by_operator(session, act, f"outgoing:{outgoing_id}", bench.now(), network_id=network_id, fields=fields)


@app.command()
def retry(context: typer.Context, outgoing_id: OfACopy) -> None:
    """Try a deferred or failed copy again at once."""
    with workbench(context) as bench, bench.store.write() as session:
        if not outbox.retry_now(session, outgoing_id, bench.now()):
            fail(f"Copy {outgoing_id} does not exist or is neither deferred nor failed.")
        _note(session, bench, "outbox-retry", outgoing_id)
        when = _when(session, outgoing_id)
    print(f"Copy {outgoing_id} is tried again {when}.")


@app.command()
def resolve(
    context: typer.Context,
    outgoing_id: OfACopy,
    arrived: Annotated[bool, typer.Option("--arrived", help="It arrived.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="It is to go again.")] = False,
    lost: Annotated[bool, typer.Option("--lost", help="It did not arrive, and does not go again.")] = False,
) -> None:
    """Say what became of an uncertain copy."""
    if arrived + resend + lost != 1:
        fail("Say what became of it: --arrived, --resend or --lost.", 2)
    what: outbox.Became = "arrived" if arrived else "lost" if lost else "resend"
    with workbench(context) as bench, bench.store.write() as session:
        if not outbox.resolve(session, outgoing_id, what, bench.now()):
            fail(f"Copy {outgoing_id} does not exist or is not uncertain.")
        _note(session, bench, "outbox-resolve", outgoing_id, {"became": what})
        again = f"goes again {_when(session, outgoing_id)}, with the same Message-ID" if resend else ""
    print(f"Copy {outgoing_id} {again or f'is noted as {what}'}.")


def _when(session: Connection, outgoing_id: int) -> str:
    return "once what holds it is released" if outbox.is_braked(session, outgoing_id) else "within seconds"


@app.command()
def cancel(
    context: typer.Context,
    outgoing_id: Annotated[int | None, typer.Argument(metavar="ID", max=LAST_ID, help="The id of `outbox list`.")] = None,
    mailing: Annotated[int | None, typer.Option(max=LAST_ID, help="A whole mailing, by its id in `plan --json`; the organisers are told.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the organisers.")] = "",
) -> None:
    """Stop a copy, or what is left of a mailing, for good. What is on its way cannot be called back; it is counted."""
    if (outgoing_id is None) == (mailing is None):
        fail("Give the id of one copy, or --mailing and the id of a mailing.", 2)
    with workbench(context) as bench, bench.store.write() as session:
        if mailing is not None:
            actor = bench.actor(hold.network_of(session, mailing))
            said = hold.call_off(session, actor, mailing, now=bench.now(), reason=reason).said
        else:
            assert outgoing_id is not None
            state = outbox.cancel(session, outgoing_id, "cancelled-by-hand", bench.now())
            if not state:
                fail(f"Copy {outgoing_id} does not exist or is on its way or done.")
            _note(session, bench, "outbox-cancel", outgoing_id)
            doubtful = "does not go again. It may have arrived before, so it is uncertain."
            said = f"Copy {outgoing_id} {'is cancelled.' if state == 'cancelled' else doubtful}"
    print(said)
