"""The budget of V13: at most 7 unasked mails a term to one person from one network, and never two in one working day.

Counted are the rows marked so in the table; discussion, receipts, save-the-date, nudges, desk mail and urgent changes
are not. Of two due on one day the more pressing goes (table.PRESSING) and the other waits for the next working day. What
has no day left before its *until*, and what would be the eighth, goes only at an organiser's word: it is told, never
dropped in silence.

`spread` is given what a person has had and is still to get, and says when each of them goes: as its copies are written
down, and before, as the receipt names the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailer.cycle.calendar import NetworkCalendar, Term

MOST_A_TERM = 7


class Verdict(StrEnum):
    """What the budget says of a letter to a person."""

    GOES = "goes"  # on its own day
    WAITS = "waits"  # for a later working day
    OFF = "off"  # for a day on which its reader works
    OVER = "over"  # more than MOST_A_TERM: asks for an organiser's word
    NO_DAY = "no-day"  # every day up to its until is taken: asks for an organiser's word


@dataclass(frozen=True)
class Letter:
    """One counted letter to one person. `key` is whatever names it to the caller; `rank` is `Row.rank`."""

    key: str
    rank: int
    due_at: datetime
    until_at: datetime
    sent: bool = False  # it went at `due_at`: it holds its day and its place in the count
    allowed: bool = False  # an organiser said that it goes even as the eighth; never as the second of a day


@dataclass(frozen=True)
class Place:
    """Where a letter stands: `at` is when it goes, None when it does not."""

    key: str
    verdict: Verdict
    at: datetime | None

    @property
    def goes(self) -> bool:
        return self.at is not None


def spread(letters: Iterable[Letter], calendar: NetworkCalendar, now: datetime | None = None) -> tuple[Place, ...]:
    """Place the letters of one person and network, in the order in which they go; those that do not go come last.

    With `now`, a letter that is overdue is placed from today on. The answer does not depend on the order of `letters`.
    """
    ordered = sorted(letters, key=lambda each: (each.due_at, each.rank, each.key))
    today = calendar.local(now).date() if now else None
    taken: set[date] = set()
    counts: dict[Term, int] = {}
    places = [_settle(each, each.due_at, Verdict.GOES, taken, counts, calendar) for each in ordered if each.sent]
    open_letters = [each for each in ordered if not each.sent]
    waiting = {each.key: each for each in open_letters}
    starts = {each.key: _start(each, today, now, calendar) for each in open_letters}
    while waiting:
        key = min(
            waiting, key=lambda each: (calendar.local(starts[each]).date(), waiting[each].rank, starts[each], each)
        )
        letter, at = waiting[key], starts[key]
        day = calendar.local(at).date()
        if not letter.allowed and counts.get(calendar.counting_term(day), 0) >= MOST_A_TERM:
            places.append(Place(key, Verdict.OVER, None))
        elif day in taken:
            later = calendar.moment(calendar.next_working(day), calendar.local(letter.due_at).time())
            if later <= letter.until_at:
                starts[key] = later
                continue
            places.append(Place(key, Verdict.NO_DAY, None))
        else:
            own_day = day == calendar.local(letter.due_at).date() or (today is not None and day == today)
            verdict = Verdict.GOES if own_day else Verdict.WAITS
            places.append(_settle(letter, at, verdict, taken, counts, calendar))
        del waiting[key]
    return tuple(sorted(places, key=lambda place: (place.at is None, place.at or place.key, place.key)))


def _start(letter: Letter, today: date | None, now: datetime | None, calendar: NetworkCalendar) -> datetime:
    overdue = now is not None and today is not None and calendar.local(letter.due_at).date() < today
    return now if overdue and now is not None else letter.due_at


def _settle(
    letter: Letter,
    at: datetime,
    verdict: Verdict,
    taken: set[date],
    counts: dict[Term, int],
    calendar: NetworkCalendar,
) -> Place:
    day = calendar.local(at).date()
    taken.add(day)
    term = calendar.counting_term(day)
    counts[term] = counts.get(term, 0) + 1
    return Place(letter.key, verdict, at)
