"""The one retry clock (OUT-6): when a copy that was put off goes again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mailer.consent import purposes

# Minutes after a try that was put off until the next: two more in the first hour, then every two to three (RFC 5321 4.5.4.1).
RETRY_MINUTES = (15, 30, 120, 160)
# The same while no relay can be had: that says nothing of the letter and is over sooner, mostly.
AWAY_MINUTES = (1, 5, 15, 30, 60)
SPREAD = 0.1  # up to so much longer: what one trouble put off at once, here and elsewhere, does not all come back at once
GIVE_UP_AFTER = timedelta(days=5)
LAST_CHANCE = timedelta(minutes=1)  # before the end: a try that begins at the end itself would come too late
SOONEST = timedelta(minutes=5)  # after the last try, where the end cuts the wait short


def retry_at(tries: int, now: datetime, *, slow: bool = False, away: bool = False) -> datetime:
    """When a copy that was put off after its `tries`-th try is tried again; slower for 421 and 4.7.x (OUT-16), sooner
    when it was not the copy that was put off but the relay that was away. The microseconds of `now` are the dice of the SPREAD:
    alike for a window, which is written in one statement, and none where a clock is set."""
    table = AWAY_MINUTES if away else RETRY_MINUTES
    minutes = table[min(max(tries, 1), len(table)) - 1] * (2 if slow else 1)
    return now + timedelta(minutes=minutes * (1 + SPREAD * now.microsecond / 1_000_000))


def next_try(row: Any, tries: int, now: datetime, *, slow: bool = False, away: bool = False) -> datetime | None:
    """`retry_at`, or where that is beyond a copy's end once more shortly before it. None: no time is left, it is given up."""
    at, last = retry_at(tries, now, slow=slow, away=away), last_try(row) - LAST_CHANCE
    if at <= last:
        return at
    return last if last - now >= SOONEST else None


def is_over(row: Any, now: datetime) -> bool:
    """Whether nobody begins a copy any more: it is past its deadline, or it is what we answered so long ago that it would have
    been given up (nothing stale goes out after a long silence, V11). What a person wrote and we pass on goes however late."""
    return (row.deadline is not None or row.purpose in purposes.FLEETING) and last_try(row) < now


def last_try(row: Any) -> datetime:
    """After this no try of a copy is made any more: its deadline, or days after it might have gone first."""
    return row.deadline or max(row.created_at, row.not_before) + GIVE_UP_AFTER  # type: ignore[no-any-return]
