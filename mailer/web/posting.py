"""What a pressed button leaves behind: its evidence for the ledger (DP-1), and its receipt by mail (CMD-11)."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection, func, select

from mailer.acts import Actor, Receipt, leave_rows
from mailer.outbound import replies
from mailer.store.tables import outgoing
from mailer.web.asking import Asked


def receipt_by_mail(session: Connection, asked: Asked, actor: Actor, receipt: Receipt, n: int = 1) -> bool:
    """Queue the receipt's letter, the `n`th of this press. False if there is none, or it may not go.

    The same form sent twice within a minute is one press of a nervous finger: one letter. Where another answer went to them in
    between it is a change of its own, however soon it comes, and has its own receipt (CMD-11).
    """
    if not receipt.template or actor.address_id is None:
        return False
    address_id = receipt.to or actor.address_id
    key = f"{_press(session, asked, actor.address_id, address_id)}:{n}"
    replies.reply(
        session,
        network_id=actor.network_id,
        address_id=address_id,
        template=receipt.template,
        fields=receipt.fields,
        now=asked.now,
        key=key,
    )
    return session.execute(select(outgoing.c.id).where(outgoing.c.key == key)).first() is not None


def latest(session: Connection, actor: Actor) -> int:
    """The last letter to whoever acts, at whichever address of theirs: another one after an act that has sent them something, be it
    a receipt, a question, a farewell or a welcome."""
    theirs = outgoing.c.address_id.in_(leave_rows.addresses_of(session, actor))
    return int(session.execute(select(func.max(outgoing.c.id)).where(theirs)).scalar() or 0)


def _press(session: Connection, asked: Asked, by: int, address_id: int) -> str:
    """What names this press: the same as the last one's, if the last answer that they got is the receipt of the same form."""
    press = f"web:{by}:{_hash(asked)[:24]}:{asked.now:%Y%m%d%H%M}"
    o = outgoing.c
    answers = select(o.id, o.key).where(o.address_id == address_id, o.purpose.in_(("answer", "farewell")))
    last = session.execute(answers.order_by(o.id.desc()).limit(1)).first()
    if last is None:
        return press
    return str(last.key).rpartition(":")[0] if str(last.key).startswith(press) else f"{press}:{last.id}"


def evidence(asked: Asked) -> str:
    """The hash of what was posted: where to, every field, and when, so that no two posts have the same. The ledger gives it an id in
    the trail (`ledger.record`); the fields themselves are not kept."""
    return _hash(asked, asked.now.isoformat())


def _hash(asked: Asked, *more: str) -> str:
    words = json.dumps([asked.route, dict(asked.path), sorted(asked.form.fields.items()), *more])
    return hashlib.sha256(words.encode()).hexdigest()
