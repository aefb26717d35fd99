"""The web door: uvicorn in a thread of ours, so that signals stay with the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailer.house import House
from mailer.web import application
from workers.loop import DoorLoop


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # SIGTERM and Ctrl-C are the daemon's


class Caller(H11Protocol):
    """Hangs up on who has not said a whole request in `patience` seconds. Half of one would be kept until the service ends; with as
    many of them as there may be open files nobody is answered, at the mail door neither."""

    patience = 30.0
    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._listen()

    def handle_events(self) -> None:
        super().handle_events()
        self._listen()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end()

    def _listen(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._end()
        elif self._ends is None:
            self._ends = self.loop.call_later(self.patience, self.transport.close)

    def _end(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None


class WebDoor:
    """Serves `mailer.web` until `stop`. `start` returns once the door is open."""

    def __init__(self, house: House) -> None:
        listen = house.settings.web_listen
        assert listen is not None
        place = {"uds": listen.path} if listen.path else {"host": listen.host, "port": listen.port}
        config = uvicorn.Config(
            application(house),
            **place,
            http=Caller,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            forwarded_allow_ips="*" if listen.path else None,  # only the server in front can reach a socket; else as its own setting says
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=DoorLoop) as runner:
            runner.run(self._server.serve())

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise OSError("the web door could not be opened; is its address in use?")
            self._thread.join(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)
