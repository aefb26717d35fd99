"""What is to come, told before it goes: the plan of a meeting or a whole network, with how many each mail reaches.

`plan SLUG` and the receipt of a meeting both show it (contract 3, V13).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.cycle import forecast
from mailer.cycle.forecast import Forecast
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.cycle.table import Row
from mailer.outbound import audience
from mailer.people import formats
from mailer.store.tables import occasions

TO_COME = ("planned", "proofed", "waiting", "queued", "held")
COUNTED = (*TO_COME, "sent")
EVERY = (*COUNTED, "missed", "cancelled", "superseded")


def to_come(
    session: Connection,
    network_id: int,
    now: datetime,
    *,
    thing: tuple[str, int] | None = None,
    states: tuple[str, ...] = TO_COME,
) -> list[dict[str, Any]]:
    """{kind, due_at, until, audience, count, mode, state, later, over, over_count} in the order it goes; of one (thing
    type, id), or of all. `later` is those who get another mail on its day, and when they get this one (V13)."""
    cycle = cycle_of(session, network_id, now)
    query = select(occasions).where(occasions.c.network_id == network_id, occasions.c.state.in_(states))
    if thing is not None:
        query = query.where(occasions.c.thing_type == thing[0], occasions.c.thing_id == thing[1])
    found = []
    for occasion in session.execute(query.order_by(occasions.c.due_at, occasions.c.id)):
        row = cycle.row_of(occasion)
        falls = _falls(session, cycle, occasion, row, now)
        found.append(
            {
                "id": str(occasion.id),
                "kind": occasion.kind,
                "due_at": formats.iso(occasion.due_at, str(cycle.zone)),
                "until": formats.iso(occasion.until_at, str(cycle.zone)),
                "audience": row.audience,
                "count": falls.reached if occasion.audience_count is None else occasion.audience_count,
                "mode": occasion.mode,
                "state": occasion.state,
                **falls.fields(str(cycle.zone)),
            }
        )
    return found


def _falls(session: Connection, cycle: CycleOf, occasion: Any, row: Row, now: datetime) -> Forecast:
    if occasion.state in ("sent", "missed", "cancelled", "superseded"):
        return Forecast(occasion.due_at, audience.count_for(session, occasion, row, now))
    if occasion.audience_count is not None:
        return forecast.of_waiting(session, occasion, now)
    at = (occasion.goes_at if occasion.approved_version is not None else None) or occasion.due_at
    falls = forecast.of(session, cycle, occasion, row, max(at, now), now)
    return falls if occasion.cursor is None else falls.beside(forecast.of_waiting(session, occasion, now))


def busiest(session: Connection, network_id: int, now: datetime) -> int:
    """How many counted mails a member who comes to everything gets in the fullest term from now on (V13)."""
    cycle = cycle_of(session, network_id, now)
    this_term = cycle.calendar.counting_term(cycle.local(now).date())
    query = select(occasions.c.kind, occasions.c.step, occasions.c.due_at).where(
        occasions.c.network_id == network_id, occasions.c.state.in_(COUNTED)
    )
    counts: Counter[Any] = Counter()
    for occasion in session.execute(query):
        row = cycle.row_of(occasion)
        term = cycle.calendar.counting_term(cycle.local(occasion.due_at).date())
        if row.counted and (term == this_term or occasion.due_at >= now):
            counts[term] += 1
    return max(counts.values(), default=0)
