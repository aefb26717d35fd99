"""`termpost receive`: one message from standard input, as a mail server's pipe or a replay hands it over.

The exit status is what the mail server acts on (sysexits.h): 0 stored, 75 try again, 67 no such address, 65 too large.
Whatever goes wrong on our side is 75, so that nothing bounces because of us (V1).
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from typing import Annotated, BinaryIO, NoReturn

import typer
from sqlalchemy import select

from mailer import clock
from mailer.cli.workbench import read_settings
from mailer.errors import TermpostError
from mailer.house import House, open_house
from mailer.inbound import peek
from mailer.inbound.receive import Envelope, Intake
from mailer.message.address import parse_mailboxes
from mailer.settings import Settings
from mailer.store.tables import inbox

STORED = 0
TOO_LARGE = 65  # EX_DATAERR
UNKNOWN_ADDRESS = 67  # EX_NOUSER
TRY_AGAIN = 75  # EX_TEMPFAIL

LONGEST_WAIT = 60.0  # seconds of --wait
LOOK_EVERY = 0.05

_MBOX_LINE = re.compile(rb"From [^\r\n]*\r?\n")  # some pipes put it first (RFC 4155); it is no header field


def receive(
    context: typer.Context,
    sender: Annotated[
        str | None,
        typer.Option("--from", help="Envelope sender; '' is the null sender. Default: Return-Path, else From."),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Recipient, may be given often. Default: those of ours in the header."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is handled, and say what became of it.")] = False,
) -> None:
    """Store one message from standard input. Exit status: 0 stored, 75 try again, 67 unknown address, 65 too large."""
    try:
        settings = read_settings(context)
        content = read_message(sys.stdin.buffer, settings.smtp_max_size)
        house = open_house(settings)
        try:
            ids = store(house, content, sender, to or [])
            if wait:
                _wait(house, ids)
        finally:
            house.close()
    except typer.Exit:
        raise
    except TermpostError as error:
        _fail(TRY_AGAIN, str(error))
    except Exception as error:
        cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__
        _fail(TRY_AGAIN, f"The message could not be stored now: {cause}.")


def read_message(stream: BinaryIO, most: int) -> bytes:
    """All of the stream, without an mbox line on top. Ends the command with 65 when it is more than `most` octets."""
    content = stream.read(most + 1000)
    mbox = _MBOX_LINE.match(content)
    content = content[mbox.end() :] if mbox else content
    if len(content) > most:
        _fail(TOO_LARGE, f"The message is larger than {most} octets.")
    return content


def store(house: House, content: bytes, sender: str | None, to: list[str]) -> list[int]:
    """Commit the message; its inbox ids. Ends the command with 67 if a recipient is not ours: then nothing is stored."""
    intake = Intake(house.store)
    try:
        header, _ = peek.split(content)
        if to:
            for rcpt in to:
                verdict = intake.verdict(rcpt)
                if not verdict.ok:
                    _fail(UNKNOWN_ADDRESS, f"{rcpt}: {verdict.text}")
        else:
            to = [each for each in addressed(header, house.settings) if intake.verdict(each).ok]
        if not to:
            _fail(UNKNOWN_ADDRESS, "No address of a network here stands in the header; name one with --to.")
        mail_from = envelope_sender(header) if sender is None else sender.strip().removeprefix("<").removesuffix(">")
        return intake.store(Envelope(mail_from, tuple(to), content, "pipe", "", clock.now()))
    finally:
        intake.close()


def envelope_sender(header: bytes) -> str:
    """What the delivering server wrote as Return-Path, else the From address."""
    for path in peek.fields(header, b"Return-Path", 1):
        return path.strip().removeprefix("<").removesuffix(">")
    return next((each.address for each in parse_mailboxes(peek.field(header, b"From")) if each.address), "")


def addressed(header: bytes, settings: Settings) -> list[str]:
    """To whom the header says it goes: the configured delivery field if it is there, else To and Cc."""
    names = [b"To", b"Cc"]
    if settings.delivery_header and (trusted := peek.fields(header, settings.delivery_header.encode(), 1)):
        return [each.address for each in parse_mailboxes(trusted[0]) if each.address]
    return [
        each.address
        for name in names
        for value in peek.fields(header, name)
        for each in parse_mailboxes(value)
        if each.address
    ]


def _wait(house: House, ids: list[int]) -> None:
    """Print what became of each row; after a minute, that it still waits (it is stored all the same)."""
    patience = clock.monotonic() + LONGEST_WAIT
    waiting = list(dict.fromkeys(ids))
    while waiting:
        with house.store.read() as session:
            rows = session.execute(
                select(inbox.c.id, inbox.c.state, inbox.c.outcome).where(inbox.c.id.in_(waiting))
            ).all()
        for row in rows:
            if row.state not in ("stored", "handling"):
                print(f"{row.id} {row.state}: {row.outcome}")
                waiting.remove(row.id)
        if waiting and clock.monotonic() > patience:
            print(
                f"termpost: stored, and not handled yet: {', '.join(map(str, waiting))}. Is it running?",
                file=sys.stderr,
            )
            return
        if waiting:
            time.sleep(LOOK_EVERY)


def _fail(status: int, sentence: str) -> NoReturn:
    with suppress(OSError):  # a log on the disk that is full: the mail server goes by the status (V1)
        print(f"termpost: {sentence}", file=sys.stderr)
    raise typer.Exit(status)
