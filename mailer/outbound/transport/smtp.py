"""A relay that is a mail server, and the kept connection to it."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from mailer.clock import monotonic
from mailer.outbound.transport.envelope import Features
from mailer.outbound.transport.line import Line, LineLost
from mailer.outbound.transport.session import open_session
from mailer.outbound.transport.terms import Reply, Timeouts, Wire
from mailer.outbound.transport.window import Window, unsent
from mailer.settings.relay import SCHEMES
from mailer.settings.relay import Relay as Place


class SmtpRelay:
    """Remembers one thing about its server: that PIPELINING was offered and then did not work. A restart forgets it."""

    def __init__(self, place: Place, hostname: str, timeouts: Timeouts, context: ssl.SSLContext | None = None) -> None:
        self.name = _name(place)
        self.local = place.stays_here
        self.pipelining = True
        self.timeouts = timeouts
        self._place = place
        self._hostname = hostname
        self._context = context

    def connect(self) -> SmtpConnection:
        if self._context is None and self._place.security != "clear":
            self._context = ssl.create_default_context()
        line, features = open_session(self._place, self._hostname, self.timeouts, self._context)
        return SmtpConnection(self, line, features)


class SmtpConnection:
    def __init__(self, relay: SmtpRelay, line: Line, features: Features) -> None:
        self.usable = True
        self.features = features
        self._relay = relay
        self._line = line
        self._kept = False

    def send(self, window: Sequence[Wire]) -> list[Reply]:
        """See Connection.send."""
        if not self.usable or self._line.stale():
            self._drop()
            return [unsent(wire) for wire in window]
        pipelining = self.features.pipelining and self._relay.pipelining
        walk = Window(self._line, self.features, self._relay.timeouts, pipelining=pipelining, kept=self._kept)
        replies = walk.send(window)
        self._kept = True
        if walk.stalled:
            self._relay.pipelining = False
        if not walk.alive:
            self._drop()
        return replies

    def close(self) -> None:
        """QUIT, a short wait for its answer, and the end; no fault here means anything (OUT-4)."""
        if self.usable:
            seconds = self._relay.timeouts.quit
            until = monotonic() + seconds
            try:
                self._line.write(b"QUIT\r\n", seconds, until)
                self._line.answer(seconds, until)
            except LineLost:
                pass
        self._drop()

    def _drop(self) -> None:
        self.usable = False
        self._line.close()


def _name(place: Place) -> str:
    scheme = next(scheme for scheme, (security, _) in SCHEMES.items() if security == place.security)
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{scheme}://{host}:{place.port}"
