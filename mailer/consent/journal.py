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
    """A line each at the end of the file, on disk before this returns. OSError if not all of it is."""
    lines = [json.dumps(row) for row in rows]
    if not lines:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        # What a crash or a full disk cut off stays a line by itself, and takes nothing of what comes after it along.
        cut_off = out.tell() > 0 and os.pread(out.fileno(), 1, out.tell() - 1) != b"\n"
        out.write((("\n" if cut_off else "") + "\n".join(lines) + "\n").encode())
        out.flush()
        os.fsync(out.fileno())


def read(file: Path) -> list[Entry]:
    """Every entry, oldest first; none if there is no file."""
    return [entry for entry in map(entry_of, lines(file)) if entry is not None]


def damaged(file: Path) -> int:
    """How many lines `read` passes over."""
    return sum(entry_of(row) is None for row in lines(file))


def lines(file: Path) -> Iterator[Any]:
    """What stands in a journal, line by line; None for a line that was cut off by a crash, or damaged."""
    if not file.is_file():
        return
    for line in file.read_bytes().split(b"\n"):
        if not line.strip():
            continue
        try:
            yield json.loads(line.decode())
        except ValueError:
            yield None


def entry_of(row: Any) -> Entry | None:
    """The entry that a line is, if it names somebody and a moment."""
    try:
        entry = Entry(bytes.fromhex(row["mac"]), datetime.fromisoformat(row["at"]))
    except (ValueError, KeyError, TypeError):
        return None
    return entry if entry.at.tzinfo is not None else None


def standing_again(session: Connection, entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """Addresses that were erased and are here again, from a backup; not those that joined afresh since."""
    found = []
    for entry in entries:
        query = select(addresses.c.id).where(
            addresses.c.mac == entry.mac, addresses.c.erased_at.is_(None), addresses.c.created_at <= entry.at
        )
        found += [(address_id, entry) for address_id in session.execute(query).scalars()]
    return found
