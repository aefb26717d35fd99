"""`termpost member export / erase / merge`: a person's rights, carried out at the command line by IT."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from mailer.acts import forget_me
from mailer.acts import merge as merging_act
from mailer.cli.workbench import LAST_ID, Workbench, workbench
from mailer.consent import ledger
from mailer.errors import NotFound, Refused
from mailer.people import access, addresses, list_export, merging, networks, profile
from mailer.store.tables import standings
from mailer.store.whole import new_file

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The network.")]
Who = Annotated[str, typer.Argument(metavar="ADDRESS", help="An address of the person.")]


def export(
    context: typer.Context,
    slug: Slug,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="An address of the person; without one the whole list is written.")
    ] = "",
    out: Annotated[Path, typer.Option(help="The folder to write to; made if it is missing.")] = Path("."),
) -> None:
    """Write everything that is kept of a person as JSON and CSV, as MY DATA sends it (DP-9); or the list, as import takes it."""
    with workbench(context) as bench:
        if address:
            files = _of_one(bench, slug, address)
        else:
            with bench.store.write() as session:
                network_id = networks.get(session, slug).id
                _note(session, bench, network_id, "members-export", None)
            with bench.store.read() as session:
                content, count = list_export.write(session, network_id, bench.now())
            files = {f"{slug}-members.csv": content}
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            with new_file(out / name) as part:
                part.write_bytes(content)
            typer.echo(f"Wrote {out / name}{'' if address else f', {count} people'}.")


def _of_one(bench: Workbench, slug: str, address: str) -> dict[str, bytes]:
    with bench.store.write() as session:
        network_id = networks.get(session, slug).id
        one = _known(session, network_id, address)
        _note(session, bench, network_id, "member-export", one.id)
    with bench.store.read() as session:
        parts = access.collect(session, one.id)
    return {"my-data.json": access.as_json(parts), "my-data.csv": access.as_csv(parts)}


def erase(
    context: typer.Context,
    slug: Slug,
    address: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a person in every table and file, as FORGET ME does; no letter goes, and nothing brings it back (DP-11)."""
    with workbench(context) as bench:
        with bench.store.read() as session:
            network_id = networks.get(session, slug).id
            one = _known(session, network_id, address)
        if one.shared:
            raise Refused("shared-mailbox", "Several people read this mailbox; it is nobody's own address.")
        if not yes and not typer.confirm(f"Erase {address} and everything kept of that person, for good?"):
            raise typer.Exit(1)
        with bench.store.write() as session:
            erasure_id = forget_me.by_operator(session, network_id, one.id, now=bench.now())
        done = forget_me.carry_out(bench.house, erasure_id, bench.now())
    if done:
        typer.echo("Erased.")
    else:
        typer.echo(
            "Everything is stopped. Some mail is still on its way; the service erases the rest when it has gone."
        )


def merge(
    context: typer.Context,
    slug: Slug,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="An address of the person who stays.")] = "",
    other: Annotated[str, typer.Argument(metavar="ADDRESS", help="An address of who is the same person.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of them; change nothing.")] = False,
    undo: Annotated[int | None, typer.Option(metavar="MERGE", max=LAST_ID, help="Take a merge back.")] = None,
) -> None:
    """Make two people of the list one, and say what becomes of what they get. It can be taken back for 30 days."""
    with workbench(context) as bench, bench.store.write() as session:
        network_id = networks.get(session, slug).id
        if undo is not None:
            parted = merging_act.split(session, bench.actor(network_id), undo, now=bench.now())
            said = ["They are two people again."]
            for who, kinds in parted.fields["without"].items():
                said.append(f"What went round in the meantime did not come to {who}: {', '.join(kinds)}.")
        elif not address or not other:
            raise Refused("two-addresses", "Which two?", "termpost member merge SLUG ADDRESS ADDRESS")
        else:
            keep, gone = _known(session, network_id, address), _known(session, network_id, other)
            said = _in_words(merging.plan(session, keep.id, gone.id))
            if dry_run:
                said.append("Nothing was changed.")
            else:
                done = merging_act.merge(session, bench.actor(network_id), keep.id, gone.id, now=bench.now())
                said.append(f"Merged. To take it back: --undo {done.fields['undo']}")
    typer.echo("\n".join(said))


def _in_words(wanted: merging.Plan) -> list[str]:
    said = [f"{wanted.gone_name or 'Nobody by name'} becomes {wanted.kept_name or 'the first person'}."]
    for place in wanted.places:
        gets = ", ".join(f"{purpose} {after}" for purpose, (_was, after) in place.standings.items())
        said.append(f"In {place.slug}: one membership; {gets or 'nothing else changes'}.")
        if place.seen:
            shown = ", ".join(f"{field} to {whom}" for field, whom in place.seen.items() if whom != profile.NOBODY)
            said.append(f"In {place.slug}: others see {shown or 'nothing of them'}.")
        if place.roles:
            said.append(f"In {place.slug}: the roles {', '.join(place.roles)} go along.")
    return said


def _known(session: Connection, network_id: int, address: str) -> addresses.Address:
    """The address, if this network knows the person behind it."""
    found = addresses.find(session, address)
    mine = [found.id] if found is not None else []
    if found is not None and found.person_id is not None:
        mine = [one.id for one in addresses.of_person(session, found.person_id)]
    here = select(standings.c.id).where(standings.c.network_id == network_id, standings.c.address_id.in_(mine))
    if found is None or session.execute(here.limit(1)).first() is None:
        raise NotFound("Nobody is known by this address.", "`termpost member list` shows who is.")
    return found


def _note(session: Connection, bench: Workbench, network_id: int, act: str, address_id: int | None) -> None:
    thing = "" if address_id is None else f"address:{address_id}"
    ledger.by_operator(session, act, thing, bench.now(), network_id=network_id)
