"""Does a database file still show a text, in any case? Exit status 1 if it does, 0 if not. Started by `engine`, with the file
as argument and the texts as JSON on standard input.

In a process of its own, as a process that opens its own SQLite file beside SQLite and closes it loses every lock it has on
it (fcntl(2); https://sqlite.org/howtocorrupt.html 2.2). Standard library only, so that it starts fast."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def shows(file: Path, texts: list[str]) -> bool:
    wanted = [text.lower().encode() for text in texts]
    most = max(map(len, wanted), default=0)
    tail = b""
    with file.open("rb") as octets:
        while wanted and (block := octets.read(1 << 20)):
            seen = tail + block.lower()
            if any(text in seen for text in wanted):
                return True
            tail = seen[-most:]
    return False


if __name__ == "__main__":
    sys.exit(shows(Path(sys.argv[1]), json.load(sys.stdin)))
