"""An outbox with people in it, for tests that look at the queue itself."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from mailer.outbound import outbox
from mailer.store import Store, add
from mailer.store.tables import addresses, letters, memberships, networks, occasions, outgoing, standings
from tests.databases import lay_empty

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)


class Queue:
    """One network unless more are asked for; a letter; a member for each copy."""

    def __init__(self, folder: Path, url: str = "") -> None:
        if not url:
            lay_empty(folder / "queue.db")
        self.store = Store(url or f"sqlite:///{folder}/queue.db")
        self._numbers = itertools.count(1)
        self.network = self.add_network("mendip")
        with self.store.write() as session:
            self.letter = add(session, letters, network_id=self.network, template="replies/help", fields={}, created_at=NOW)

    def add_network(self, slug: str, **values: Any) -> int:
        with self.store.write() as session:
            return add(session, networks, slug=slug, domain="lists.example.org", name=slug, created_at=NOW, **values)

    def add_mailing(self, **values: Any) -> int:
        given = {
            "network_id": self.network, "kind": "issue", "thing_type": "issue", "thing_id": next(self._numbers), "due_at": NOW,
            "until_at": NOW + timedelta(days=7), "mode": "auto", "state": "queued", "created_at": NOW, **values,
        }  # fmt: skip
        with self.store.write() as session:
            return add(session, occasions, **given)

    def copy(self, *, lane: str = "bulk", purpose: str = "newsletter", network: int = 0, standing: str = "active", after: timedelta = timedelta(), **values: Any) -> int:
        """A copy in the queue for somebody new, due `after` NOW. Columns may be given as they are to stand. Returns its id."""
        n, network_id = next(self._numbers), network or self.network
        columns = {name: values.pop(name) for name in list(values) if name in outgoing.c and name not in ("occasion_id", "deadline")}
        with self.store.write() as session:
            address = f"p{n}@school.example"
            address_id = add(session, addresses, address=address, key=address, mac=n.to_bytes(32, "big"), created_at=NOW)
            add(session, memberships, network_id=network_id, address_id=address_id, joined_at=NOW)
            standing_id = add(
                session, standings, network_id=network_id, address_id=address_id, purpose=purpose, standing=standing, updated_at=NOW
            )
            row = outbox.Row(
                key=f"test:{n}", network_id=network_id, letter_id=self.letter, address_id=address_id, standing_id=standing_id,
                purpose=purpose, to_address=address, lane=lane, not_before=NOW + after, **values,
            )  # fmt: skip
            outbox.add_rows(session, [row], now=NOW)
            made = int(session.execute(select(outgoing.c.id).where(outgoing.c.key == row.key)).scalar_one())
            if columns:
                session.execute(update(outgoing).where(outgoing.c.id == made).values(**columns))
        return made

    def claim(self, owner: str = "one", *, lane: str = "bulk", limit: int = 100, now: datetime = NOW, lease_now: datetime = NOW, **given: Any) -> list[int]:
        with self.store.write() as session:
            ids, _ = outbox.claim(
                session, lane=lane, owner=owner, limit=limit, now=now, lease_now=lease_now, lease_until=lease_now + LEASE, **given
            )
        return ids

    def mark(self, ids: list[int], owner: str = "one", *, now: datetime = NOW, lease_now: datetime = NOW) -> set[int]:
        window = [outbox.Sending(i, NOW, None, 1, f"{i:064x}") for i in ids]
        with self.store.write() as session:
            return outbox.mark_sending(session, window, owner, "smtp://sink", now=now, lease_now=lease_now)

    def change(self, table: Any, row: int, **values: Any) -> None:
        with self.store.write() as session:
            session.execute(update(table).where(table.c.id == row).values(**values))

    def row(self, copy: int) -> Any:
        with self.store.read() as session:
            return session.execute(select(outgoing).where(outgoing.c.id == copy)).one()
