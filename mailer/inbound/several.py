"""A reply to the receipt that names several items: which of them is meant? "Item 2: 15 minutes", "WITHDRAW 3", WITHDRAW."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, correct, withdraw
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.inbound.words import Intent
from mailer.message.own import strip_own

_ITEM = re.compile(r"^\W*(?:(?:item|eitem|number|no\.?)\s*)?(?P<number>\d{1,3})\s*[:.)–-]\s*(?P<said>\S.*)$", re.IGNORECASE | re.DOTALL)
_WITHDRAW = re.compile(
    r"^\W*(?:please\s+)?(?:withdraw|take back|drop|tynnu(?:'n ôl)?)(?:\s+(?:item|eitem|number|no\.?))?\s*(?P<number>\d{1,3})?(?:\s+please)?\W*$", re.IGNORECASE
)


def do(message: Message, session: Connection, items: Sequence[Mapping[str, Any]], now: datetime) -> Receipt | None:
    """Correct or withdraw the item that is named by its number; WITHDRAW alone is UNDO: all of them. None: it names none."""
    words = strip_own(message.reading.reply, [message.domain]).strip()
    ids = {int(one["number"]): int(one["id"]) for one in items}
    first = next((line for line in words.split("\n") if line.strip()), "")
    gone = _WITHDRAW.match(first)
    if gone and not gone["number"]:
        return commands.do(message, session, Intent("undo", 1.0), now)
    if gone and int(gone["number"]) in ids:
        return withdraw.item(session, message.actor, ids[int(gone["number"])], now=now)
    about = _ITEM.match(words)
    if about and int(about["number"]) in ids:
        return correct.item_in_words(session, message.actor, ids[int(about["number"])], about["said"], now=now)
    return None
