"""The command line: every command and group under one name.

A command starts quickly when only what it needs is imported, so a call that names one gets an app with that one alone;
`--help` gets all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.examples import epilog

# name -> module:function, or module:app for a group; in the order of --help
COMMANDS: dict[str, str] = {
    "run": "serve:run",
    "demo": "serve:demo",
    "smtp": "serve:smtp",
    "imap": "serve:imap",
    "work": "serve:work",
    "schedule": "serve:schedule",
    "web": "serve:web",
    "receive": "receive:receive",
    "read": "read:read_files",
    "network": "network:app",
    "member": "member:app",
    "meeting": "meeting:app",
    "agenda": "agenda:app",
    "action": "action:app",
    "issue": "issue:app",
    "plan": "plans:plan",
    "rehearse": "plans:rehearse",
    "inbox": "inbox:app",
    "outbox": "outbox:app",
    "audit": "audit:audit",
    "breach": "breach:app",
    "rate": "rate:rate",
    "hold": "brakes:hold",
    "release": "brakes:release",
    "db": "db:app",
    "check": "checks:check",
    "settings": "checks:settings",
}


def everywhere(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; termpost.toml in this folder if not given.")
    ] = None,
) -> None:
    """Runs a practitioner network from the inbox."""


def assemble(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        name="termpost",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=everywhere,
        epilog=f"{epilog('run')}, then open http://127.0.0.1:8080. What each command does: termpost COMMAND --help",
    )
    for name in names:
        module, _, what = COMMANDS[name].partition(":")
        found = getattr(import_module(f"mailer.cli.{module}"), what)
        if what == "app":
            for each in found.registered_commands:
                each.epilog = epilog(f"{name} {each.name or each.callback.__name__}")
            app.add_typer(found, name=name, epilog=epilog(name))
        else:
            app.command(name, epilog=epilog(name))(found)
    return app


def main() -> None:
    """Entry point of `termpost`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # it may be closed
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter gets the others
    words = [word for word in sys.argv[1:3] if word in COMMANDS]
    # `--config FILE` may stand before the command; then, and for anything unusual, everything is there.
    assemble(words[:1] if words and words[0] == sys.argv[1] else tuple(COMMANDS))()
