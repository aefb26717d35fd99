"""`termpost db`: upgrade, check, back up, restore, move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select, text

from mailer import clock
from mailer.acts import forget_me
from mailer.cli.workbench import fail, plainly, read_settings, workbench
from mailer.consent import journal, ledger, standing
from mailer.house import open_house
from mailer.store import Store, snapshot
from mailer.store.types import metadata
from mailer.store.upgrade import head, revision
from mailer.store.upgrade import upgrade as bring_up

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to the newest revision. Safe to run at any time and from several hosts."""
    with plainly():
        settings = read_settings(context)
        store = Store(settings.database_url)
        before = revision(store)
        bring_up(store)
        store.close()
    print(f"The database stands at {head()}{_before(before)}.")


@app.command()
def check(
    context: typer.Context,
    rebuild_standing: Annotated[
        bool, typer.Option("--rebuild-standing", help="Derive every standing from the ledger and compare.")
    ] = False,
) -> None:
    """Look for anything that is not as it must be: the file, the ledger's chain, standings, references."""
    with workbench(context) as bench, bench.store.read() as session:
        wrong = ledger.verify(session)
        if bench.store.is_sqlite:
            integrity = session.execute(text("PRAGMA integrity_check")).scalar()
            if integrity != "ok":
                wrong.append(f"the database file is damaged: {integrity}")
            wrong += [
                f"a row of {row[0]} refers to nothing in {row[2]}"
                for row in session.execute(text("PRAGMA foreign_key_check"))
            ]
        if rebuild_standing:
            wrong += standing.rebuild(session)
        rows = sum(
            session.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables
        )
    for sentence in wrong:
        print(sentence)
    if wrong:
        fail(f"{len(wrong)} things are not as they must be.")
    print(
        f"All is well: {rows} rows, the chain of the ledger holds"
        + (", standings follow from it." if rebuild_standing else ".")
    )


@app.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="Where to put it; made with mode 0600.")]
) -> None:
    """Copy the whole database into one SQLite file while the service runs. It holds personal data: keep it encrypted."""
    with workbench(context) as bench:
        if file.exists():
            fail(f"{file} exists already; a backup overwrites nothing.")
        snapshot.copy(bench.store, file)
    print(f"Backed up to {file}. Keep the secret file beside it, or old links in mail stop working.")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file made by backup.")],
    erasures: Annotated[
        Path | None, typer.Option(help="The erasure journal; else erasures.jsonl in the data folder.")
    ] = None,
) -> None:
    """Put a backup in place of an empty or missing database. Whom the erasure journal names is forgotten again, and
    everything is held until released (OPS-8, DP-11)."""
    with plainly():
        settings = read_settings(context)
        if not file.is_file():
            fail(f"There is no file {file}.")
        if erasures is not None and not erasures.is_file():
            fail(f"There is no file {erasures}.")
        store = Store(settings.database_url)
        if revision(store):
            with store.read() as session:
                used = session.execute(text("SELECT count(*) FROM networks")).scalar()
            if used:
                fail("The database is not empty; move it away first. Nothing was changed.")
        snapshot.load(file, store)
        store.close()
        house = open_house(settings)
        names = erasures or settings.data_dir / journal.NAME
        found = names.is_file()
        again = forget_me.replay(house, names, clock.now())
        house.close()
    if found:
        print(f"Forgotten again, as they were erased since: {again}.")
    else:
        print(f"No erasure journal was found at {names}. If anybody was erased since the backup, give it: --erasures")
    print("Restored. Sending is held for every network; look at it, then: termpost release SLUG")


@app.command()
def move(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The new database, for instance postgresql+psycopg://user@host/name.")],
) -> None:
    """Copy everything into another, empty database (SQLite to PostgreSQL). Stop the service first."""
    with workbench(context) as bench:
        to = Store(url)
        count = snapshot.move(bench.store, to)
        to.close()
    print(f"Copied {count} rows. Set TERMPOST_DATABASE_URL to the new database and start the service.")


def _before(revision_before: str) -> str:
    return "" if revision_before == head() else f" (before: {revision_before or 'empty'})"
