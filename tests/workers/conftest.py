"""Mail doors opened on free ports, a store behind them, and a client that sends exactly the octets it is told to."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailer.inbound.receive import Intake
from mailer.settings import Listen, Settings
from mailer.store import Store, add
from mailer.store.tables import inbox, networks, raws
from tests.databases import lay_empty
from workers.smtpd import Doors, serve

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
MENDIP = "mendip@lists.example.org"
MAIL = b"From: Jane Doe <jane@school.example>\r\nMessage-ID: <1@school.example>\r\n\r\nWhich balance?\r\n"


class Raw:
    """A raw socket that speaks in octets and hears in replies."""

    def __init__(self, listen: Listen) -> None:
        if listen.path:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(20)
            self.socket.connect(listen.path)
        else:
            self.socket = socket.create_connection((listen.host, listen.port), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self) -> str:
        """One whole reply, its lines joined by newlines; empty at the end of the connection."""
        lines = []
        while True:
            with suppress(ConnectionResetError):
                line = self.file.readline()
            if not line:
                return "\n".join(lines)
            assert line.endswith(b"\r\n")
            lines.append(line[:-2].decode("ascii"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def say(self, command: str | bytes) -> str:
        self.send((command.encode() if isinstance(command, str) else command) + b"\r\n")
        return self.reply()

    def hello(self, word: str = "EHLO") -> str:
        assert self.reply().startswith("220 ")
        return self.say(f"{word} client.example")

    def envelope(self, *rcpts: str, sender: str = "jane@school.example") -> None:
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250 2.1.0")
        for rcpt in rcpts or (MENDIP,):
            assert self.say(f"RCPT TO:<{rcpt}>").startswith("250 2.1.5")
        assert self.say("DATA").startswith("354")

    def rest(self) -> list[str]:
        """Every reply until the connection ends."""
        replies = []
        while reply := self.reply():
            replies.append(reply)
        return replies

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@dataclass
class House:
    store: Store
    intake: Intake
    doors: Doors
    dial: Callable[..., Raw]

    def rows(self) -> list[Any]:
        with self.store.read() as session:
            return list(session.execute(select(inbox).order_by(inbox.c.id)))

    def contents(self) -> list[bytes]:
        with self.store.read() as session:
            joined = select(raws.c.content).join(inbox, inbox.c.raw_sha256 == raws.c.sha256)
            return [row.content for row in session.execute(joined.order_by(inbox.c.id))]


def make_store(path: Path) -> Store:
    lay_empty(path)
    store = Store(f"sqlite:///{path}")
    with store.write() as session:
        add(session, networks, slug="mendip", domain="lists.example.org", name="Mendip", created_at=NOW)
    return store


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def house(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Callable[..., House]]:
    """`house(smtp_idle="1s")` opens both doors with these settings."""
    open_houses: list[House] = []
    clients: list[Raw] = []

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)

    def build(*, store: Store | None = None, **settings: Any) -> House:
        store = store or make_store(tmp_path / "t.db")
        intake = Intake(store)
        chosen = {"data_dir": tmp_path, "smtp_listen": "127.0.0.1:0", "lmtp_listen": "127.0.0.1:0"} | settings
        doors = run(serve(Settings(**chosen), intake))

        def dial(protocol: str = "smtp") -> Raw:
            clients.append(Raw(getattr(doors, protocol)))
            return clients[-1]

        open_houses.append(House(store, intake, doors, dial))
        return open_houses[-1]

    yield build
    for each in clients:
        each.close()
    for opened in open_houses:
        run(opened.doors.close())
        opened.intake.close()
        opened.store.close()
