"""`termpost demo`: a made-up network plays a whole term through the real service in about a minute.

cast.py      the schools and the people, each with the mail program they have
clients/     mail as those programs write it
script.py    what people write of their own accord, day by day
habits.py    what they answer to the mail they get
post.py      how their mail reaches the SMTP door; mailbox.py how ours reaches them
stage.py     the calendar, and when the house has done everything that a moment brings
player.py    sets the stage, starts the service, moves the calendar
outcome.py   what was done, in numbers; expected.py whether that is what the script says
progress.py  what the audience sees

Everything is made in DATA_DIR/demo with its own database and keys, afresh each time.
"""

from __future__ import annotations

import typer

from mailer.settings import Settings


def play(settings: Settings, *, serve: bool) -> None:
    """Play the term, then serve until told to stop. Exit status 1 where something did not come out as the script says.

    Conflict (mailer.errors) where a demo runs in that folder already.
    """
    from mailer.cli.demo.player import run

    if not run(settings, serve=serve):
        raise typer.Exit(1)
