"""`termpost run`, `demo`, and one command for each role of the hosted form."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from sqlalchemy import select

from mailer.cli.workbench import plainly, read_settings, workbench
from mailer.errors import Conflict
from mailer.house import House, open_house
from mailer.store.tables import networks


def run(context: typer.Context) -> None:
    """The whole service in one process: doors, workers, scheduler, web. Where there is no network and nothing is configured, ports
    apart, it plays the demo."""
    from workers import alone, daemon

    with plainly():
        settings = read_settings(context)
        if not settings.is_embedded:
            daemon.refuse_run_with_broker()
        with alone.only_one_with(settings):
            house = open_house(settings)
            try:
                if _untouched(house) and settings.nothing_set:
                    house.close()
                    print(
                        "No network exists and nothing is configured, so this plays the demo: a made-up network's whole term."
                    )
                    _play(context, serve=True)
                    return
                _serve(house)
            finally:
                house.close()


def _untouched(house: House) -> bool:
    with house.store.read() as session:
        return session.execute(select(networks.c.id).limit(1)).first() is None


def _serve(house: House) -> None:
    from workers import daemon

    running = daemon.Embedded(house)
    try:
        running.start()
    except OSError as error:
        raise Conflict(
            f"A door cannot be opened: {error.strerror or error}.",
            "Does something else listen there? Set TERMPOST_SMTP_LISTEN or TERMPOST_WEB_LISTEN to another port.",
        ) from error
    try:
        daemon.until_told(lambda: _say(_where(house)))
    finally:
        _say("Stopping.")
        running.stop()


def _say(words: str) -> None:
    """To whoever reads. They may have gone, as `tee` at Ctrl-C, or have no room left: the service runs and stops as it should all
    the same."""
    try:
        print(words, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what was not read is not tried again at the end


def _where(house: House) -> str:
    settings = house.settings
    lines = ["Termpost is running. Ctrl-C stops it."]
    if _untouched(house):
        lines.append(
            "  There is no network yet: make one with termpost network add, or see one played with termpost demo."
        )
    for name, listen in (("SMTP", settings.smtp_listen), ("LMTP", settings.lmtp_listen)):
        if listen is not None:
            lines.append(f"  {name:<5} {listen}")
    if settings.web_listen is not None:
        lines.append(f"  Web   {settings.public_url}")
        if any(relay.is_tray for relay in settings.relays):
            lines.append(f"  Mail  kept here, readable at {settings.public_url}/tray")
    return "\n".join(lines)


def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Keep serving at the end.")] = True,
) -> None:
    """Play a whole term of a made-up network through the real SMTP door, with the clock sped up, in var/demo."""
    with plainly():
        _play(context, serve=serve)


def _play(context: typer.Context, *, serve: bool) -> None:
    from mailer.cli.demo import play

    play(read_settings(context), serve=serve)


def smtp(context: typer.Context) -> None:
    """The SMTP and LMTP doors alone (hosted form)."""
    _role(context, "smtp")


def imap(context: typer.Context) -> None:
    """The poller of one mailbox alone (hosted form)."""
    _role(context, "imap")


def work(context: typer.Context) -> None:
    """Workers that handle and send, alone (hosted form); run as many as you like."""
    _role(context, "work")


def schedule(context: typer.Context) -> None:
    """The scheduler alone (hosted form); of several, one leads."""
    _role(context, "schedule")


def web(context: typer.Context) -> None:
    """The web door alone (hosted form)."""
    _role(context, "web")


def _role(context: typer.Context, name: str) -> None:
    from workers import daemon

    with workbench(context) as bench:
        daemon.role(bench.house, name)
