"""The sheet of the day comes back: guests who signed up are asked, what else it says goes to the committee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import signed_up as acts
from mailer.inbound import relay
from mailer.inbound.lines.signed_up import read_signed_up
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """The route looked that there is at least one line of a guest."""
    said = read_signed_up(message.reading.reply)
    if len(said.rest.split()) > 2:
        relay.to_committee(message, session, now, why="says more than who signed up on the day")
    rows = [(one.email, one.name, one.organisation) for one in said.people]
    return acts.sign_up(session, message.actor, rows, said.unread, hasher=message.house.hasher, now=now)
