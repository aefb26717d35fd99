"""A letter to the organisers: passed to each of them, with who wrote it and whether that is proven."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Receipt
from mailer.inbound import doors_asked, meant, relay
from mailer.inbound.message import Message


def handle(message: Message, session: Connection, now: datetime) -> Receipt:
    """A bare word is done as what it is; the rest is a letter, and a wish in it is asked about besides."""
    wrong_door = doors_asked.elsewhere(message, session, now)
    if wrong_door is not None:
        return wrong_door
    sent = relay.to_committee(message, session, now)
    if sent == 0:
        return Receipt(
            "",
            "No organiser can be reached by mail; kept here.",
            state="held",
            reason="no-organiser",
            held_for="the operator",
        )
    asked = meant.asked_back(message)  # "please stop the newsletter, I never read it": a letter, and a wish
    if asked is not None:
        return replace(asked, said=f"Passed to the organisers. {asked.said}")
    return Receipt("", "Passed to the organisers.", reason="letter")
