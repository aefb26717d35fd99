"""The polled mailbox: the form in which one mailbox at a provider stands for a whole network (contract 1).

New messages are fetched in the order of their UIDs, each is committed by `inbound.receive`, and only then does the
cursor (UIDVALIDITY, last UID) move and the message become \\Seen (SMTP-21). A crash between the two fetches a message
twice, which the store knows as a repeat. The first look takes what is unseen beside what comes from then on. What is too
large, or what the server cannot give, stays there, flagged. Nothing is deleted: the mailbox belongs to its owner.

The envelope is gone when mail lies in a mailbox. The recipient is taken from the one field named by
TERMPOST_DELIVERY_HEADER, its topmost instance, as those below may be forged; the sender from From, as the null sender
must not be guessed: bounces are known by what they are.

    poller = Poller(settings, store, intake); poller.start(); ...; poller.stop()
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from sqlalchemy import Row, select

from mailer import clock, log
from mailer.errors import SettingsError
from mailer.inbound import peek
from mailer.inbound.receive import Envelope, Intake
from mailer.message.address import parse_mailboxes
from mailer.message.tags import split_local
from mailer.settings import Settings
from mailer.store import Store, upsert
from mailer.store.tables import mailbox_cursors, networks
from workers.mailbox import connect, is_probe, mailbox_of

POLL = 20.0  # seconds between looks; IDLE calls earlier, but not of what came beside another answer
LISTEN = 0.5  # seconds between two looks at whether to stop
RETRY = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds to wait after the first, second ... failure in a row
MOST_TRIES = len(RETRY)  # of one message in a row; then it is asked whether the fault is the message's

_log = log.get(__name__)


class Poller(threading.Thread):
    """One connection to one mailbox, in one thread (imapclient is not safe for more)."""

    def __init__(self, settings: Settings, store: Store, intake: Intake) -> None:
        super().__init__(name="imap", daemon=True)
        self._settings, self._store, self._intake = settings, store, intake
        self._mailbox = mailbox_of(settings)
        self._ended = threading.Event()
        self._not_given: Counter[int] = Counter()  # how often in a row the server could not give a message, by UID
        self._left: set[int] = set()  # of these: the server gave another at the same moment

    def stop(self) -> None:
        """End after the message at hand."""
        self._ended.set()

    def run(self) -> None:
        failures = 0
        while not self._ended.is_set():
            try:
                with connect(self._mailbox) as client:
                    while not self._ended.is_set():
                        more = self.take_new(client)
                        failures = 0
                        if not more:
                            self._wait_for_news(client)
            except Exception as error:  # whatever it was, the next connection starts from the cursor
                pause = RETRY[min(failures, len(RETRY) - 1)]
                failures += 1
                _log.warning("the mailbox could not be read, trying again", cause=str(error), seconds=pause)
                self._ended.wait(pause)

    def take_new(self, client: IMAPClient) -> bool:
        """Store what came since the cursor, in order. True if there was something, so that more may have come meanwhile."""
        selected: dict[bytes, Any] = client.select_folder(self._mailbox.folder)
        validity = int(selected[b"UIDVALIDITY"])
        cursor = self._cursor(validity)
        if cursor is None:
            cursor = (int(selected.get(b"UIDNEXT", 1)) - 1, True)
            self._move_cursor(validity, *cursor)
            self._not_given.clear()
            self._left.clear()
        last, first_look = cursor
        # `n:*` names the last message even when its UID is below n (RFC 3501 6.4.8)
        uids = {uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last}
        if first_look:
            uids.update(client.search(["UNSEEN"]))
        for uid in sorted(uids):
            if self._ended.is_set():
                return False
            flag = self._take(client, uid)
            if uid > last:
                self._move_cursor(validity, uid, first_look)
            if flag:
                with suppress(IMAPClientError):  # a folder that may only be read serves as well
                    client.add_flags(uid, [flag])
        if first_look:
            self._move_cursor(validity, max([last, *uids]), False)
        return bool(uids)

    def _take(self, client: IMAPClient, uid: int) -> bytes:
        """Store one message; the flag that it is to have, empty if it is gone."""
        if uid in self._left:
            _log.error("the mail server cannot give a message; it stays in the mailbox, flagged", uid=uid, tries=self._not_given[uid])
            return b"\\Flagged"
        is_well = self._not_given[uid] >= MOST_TRIES and self._gives_another(client)
        try:
            octets, content = self._fetched(client, uid)
        except Exception:
            if is_well:  # it is this one alone, and what lies behind it waits
                self._left.add(uid)
            raise
        if octets > self._settings.smtp_max_size:
            _log.warning("a message in the mailbox is too large and stays there, flagged", uid=uid, octets=octets)
            return b"\\Flagged"
        if content is None:
            return b""
        if is_probe(self._store, content):
            return b"\\Seen"  # ours, and no mail; whoever waits for it takes it away
        header, _ = peek.split(content)
        sender = next(
            (each.address for each in parse_mailboxes(peek.field(header, b"From")) if each.address), "unknown"
        )
        recipients = self.recipients(header)
        self._intake.store(Envelope(sender, recipients, content, "imap", self._mailbox.name, clock.now()))
        return b"\\Seen"

    def _fetched(self, client: IMAPClient, uid: int) -> tuple[int, bytes | None]:
        """How large a message is, and what stands in it; None if that is too much, or if it is gone."""
        self._not_given[uid] += 1
        octets, content = int(client.fetch(uid, ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)), None
        if octets <= self._settings.smtp_max_size:
            content = client.fetch(uid, ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        del self._not_given[uid]
        return octets, content

    def _gives_another(self, client: IMAPClient) -> bool:
        """Whether the server gives any other message now: a provider may give none for hours (too much was asked for in a day)."""
        others = [uid for uid in client.search() if uid not in self._not_given]
        if others:
            self._fetched(client, others[-1])
        return bool(others)

    def recipients(self, header: bytes) -> tuple[str, ...]:
        """The doors of the network that a message in the mailbox was sent to; the committee's if none can be told."""
        network = self._network()
        trusted = self._settings.delivery_header
        found = []
        for name in (trusted.encode(),) if trusted else (b"To", b"Cc"):
            for value in peek.fields(header, name, 1 if trusted else 20):
                found += [door for each in parse_mailboxes(value) if (door := self._door(each.address, network))]
        return tuple(dict.fromkeys(found)) or (f"{network.slug}-committee@{network.domain}",)

    def _door(self, address: str, network: Row[int, str, str]) -> str:
        """The door that an address of the mailbox or of its network names, else empty."""
        local, _, at = address.lower().rpartition("@")
        own_local, _, own_domain = self._settings.mailbox_of(network.slug).rpartition("@")
        head, plus = split_local(local)
        if (head, at) == (split_local(own_local)[0], own_domain):
            address = f"{network.slug}+{plus}@{network.domain}" if plus else ""
        return address if address and self._intake.verdict(address).network_id == network.id else ""

    def _network(self) -> Row[int, str, str]:
        with self._store.read() as session:
            row = session.execute(
                select(networks.c.id, networks.c.slug, networks.c.domain).where(
                    networks.c.slug == self._settings.mailbox_network
                )
            ).first()
        if row is None:
            raise SettingsError(
                f"There is no network {self._settings.mailbox_network!r}, which TERMPOST_MAILBOX_NETWORK names."
            )
        return row

    def _cursor(self, validity: int) -> tuple[int, bool] | None:
        """The last UID stored, and whether the first look is not over; None when the folder is new to us or was made anew."""
        with self._store.read() as session:
            row = session.execute(
                select(mailbox_cursors).where(mailbox_cursors.c.mailbox == self._mailbox.name)
            ).first()
        return (int(row.last_uid), row.first_look) if row is not None and row.uidvalidity == validity else None

    def _move_cursor(self, validity: int, uid: int, first_look: bool) -> None:
        with self._store.write() as session:
            upsert(
                session,
                mailbox_cursors,
                {"mailbox": self._mailbox.name},
                {"uidvalidity": validity, "last_uid": uid, "first_look": first_look, "moved_at": clock.now()},
            )

    def _wait_for_news(self, client: IMAPClient) -> None:
        if not client.has_capability("IDLE"):
            self._ended.wait(POLL)
            return
        client.idle()
        try:
            until = clock.monotonic() + POLL
            while not self._ended.is_set() and clock.monotonic() < until:
                asked = clock.monotonic()
                if client.idle_check(timeout=LISTEN) or clock.monotonic() - asked < LISTEN / 2:
                    return  # news, or nothing at once: a closed connection, which `idle_done` finds out
        finally:
            client.idle_done()
