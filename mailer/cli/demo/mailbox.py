"""The members' mailbox server: what the tray relay kept is what has been delivered to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from sqlalchemy import Connection, select

from mailer.store.tables import letters, occasions, outgoing, tray


@dataclass(frozen=True)
class Letter:
    """A mail that somebody has got. `template` is what it is: occasions/invitation, replies/item, ..."""

    number: int
    at: datetime
    to: str
    verp: str  # the envelope sender
    content: bytes
    template: str
    about: str  # the kind of occasion, of a proof that of what it shows
    subject: str
    fields: dict[str, Any]

    def header(self, name: str) -> str:
        """A field of it, unfolded; empty if it is not there."""
        return str(message_from_bytes(self.content, policy=policy.default)[name] or "")

    @property
    def one_click(self) -> str:
        """The address for RFC 8058, or empty."""
        found = re.search(r"<(https?://[^>]+)>", self.header("List-Unsubscribe"))
        return found[1] if found else ""


def since(session: Connection, number: int) -> list[Letter]:
    """Everything delivered after the letter with this number, oldest first."""
    rows = session.execute(
        select(
            tray.c.id,
            tray.c.at,
            tray.c.rcpt,
            tray.c.mail_from,
            tray.c.content,
            tray.c.subject,
            letters.c.template,
            letters.c.fields,
            outgoing.c.key,
            occasions.c.kind,
        )
        .join(outgoing, outgoing.c.id == tray.c.outgoing_id)
        .join(letters, letters.c.id == outgoing.c.letter_id)
        .outerjoin(occasions, occasions.c.id == outgoing.c.occasion_id)
        .where(tray.c.id > number)
        .order_by(tray.c.id)
    )
    found = [
        (r, r.kind or "", int(proof[1]) if (proof := re.match(r"proof:(\d+):\d+:\d+$", r.key)) else None) for r in rows
    ]
    shown = {proof for _, _, proof in found if proof is not None}
    kinds: dict[int, str] = {
        row.id: row.kind
        for row in session.execute(select(occasions.c.id, occasions.c.kind).where(occasions.c.id.in_(shown)))
    }
    return [
        Letter(
            number=r.id,
            at=r.at,
            to=r.rcpt,
            verp=r.mail_from,
            content=r.content,
            template=r.template,
            about=kind if proof is None else kinds[proof],
            subject=r.subject,
            fields=dict(r.fields or {}),
        )
        for r, kind, proof in found
    ]
