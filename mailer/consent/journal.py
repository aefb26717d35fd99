"""The erasure journal: who was forgotten, as keyed hashes, in a file that no backup of the database takes back.

A backup still holds what was erased since; whoever restores it has the erasures done again (DP-11, design ruling 9).
One JSON line each: {"mac": hex, "at": ISO 8601}. Keep it longer than the oldest backup.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from mailer.store.tables import addresses

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class Entry:
    """One address that was erased, by its keyed hash."""

    mac: bytes
    at: datetime


def append(file: Path, macs: Iterable[bytes], now: datetime) -> None:
    """Write down erasures, on disk before this returns: the rows go only after it. What stands already stays once."""
    known = {entry.mac for entry in read(file) if entry.at >= now}
    put(file, [{"mac": mac.hex(), "at": now.isoformat()} for mac in macs if mac not in known])


def put(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """A line each at the end of the file, on disk before this returns."""
    lines = [json.dumps(row) for row in rows]
    if not lines:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, ("\n".join(lines) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(file: Path) -> list[Entry]:
    """Every entry, oldest first; none if there is no file."""
    entries = []
    for row in lines(file):
        try:
            entries.append(Entry(bytes.fromhex(row["mac"]), datetime.fromisoformat(row["at"])))
        except (ValueError, KeyError, TypeError):
            continue
    return entries


def lines(file: Path) -> Iterator[Any]:
    """What stands in a journal, line by line. One that was cut off by a crash is passed over."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def standing_again(session: Connection, entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """Addresses that were erased and are here again, from a backup; not those that joined afresh since."""
    found = []
    for entry in entries:
        query = select(addresses.c.id).where(
            addresses.c.mac == entry.mac, addresses.c.erased_at.is_(None), addresses.c.created_at <= entry.at
        )
        found += [(address_id, entry) for address_id in session.execute(query).scalars()]
    return found
