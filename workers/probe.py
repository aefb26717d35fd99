"""`termpost check --probe`: one letter through the relay to the mailbox's own plus-form, and what the provider left of it.

In the polled form everything that comes back is known by a plus-form, by Reply-To or by Message-ID (contract 1), and
providers differ in which of them they keep. The row is committed before the letter is sent, so that the poller, which
sees it first as likely as not, passes it over; at the end it is taken out of the mailbox, with those that came too late
for an earlier try. The letter names its Message-ID in its text as well, so it is known if the field was changed.

    outcome = run(settings, store, now=clock.lease_now(), patience=60.0, tell=print)
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from sqlalchemy import select, update

from mailer import clock
from mailer.errors import Unavailable
from mailer.inbound import peek
from mailer.message.address import parse_mailboxes
from mailer.message.tags import ALPHABET, TAG_LENGTH, local_part
from mailer.outbound import transport
from mailer.settings import Settings
from mailer.store import Store, add
from mailer.store.tables import mailbox_probes
from workers.mailbox import MARK, connect, mailbox_of

LOOK_EVERY = 1.0  # seconds between two looks into the mailbox
ENOUGH = 65_536  # octets of a message that are looked at
FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")  # where providers write whom it was for


@dataclass(frozen=True)
class Outcome:
    """What came of a probe. `plus_in` names the field that kept the plus-form; `returned` that the provider sent it back."""

    came: bool
    returned: bool = False
    plus_in: str = ""
    reply_to: bool = False
    own_id: bool = False


@dataclass(frozen=True)
class Probe:
    """The letter that is sent: `to` and `reply_to` are plus-forms as long as a real tag makes them."""

    mailbox: str
    to: str
    reply_to: str
    message_id: str

    def letter(self, now: datetime) -> bytes:
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = self.mailbox
        mail["To"] = self.to
        mail["Reply-To"] = self.reply_to
        mail["Subject"] = "Termpost tests this mailbox"
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is to answer
        mail.set_content(f"This letter goes by itself.\n\n{self.message_id}\n")
        return mail.as_bytes()


def make(mailbox: str) -> Probe:
    """A probe for this address, told from every other by its random part."""
    local, _, domain = mailbox.rpartition("@")
    # `x` and `z` begin no tag of ours, so nothing can take the plus-forms for one.
    random = "".join(secrets.choice(ALPHABET) for _ in range(TAG_LENGTH - 1))
    return Probe(
        mailbox, f"{local_part(local, f'x{random}')}@{domain}", f"{local_part(local, f'z{random}')}@{domain}",
        f"<{MARK}x{random}@{domain}>",
    )  # fmt: skip


def run(settings: Settings, store: Store, *, now: datetime, patience: float, tell: Callable[[float], None]) -> Outcome:
    """Send one and wait for it. `tell` hears how many seconds have gone. Raises Unavailable when it cannot be sent."""
    try:
        return _run(settings, store, now, patience, tell)
    except (IMAPClientError, OSError) as error:
        raise Unavailable(f"The mailbox could not be tested: {error}.", "See the line on the mailbox.") from error


def _run(settings: Settings, store: Store, now: datetime, patience: float, tell: Callable[[float], None]) -> Outcome:
    box = mailbox_of(settings)
    probe = make(settings.mailbox_of(settings.mailbox_network or ""))
    with connect(box) as client:
        before = int(client.select_folder(box.folder).get(b"UIDNEXT", 1))
        with store.write() as session:
            row = add(session, mailbox_probes, mailbox=box.name, message_id=probe.message_id, sent_at=now)
        _send(settings, probe, now)
        outcome = _wait(client, box.folder, before, probe, settings.delivery_header, patience, tell)
        _clear(client, store, box.name, probe.mailbox)
    if outcome.came:
        kept = {"plus_in": outcome.plus_in, "reply_to": outcome.reply_to, "own_id": outcome.own_id}
        with store.write() as session:
            session.execute(
                update(mailbox_probes).where(mailbox_probes.c.id == row).values(came_at=clock.lease_now(), **kept)
            )
    return outcome


def _send(settings: Settings, probe: Probe, now: datetime) -> None:
    wire = transport.Wire(0, probe.mailbox, probe.to, probe.letter(now))
    why = ""
    for relay in transport.relays(settings.relays):
        try:
            line = relay.connect()
        except transport.RelayDown as down:
            why = str(down)
            continue
        try:
            [reply] = line.send([wire])
        finally:
            line.close()
        if reply.state == "accepted":
            return
        why = reply.text or reply.reason
    raise Unavailable(f"The test letter could not be sent: {why}", "The relay is mended first: termpost check.")


def _wait(
    client: IMAPClient, folder: str, before: int, probe: Probe, header: str | None, patience: float, tell: Callable[[float], None]
) -> Outcome:  # fmt: skip
    start = clock.monotonic()
    while (gone := clock.monotonic() - start) < patience:
        tell(gone)
        for content in _since(client, folder, before).values():
            if probe.message_id.encode() in content:
                return judge(probe, content, header)
        _pause(client)
    return Outcome(came=False)


def _pause(client: IMAPClient) -> None:
    """Until something happens in the mailbox, or a moment where the server cannot tell."""
    if not client.has_capability("IDLE"):
        time.sleep(LOOK_EVERY)
        return
    client.idle()
    try:
        client.idle_check(timeout=LOOK_EVERY)
    finally:
        client.idle_done()


def _since(client: IMAPClient, folder: str, uid: int) -> dict[int, bytes]:
    client.select_folder(folder)
    found = [each for each in client.search(["UID", f"{uid}:*"]) if each >= uid]
    fetched: dict[int, dict[bytes, Any]] = client.fetch(found, [f"BODY.PEEK[]<0.{ENOUGH}>"]) if found else {}
    return {each: bytes(parts.get(b"BODY[]<0>") or b"") for each, parts in fetched.items()}


def judge(probe: Probe, content: bytes, header: str | None) -> Outcome:
    """What is left of the probe in a message that names it."""
    fields, _ = peek.split(content)
    own_id = peek.field(fields, b"Message-ID").strip() == probe.message_id
    sender = [each.address.lower() for each in parse_mailboxes(peek.field(fields, b"From"))]
    if not own_id and sender != [probe.mailbox.lower()]:
        return Outcome(came=False, returned=True)
    named = dict.fromkeys(name for name in (header, *FIELDS) if name)
    kept = [name for name in named if probe.to.lower() in _addresses(fields, name)]
    return Outcome(True, False, kept[0] if kept else "", probe.reply_to.lower() in _addresses(fields, "Reply-To"), own_id)


def _addresses(fields: bytes, name: str) -> list[str]:
    """Of the topmost instance, as those below may be of another hop."""
    first = peek.fields(fields, name.encode(), 1)
    return [each.address.lower() for value in first for each in parse_mailboxes(value)]


def _clear(client: IMAPClient, store: Store, mailbox: str, address: str) -> None:
    """Take every probe of ours out of the folder, and nothing else: without UIDPLUS it is only marked (RFC 4315).

    What only names one, such as a bounce, belongs to the mailbox's owner and stays.
    """
    with store.read() as session:
        ours = select(mailbox_probes.c.message_id).where(mailbox_probes.c.mailbox == mailbox)
        known = session.execute(ours.order_by(mailbox_probes.c.id.desc()).limit(20)).scalars().all()
    with suppress(IMAPClientError):  # a folder that may only be read keeps them; the poller passes them over
        uids = []
        for message_id in known:
            named = client.search(["TEXT", message_id.strip("<>")])
            fetched = client.fetch(named, [f"BODY.PEEK[]<0.{ENOUGH}>"]) if named else {}
            probe = Probe(address, "", "", message_id)
            uids += [uid for uid, parts in fetched.items() if judge(probe, bytes(parts.get(b"BODY[]<0>") or b""), None).came]
        if uids:
            client.delete_messages(uids)
            if client.has_capability("UIDPLUS"):
                client.uid_expunge(uids)
