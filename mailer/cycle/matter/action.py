"""A nudge to the owner of an action point."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle.matter import Matter, Nothing, note
from mailer.meetings import actions, meetings
from mailer.store.tables import networks


def action_nudge(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
    action = actions.get(session, occasion.thing_id)
    if action.state != "open":
        return Nothing("The action is done.")
    network = session.execute(select(networks).where(networks.c.id == occasion.network_id)).one()
    meeting = meetings.facts(meetings.get(session, action.meeting_id), network) if action.meeting_id else None
    return Matter({"action": actions.facts(action), "meeting": meeting, "note": note(occasion)})
