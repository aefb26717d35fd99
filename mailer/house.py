"""What every process opens once: the settings, the store, the keys."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import cached_property

from mailer.message.tags import Keys
from mailer.settings import Settings
from mailer.store import Store
from mailer.store.upgrade import upgrade


@dataclass(frozen=True)
class House:
    """Settings, database and keys of one service; `open_house` makes it."""

    settings: Settings
    store: Store
    root: bytes

    @cached_property
    def keys(self) -> Keys:
        """What signs and reads tags."""
        return Keys(self.root)

    @cached_property
    def hasher(self) -> bytes:
        """The key under which suppressed addresses are hashed; its own, as every use has (OPS-2, DP-8)."""
        return hmac.digest(self.root, b"termpost suppression 1", "sha256")

    def close(self) -> None:
        """Close every database connection."""
        self.store.close()


def open_house(settings: Settings) -> House:
    """Open what `settings` name, making the data folder, the database and the secret where they are missing.

    On SQLite the database is upgraded as well (nothing has to be run first); on PostgreSQL that is IT's
    `termpost db upgrade`, as several hosts may be running.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url)
    if store.is_sqlite:
        upgrade(store)
    return House(settings, store, settings.secret())
