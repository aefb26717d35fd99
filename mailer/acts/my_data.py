"""MY DATA: a letter with everything that is kept of the person, as JSON and as CSV (UK GDPR Art 15 and 20, DP-9).

It takes a fresh confirmation of the address on record, whichever address of theirs wrote (CMD-4), and goes there only. The
files are made when the letter is composed (`outbound.enclosing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, confirm, rights
from mailer.consent.purposes import RIGHT
from mailer.errors import Refused
from mailer.outbound import replies
from mailer.people import addresses, record


def ask(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """MY DATA. Refused for who is not known, and for a mailbox that several people read."""
    if actor.address_id is None:
        raise Refused("nothing-held", "We hold nothing under this address.", "Please write from the one we write to.")
    if addresses.get(session, actor.address_id).shared:
        raise Refused(
            "shared-mailbox",
            "Several people read this mailbox, so nobody's own data is sent to it.",
            "Write MY DATA from an address of your own that you have confirmed with us, and it comes there.",
        )
    if not confirm.enough(actor, "my-data"):
        return confirm.ask(session, actor, "my-data", {}, what="MY DATA", now=now)
    return _send(session, actor, now, asked_at=now)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES. The month runs from the asking."""
    return _send(session, actor, now, asked_at=actor.asked_at or now)


def _send(session: Connection, actor: Actor, now: datetime, *, asked_at: datetime) -> Receipt:
    assert actor.address_id is not None
    to = record.address(session, actor.network_id, actor.address_id)
    sent = replies.reply(
        session,
        network_id=actor.network_id,
        address_id=to,
        template="my-data",
        fields={"encloses": {"what": "my-data", "address_id": to}},
        now=now,
        inbox_id=actor.inbox_id,
        scope=RIGHT,
        key=f"my-data:{to}:{now.isoformat()}",
    )
    rights.asked(session, actor, sent, asked_at=asked_at, now=now)
    if sent is None:
        return Receipt(
            "",
            "Asked for their data, and this address cannot be written to.",
            state="held",
            reason=confirm.NOT_ASKABLE,
            held_for="the operator",
        )
    return Receipt("", "Was sent everything that is kept of them.")
