"""The only place that speaks SMTP (V12): letters as bytes go out, one honest answer for each comes back.

A *relay* is a place that takes mail from us: a mail server of the institution, or the tray that keeps everything here.
`relays()` reads the setting and gives them in the order of failover. `Relay.connect()` opens a *connection*, which is kept
and used by one thread for window after window. `Connection.send(window)` never raises for what the peer does; it gives
one `Reply` for each `Wire`, in order:

  accepted   the relay answered 2xx after the final dot
  deferred   a 4xx, or the line broke before the final dot of this letter: it surely was not taken
  failed     a 5xx that tells about this letter or this recipient
  uncertain  the final dot was being written or was written, and no answer came (ruling 5)
  unsent     nothing of this letter was begun; it goes back as it was

Whatever a relay says of itself and not of a letter stands in the Reply's `slow`: what rests, and whether another is to be asked.

Errors:
  RelayDown       connect() found no willing server; `reason` is a key of DOWN, nothing was sent
  RelayUrlError   the setting TERMPOST_RELAY_URL is wrong; the text says how to mend it

The walk of a window: choose -> session (banner, EHLO, STARTTLS, AUTH) -> window (pipelined or step by step) -> line (bytes and
deadlines) -> mailer.outbound.results (what a reply means). RFC 5321, 2920 (pipelining), 1870, 3207, 4954, 6152, 6531, 3461.
"""

from __future__ import annotations

from mailer.outbound.transport.choose import relays
from mailer.outbound.transport.probe import greets
from mailer.outbound.transport.terms import (
    DOWN,
    Connection,
    Notify,
    Relay,
    RelayDown,
    RelayUrlError,
    Reply,
    Timeouts,
    Wire,
    unsent,
)

__all__ = [
    "DOWN", "Connection", "Notify", "Relay", "RelayDown", "RelayUrlError", "Reply", "Timeouts", "Wire", "greets", "relays", "unsent",
]  # fmt: skip
