"""A database with one network, and the few rows that these tests start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.store import Store
from tests.databases import lay_empty

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = b"a key of thirty-two octets......"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    lay_empty(tmp_path / "t.db")
    return Store(f"sqlite:///{tmp_path}/t.db")
