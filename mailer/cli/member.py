"""`termpost member`: people of a network, imported, listed, shown, added; their rights are in `member_rights`."""

from __future__ import annotations

import hashlib
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mailer.acts import add_member, import_members, import_undo
from mailer.acts.import_lines import RESULTS, Line, Wish, judge
from mailer.cli import listing as lists
from mailer.cli import member_rights, table
from mailer.cli.workbench import LAST_ID, WRONG_USAGE, Json, Workbench, fail, show_json, workbench
from mailer.consent import purposes as purpose_table
from mailer.errors import Refused
from mailer.people import holding, listing, networks, roles, sheet
from mailer.people.sheet import Sheet

app = typer.Typer(help="People of a network.", no_args_is_help=True)

UNHEARD = "; not heard from, may be blocked"
STANDINGS = ("pending", "active", "paused", "left", "suppressed", "none")

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The network.")]
Purposes = Annotated[str, typer.Option(help="Such as meetings,newsletter; else meetings and newsletter.")]


@app.command("import")
def import_(
    context: typer.Context,
    slug: Slug,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE.csv",
            help="email,name,organisation,roles,purposes,evidence in any order; a workbook, vCards, or an export of listmonk or Mailman.",
        ),
    ] = None,
    evidence: Annotated[
        str, typer.Option(help="How these people agreed, for rows that do not say it themselves.")
    ] = "",
    purposes: Purposes = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each line; change nothing.")
    ] = False,
    undo: Annotated[int | None, typer.Option(metavar="IMPORT", max=LAST_ID, help="Take an import back.")] = None,
    as_json: Json = False,
) -> None:
    """Import people from a list. With evidence they are active at once; without it pending, and get no mail."""
    with workbench(context) as bench:
        if undo is not None:
            touched, of = _undone(bench, slug, undo)
            if as_json:
                show_json({"id": str(undo), "taken_back": touched, "stay": of - touched})
                return
            stay = f" Of {of - touched} something was decided since, and they stay." if touched < of else ""
            typer.echo(f"Took import {undo} back: {touched} people are as before.{stay}")
            return
        if file is None:
            raise Refused("no-file", "Which file?", "termpost member import SLUG FILE.csv")
        content = _content(file)
        read = sheet.read(content)
        with bench.store.read() as session:
            network_id = networks.get(session, slug).id
            networks.check_open(session, network_id)  # a trial says so, too
        wish = Wish(
            network_id, bench.hasher, _purposes(purposes), evidence.strip(), hashlib.sha256(content).hexdigest()
        )
        import_id, lines = _judged(bench, wish, read) if dry_run else _carried(bench, wish, read, file.name)
    _say(import_id, lines, read.ignored, as_json=as_json, dry_run=dry_run)


@app.command("list")
def list_(
    context: typer.Context,
    slug: Slug,
    state: Annotated[
        str, typer.Option(help=f"Only who has this standing for some purpose: {' '.join(STANDINGS)}.")
    ] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="Only who joined since this ISO 8601 time.")] = "",
    limit: lists.Limit = None,
    as_json: lists.Json = False,
) -> None:
    """List the people of a network, with what they get."""
    lists.one_of(state, STANDINGS)
    with workbench(context) as bench, bench.store.read() as session:
        network = bench.network(session, slug)
        shown = listing.listing(session, network.id, bench.now())
        joined = listing.joined_since(session, network.id, bench.moment(since, network)) if since else None
    shown = [one for one in shown if joined is None or int(one["id"]) in joined]
    shown = [one for one in shown if not state or state in one["standings"].values()]
    shown = [*lists.last(shown, limit, as_json=as_json)]
    if as_json:
        show_json(shown)
        return
    table.show(
        ("id", "name", "address", "organisation", "roles", "gets"),
        [
            (
                one["id"],
                one["name"],
                one["addresses"][0],
                one["organisation"],
                " ".join(one["roles"]),
                _gets(one["standings"]) + (UNHEARD if one["unheard_since"] else ""),
            )
            for one in shown
        ],
        lists.nothing(state, since, "There is nobody in this network yet."),
        spare=("organisation", "roles"),
    )


def _gets(standings: dict[str, str]) -> str:
    """`meetings newsletter, discussion pending`: what comes is named alone."""
    coming = " ".join(purpose for purpose, now in standings.items() if now == "active")
    others = [f"{purpose} {now}" for purpose, now in standings.items() if now not in ("active", "none")]
    return ", ".join([*([coming] if coming else []), *others])


@app.command()
def show(
    context: typer.Context,
    slug: Slug,
    who: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The id of `member list`, or an address.")],
    as_json: Json = False,
) -> None:
    """Show one person."""
    with workbench(context) as bench, bench.store.read() as session:
        found = [
            one
            for one in listing.listing(session, networks.get(session, slug).id, bench.now())
            if one["id"] == who or who.lower() in (text.lower() for text in one["addresses"])
        ]
    if not found:
        fail(f"There is nobody {who} in {slug}. `termpost member list` shows who is.")
    if as_json:
        show_json(found[0])
        return
    for key, value in found[0].items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {said}" for name, said in value.items())
        typer.echo(f"{key:14} {', '.join(value) if isinstance(value, list) else value or '-'}")


@app.command()
def add(
    context: typer.Context,
    slug: Slug,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Their address.")],
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    organisation: Annotated[str, typer.Option(help="Where they work.")] = "",
    role: Annotated[str, typer.Option("--roles", help="Such as member;organiser.")] = "",
    purposes: Purposes = "",
    evidence: Annotated[str, typer.Option(help="How they agreed; without it they are asked first.")] = "",
    until: Annotated[
        str, typer.Option(metavar="DATE", help="The last day of their offices, such as 2028-07-31; else without end.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Add one person: active with evidence, else asked for their own yes."""
    with workbench(context) as bench, bench.store.write() as session:
        network = networks.get(session, slug)
        now = bench.now()
        if evidence.strip():
            row = sheet.Row(1, email.strip(), name, organisation, role, purposes, evidence.strip())
            wish = Wish(network.id, bench.hasher)
            import_id = import_members.begin(session, wish, file="", lines=1, now=now)
            line = import_members.carry_out(session, wish, import_id, [row], now)[0]
            if line.result in ("refused", "stays-out"):
                raise Refused(line.result, line.why)
        else:
            add_member.add(
                session,
                bench.actor(network.id),
                email,
                name=name,
                organisation=organisation,
                roles=_roles(role),
                purposes=_purposes(purposes) or purpose_table.DEFAULT,
                hasher=bench.hasher,
                now=now,
            )
        wanted = [
            one
            for one in listing.listing(session, network.id, now)
            if email.strip().lower() in map(str.lower, one["addresses"])
        ]
        if until and wanted:
            holding.set_term(session, int(wanted[0]["id"]), _roles(role), _end_of(until, network.timezone))
    member_id = wanted[0]["id"] if wanted else None
    if as_json:
        show_json({"id": member_id})
        return
    typer.echo("Added." if evidence.strip() else "Written down; they are asked first, if they may be written to.")


app.command()(member_rights.export)
app.command()(member_rights.erase)
app.command()(member_rights.merge)


def _end_of(day: str, zone: str) -> datetime:
    """The midnight with which a day ends there."""
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        fail(f"{day!r} is no day. Write it as 2028-07-31; without one they have no end.", WRONG_USAGE)
    return datetime.combine(after, time(), ZoneInfo(zone))


def _undone(bench: Workbench, slug: str, import_id: int) -> tuple[int, int]:
    """How many people are as before, of how many lines that had changed something."""
    now = bench.now()
    with bench.store.read() as session:
        undoing = import_undo.begin(session, import_id, now, network_id=networks.get(session, slug).id)
    touched = 0
    after: int | None = 0
    with _progress(undoing.lines, "Taking back") as shown:
        while after is not None:
            with bench.store.write() as session:
                more, after = import_undo.step(session, undoing, after, now)
            touched += more
            shown.update(import_undo.CHUNK)
    return touched, undoing.lines


def _progress(lines: int, label: str) -> Any:
    """A bar where a person watches."""
    return typer.progressbar(length=lines, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def _judged(bench: Workbench, wish: Wish, read: Sheet) -> tuple[int | None, list[Line]]:
    lines: list[Line] = []
    with _progress(len(read.rows), "Reading") as shown:
        for start in range(0, len(read.rows), import_members.CHUNK):
            with bench.store.read() as session:
                lines += judge(session, wish, read.rows[start : start + import_members.CHUNK])
            shown.update(import_members.CHUNK)
    return None, lines


def _carried(bench: Workbench, wish: Wish, read: Sheet, name: str) -> tuple[int | None, list[Line]]:
    now = bench.now()
    with bench.store.write() as session:
        import_id = import_members.begin(session, wish, file=name, lines=len(read.rows), now=now)
    lines: list[Line] = []
    with _progress(len(read.rows), "Importing") as shown:
        for start in range(0, len(read.rows), import_members.CHUNK):
            with bench.store.write() as session:
                lines += import_members.carry_out(
                    session, wish, import_id, read.rows[start : start + import_members.CHUNK], now
                )
            shown.update(import_members.CHUNK)
    return import_id, lines


def _say(import_id: int | None, lines: list[Line], ignored: tuple[str, ...], *, as_json: bool, dry_run: bool) -> None:
    counts = {result: sum(line.result == result for line in lines) for result in RESULTS}
    if as_json:
        shown: dict[str, Any] = {
            "id": None if import_id is None else str(import_id),
            "counts": counts,
            "ignored_columns": list(ignored),
            "lines": [
                {"line": one.row.line, "email": one.row.email, "result": one.result, "reason": one.why} for one in lines
            ],
        }
        show_json(shown)
        return
    told = ("refused", "repeated", "stays-out")
    telling = [one for one in lines if dry_run or one.result in told or one.row.note or one.row.off]
    for one in telling:
        typer.echo(f"line {one.row.line}: {one.row.email or '-'}: {one.result}: {one.why}")
    if ignored:
        typer.echo(f"Columns that mean nothing here: {', '.join(ignored)}.")
    would = "Would be: " if dry_run else ""
    typer.echo(would + ", ".join(f"{count} {result}" for result, count in counts.items() if count) + ".")
    if dry_run:
        typer.echo("This was a trial; nothing is done yet.")
    elif import_id is not None:
        typer.echo(f"To take it back: --undo {import_id}")


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Refused("no-file", f"{file} cannot be read: {error.strerror}.") from None


def _purposes(text: str) -> tuple[str, ...]:
    try:
        return purpose_table.read(text)
    except ValueError as error:
        raise Refused("bad-purposes", f"{error}.") from None


def _roles(text: str) -> tuple[str, ...]:
    try:
        return roles.read(text)
    except ValueError as error:
        raise Refused("bad-roles", f"{error}.") from None
