"""What relays and domains are called in rows: whole while it is short, and otherwise never as another one is."""

from __future__ import annotations

import hashlib

MOST_OF_RELAY = 74  # characters; it stands in rows of 80, where its rate has `relay:` before it
DIGEST = 12


def fitted(name: str, most: int) -> str:
    """`name` in at most so many characters: its beginning, for the reader, and a digest of the whole."""
    if len(name) <= most:
        return name
    return f"{name[: most - DIGEST - 1]}~{hashlib.sha256(name.encode()).hexdigest()[:DIGEST]}"
