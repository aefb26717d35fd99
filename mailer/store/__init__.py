"""The store: tables and sessions, nothing else.

Two engines stand behind one `Store`. Readers see one snapshot and cannot write. Writers take turns, so that on
SQLite nobody meets "database is locked", and hold their turn only for rows already decided: no parsing, rendering,
signing, DNS or network inside a write (design ruling 8). A commit is durable when it returns (`synchronous=FULL`).

    with store.read() as session: ...
    with store.write() as session: ...; wake.note(session, wake.URGENT)

`upgrade` brings a database to the newest revision in migrations/; `snapshot` copies one whole.
"""

from __future__ import annotations

from mailer.store.engine import Store
from mailer.store.statements import add, add_many, add_once, insert, prepared, unindexed, upsert, upsert_many

__all__ = ["Store", "add", "add_many", "add_once", "insert", "prepared", "unindexed", "upsert", "upsert_many"]
