"""A network with one organiser, and short ways to say who does what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from mailer.acts import Actor, Strength
from mailer.consent import ACTIVE, standing
from mailer.consent.standing import Proof
from mailer.people import addresses, holding, membership, networks, people
from mailer.store import Store, add
from mailer.store.tables import inbox, letters, outgoing, raws
from tests import databases
from tests.databases import asked_of_postgres, lay_empty

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = b"h" * 32
IMPORTED = Proof("imported-evidence", "import", "import")
on_both = databases.on_both("store")  # what many rows at once may do otherwise there


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database; a test marked `on_both` is done on PostgreSQL as well."""
    url = asked_of_postgres(request)
    if not url:
        lay_empty(tmp_path / "t.db")
    opened = Store(url or f"sqlite:///{tmp_path}/t.db")
    yield opened
    opened.close()


@dataclass
class Place:
    """A network under test, on one open write session."""

    session: Connection
    network: networks.Network

    def member(
        self,
        address: str,
        name: str = "",
        *,
        roles: tuple[str, ...] = (),
        purposes: tuple[str, ...] = ("meetings", "newsletter"),
    ) -> int:
        """Somebody active, as an import with evidence makes them; returns the address id."""
        row = addresses.find_or_add(self.session, address, hasher=HASHER, now=NOW)
        person = row.person_id
        if person is None:
            person = people.add(self.session, name=name, now=NOW)
            addresses.give(self.session, row.id, person)
        addresses.confirm(self.session, row.id, NOW)
        joined = membership.add(self.session, network_id=self.network.id, address_id=row.id, person_id=person, now=NOW)
        holding.give(self.session, joined, roles, active=True, proof=IMPORTED, now=NOW)
        for purpose in purposes:
            standing.change(
                self.session,
                network_id=self.network.id,
                address_id=row.id,
                purpose=purpose,
                to=ACTIVE,
                proof=IMPORTED,
                now=NOW,
            )
        return row.id

    def actor(self, address_id: int, strength: Strength = Strength.TAG, inbox_id: int | None = None) -> Actor:
        """That address, known this well."""
        person = addresses.get(self.session, address_id).person_id
        return Actor(self.network.id, address_id, person, strength, "mail", inbox_id=inbox_id)

    def message(self) -> int:
        """Somebody's message, stored: the evidence of what they say; returns the inbox id."""
        count = self.session.execute(select(func.count()).select_from(inbox)).scalar_one() + 1
        self.session.execute(raws.insert().values(sha256=f"{count:064d}", size=1, content=b"x", stored_at=NOW))
        values = {"raw_sha256": f"{count:064d}", "repeat_key": f"{count:064d}", "mail_from": "", "rcpt": ""}
        return add(self.session, inbox, received_at=NOW, channel="smtp", **values)

    def standings(self, address_id: int) -> dict[str, str]:
        """What is not `none`."""
        found = standing.of(self.session, self.network.id, address_id)
        return {purpose: now for purpose, now in found.items() if now != "none"}

    def letters(self, address_id: int) -> list[tuple[str, str, dict[str, Any]]]:
        """Every letter to an address: template, purpose, fields."""
        rows = self.session.execute(
            select(letters.c.template, outgoing.c.purpose, letters.c.fields)
            .join(outgoing, outgoing.c.letter_id == letters.c.id)
            .where(outgoing.c.address_id == address_id, letters.c.template.startswith("replies/"))
            .order_by(outgoing.c.id)
        )
        return [(row.template.removeprefix("replies/"), row.purpose, row.fields) for row in rows]


@pytest.fixture
def place(store: Store) -> Iterator[Place]:
    with store.write() as session:
        network_id = networks.add(
            session, slug="mendip", domain="lists.example.org", name="Mendip Technicians", now=NOW
        )
        yield Place(session, networks.by_id(session, network_id))
