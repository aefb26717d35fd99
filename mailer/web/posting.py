"""The receipt of what was done on a page goes by mail as well: one for each change, to the address on record (CMD-11)."""

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
        key=f"web:{actor.address_id}:{_same(asked)}:{asked.now:%Y%m%d%H%M}:{n}",
    )
    return sent is not None


def _same(asked: Asked) -> str:
    words = json.dumps([asked.route, dict(asked.path), sorted(asked.form.fields.items())])
    return hashlib.sha256(words.encode()).hexdigest()[:24]
