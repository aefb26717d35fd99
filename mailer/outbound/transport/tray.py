"""The relay that sends nothing: letters are kept on this machine and read at /tray.

Where they are kept is not known here: whoever builds the relay gives a callable. It gets a whole window and returns once
everything in it is kept; what it raises goes through to the caller of send(), with none of the window kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailer.outbound.transport.envelope import on_wire, sound
from mailer.outbound.transport.terms import Reply, Wire

Keep = Callable[[Sequence[Wire]], None]


class TrayRelay:
    name = "tray:"
    local = True

    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    def connect(self, patience: float | None = None) -> TrayConnection:
        return TrayConnection(self._keep)


class TrayConnection:
    def __init__(self, keep: Keep) -> None:
        self.usable = True
        self._keep = keep

    def send(self, window: Sequence[Wire]) -> list[Reply]:
        """As strict as a mail server would be about addresses and line ends, so that a trial shows what would go wrong."""
        replies = [_reply(wire) for wire in window]
        fit = [wire for wire, reply in zip(window, replies, strict=True) if reply.state == "accepted"]
        if fit:
            self._keep(fit)
        return replies

    def finish(self) -> None:
        """A window is kept whole and at once: there is nothing to cut short."""

    def close(self) -> None:
        self.usable = False


def _reply(wire: Wire) -> Reply:
    if on_wire(wire.rcpt) is None or (wire.mail_from and on_wire(wire.mail_from) is None):
        return Reply(wire.id, "failed", None, "5.1.3", "", "bad-address")
    if not (wire.clean or sound(wire.content)):
        return Reply(wire.id, "failed", None, "5.6.0", "", "bad-content")
    return Reply(wire.id, "accepted", 250, "2.0.0", "kept in the tray", "accepted")
