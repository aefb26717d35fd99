"""The client against servers that other people wrote: aiosmtpd, and Postfix's smtp-sink in its many moods."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from mailer.outbound.transport import Timeouts, Wire, relays
from tests.servers import free_port, wait_for_port

PATIENT = Timeouts(quit=0.5).at_most(20)  # a willing server answers late on a busy machine
SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_sink = pytest.mark.skipif(SINK is None, reason="smtp-sink of Postfix is not installed")


def window(count: int, lines: int = 20) -> list[Wire]:
    return [
        Wire(
            n,
            f"mendip+b{n}@lists.example.org",
            f"p{n}@school.example",
            b"From: a@b.example\r\nSubject: %d\r\n\r\n" % n + b".a line\r\n" * lines,
        )
        for n in range(1, count + 1)
    ]


class Handler:
    """Refuses every third recipient and every fifth content."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        number = int(address.partition("@")[0][1:])
        if number % 3 == 0:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if int(envelope.rcpt_tos[0].partition("@")[0][1:]) % 5 == 0:
            return "451 4.3.0 Not now"
        self.contents.append(envelope.content)
        return "250 2.0.0 Ok"


@contextlib.contextmanager
def aiosmtpd(handler: Handler) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(handler, hostname="peer.example"), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_aiosmtpd_mixed_answers() -> None:
    handler = Handler()
    with aiosmtpd(handler) as port:
        connection = relays(f"smtp://127.0.0.1:{port}", timeouts=PATIENT)[0].connect()
        replies = [reply for _ in range(2) for reply in connection.send(window(16))]
        connection.close()
    for reply in replies:
        expected = "failed" if reply.id % 3 == 0 else "deferred" if reply.id % 5 == 0 else "accepted"
        assert reply.state == expected, reply
    assert len(handler.contents) == sum(reply.state == "accepted" for reply in replies)
    assert handler.contents[0] == window(1)[0].content


@contextlib.contextmanager
def sink(*options: str, folder: Path | None = None) -> Iterator[int]:
    assert SINK is not None
    port = free_port()
    user = ["-u", "root"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [SINK, *user, *options, f"127.0.0.1:{port}", "100"], cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process, Path(os.devnull))
        yield port
    finally:
        process.terminate()
        process.wait(5)


# options of smtp-sink -> what becomes of three letters
MOODS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "all well": ((), ["accepted"] * 3),
    "no PIPELINING": (("-p",), ["accepted"] * 3),
    "no 8BITMIME": (("-8",), ["accepted"] * 3),
    "no EHLO": (("-e",), ["accepted"] * 3),
    "450 at MAIL": (("-r", "mail"), ["deferred", "unsent", "unsent"]),
    "500 at MAIL": (("-f", "mail"), ["deferred"] * 3),
    "450 at RCPT": (("-r", "rcpt"), ["deferred"] * 3),
    "500 at RCPT": (("-f", "rcpt"), ["failed"] * 3),
    "450 at DATA": (("-r", "data"), ["deferred"] * 3),
    "500 after the dot": (("-f", "."), ["failed"] * 3),
    "450 after the dot": (("-r", "."), ["deferred"] * 3),
    "hangs up at RCPT": (("-q", "rcpt"), ["deferred", "unsent", "unsent"]),
    "hangs up after the dot": (("-q", "."), ["uncertain", "unsent", "unsent"]),
    "421 at RCPT": (("-Q", "rcpt"), ["deferred", "unsent", "unsent"]),
    "421 after the dot": (("-Q", "."), ["deferred", "unsent", "unsent"]),
}


@needs_sink
@pytest.mark.postfix
@pytest.mark.parametrize("mood", MOODS)
def test_smtp_sink(mood: str) -> None:
    options, expected = MOODS[mood]
    with sink(*options) as port:
        connection = relays(f"smtp://127.0.0.1:{port}", timeouts=PATIENT)[0].connect()
        assert [reply.state for reply in connection.send(window(3))] == expected
        connection.close()


@needs_sink
@pytest.mark.postfix
def test_smtp_sink_keeps_every_letter_as_it_was_sent(tmp_path: Path) -> None:
    """Every letter is there once, with its own recipient and its own words."""
    with sink("-d", "%M.", folder=tmp_path) as port:
        relay = relays(f"smtp://127.0.0.1:{port}", timeouts=PATIENT)[0]
        for _ in range(2):
            connection = relay.connect()
            for _ in range(3):
                assert all(reply.state == "accepted" for reply in connection.send(window(16, 600)))
            connection.close()
    dumped = [path.read_bytes() for path in tmp_path.iterdir()]
    assert len(dumped) == 96
    for content in dumped:
        number = content.partition(b"Subject: ")[2].partition(b"\n")[0].strip()
        assert b"X-Rcpt-Args: <p%s@school.example>" % number in content
        assert content.count(b"\n.a line") == 600
