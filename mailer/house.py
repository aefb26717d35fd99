"""What every process opens once: the settings, the store, the keys.

The database remembers a fingerprint of the secret that its tags were signed with. A secret file that is lost, or another
one in its place, would make every leave link in old mail and every reply tag invalid without anybody noticing, so it stops
the start (UNS-4: a leave link works for ever). The fingerprint is a keyed hash of a constant, the secret its key: it tells
two secrets apart and nothing else. It lies in the database, so a backup, a restore and a move take it along.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from mailer import clock
from mailer.errors import SettingsError
from mailer.message.tags import Keys
from mailer.settings import Settings
from mailer.store import Store, add
from mailer.store.tables import fingerprints, networks
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
        return hasher_of(self.root)

    def close(self) -> None:
        """Close every database connection."""
        self.store.close()


def open_house(settings: Settings) -> House:
    """Open what `settings` name, making the data folder, the database and the secret where they are missing.

    On SQLite the database is upgraded as well (nothing has to be run first); on PostgreSQL that is IT's
    `termpost db upgrade`, as several hosts may be running. SecretLost when the secret is not the database's own.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(settings.database_url)
    try:
        if store.is_sqlite:
            upgrade(store)
        with store.read() as session:
            used = is_used(session)
            known = known_fingerprint(session) if used else ""
        root = secret_for(settings, used=used, known=known)
        if used and not known:
            with store.write() as session:
                remember(session, root, clock.lease_now())
    except BaseException:
        store.close()
        raise
    return House(settings, store, root)


class SecretLost(SettingsError):
    """The secret file is missing, or is not the one that the database was used with."""


def hasher_of(root: bytes) -> bytes:
    """The key of `House.hasher`, for a root that is not the house's."""
    return hmac.digest(root, b"termpost suppression 1", "sha256")


def fingerprint(root: bytes) -> str:
    """What tells one secret from another and gives nothing of it away."""
    return hmac.digest(root, b"termpost fingerprint 1", "sha256").hex()


def is_used(session: Connection) -> bool:
    """Whether anything can have been signed: there is a network. An older PostgreSQL database may lack the table."""
    if not inspect(session).has_table(fingerprints.name):
        return False
    return session.execute(select(networks.c.id).limit(1)).first() is not None


def known_fingerprint(session: Connection) -> str:
    """The fingerprint of the secret that the database was used with; empty if none was noted yet."""
    newest = select(fingerprints.c.fingerprint).order_by(fingerprints.c.id.desc()).limit(1)
    return str(session.execute(newest).scalar() or "")


def remember(session: Connection, root: bytes, now: datetime) -> None:
    """Let this secret be the one that counts. `now` is real time."""
    if known_fingerprint(session) != fingerprint(root):
        add(session, fingerprints, fingerprint=fingerprint(root), since=now)


def secret_for(settings: Settings, *, used: bool, known: str) -> bytes:
    """The secret of the settings, made if nothing was signed yet. Raises SecretLost if it cannot be the database's own."""
    file: Path = settings.secret_file
    if used and not file.exists():
        raise SecretLost(f"The secret file {file} is missing, and the database was used with one.", _BACK)
    root = settings.secret()
    if known and not hmac.compare_digest(known, fingerprint(root)):
        raise SecretLost(f"The secret file {file} is not the one that the database was used with.", _BACK)
    return root


_BACK = (
    "Put it back from your copy, mode 0600 (TERMPOST_SECRET_FILE says where). If it is lost for good, "
    "termpost db new-secret tells what a new one breaks."
)
