"""Somebody answered a mail that was sent to another person: whose answer is it? (ruling 1)

The first message stays as it came; its row says in whose name it is handled once more: the writer's own, or, after a
YES from the address it was sent to, that person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from mailer import wake
from mailer.acts import Actor, Receipt, questions
from mailer.store.tables import inbox

ACT = "speak-for"
SELF = "self"  # inbox.sorted_to: the writer answers for themselves
OWNER = "owner"  # ... for the one the letter was sent to, who has agreed


def ask(
    session: Connection, network_id: int, inbox_id: int, owner: int, *, writer: str, text: str, now: datetime
) -> bool:
    """Ask `owner`, the address whose letter was answered, whether these are their words. False if they cannot be asked."""
    args = {"inbox_id": inbox_id, "owner": owner}
    fields = {"writer": writer, "text": text}
    asked = questions.put(
        session, network_id, owner, ACT, args, template=ACT, fields=fields, now=now, inbox_id=inbox_id
    )
    return asked is not None


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """The one it was sent to says that it is their answer."""
    again(session, int(args["inbox_id"]), OWNER)
    return Receipt("", "Agrees that somebody else answers for them.")


def again(session: Connection, inbox_id: int, whose: str) -> None:
    """Have the message handled once more, in the name of `whose`."""
    session.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.state == "asked")
        .values(state="stored", sorted_to=whose, attempts=0, lease_until=None)
    )
    wake.note(session, wake.INBOX)
