"""HELP: the words that work, in one short letter; also the answer to an empty or unknown request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt
from mailer.people import membership


def help(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """The same words for everybody. How to join is told to who gets nothing here, in the mail to the address itself (CMD-8)."""
    stranger = not membership.remaining(session, actor.network_id, actor.address_id)
    return Receipt("help", "Was sent the words that work.", {"stranger": stranger})
