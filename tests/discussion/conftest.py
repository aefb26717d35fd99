"""The network under test is that of the acts' tests."""

from __future__ import annotations

from tests.acts.conftest import empty_database, place, store

__all__ = ["empty_database", "place", "store"]
