"""The questions that wait for a YES: their rows, from the asking to the day on which they end (design ruling 1).

A tag is signed over the id of a row; what a YES to it does stands in `confirm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from mailer.acts import Receipt
from mailer.errors import Refused
from mailer.outbound import replies
from mailer.store import add, prepared, unindexed
from mailer.store.tables import confirmations

GOOD_FOR = timedelta(days=7)
LATELY = timedelta(minutes=10)
A_DAY = timedelta(days=1)
DECLINED = "Declined; nothing was done."
ASKED_LATELY = Receipt("", "Was asked before; nothing new was sent.", state="asked", reason="asked-lately")


def not_askable() -> Refused:
    """Made anew for each who raises it: an exception that is kept would keep every frame that it went through."""
    return Refused("not-askable", "We cannot write to your present address now.", "Please write to the committee.")


def asked_today() -> Refused:
    return Refused(
        "asked-today", "All mail to you was stopped, so we ask you first, once a day, and have today.", "Please ask again tomorrow."
    )


def put(
    session: Connection,
    network_id: int,
    address_id: int,
    act: str,
    args: Mapping[str, Any],
    *,
    template: str,
    fields: Mapping[str, Any],
    now: datetime,
    inbox_id: int | None = None,
    **letter: Any,
) -> int | None:
    """Write the question down and send it, with a tag that only its reader has; returns its id. None if this address cannot be
    asked now, and then nothing of it is kept. `letter` is what else `replies.reply` takes."""
    question = write_down(session, network_id, address_id, act, args, inbox_id, now)
    sent = replies.reply(
        session,
        network_id=network_id,
        address_id=address_id,
        template=template,
        fields=fields,
        now=now,
        inbox_id=inbox_id,
        reply_use="c",
        reply_row=question,
        key=f"confirm:{question}",
        **letter,
    )
    if sent is None:
        forget(session, question)
        return None
    return question


def write_down(
    session: Connection,
    network_id: int,
    address_id: int,
    act: str,
    args: Mapping[str, Any],
    inbox_id: int | None,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> int:
    """The row that a confirm tag is signed over; returns its id. Good for seven days if nothing else is said."""
    return add(
        session,
        confirmations,
        network_id=network_id,
        address_id=address_id,
        act=act,
        args=dict(args),
        inbox_id=inbox_id,
        asked_at=now,
        expires_at=expires_at or now + GOOD_FOR,
    )


def forget(session: Connection, confirmation_id: int) -> None:
    """The question could not be sent: there is no tag of it anywhere, and its row goes."""
    session.execute(delete(confirmations).where(confirmations.c.id == confirmation_id))


def lately(session: Connection, network_id: int, address_id: int, act: str, now: datetime) -> list[dict[str, Any]]:
    """What is still open of the questions of this act that went to an address less than ten minutes ago: their args."""
    c = confirmations.c
    still_open = (c.network_id == network_id) & (c.address_id == address_id) & c.used_at.is_(None) & (c.expires_at > now)
    query = select(c.args).where(still_open, c.act == act, c.asked_at > now - LATELY).order_by(c.id)
    return [dict(args) for args in session.execute(query).scalars()]


def within_a_day(session: Connection, address_id: int, act: str, now: datetime) -> list[dict[str, Any]]:
    """The args of the questions of this act to an address within a day, of any network, that led to nothing: those that stand, or
    were declined."""
    c = confirmations.c
    to_no_end = or_(c.used_at.is_(None), c.said == DECLINED)
    query = select(c.args).where(c.address_id == address_id, c.act == act, c.asked_at > now - A_DAY, to_no_end).order_by(c.id)
    return [dict(args) for args in session.execute(query).scalars()]


def find(session: Connection, confirmation_id: int | None) -> Row[Any] | None:
    """The row behind a tag; None if it is gone, as after FORGET ME."""
    return session.execute(select(confirmations).where(confirmations.c.id == confirmation_id)).first()


def row_of(session: Connection, confirmation_id: int | None) -> Row[Any]:
    """The row of a question that was asked."""
    return session.execute(select(confirmations).where(confirmations.c.id == confirmation_id)).one()


def void(session: Connection, network_id: int | None, address_id: int, now: datetime) -> None:
    """Questions still open to an address end here: an old tag must not undo what the person has decided since."""
    ended = _end_open(address_id, now) if network_id is None else _end_open_of(address_id, now, network_id)
    session.execute(*ended)


@prepared
def _end_open(address: Any, now: Any) -> Any:
    c = confirmations.c
    return update(confirmations).where(c.address_id == address, c.used_at.is_(None), c.expires_at > now).values(expires_at=now)


@prepared
def _end_open_of(address: Any, now: Any, network: Any) -> Any:
    c = confirmations.c
    is_open = (c.address_id == address) & c.used_at.is_(None) & (c.expires_at > now)
    return update(confirmations).where(is_open, unindexed(c.network_id) == network).values(expires_at=now)
