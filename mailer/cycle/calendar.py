"""A network's days: its zone, weekends, bank holidays and terms. Pure; nothing here asks what day it is.

Bank holidays are those of one region: ENG, WLS, SCT or NIR of the United Kingdom, or a country as the holidays package
names it (IE, or IM, or DE-BY). Terms are whatever the network entered: three a year, or six with half-terms between.
A network without terms has no term rule; for counting it is then given three: January, May and September onwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from mailer.errors import NotFound

DAY = timedelta(days=1)
SATURDAY = 5
UNITED_KINGDOM = ("ENG", "WLS", "SCT", "NIR")
USUAL_TIME = time(9)
LONGEST_HOLIDAY = timedelta(days=70)
"""Beyond this no holiday reaches: a day further from every term lies outside the terms that were entered."""


@dataclass(frozen=True, order=True)
class Term:
    """A term, or half of one; both days belong to it."""

    first_day: date
    last_day: date
    name: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@lru_cache(maxsize=256)
def bank_holidays(region: str, year: int) -> frozenset[date]:
    """The bank holidays of a region in one year, substitute days included. Raises NotFound for an unknown region."""
    if not region:
        return frozenset()
    import holidays  # its tables of lunar calendars take a fifth of a second, and most commands ask for no such day

    country, _, subdivision = ("GB", "", region) if region in UNITED_KINGDOM else region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError as error:
        raise NotFound(
            f"There are no bank holidays for {region!r}.", "Use ENG, WLS, SCT, NIR or a country such as IE."
        ) from error


@dataclass(frozen=True)
class NetworkCalendar:
    """What planning knows of a network's days."""

    zone: str = "Europe/London"
    region: str = "ENG"
    terms: tuple[Term, ...] = ()
    closed: frozenset[date] = frozenset()  # other days on which nobody works: training days, a local holiday
    usual_time: time = USUAL_TIME

    @cached_property
    def _terms(self) -> tuple[Term, ...]:
        return tuple(sorted(self.terms))

    def local(self, moment: datetime) -> datetime:
        """An aware moment in the network's zone."""
        return moment.astimezone(ZoneInfo(self.zone))

    def moment(self, day: date, at: time) -> datetime:
        """Local day and time as UTC. A time in the gap of a clock change moves forward by the gap; of a doubled time the
        first is meant (PEP 495: fold=0 reads a missing time with the offset before the change)."""
        return datetime.combine(day, at.replace(fold=0), ZoneInfo(self.zone)).astimezone(UTC)

    def end_of_day(self, day: date) -> datetime:
        return self.moment(day + DAY, time())

    @staticmethod
    def is_weekend(day: date) -> bool:
        return day.weekday() >= SATURDAY

    def is_working(self, day: date) -> bool:
        """No weekend, bank holiday or closed day. Whether there is school that day is `is_school`."""
        return not (self.is_weekend(day) or day in self.closed or day in bank_holidays(self.region, day.year))

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        return first(day + DAY, DAY, self.is_working)

    def term_at(self, day: date) -> Term | None:
        return next((term for term in self._terms if day in term), None)

    def in_term(self, day: date) -> bool:
        return self.term_at(day) is not None

    def is_school(self, day: date) -> bool:
        """A working day in term."""
        return self.in_term(day) and self.is_working(day)

    def school_days_between(self, after: date, before: date) -> int:
        """School days strictly between two days."""
        return sum(self.is_school(after + DAY * n) for n in range(1, (before - after).days))

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; holidays of the schools are left out as far as terms were entered."""
        return self._nth(day, count, self.is_working)

    def term_days_after(self, day: date, count: int) -> date:
        """The `count`-th day of term after `day`, weekends counted; plain days where no term was entered."""
        return self._nth(day, count, lambda _each: True)

    def _nth(self, day: date, count: int, wanted: Callable[[date], bool]) -> date:
        while count:
            day += DAY
            known = bool(self._terms) and day <= self._terms[-1].last_day
            count -= wanted(day) and (not known or self.in_term(day))
        return day

    def term_before(self, day: date) -> Term | None:
        """The last term that was over before the term of `day` began, or before `day` if that is a holiday."""
        now = self.term_at(day)
        start = now.first_day if now else day
        return max((term for term in self._terms if term.last_day < start), default=None)

    def last_full_week(self, term: Term) -> date | None:
        """The Monday of the last week of a term with five working days, all of them in it."""
        monday = term.last_day - DAY * term.last_day.weekday()
        while monday >= term.first_day:
            if all(day in term and self.is_working(day) for day in (monday + DAY * n for n in range(5))):
                return monday
            monday -= DAY * 7
        return None

    def counting_term(self, day: date) -> Term:
        """The term a mail of that day counts for (V13). A holiday counts for the term before it."""
        known = self.term_at(day) or self.term_before(day)
        if known:
            following = next((term.first_day for term in self._terms if term.first_day > known.last_day), None)
            if following or day - known.last_day <= LONGEST_HOLIDAY:
                return known
        month = 1 + (day.month - 1) // 4 * 4
        last = date(day.year, month + 4, 1) if month < 9 else date(day.year + 1, 1, 1)
        return Term(date(day.year, month, 1), last - DAY)


def first(day: date, step: timedelta, wanted: Callable[[date], bool], within: timedelta = timedelta(days=370)) -> date:
    """The first day from `day` on, by steps, that is wanted; LookupError when none is near."""
    for n in range(within.days + 1):
        if wanted(day + step * n):
            return day + step * n
    raise LookupError(f"no such day within {within.days} days of {day}")
