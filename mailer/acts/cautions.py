"""What an organiser should look at twice before a meeting is set: it may well be meant, so nothing is refused but a slip
of the year (`too_far`).

The question that asks for a YES shows these sentences, and so does the receipt with the plan.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer.cycle.calendar import SATURDAY, bank_holidays
from mailer.meetings import meetings
from mailer.people import formats
from mailer.store.tables import networks

LONG = timedelta(hours=10)
FAR = timedelta(days=540)
NEVER = timedelta(days=3 * 366)  # no programme reaches so far: a slip of the year
EARLY, LATE = 7, 21  # hours of the day between which people meet


def of(
    session: Connection, network_id: int, starts_at: datetime, ends_at: datetime, *, besides: int | None, now: datetime
) -> list[str]:
    """Sentences about these times. `besides`: the meeting itself, which is not in its own way."""
    row = session.execute(select(networks.c.timezone, networks.c.holidays).where(networks.c.id == network_id)).one()
    starts, ends = starts_at.astimezone(ZoneInfo(row.timezone)), ends_at.astimezone(ZoneInfo(row.timezone))
    day = f"{starts.day} {starts:%B %Y}"
    found = []
    if starts.weekday() >= SATURDAY:
        found.append(f"{day} is a {starts:%A}.")
    elif starts.date() in bank_holidays(row.holidays, starts.year):
        found.append(f"{day} is a bank holiday.")
    hours = (ends - starts) / timedelta(hours=1)
    if ends - starts > LONG:
        found.append(f"It lasts {hours:.0f} hours, from {starts:%H:%M} to {ends:%H:%M}{_day(starts, ends)}.")
    elif starts.hour < EARLY or starts.hour >= LATE:
        found.append(f"It starts at {starts:%H:%M}.")
    if starts_at - now > FAR:
        found.append(f"{day} is more than a year and a half away.")
    for other in meetings.listing(session, network_id):
        if other.id == besides or other.state != "planned" or other.ends_at <= now:
            continue
        if other.starts_at < ends_at and starts_at < other.ends_at:
            found.append(f"There is another meeting at that time: {formats.brief(other.starts_at, row.timezone)}.")
        elif formats.local(other.starts_at, row.timezone).date() == starts.date():
            found.append(f"There is another meeting on that day: {formats.brief(other.starts_at, row.timezone)}.")
    return found


def too_far(starts_at: datetime, now: datetime) -> str:
    """A sentence, if the year cannot be meant."""
    day = f"{starts_at.day} {starts_at:%B %Y}"
    return f"{day} is more than three years away. Is the year right?" if starts_at - now > NEVER else ""


def _day(starts: datetime, ends: datetime) -> str:
    return "" if starts.date() == ends.date() else f" on {ends.day} {ends:%B}"
