"""The command line: every group of commands under one name. What is slow to import is imported where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import action, agenda, brakes, checks, db, inbox, issue, meeting, member, network, outbox, plans, serve
from mailer.cli.read import read_files
from mailer.cli.receive import receive

app = typer.Typer(
    name="termpost",
    help="Runs a practitioner network from the inbox.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def everywhere(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; termpost.toml in this folder if not given.")
    ] = None,
) -> None:
    """Runs a practitioner network from the inbox."""


app.command("read")(read_files)
app.command("receive")(receive)
app.command("run")(serve.run)
app.command("demo")(serve.demo)
for role in (serve.smtp, serve.imap, serve.work, serve.schedule, serve.web):
    app.command(role.__name__)(role)
app.command("plan")(plans.plan)
app.command("rehearse")(plans.rehearse)
app.command("rate")(brakes.rate)
app.command("hold")(brakes.hold)
app.command("release")(brakes.release)
app.command("check")(checks.check)
app.command("settings")(checks.settings)
for name, group in (
    ("network", network.app),
    ("member", member.app),
    ("meeting", meeting.app),
    ("agenda", agenda.app),
    ("action", action.app),
    ("issue", issue.app),
    ("inbox", inbox.app),
    ("outbox", outbox.app),
    ("db", db.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Entry point of `termpost`."""
    app()
