"""`termpost check` and `termpost settings`: what IT needs to know, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from mailer.cli import table
from mailer.cli.checking import Check, Finding, Place, beyond, here, look, polled, rows
from mailer.cli.workbench import Json, plainly, read_settings, show_json

# What needs no database, what does, and what is looked at last.
FIRST: tuple[Check, ...] = (here.operator, here.calendar, here.folder, here.journals, here.disk)
WITHIN: tuple[Check, ...] = (
    rows.standing,
    rows.files,
    rows.secret,
    rows.chain,
    rows.each_network,
    rows.brakes,
    rows.queues,
    rows.refused,
    rows.unwritable,
    rows.complaints,
    rows.breaches,
    rows.requests,
    rows.retention,
    beyond.records,
)
LAST: tuple[Check, ...] = (beyond.relay, here.signing, beyond.broker, beyond.doors, polled.mailbox)


def check(
    context: typer.Context,
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Test the polled mailbox with one mail to itself: what does its provider keep?"),
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell what is wrong and how to mend it. Exit status 1 if anything is."""
    with plainly():
        place = Place(read_settings(context, with_clock=False))
        found = list(_look_at(place, probe=probe))
    if as_json:
        show_json([{"ok": f.ok, "what": f.what, "mend": "" if f.ok else f.mend} for f in found])
    else:
        for finding in found:
            print(
                f"{'ok   ' if finding.ok else 'WRONG'} {finding.what}"
                + ("" if finding.ok else f"\n      -> {finding.mend}")
            )
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


def _look_at(place: Place, *, probe: bool) -> Iterator[Finding]:
    for one in FIRST:
        yield from look(one, place)
    store, answers = rows.opened(place.settings)
    yield answers
    if store is not None:
        try:
            for one in (*WITHIN, *((polled.probe,) if probe else ()), polled.tested):
                yield from look(one, Place(place.settings, store))
        finally:
            store.close()
    for one in LAST:
        yield from look(one, place)


def settings(context: typer.Context, as_json: Json = False) -> None:
    """Every setting with its value, where it comes from and what it means; secrets are masked."""
    with plainly():
        shown = read_settings(context).table()
    if as_json:
        show_json([row._asdict() for row in shown])
    else:
        table.show(("setting", "value", "from", "meaning"), shown, "")
