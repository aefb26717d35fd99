"""The polled mailbox: whether it can be read, and what its provider keeps of a letter (contract 1)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from mailer import clock
from mailer.cli.checking import Finding, Place
from mailer.store.tables import mailbox_probes

PATIENCE = 60.0  # seconds for the letter to come back
_TEST = "run: termpost check --probe (it sends one mail to the mailbox itself, and takes it away again)"
_NO_PLUS = (
    "replies to what Termpost sends would not arrive: ask the provider for plus addressing (Exchange: "
    "Set-OrganizationConfig -DisablePlusAddressInRecipients $false). If it was only slow, or lies in Junk, try again"
)


def mailbox(place: Place) -> Iterator[Finding]:
    """Whether the mailbox can be opened."""
    from workers.mailbox import mailbox_of, trouble

    if not place.settings.imap_url:
        return
    box = mailbox_of(place.settings)
    why = trouble(box)
    yield Finding(
        not why,
        f"the mailbox {box.name} can be read" if not why else f"the mailbox {box.name} cannot be read: {why}",
        "check TERMPOST_IMAP_URL and TERMPOST_IMAP_PASSWORD_FILE. Mail waits in the mailbox meanwhile, nothing is lost",
    )


def tested(place: Place) -> Iterator[Finding]:
    """When it was last tested what the mailbox's provider keeps, and what came of it."""
    from workers.mailbox import mailbox_of

    if not place.settings.imap_url:
        return
    name = mailbox_of(place.settings).name
    newest = select(mailbox_probes).where(mailbox_probes.c.mailbox == name).order_by(mailbox_probes.c.id.desc()).limit(1)
    with place.database.read() as session:
        row = session.execute(newest).first()
    if row is None:
        yield Finding(False, f"what the provider of {name} keeps of a letter was never tested", _TEST)
        return
    on = f"(tested on {row.sent_at:%Y-%m-%d})"
    if row.came_at is None:
        yield Finding(False, f"a test letter to a plus-form of {name} did not come {on}", _NO_PLUS)
    else:
        yield from _kept(row, place.settings.delivery_header, on)


def _kept(row: Any, header: str | None, on: str) -> Iterator[Finding]:
    """One line for each of the three by which an answer is known."""
    read = header or "To"
    if row.plus_in.lower() == read.lower():
        yield Finding(True, f"the mailbox keeps plus-forms, in {row.plus_in} {on}")
    elif row.plus_in:
        yield Finding(
            False,
            f"the mailbox keeps plus-forms in {row.plus_in}, and Termpost reads {read} {on}",
            f"set TERMPOST_DELIVERY_HEADER={row.plus_in}, or leave it out if that is To",
        )
    else:
        yield Finding(
            False,
            f"the mailbox takes plus-forms, and no field of what arrives shows them {on}",
            "answers are known by the Message-ID that they answer; mail to a role (+agenda, +news) goes to the committee. "
            "Ask the provider which field names the recipient, for TERMPOST_DELIVERY_HEADER",
        )
    for kept, what, mend in (
        (row.reply_to, "Reply-To", "members' answers go to the bare mailbox; they are known by Message-ID only"),
        (row.own_id, "Message-ID", "a bare answer is known by its tag only; ask the relay's owner to leave the field alone"),
    ):
        yield Finding(kept, f"{what} arrives {'as it was sent' if kept else 'changed'} {on}", mend)


def probe(place: Place) -> Iterator[Finding]:
    """`--probe`: a test letter to the mailbox's own plus-form."""
    from workers import probe as probing

    settings = place.settings
    if not settings.imap_url:
        yield Finding(False, "--probe tests a polled mailbox, and none is set", "leave it out, or set TERMPOST_IMAP_URL")
        return
    if any(each.is_tray for each in settings.relays):
        yield Finding(False, "nothing can be sent to the mailbox, as mail is kept in the tray", "set TERMPOST_RELAY_URL")
        return
    came = probing.run(settings, place.database, now=clock.lease_now(), patience=PATIENCE, tell=_watched())
    if came.returned:
        yield Finding(False, "the test letter was sent back: the provider refuses plus-forms", _NO_PLUS)


def _watched() -> Any:
    """Tells a person that waits how long it has been; a program is told nothing."""
    if not sys.stderr.isatty():
        return lambda seconds: None

    def tell(seconds: float) -> None:
        print(f"\rWaiting for the test letter: {seconds:.0f} of {PATIENCE:.0f} s ", end="", file=sys.stderr, flush=True)

    return tell


