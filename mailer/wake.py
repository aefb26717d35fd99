"""The doorbell: how a committed row tells a worker that there is work.

A bell is only a hint. The rows are the truth: a bell that is lost is made good by the sweep, a bell that rings
twice finds nothing to do. Workers provide one `Doorbell` a process; everything else notes which bells to ring on
its session, and the store rings them once the transaction is committed.
"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

INBOX = "inbox"  # a message is stored and waits for its handler
URGENT = "urgent"  # replies, confirmations, proofs, reminders to a few
BULK = "bulk"  # newsletters and other mail to everyone

BELLS = (INBOX, URGENT, BULK)


class Doorbell(Protocol):
    """Provided by workers/. `ring` must return quickly and never raise: the row is already safe."""

    def ring(self, bell: str) -> None: ...


class Silent:
    """For commands and tests that leave the waking to the sweep of the running process."""

    def ring(self, bell: str) -> None:
        return


_doorbell: Doorbell = Silent()


def provide(doorbell: Doorbell) -> None:
    """Set this process's doorbell."""
    global _doorbell
    _doorbell = doorbell


def ring(bell: str) -> None:
    """Ring now (outside any transaction)."""
    _doorbell.ring(bell)


def note(session: Connection, bell: str) -> None:
    """Have `bell` rung once `session` is committed."""
    session.info.setdefault("bells", set()).add(bell)


def noted(session: Connection) -> set[str]:
    """Take the bells noted on `session`, leaving none."""
    bells: set[str] = session.info.pop("bells", set())
    return bells
