"""HELP: the words that work, in one short letter; also the answer to an empty or unknown request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailer.acts import Actor, Receipt


def help(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """The same letter for everybody: it tells nothing about who is a member (CMD-8)."""
    return Receipt("help", "Was sent the words that work.", {})
