"""The tray: outgoing mail that is kept here instead of being sent, readable at /tray."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailer.message.encoded import text_of
from mailer.outbound.transport import Wire
from mailer.store.tables import tray


def keep(session: Connection, wires: Sequence[Wire], now: datetime) -> None:
    """Keep these copies. A copy that is sent again replaces itself."""
    session.execute(tray.delete().where(tray.c.outgoing_id.in_([w.id for w in wires])))
    session.execute(
        tray.insert(),
        [
            {
                "outgoing_id": w.id,
                "at": now,
                "mail_from": w.mail_from,
                "rcpt": w.rcpt,
                "subject": _subject(w.content),
                "content": w.content,
            }
            for w in wires
        ],
    )


def _subject(content: bytes) -> str:
    """The Subject of a letter of ours as people read it, for the list of the tray."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii", "replace")
    line = next((line for line in head.split("\r\n") if line.lower().startswith("subject:")), "")
    return text_of(line.partition(":")[2])
