"""A relay that is a mail server, and the kept connection to it."""

from __future__ import annotations

import ipaddress
import re
import ssl
import threading
from collections.abc import Sequence

from mailer.clock import monotonic
from mailer.message.address import ascii_domain
from mailer.outbound.naming import MOST_OF_RELAY, fitted
from mailer.outbound.transport.envelope import Features
from mailer.outbound.transport.line import Line, LineLost
from mailer.outbound.transport.session import open_session
from mailer.outbound.transport.terms import Reply, Timeouts, Wire, unsent
from mailer.outbound.transport.window import LAST_WORDS, Window
from mailer.settings.relay import Relay as Place

MOST = 500  # letters over one line, then a new one: Exim hangs up after 1,000, others sooner, with a 421


class SmtpRelay:
    """Remembers one thing about its server: that PIPELINING was offered and then did not work. A restart forgets it."""

    def __init__(self, place: Place, hostname: str, timeouts: Timeouts, context: ssl.SSLContext | None = None) -> None:
        self.name = fitted(place.url, MOST_OF_RELAY)
        self.local = place.stays_here
        self.pipelining = True
        self.timeouts = timeouts
        self._place = place
        self._hostname = _said(hostname)
        self._context = context

    def connect(self, patience: float | None = None) -> SmtpConnection:
        if self._context is None and self._place.security != "clear":
            self._context = ssl.create_default_context()
        timeouts = self.timeouts if patience is None else self.timeouts.at_most(patience)
        line, features = open_session(self._place, self._hostname, timeouts, self._context)
        return SmtpConnection(self, line, features)


class SmtpConnection:
    def __init__(self, relay: SmtpRelay, line: Line, features: Features) -> None:
        self.usable = True
        self.features = features
        self._relay = relay
        self._line = line
        self._fresh, self._open = True, False
        self._letters = 0
        self._in_use = threading.RLock()
        self._walk: Window | None = None
        self._finishing = False

    def send(self, window: Sequence[Wire]) -> list[Reply]:
        """See Connection.send."""
        with self._in_use:
            return self._send(window)

    def finish(self) -> None:
        """See Connection.finish. The window under way is told, and so is any that comes after."""
        self._finishing = True
        walk = self._walk
        if walk is not None:
            walk.finish()

    def close(self) -> None:
        """See Connection.close."""
        if not self._in_use.acquire(blocking=False):
            self._line.hang_up()
            return
        try:
            self._say_goodbye()
        finally:
            self._in_use.release()

    def _send(self, window: Sequence[Wire]) -> list[Reply]:
        if not self.usable or self._line.stale():
            return self._gone(window)
        pipelining = self.features.pipelining and self._relay.pipelining
        walk = self._walk = Window(
            self._line, self.features, self._relay.timeouts, pipelining=pipelining, fresh=self._fresh, open_=self._open
        )
        if self._finishing:
            walk.finish()
        replies = walk.send(window)
        self._walk = None
        self._fresh, self._open = walk.fresh, walk.open
        if walk.stalled:
            self._relay.pipelining = False
        self._letters += len(window)
        if walk.parting or (walk.alive and self._letters >= MOST):
            self.close()
        elif not walk.alive:
            self._drop()
        return replies

    def _gone(self, window: Sequence[Wire]) -> list[Reply]:
        """The server hung up before anything of the window was begun. That costs nothing where the line had served: it died in
        its sleep. A new one that dies says that the relay does not want us now, and mostly why: else we would knock without end."""
        if not (self.usable and self._fresh) or self._finishing:
            self._drop()
            return [unsent(wire.id) for wire in window]
        try:
            answer = self._line.answer(LAST_WORDS, monotonic() + LAST_WORDS)
            reason, said = {4: "closing", 5: "refused"}.get(answer.code // 100, "nonsense"), f"{answer.code} {answer.text}"
        except LineLost as lost:
            reason, said = lost.reason, lost.detail
        self._drop()
        return [Reply(wire.id, "unsent", None, None, said, reason, "relay") for wire in window]

    def _say_goodbye(self) -> None:
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


def _said(hostname: str) -> str:
    """What we call ourselves in EHLO: a domain as A-labels, or an address literal (RFC 5321 4.1.1.1, 4.1.3)."""
    try:
        address = ipaddress.ip_address(hostname.strip("[]"))
    except ValueError:
        name = ascii_domain(hostname) or ""
        return name if re.fullmatch(r"[A-Za-z0-9.\-]{1,253}", name) else "localhost"
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
