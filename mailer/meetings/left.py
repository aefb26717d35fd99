"""Who had answered and has left since (contract 2: STOP ends accepted meetings too).

An answer is never taken away: what was said stays said, and UNDO or a later answer makes the person come again. But nobody
counts on somebody who stopped the mail of meetings after answering: no head count, no day sheet, no presumed attendance.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from mailer.consent import ACTIVE, LEFT
from mailer.store.tables import meetings, responses, standings


def left_since(meeting_id: int) -> ColumnElement[bool]:
    """True of a row of `responses` to this meeting whose writer stopped its mail after it, and gets none of it now."""

    def some(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = select(1).select_from(standings).join(meetings, meetings.c.network_id == standings.c.network_id)
        of_this = or_(standings.c.purpose == "meetings", standings.c.scope == f"meeting:{meeting_id}")
        here = (meetings.c.id == meeting_id, standings.c.address_id == responses.c.address_id, of_this)
        return exists(mine.where(*here, *conditions).correlate(responses))

    ended = some(standings.c.standing == LEFT, standings.c.updated_at >= responses.c.at)
    return and_(ended, ~some(standings.c.standing == ACTIVE))
