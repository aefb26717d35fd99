"""A mail server that takes everything, quickly, and counts every copy. A process of its own, told what to do over a second port.

    python -m tests.bench.sink PORT CONTROL [RECORD]

It offers PIPELINING, acknowledges at once (a client with Nagle's algorithm would wait 40 ms a letter otherwise) and looks at
nothing but the envelope. RECORD is a file that gets a line for each copy: `RECIPIENT SHA256`. On the control port a line
`report` gives what has come since the last `forget`, as JSON; `count` only how many.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import sys
import time
from collections import Counter
from typing import Any

OFFER = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-SIZE 104857600\r\n250 ENHANCEDSTATUSCODES\r\n"
ROOM = 262_144
URGENT = b"urgent"  # recipients that begin so are noted with their time


class Taken:
    """What has come since it was told to forget."""

    def __init__(self, record: str = "") -> None:
        self.record = open(record, "a", buffering=1) if record else None  # noqa: SIM115  open while the process lives
        self.forget()

    def forget(self) -> None:
        self.copies, self.octets = 0, 0
        self.first = self.last = 0.0
        self.recipients: Counter[bytes] = Counter()
        self.senders: set[bytes] = set()
        self.urgent: list[tuple[str, float]] = []

    def take(self, sender: bytes, rcpts: list[bytes], content: bytes) -> None:
        now = time.time()
        self.first = self.first or now
        self.last = now
        self.copies += len(rcpts)
        self.octets += len(content)
        self.senders.add(sender)
        for rcpt in rcpts:
            self.recipients[rcpt] += 1
            if rcpt.startswith(URGENT):
                self.urgent.append((rcpt.decode(), now))
            if self.record is not None:
                self.record.write(f"{rcpt.decode()} {hashlib.sha256(content).hexdigest()}\n")

    def report(self) -> dict[str, Any]:
        return {
            "copies": self.copies,
            "octets": self.octets,
            "first": self.first,
            "last": self.last,
            "recipients": len(self.recipients),
            "doubled": sum(count > 1 for count in self.recipients.values()),
            "senders": len(self.senders),
            "urgent": self.urgent,
        }


class Talk(asyncio.BufferedProtocol):
    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.room = memoryview(bytearray(ROOM))
        self.buffer = bytearray()
        self.content = False
        self.sender = b""
        self.rcpts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.line = transport
        self.sock = transport.get_extra_info("socket")
        transport.write(b"220 sink.example ESMTP\r\n")

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        looked = max(0, len(self.buffer) - 4)
        self.buffer += self.room[:nbytes]
        said: list[bytes] = []
        while self._content(looked, said) if self.content else self._command(said):
            looked = 0
        if said:
            self.line.write(b"".join(said))

    def _content(self, looked: int, said: list[bytes]) -> bool:
        if self.buffer.startswith(b".\r\n"):
            ends, dot = 0, 3
        else:
            ends, dot = self.buffer.find(b"\r\n.\r\n", looked), 5
            if ends < 0:
                return False
        self.taken.take(self.sender, self.rcpts, bytes(self.buffer[: ends + dot - 3]))
        del self.buffer[: ends + dot]
        self.content, self.rcpts = False, []
        said.append(b"250 2.0.0 Ok\r\n")
        return True

    def _command(self, said: list[bytes]) -> bool:
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        words = bytes(self.buffer[:end])
        del self.buffer[: end + 1]
        verb = words[:4].upper()
        if verb == b"MAIL":
            self.sender, self.rcpts = _named(words), []
        elif verb == b"RCPT":
            self.rcpts.append(_named(words))
        elif verb == b"DATA":
            self.content = True
            said.append(b"354 Go on\r\n")
            return True
        elif verb == b"EHLO":
            said.append(OFFER)
            return True
        elif verb == b"QUIT":
            self.line.write(b"".join([*said, b"221 2.0.0 Bye\r\n"]))
            said.clear()
            self.line.close()
            return False
        said.append(b"250 2.0.0 Ok\r\n")
        return True


def _named(words: bytes) -> bytes:
    return words.partition(b"<")[2].partition(b">")[0]


async def serve(port: int, control: int, record: str) -> None:
    taken = Taken(record)

    async def told(heard: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        while words := (await heard.readline()).strip():
            if words == b"forget":
                taken.forget()
            answer = taken.copies if words == b"count" else taken.report()
            said.write(json.dumps(answer).encode() + b"\n")
        said.close()

    loop = asyncio.get_running_loop()
    door = await loop.create_server(lambda: Talk(taken), "127.0.0.1", port, backlog=512)
    await asyncio.start_server(told, "127.0.0.1", control)
    await door.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
