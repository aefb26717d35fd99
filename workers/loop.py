"""The event loop of a door."""

from __future__ import annotations

import asyncio
from typing import Any

from mailer import log

_log = log.get("doors")


class DoorLoop(asyncio.SelectorEventLoop):
    """asyncio's, but for how it meets a process that has as many files open as it may (`ulimit -n`).

    For each place in the backlog asyncio would ask for a connection once more, write a traceback, and set a timer that does all of
    it anew a second later: some megabytes of log a second, until the disk is full as well.
    """

    def __init__(self) -> None:
        super().__init__()
        self._trouble = log.Lasting(_log, "no connection can be taken; tried again each second")
        self.set_exception_handler(self._met)

    def _accept_connection(self, made: Any, sock: Any, sslcontext: Any, server: Any, _backlog: int, *rest: Any) -> None:
        """One at a time: with more of them waiting, the loop comes back at once."""
        super()._accept_connection(made, sock, sslcontext, server, 1, *rest)  # type: ignore[misc]

    def _met(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if context["message"].startswith("socket.accept()"):
            self._trouble.met(context["exception"], context["socket"].fileno())
        else:
            self.default_exception_handler(context)
