"""Skeleton and one person's values to a message: a join of octets, a few microseconds beyond what the values need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailer.outbound.letter.skeleton import FORMAT, Skeleton
from mailer.outbound.letter.slots import ENCODERS, Filling
from mailer.outbound.letter.terms import LetterError


def fill(skeleton: Skeleton, values: Mapping[str, str], *, date: datetime, message_id: str) -> bytes:
    """The whole message, CRLF, not dot-stuffed. `date` is aware and goes into Date as it is; `message_id` has its brackets.

    Values that the letter has no slot for are left alone. Raises LetterError for a value that is missing or may not stand
    where its slot is; that person's letter cannot go then, and no other is touched."""
    if skeleton.format != FORMAT:
        raise LetterError(f"the letter has format {skeleton.format}; this program fills format {FORMAT}")
    filling = Filling(values, date, message_id)
    encoded = [ENCODERS[slot.way](slot.templates, filling) for slot in skeleton.slots]
    order, constants = skeleton.order, skeleton.constants
    message: list[bytes] = [b""] * (2 * len(order) + 1)
    message[::2] = constants
    message[1::2] = [encoded[number] for number in order]
    return b"".join(message)
