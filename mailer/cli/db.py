"""`termpost db`: upgrade, check, back up, restore, move, and what to do without the old secret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, exists, func, select, text

from mailer import clock
from mailer.acts import forget_me, restored
from mailer.cli.workbench import fail, plainly, read_settings, workbench
from mailer.consent import journal, leavings, ledger, standing, suppression
from mailer.house import House, fingerprint, is_used, known_fingerprint, open_house, remember, secret_for
from mailer.outbound.compose.spoken import count
from mailer.settings import Settings
from mailer.store import Store, snapshot
from mailer.store.types import UNCHECKED, metadata
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
            lost = [(row[0], row[2]) for row in session.execute(text("PRAGMA foreign_key_check"))]
        else:  # PostgreSQL has seen to all others itself
            lost = [
                (key.parent.table.name, key.column.table.name)
                for key in UNCHECKED
                for _ in session.execute(select(key.parent).where(key.parent.is_not(None), ~exists().where(key.column == key.parent)))
            ]
        wrong += [f"a row of {table} refers to nothing in {named}" for table, named in lost]
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
        snapshot.copy(bench.store, file)
        secret = bench.settings.secret_file
    print(f"Backed up to {file}. {secret} is not in it and is needed to restore: keep a copy of that in another place,")
    print("as who has both can forge the links and tags in mail.")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file made by backup.")],
    erasures: Annotated[
        Path | None, typer.Option(help="The erasure journal; else erasures.jsonl in the data folder.")
    ] = None,
    left: Annotated[
        Path | None, typer.Option("--leavings", help="The journal of leavings; else leavings.jsonl in the data folder.")
    ] = None,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="Without the secret file it was used with; see termpost db new-secret.")
    ] = False,
) -> None:
    """Put a backup in place of an empty or missing database, beside the secret file that it was used with. Whom the erasure
    journal names is forgotten again, who left since has left, and everything is held until released (OPS-8, DP-8, DP-11)."""
    with plainly():
        settings = read_settings(context)
        if not file.is_file():
            fail(f"There is no file {file}.")
        for given in (erasures, left):
            if given is not None and not given.is_file():
                fail(f"There is no file {given}.")
        store = Store(settings.database_url)
        if revision(store):
            with store.read() as session:
                used = session.execute(text("SELECT count(*) FROM networks")).scalar()
            if used:
                fail("The database is not empty; move it away first. Nothing was changed.")
        names = erasures or settings.data_dir / journal.NAME
        found = names.is_file()
        erased = journal.read(names)
        leavers = left or settings.data_dir / leavings.NAME
        ended, suppressed = leavings.read(leavers)
        damaged = {names: journal.damaged(names), leavers: leavings.damaged(leavers)}
        with snapshot.load(file, store, settings.data_dir) as session:
            if not new_secret:
                _fits(session, settings)
            doubtful = restored.doubt(session, clock.now())
            ledger.by_operator(session, "restore", "", clock.now(), network_id=None)
        house = House(settings, store, settings.secret())
        again = forget_me.replay(house, erased, clock.now())  # under the hashes of the backup, and then under those of now
        with house.store.write() as session:
            gone = restored.leave_again(session, ended, suppressed, clock.now())
        lost = _take_secret(house)
        again += forget_me.replay(house, erased, clock.now())
        with house.store.write() as session:
            gone += restored.leave_again(session, ended, suppressed, clock.now())
        house.close()
    if found:
        print(f"Forgotten again, as they were erased since: {again}.")
    else:
        print(f"No erasure journal was found at {names}. If anybody was erased since the backup, give it: --erasures")
    if leavers.is_file():
        print(f"Left again, as they left since: {gone}.")
    else:
        print(f"No journal of leavings was found at {leavers}. Who left since the backup is back: give it with --leavings, or ask the")
        print("organisers whom they know to have left, before anything is released.")
    for journal_file, lines in damaged.items():
        if lines:
            print(f"Of {journal_file} nobody can read {count(lines, 'line')}, which may have named people who are back now.")
    if new_secret:
        _say_what_breaks(settings, lost)
    letters, copies = count(doubtful.letters, "letter is", "letters are"), count(doubtful.copies, "copy is", "copies are")
    print(f"{letters} held one by one and {copies} uncertain: they may have gone since the")
    print("backup. Compare with the relay's log; docs/it.md says how to let go what did not.")
    if doubtful.askings:
        print(f"{doubtful.askings} invitations to join or their reminders may have gone too, and do not go again by themselves.")
    print("Restored. Sending is held for every network; look at it, then: termpost release SLUG")


@app.command()
def move(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The new database, for instance postgresql+psycopg://user@host/name.")],
) -> None:
    """Copy everything into another, empty database (SQLite to PostgreSQL). Stop the service first: with it running, this is
    refused. What is left behind is held, so that nothing goes out twice should it be started again."""
    from workers.alone import only_one_with

    with plainly():
        settings = read_settings(context)
        if url == settings.database_url:
            fail("That is where it is already. Nothing was changed.")
        if settings.is_embedded:
            with only_one_with(settings):
                _move(settings, url)
        else:
            _move(settings, url)


def _move(settings: Settings, url: str) -> None:
    house = open_house(settings)
    to = Store(url)
    # Whoever writes meanwhile waits, and is told to come back if it takes long: nothing is accepted that is not copied.
    with house.store.write() as session:
        count = snapshot.move(house.store, to)
        restored.leave_behind(session, clock.now())
    to.close()
    house.close()
    print(f"Copied {count} rows. Set TERMPOST_DATABASE_URL to the new database and start the service.")
    print("The old database is held: nothing leaves from it any more. Keep it until the new one is in a backup.")


WHAT_BREAKS = """With a new secret, for every mail that has gone out:
  - links to leave, to answer, to preferences and to confirm say that they are not valid
  - a reply is no longer known by its tag; it goes to the committee, or is asked about
  - what a calendar sends back, and bounces, are no longer known by theirs
  - people who were erased and had asked never to be written to are no longer recognised if somebody adds them again
Leaving by mail (STOP, or a mail to SLUG-leave@) goes on working. Tell the organisers, and have them tell the members."""


@app.command("new-secret")
def new_secret(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without it, only what would break is told.")] = False,
) -> None:
    """When the secret file is lost for good: go on with the one that is there, or with a new one. Stop the service first."""
    with plainly():
        settings = read_settings(context)
        store = Store(settings.database_url)
        if store.is_sqlite:
            bring_up(store)
        with store.read() as session:
            known = known_fingerprint(session) if is_used(session) else ""
        if not known or (settings.secret_file.exists() and fingerprint(settings.secret()) == known):
            store.close()
            print("The secret file and the database belong together. Nothing was changed.")
            return
        if not yes:
            store.close()
            print(WHAT_BREAKS)
            fail("Nothing was changed. If the old secret cannot be found: termpost db new-secret --yes")
        house = House(settings, store, settings.secret())
        lost = _take_secret(house)
        house.close()
    _say_what_breaks(settings, lost)


def _say_what_breaks(settings: Settings, lost: int) -> None:
    print(WHAT_BREAKS)
    print(f"{settings.secret_file} is the secret now. Keep a copy of it apart from the database.")
    if lost:
        print(f"Of {lost} entries in the list of those never to be written to nobody can tell any more whose they are.")


def _take_secret(house: House) -> int:
    """Make the house's secret the one that its database knows. Returns how many suppressions nobody can recognise now."""
    with house.store.write() as session:
        if known_fingerprint(session) in ("", fingerprint(house.root)):
            remember(session, house.root, clock.lease_now())
            return 0
        remember(session, house.root, clock.lease_now())
        return suppression.hash_anew(session, house.hasher)


def _fits(session: Connection, settings: Settings) -> None:
    """Before anything restored stays: the secret file must be the one that the backup was used with. Raises SecretLost."""
    secret_for(settings, used=True, known=known_fingerprint(session))


def _before(revision_before: str) -> str:
    return "" if revision_before == head() else f" (before: {revision_before or 'empty'})"
