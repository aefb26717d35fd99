"""What a pressed button leaves behind: its evidence for the ledger (DP-1), and its receipt by mail (CMD-11)."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt
from mailer.outbound import replies
from mailer.web.asking import Asked


def receipt_by_mail(session: Connection, asked: Asked, actor: Actor, receipt: Receipt, n: int = 1) -> bool:
    """Queue the receipt's letter, the `n`th of this press.

    The same form sent twice within a minute is one press of a nervous finger: one letter.
    """
    if not receipt.template or actor.address_id is None:
        return False
    sent = replies.reply(
        session,
        network_id=actor.network_id,
        address_id=receipt.to or actor.address_id,
        template=receipt.template,
        fields=receipt.fields,
        now=asked.now,
        key=f"web:{actor.address_id}:{_hash(asked)[:24]}:{asked.now:%Y%m%d%H%M}:{n}",
    )
    return sent is not None


def evidence(asked: Asked) -> str:
    """The hash of what was posted: where to, every field, and when, so that no two posts have the same. The ledger gives it an id in
    the trail (`ledger.record`); the fields themselves are not kept."""
    return _hash(asked, asked.now.isoformat())


def _hash(asked: Asked, *more: str) -> str:
    words = json.dumps([asked.route, dict(asked.path), sorted(asked.form.fields.items()), *more])
    return hashlib.sha256(words.encode()).hexdigest()
