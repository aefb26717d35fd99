"""A database with one network, and the few rows that these tests start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.store import Store
from mailer.store.upgrade import upgrade

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = b"a key of thirty-two octets......"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(f"sqlite:///{tmp_path}/t.db")
    upgrade(opened)
    return opened
