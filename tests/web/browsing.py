"""A real browser and a real socket, for the tests that look at pages as people do."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from mailer.web import application

PATIENCE = 60_000  # milliseconds, against hanging: a second window took nine seconds to open on a machine that was busy
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        return


@pytest.fixture
def site(street: Any) -> Iterator[str]:
    """The application behind a real socket."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(street.house), log_config=None, access_log=False, lifespan="off")
    server = _Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[door])), daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        thread.join(0.02)
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(
            executable_path=CHROMIUM,
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield found
        found.close()


def follow(page: Any, control: Any) -> None:
    """Press it and wait until the page behind it is loaded: a click alone returns when that page begins."""
    with page.expect_navigation():
        control.click()
