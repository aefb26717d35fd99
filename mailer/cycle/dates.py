"""From a row of the table and an anchor to dates. Pure date arithmetic, the paragraph after the table in design 4.

The order is always the same. The local date of the anchor, plus months (clipped to the last day of the month) and days.
Then the time: the row's, else the network's usual one. Then the zone, where a gap moves forward. Then at most one move:

- what is anchored before its anchor moves earlier, the rest later;
- off weekends and bank holidays; day-before, day-sheet and nudges off weekends only;
- requests into term as well; one that would cross a holiday and leave under ten school days goes to the Wednesday of the
  last full week of the term before, so that its proof is out by the Monday and two days of the week are left to answer;
- urgent mail never moves, nor does an offset of 0 from a time that a person gave.

A proof has a lead of its own, and comes on a working day (README).

Two things the design leaves open: a move into term that would pass *until* is not made (the move to a working day stands),
and where that move alone passes it, *until* becomes the end of the day moved to, so that a bank holiday loses no mail.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailer.cycle.calendar import DAY, LONGEST_HOLIDAY, NetworkCalendar, first
from mailer.cycle.table import Moves, Offset, Row

LEAST_NOTICE = 10  # school days that a request leaves before a holiday is thought of
WEDNESDAY = 2
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as working days are kept


@dataclass(frozen=True)
class Dates:
    """When people get it, when it is too late, and when organisers get the proof (none for `auto`). All in UTC."""

    due_at: datetime
    until_at: datetime
    proof_at: datetime | None = None


def plan_row(
    row: Row, anchor: datetime, calendar: NetworkCalendar, now: datetime, until_anchor: datetime | None = None
) -> Dates | None:
    """The dates of one occasion, or None when its *until* is past. `anchor` is an aware moment; `until_anchor` is needed
    where the row counts *until* from another one (`row.until_at`). `due_at` may lie before `now`: it then goes at once."""
    if row.until_at is not None and until_anchor is None:
        raise ValueError(f"{row.kind} counts its until from: {row.until_at}")
    until_at = _until(row, until_anchor or anchor, calendar)
    due_at = _nominal(row, anchor, calendar)
    if due_at > until_at:
        return None
    day = calendar.local(due_at).date()
    moved = _moved(row, day, calendar.local(anchor).date(), calendar)
    if moved != day:
        at = _time_of_day(row, calendar)
        due_at = calendar.moment(moved, at)
        if due_at > until_at and row.request:
            moved = _to_working(row, day, calendar)
            due_at = calendar.moment(moved, at)
        if due_at > until_at and row.until_at is not None:
            return None
        until_at = max(until_at, calendar.end_of_day(moved)) if due_at > until_at else until_at
    if until_at <= now:
        return None
    return Dates(due_at, until_at, proof_time(row, due_at, calendar, now))


def proof_time(row: Row, due_at: datetime, calendar: NetworkCalendar, now: datetime) -> datetime | None:
    """A lead before `due_at` in local days, at once if less is left; None when the row needs no proof. With a lead of more
    than a day it comes on a working day, the one before if need be: on a Saturday nobody would read it."""
    if row.mode != "proof":
        return None
    due = calendar.local(due_at)
    day = due.date() - row.lead
    if row.lead > DAY:
        day = first(day, -DAY, calendar.is_working)
    usual = calendar.moment(day, due.time()) if row.lead else due_at
    return min(due_at, max(now, usual))


def shifted(day: date, offset: Offset) -> date:
    """A date moved by whole months, clipped to the last day of the month, then by days."""
    year, month = divmod(day.year * 12 + day.month - 1 + offset.months, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + DAY * offset.days


def weekdays(kept: str) -> frozenset[int]:
    """ "tue thu", as memberships keep them, as days of the week (Monday 0)."""
    return frozenset(DAYS.index(day) for day in kept.split())


def for_part_timer(
    due_at: datetime, until_at: datetime, weekdays: Collection[int], calendar: NetworkCalendar
) -> datetime:
    """When a person who works on these weekdays (Monday 0) gets it: on their next day if that is before *until*."""
    due = calendar.local(due_at)
    if not weekdays or due.weekday() in weekdays:
        return due_at
    day = first(due.date(), DAY, lambda each: each.weekday() in weekdays)
    later = calendar.moment(day, due.time())
    return later if later < until_at and calendar.is_working(day) else due_at


def _time_of_day(row: Row, calendar: NetworkCalendar) -> time:
    return row.at or calendar.usual_time


def _nominal(row: Row, anchor: datetime, calendar: NetworkCalendar) -> datetime:
    if row.due.is_zero and row.at is None:
        return anchor.astimezone(UTC)
    return calendar.moment(shifted(calendar.local(anchor).date(), row.due), _time_of_day(row, calendar))


def _until(row: Row, anchor: datetime, calendar: NetworkCalendar) -> datetime:
    """Up to its anchor *until* keeps the anchor's time of day; days after it run to their end."""
    if row.until.is_zero:
        return anchor.astimezone(UTC)
    local = calendar.local(anchor)
    day = shifted(local.date(), row.until)
    return calendar.moment(day, local.time()) if row.until.is_before else calendar.end_of_day(day)


def _moved(row: Row, day: date, anchor: date, calendar: NetworkCalendar) -> date:
    if row.moves is Moves.NEVER or (row.due.is_zero and row.anchor.given):
        return day
    if not row.request or not calendar.terms:
        return _to_working(row, day, calendar)
    try:
        moved = first(day, _step(row), calendar.is_school, LONGEST_HOLIDAY)
    except LookupError:  # outside the terms that were entered
        return _to_working(row, day, calendar)
    return _before_the_holiday(moved, day, anchor, calendar) if row.due.is_before else moved


def _before_the_holiday(moved: date, day: date, anchor: date, calendar: NetworkCalendar) -> date:
    """The term rule for a request that a holiday separates from its anchor, and that leaves too few school days."""
    inside = calendar.term_at(anchor)
    if inside is not None and day in inside:
        return moved
    before = calendar.term_before(anchor)
    monday = calendar.last_full_week(before) if before else None
    if monday is None or calendar.school_days_between(moved, anchor) >= LEAST_NOTICE:
        return moved
    return min(moved, monday + DAY * WEDNESDAY)


def _to_working(row: Row, day: date, calendar: NetworkCalendar) -> date:
    if row.moves is Moves.WEEKEND:
        return first(day, _step(row), lambda each: not calendar.is_weekend(each))
    return first(day, _step(row), calendar.is_working)


def _step(row: Row) -> timedelta:
    return -DAY if row.due.is_before else DAY
