"""STATUS and MY YEAR for all networks: each network that the person is in sends its own letter, and none tells of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt, everywhere
from mailer.consent.purposes import RIGHT
from mailer.outbound import replies

Letter = Callable[[Connection, Actor], Receipt]


def from_each(session: Connection, actor: Actor, letter: Letter, *, now: datetime) -> Receipt:
    """The receipt of the network that was written to; those of the others are mailed from there."""
    here = letter(session, actor)
    for place in everywhere.others(session, actor):
        there = letter(session, replace(actor, network_id=place))
        to = there.to or actor.address_id
        if to is None or not there.template:
            continue
        replies.reply(
            session,
            network_id=place,
            address_id=to,
            template=there.template,
            fields=there.fields,
            now=now,
            inbox_id=actor.inbox_id,
            scope=RIGHT,
            key=f"each:{there.template}:{to}:{actor.inbox_id or ''}:{now.isoformat()}",
        )
    return replace(here, said=f"{here.said} From every network of theirs.")
