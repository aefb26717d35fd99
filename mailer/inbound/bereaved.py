"""What is asked of who says that members have left or died, and what becomes of words of a death in any answer.

A mailbox of somebody who has died may be read by their family: it is asked nothing back, and gets no receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.acts import gone as acts
from mailer.inbound import asking, gone, relay
from mailer.inbound.message import Message
from mailer.people import addresses

BESIDE = frozenset({"answer", "receipt", "feedback", "action", "promise"})  # handlers that do what else stands in a reply


def ask(
    message: Message, session: Connection, said: Sequence[gone.Gone], now: datetime
) -> tuple[Receipt | None, list[gone.Gone]]:
    """(a question for each member whom the writer may speak of, or None if there is none; the others who were named)."""
    meant = [(one, acts.meant(session, message.actor, one.who)) for one in said]
    house = message.house
    known = house.settings.operator
    asked = []
    for one, member in meant:
        if member is not None:
            operator = addresses.find_or_add(session, known, hasher=house.hasher, now=now).id if known else None
            asked.append(acts.ask(session, message.actor, member, one.how, now=now, operator=operator))
    missed = [one for one, member in meant if member is None]
    if not asked:
        return None, missed
    return replace(asked[0], said=" ".join(dict.fromkeys(one.said for one in asked))), missed


def of_owner(words: str, name: str) -> bool:
    """Whether a text that speaks of a death means the owner of the mailbox, of that name: by name, or unnamed by the family."""
    said = [one for one in gone.everyone("", words) if one.how == gone.DIED]
    if said:
        return all(asking.same(one.who, name) for one in said)
    return asking.of_family(words)


def beside(message: Message, session: Connection, handler: str, receipt: Receipt, now: datetime) -> Receipt:
    """Besides an answer: the question about whoever is gone. Of a death that nobody is asked about the organisers hear."""
    if handler not in BESIDE or message.for_another:
        return receipt
    words = message.reading.reply
    asked, _ = ask(message, session, gone.everyone("", words), now)
    if asked is not None:
        return replace(receipt, said=f"{receipt.said} {asked.said}")
    if gone.of_a_death(words) and relay.to_committee(message, session, now, why="speaks of a death with an answer"):
        return replace(receipt, said=f"{receipt.said} It speaks of a death; passed to the organisers.")
    return receipt
