"""What an act about meetings and newsletters leaves for UNDO."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Actor, undo


def remember(session: Connection, actor: Actor, act: str, args: Mapping[str, Any], now: datetime) -> int | None:
    """Write down how to take back what was done: `act` is a row of `undo.UNDOS`, `args` what stood before.

    Returns the id that the receipt carries as `undo`; None where nobody could answer it (the command line).
    """
    return None if actor.address_id is None else undo.remember(session, actor, act, args, now)
