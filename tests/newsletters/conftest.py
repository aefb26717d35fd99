"""The network under test is that of the acts' tests."""

from __future__ import annotations

from tests.acts.conftest import place, store

__all__ = ["place", "store"]
