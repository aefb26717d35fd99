"""A piece for the newsletter, with its pictures; or the promise of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import submit_piece as acts
from mailer.inbound import admitting, doors_asked, promising
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A member's piece is in at once; a stranger's waits for an organiser's YES."""
    enters = message.vouched or admitting.may_enter(message, session, "pieces")
    if enters and promising.certain(message):
        return promising.note(message, session, now)
    wrong_door = doors_asked.elsewhere(message, session, now)
    if wrong_door is not None:
        return wrong_door
    if enters and promising.doubtful(message):
        return promising.ask(message)
    wrong_door = doors_asked.unsure(message, "piece")
    if wrong_door is not None:
        return wrong_door
    assert message.piece is not None
    if not enters:
        return admitting.hold(message, session, what="piece", title=message.piece.title, values={}, now=now)
    return acts.submit_piece(session, message.actor, message.piece, vouched=message.vouched, now=now)
