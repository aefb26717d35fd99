"""A store with two networks and an intake into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.inbound.receive import Envelope, Intake
from mailer.store import Store, add
from mailer.store.tables import networks
from tests.databases import lay_empty

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
MAIL = (
    b"From: Jane Doe <jane@school.example>\r\nSubject: Balances\r\nMessage-ID: <1@school.example>\r\n\r\nWhich one?\r\n"
)


def add_network(store: Store, slug: str, domain: str) -> int:
    with store.write() as session:
        return add(session, networks, slug=slug, domain=domain, name=slug.title(), created_at=NOW)


def envelope(content: bytes = MAIL, *rcpts: str, mail_from: str = "jane@school.example") -> Envelope:
    return Envelope(mail_from, rcpts or ("mendip@lists.example.org",), content, "smtp", "127.0.0.1", NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    lay_empty(tmp_path / "t.db")
    store = Store(f"sqlite:///{tmp_path}/t.db")
    add_network(store, "mendip", "lists.example.org")
    add_network(store, "exmoor", "exmoor.example.org")
    yield store
    store.close()


@pytest.fixture
def intake(store: Store) -> Iterator[Intake]:
    intake = Intake(store)
    yield intake
    intake.close()
