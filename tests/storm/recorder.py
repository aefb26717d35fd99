"""A relay in a process of its own that writes down every copy before it answers, so that killing it forgets nothing.

    python -m tests.storm.recorder PORT FILE [DELAY]

A line for each copy: `copy MESSAGE-ID RECIPIENT SHA256`. `began` when it starts; `line N` when the first MAIL comes on a
connection, and when that ends `over N` after QUIT or `cut N` without. A recipient whose name ends in 99 does not exist (550), so
a mailing has failures, too.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import re
import sys
from pathlib import Path

MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")
UNKNOWN = re.compile(r"99@")


class Recorder:
    def __init__(self, file: Path, delay: float) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._delay = delay
        self._numbers = itertools.count(1)
        self.note("began")

    def note(self, *words: str) -> None:
        os.write(self._file, (" ".join(words) + "\n").encode())

    async def talk(self, heard: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        number = str(next(self._numbers))
        ended = "cut"
        try:
            ended = await self._talk(heard, said, number)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.note(ended, number)
            said.close()

    async def _talk(self, heard: asyncio.StreamReader, said: asyncio.StreamWriter, number: str) -> str:
        """How it ended."""
        rcpt, used = "", False
        said.write(b"220 recorder.example\r\n")
        while words := await heard.readline():
            verb = words[:4].upper().strip()
            if verb == b"EHLO":
                said.write(b"250-recorder.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb == b"MAIL":
                if not used:
                    self.note("line", number)
                used = True
                said.write(b"250 2.0.0 Ok\r\n")
            elif verb == b"RCPT":
                rcpt = words.partition(b"<")[2].partition(b">")[0].decode()
                if UNKNOWN.search(rcpt):
                    rcpt = ""
                    said.write(b"550 5.1.1 No such person here\r\n")
                else:
                    said.write(b"250 2.1.5 Ok\r\n")
            elif verb == b"DATA":
                if not rcpt:
                    said.write(b"554 5.5.1 No recipient\r\n")
                    continue
                said.write(b"354 Go on\r\n")
                content = (await heard.readuntil(b"\r\n.\r\n"))[:-3]
                found = MESSAGE_ID.search(content)
                self.note("copy", found[1].decode() if found else "-", rcpt, hashlib.sha256(content).hexdigest())
                if self._delay:
                    await asyncio.sleep(self._delay)
                said.write(b"250 2.0.0 Ok\r\n")
                rcpt = ""
            elif verb == b"QUIT":
                said.write(b"221 2.0.0 Bye\r\n")
                return "over"
            else:
                said.write(b"250 2.0.0 Ok\r\n")
        return "cut"


async def serve(port: int, file: Path, delay: float) -> None:
    recorder = Recorder(file, delay)
    server = await asyncio.start_server(recorder.talk, "127.0.0.1", port, limit=32 * 1024 * 1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
