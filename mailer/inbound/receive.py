"""Taking a message in: the first station, and the only one that a sender waits for.

Whoever brings a message (the mail doors, the polled mailbox, the `receive` command) hands over an `Envelope` and may
say "250" once `Intake` answers: then the raw bytes stand in the store once, with one inbox row for each recipient of
ours, and the commit is on the disk (V1, SMTP-4). Nothing of the message is judged here; that comes later, by the
handlers, woken by the doorbell or by the sweep.

    ids = intake.store(envelope)            a thread waits
    ids = await intake.accept(envelope)     a coroutine waits

Many who wait share one commit: see `commits`. The errors, all of which leave nothing half-written:

    Unavailable
    └── StoreFault       locked, away, broken: 451 4.3.0, exit 75
        └── StoreFull    no room left: 452 4.3.1, exit 75
"""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, select, text

from mailer import wake
from mailer.inbound.commits import Committer, StoreFault, StoreFull
from mailer.inbound.doors import Knows, Verdict
from mailer.inbound.peek import Peek, peek, storable
from mailer.message.address import key
from mailer.message.roles import parse_local
from mailer.store import Store
from mailer.store.statements import insert_of
from mailer.store.tables import inbox, raws

__all__ = ["Envelope", "Intake", "StoreFault", "StoreFull", "Verdict"]

_FULL_DURABILITY = text(
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
)


_Promise = TypeVar("_Promise", Future[list[int]], asyncio.Future[list[int]])


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as it was handed over. `mail_from` is empty for the null sender."""

    mail_from: str
    rcpts: tuple[str, ...]
    content: bytes
    channel: str  # smtp | lmtp | pipe | imap
    client: str  # who brought it: an address, "unix", a mailbox
    received_at: datetime  # calendar time, aware
    helo: str = ""  # how a client of the SMTP door called itself


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An envelope with everything worked out that needs no database."""

    envelope: Envelope
    sha256: str
    peek: Peek
    rcpts: dict[str, tuple[str, int | None]]  # repeat key -> recipient and network, in the order of the envelope


class Intake:
    """The way into one store, shared by every door of a process."""

    def __init__(self, store: Store, knows: Knows | None = None) -> None:
        self.knows = knows or Knows(store)
        self._committer: Committer[_Prepared, list[int]] = Committer(store, self._write)

    def verdict(self, rcpt: str) -> Verdict:
        """What to answer for one recipient (contract 1). Raises what the database raises."""
        return self.knows.verdict(rcpt)

    async def judge(self, rcpt: str) -> Verdict:
        """`verdict` for a coroutine: the database is read in another thread."""
        verdict = self.knows.glance(rcpt)
        return verdict if verdict is not None else await asyncio.to_thread(self.knows.verdict, rcpt)

    def store(self, envelope: Envelope) -> list[int]:
        """Commit the message; the ids of its inbox rows in the order of its recipients.

        A repeat of an earlier delivery (Message-ID, recipient and body the same) gives the id of the row that stands
        and makes none (SMTP-6, ruling 10). Raises StoreFull and StoreFault.
        """
        return self._submit(envelope, Future()).result()

    async def accept(self, envelope: Envelope) -> list[int]:
        """`store` for a coroutine. Once handed over, the message is committed even if the caller is cancelled."""
        return await self._submit(envelope, asyncio.get_running_loop().create_future())

    @property
    def crowded(self) -> bool:
        """Whether many are waiting for their 250: who shares the disk and the processor with them may let them go first."""
        return self._committer.crowded

    def close(self) -> None:
        """Commit what waits and end."""
        self._committer.close()

    def _submit(self, envelope: Envelope, promise: _Promise) -> _Promise:
        self._committer.submit(lambda: self._prepare(envelope), len(envelope.content), promise)
        return promise

    def _write(self, session: Connection, batch: list[_Prepared]) -> list[list[int]]:
        """All rows of a batch, in two statements (three if one is a repeat)."""
        if session.dialect.name == "postgresql":  # whatever the server's default, 250 means on the disk (SMTP-4)
            session.execute(_FULL_DURABILITY)
        session.execute(
            _bytes_once(session.dialect.name),
            [
                {
                    "sha256": each.sha256,
                    "size": len(each.envelope.content),
                    "content": each.envelope.content,
                    "stored_at": each.envelope.received_at,
                }
                for each in batch
            ],
        )
        rows = {repeat: _row(each, repeat) for each in batch for repeat in each.rcpts}
        made = session.execute(_rows_once(session.dialect.name), list(rows.values()))
        ids = {row.repeat_key: int(row.id) for row in made}
        if ids:
            wake.note(session, wake.INBOX)
        if repeats := rows.keys() - ids.keys():
            stands = session.execute(
                select(inbox.c.id, inbox.c.repeat_key).where(inbox.c.repeat_key.in_(sorted(repeats)))
            )
            ids |= {row.repeat_key: int(row.id) for row in stands}
        return [[ids[repeat] for repeat in each.rcpts] for each in batch]

    def _prepare(self, envelope: Envelope) -> _Prepared:
        sha256 = hashlib.sha256(envelope.content).hexdigest()
        seen = peek(envelope.content)
        rcpts = dict.fromkeys(storable(key(rcpt)) for rcpt in envelope.rcpts)
        networks = {rcpt: self.knows.verdict(rcpt).network_id for rcpt in rcpts}
        return _Prepared(
            envelope, sha256, seen, {_repeat_key(seen, sha256, rcpt): (rcpt, networks[rcpt]) for rcpt in rcpts}
        )


@cache
def _bytes_once(dialect: str) -> Any:
    return insert_of(dialect, raws).on_conflict_do_nothing(index_elements=["sha256"])


@cache
def _rows_once(dialect: str) -> Any:
    once = insert_of(dialect, inbox).on_conflict_do_nothing(index_elements=["repeat_key"])
    return once.returning(inbox.c.id, inbox.c.repeat_key)


def _row(message: _Prepared, repeat: str) -> dict[str, object]:
    rcpt, network_id = message.rcpts[repeat]
    return {
        "received_at": message.envelope.received_at,
        "channel": message.envelope.channel,
        "client": message.envelope.client,
        "helo": storable(message.envelope.helo)[:255],
        "mail_from": storable(message.envelope.mail_from),
        "rcpt": rcpt,
        "private": parse_local(rcpt.rpartition("@")[0]).role == "private",
        "raw_sha256": message.sha256,
        "message_id": message.peek.message_id,
        "repeat_key": repeat,
        "network_id": network_id,
        "from_address": message.peek.from_address,
        "subject": message.peek.subject,
    }


def _repeat_key(seen: Peek, sha256: str, rcpt: str) -> str:
    """The same Message-ID alone is no repeat, or a stranger could pre-empt a person's (SMTP-6)."""
    said = (seen.message_id, rcpt, seen.body_sha256) if seen.message_id else (sha256, rcpt)
    return hashlib.sha256("\0".join(said).encode("utf-8")).hexdigest()
