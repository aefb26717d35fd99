"""`termpost network`: making, showing, changing and ending networks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from mailer.acts import first_organiser
from mailer.cli import listing, table
from mailer.cli.workbench import Json, Workbench, iso, show_json, workbench
from mailer.consent import ledger
from mailer.cycle import own
from mailer.cycle.calendar import bank_holidays
from mailer.errors import Refused
from mailer.message.roles import POST, ROLES
from mailer.outbound.writing import look_of
from mailer.people import archive, askings, committee, membership, networks
from mailer.people.networks import Network

app = typer.Typer(help="Networks.", no_args_is_help=True)

STATES = ("open", "held", "closed")

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The network's short name.")]


@app.command()
def add(
    context: typer.Context,
    slug: Slug,
    domain: Annotated[str, typer.Option(help="The mail domain its addresses are in.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    timezone: Annotated[str, typer.Option(help="The zone of its calendar.")] = "Europe/London",
    organiser: Annotated[list[str] | None, typer.Option(help="Who runs it, EMAIL or 'Name <EMAIL>'; may be given several times.")] = None,
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    controller: Annotated[str, typer.Option(help="Who answers for the data; else its name.")] = "",
    as_json: Json = False,
) -> None:
    """Make a network, with the first version of its privacy notice."""
    with workbench(context) as bench, bench.store.write() as session:
        network_id = networks.add(
            session,
            slug=slug,
            domain=domain,
            name=name,
            timezone=timezone,
            language=language,
            controller=controller,
            now=bench.now(),
        )
        for address in organiser or []:
            first_organiser.name(session, network_id, address, hasher=bench.hasher, now=bench.now())
        network = networks.by_id(session, network_id)
    if as_json:
        show_json({"id": str(network_id)})
        return
    typer.echo(f"Made {network.name} ({slug}). People join by mail to {look_of(bench.house, network).join}.")
    if organiser:
        typer.echo("Its organisers get what organisers get; for the invitations and the newsletter they join like anybody.")
    else:
        typer.echo("It has no organiser yet: termpost member import, with the role organiser.")


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help=f"Only this state: {' '.join(STATES)}.")] = "",
    since: listing.Since = "",
    limit: listing.Limit = None,
    as_json: listing.Json = False,
) -> None:
    """List the networks by short name."""
    listing.one_of(state, STATES)
    with workbench(context) as bench, bench.store.read() as session:
        after = bench.since(since) if since else None
        found = [one for one in networks.every(session) if after is None or one.created_at >= after]
        shown = [_json(session, bench, one) for one in found if not state or _state(one) == state]
        shown = [*listing.last(shown, limit, as_json=as_json)]
    if as_json:
        show_json(shown)
        return
    table.show(
        ("id", "slug", "domain", "name", "members", "state"),
        [tuple(one[key] for key in ("id", "slug", "domain", "name", "members", "state")) for one in shown],
        listing.nothing(state, since, "There is no network yet. Make one with: termpost network add"),
    )


@app.command()
def show(context: typer.Context, slug: Slug, as_json: Json = False) -> None:
    """Show one network, its addresses and who runs it."""
    with workbench(context) as bench, bench.store.read() as session:
        network = networks.get(session, slug)
        look = look_of(bench.house, network)
        shown = _json(session, bench, network) | {
            "addresses": {POST: look.post} | {role: look.address(role) for role in dict.fromkeys(ROLES.values())},
            "organisers": [
                {"id": str(one.membership_id), "name": one.name, "address": one.address, "roles": list(one.roles)}
                for one in committee.organisers(session, network.id)
            ],
            "unheard": [
                {"name": one.name, "address": one.address, "asked_at": iso(one.asked_at)}
                for one in askings.unheard(session, network.id, bench.now())
            ],
        }
    if as_json:
        show_json(shown)
        return
    for key, value in shown.items():
        if isinstance(value, list):
            value = ", ".join(f"{one['name']} <{one['address']}>".strip() for one in value)
        elif isinstance(value, dict):
            value = ", ".join(value.values())
        typer.echo(f"{key:16} {value if value not in (None, '') else '-'}")


@app.command("set")
def set_(
    context: typer.Context,
    slug: Slug,
    changes: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="Such as timezone=Europe/Dublin.")],
) -> None:
    """Change settings of a network: name, domain, timezone, language, controller, notice-version, holidays, uncertain,
    unanswered. A new controller, or notice-version=2, is a new version of the privacy notice."""
    wanted: dict[str, Any] = {}
    with workbench(context) as bench, bench.store.write() as session:
        for change in changes:
            setting, equals, value = change.partition("=")
            if not equals:
                raise Refused("no-value", f"“{change}” has no value.", "Write it as timezone=Europe/Dublin.")
            wanted[setting.strip().replace("-", "_")] = value.strip()
        network = networks.get(session, slug)
        bank_holidays(wanted.get("holidays", ""), bench.now().year)  # NotFound: no mail of it could be dated
        networks.change(session, network.id, wanted, bench.now())
    typer.echo(f"Changed {', '.join(wanted)} of {slug}.")


@app.command()
def terms(
    context: typer.Context,
    slug: Slug,
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIRST..LAST...", help="Such as 2027-01-05..2027-03-26; none lists them."),
    ] = None,
) -> None:
    """Set the terms of a network, in place of those that stand; requests then keep to term."""
    with workbench(context) as bench, bench.store.write() as session:
        network = networks.get(session, slug)
        if wanted:
            own.set_terms(session, network.id, [own.read_term(each) for each in wanted], bench.now())
            _note(session, bench, network, "network-terms")
        found = own.terms_of(session, network.id)
    for one in found:
        typer.echo(f"{one.first_day}..{one.last_day}")


@app.command()
def cycle(
    context: typer.Context,
    slug: Slug,
    changes: Annotated[
        list[str], typer.Argument(metavar="KIND=VALUE...", help="on, off, proof, auto, or an offset such as '-2 days'.")
    ],
) -> None:
    """Change when a network's mails go and how, row by row; what is planned is re-dated."""
    with workbench(context) as bench, bench.store.write() as session:
        network = networks.get(session, slug)
        said = [own.set_row(session, network.id, change, bench.now()) for change in changes]
        _note(session, bench, network, "network-cycle")
    typer.echo("\n".join(said))


@app.command()
def close(
    context: typer.Context, slug: Slug, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """End a network: nothing more is sent for it; what is kept stays until retention takes it."""
    with workbench(context) as bench:
        if not yes and not typer.confirm(f"Close {slug}? Nothing more will be sent for it."):
            raise typer.Exit(1)
        with bench.store.write() as session:
            networks.close(session, networks.get(session, slug).id, bench.now())
    typer.echo(f"Closed {slug}.")


@app.command()
def export(
    context: typer.Context,
    slug: Slug,
    out: Annotated[Path, typer.Option(help="The file to write; made with mode 0600, never overwritten.")],
) -> None:
    """Write everything of one network as JSON. It holds personal data: keep it encrypted."""
    with workbench(context) as bench:
        with bench.store.write() as session:
            network = networks.get(session, slug)
            _note(session, bench, network, "network-export")
        with bench.store.read() as session:
            rows = archive.write(session, network.id, out, bench.now())
    typer.echo(f"Wrote {rows} rows of {slug} to {out}.")


def _note(session: Connection, bench: Workbench, network: Network, act: str) -> None:
    ledger.by_operator(session, act, f"network:{network.id}", bench.now(), network_id=network.id)


def _state(network: Network) -> str:
    return "closed" if network.closed_at else "held" if network.held_at else "open"


def _json(session: Connection, bench: Workbench, network: Network) -> dict[str, Any]:
    return {
        "id": str(network.id),
        "slug": network.slug,
        "domain": network.domain,
        "name": network.name,
        "timezone": network.timezone,
        "language": network.language,
        "controller": network.controller,
        "members": len(membership.every(session, network.id)),
        "state": _state(network),
        "held_reason": network.held_reason,
        "created_at": iso(network.created_at),
        "first_term_ends": None if network.first_term_ends is None else network.first_term_ends.isoformat(),
    }
