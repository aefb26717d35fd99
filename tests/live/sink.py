"""An SMTP server that keeps what it is given and counts, and that can be slow, busy or rude; a thread for each connection."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from typing import BinaryIO


@dataclass(frozen=True)
class Copy:
    """One letter as it arrived."""

    mail_from: str
    rcpt: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def head(self) -> Message:
        return message_from_bytes(self.content.partition(b"\r\n\r\n")[0])

    @property
    def message_id(self) -> str:
        return str(self.head["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.head["Subject"])


@dataclass
class Sink:
    """`delay`: seconds before each answer to a dot. `says`: an answer to MAIL, RCPT or DOT other than 250, by verb and
    recipient; `hangs`: no answer to anything; `drops`: it keeps a letter, and the line breaks before its answer to the dot."""

    port: int = 0
    delay: float = 0.0
    says: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False
    got: list[Copy] = field(default_factory=list)
    connections: int = 0

    def open(self) -> Sink:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._accepting.start()
        return self

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)  # who still waited would wait on the next listener, which gets the same descriptor
        self._listener.close()

    def __enter__(self) -> Sink:
        return self.open()

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def counts(self) -> Counter[str]:
        """How many copies each recipient got."""
        return Counter(copy.rcpt for copy in list(self.got))

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line, line.makefile("rb") as heard:
            self._hear(line, heard)

    def _hear(self, line: socket.socket, heard: BinaryIO) -> None:
        def say(text: str) -> None:
            while self.hangs:
                time.sleep(0.05)
            line.sendall(text.encode() + b"\r\n")

        sender = rcpt = ""
        say("220 sink.example")
        while words := heard.readline():
            verb = words[:4].upper().strip()
            if verb == b"EHLO":
                line.sendall(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb in (b"MAIL", b"RCPT"):
                named = re.search(rb"<(.*?)>", words)
                assert named is not None
                answer = self._answer(verb.decode(), named[1].decode())
                taken = named[1].decode() if answer.startswith("2") else ""
                if verb == b"MAIL":
                    sender, rcpt = taken, ""
                elif sender:
                    rcpt = taken
                else:
                    answer = "503 5.5.1 No sender"
                say(answer)
            elif verb == b"DATA":
                if not rcpt:
                    say("554 5.5.1 No recipient")
                    continue
                say("354 Go on")
                content = b""
                while (got := heard.readline()) != b".\r\n":
                    if not got:
                        return
                    content += got.removeprefix(b".")
                answer = self._answer("DOT", rcpt)
                if answer.startswith("2"):
                    self.got.append(Copy(sender, rcpt, content))
                    if self.drops:
                        return
                time.sleep(self.delay)
                say(answer)
                rcpt = ""
            elif verb == b"QUIT":
                say("221 2.0.0 Bye")
                return
            else:
                say("250 2.0.0 Ok")

    def _answer(self, verb: str, rcpt: str) -> str:
        return self.says.get(f"{verb} {rcpt}", self.says.get(verb, "250 2.0.0 Ok"))
