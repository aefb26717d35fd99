"""A network's days: bank holidays by region, terms, and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from mailer.cycle.calendar import NetworkCalendar, Term, bank_holidays
from mailer.errors import NotFound

AUTUMN = Term(date(2026, 9, 2), date(2026, 12, 18), "Autumn")
SPRING = Term(date(2027, 1, 5), date(2027, 3, 25), "Spring")
CALENDAR = NetworkCalendar(terms=(SPRING, AUTUMN))


@pytest.mark.parametrize(
    ("region", "day", "closed"),
    [
        pytest.param("ENG", date(2026, 8, 31), True, id="summer-bank-holiday-england"),
        pytest.param("WLS", date(2026, 8, 31), True, id="summer-bank-holiday-wales"),
        pytest.param("SCT", date(2026, 8, 31), False, id="not-in-scotland"),
        pytest.param("SCT", date(2026, 8, 3), True, id="scotland-has-an-earlier-one"),
        pytest.param("NIR", date(2026, 3, 17), True, id="st-patrick-northern-ireland"),
        pytest.param("WLS", date(2027, 3, 1), False, id="st-david-is-a-working-day"),
        pytest.param("ENG", date(2027, 12, 28), True, id="substitute-day"),
        pytest.param("ENG", date(2026, 4, 3), True, id="good-friday"),
        pytest.param("IE", date(2026, 3, 17), True, id="ireland"),
        pytest.param("DE-BY", date(2026, 1, 6), True, id="a-part-of-another-country"),
        pytest.param("", date(2026, 12, 25), False, id="no-region-no-holidays"),
    ],
)
def test_bank_holidays(region: str, day: date, closed: bool) -> None:
    assert (day in bank_holidays(region, day.year)) == closed
    assert NetworkCalendar(region=region).is_working(day) != closed


@pytest.mark.parametrize("region", ["XX", "GB-XYZ", "Wales"])
def test_an_unknown_region_says_so(region: str) -> None:
    with pytest.raises(NotFound, match="no bank holidays"):
        bank_holidays(region, 2026)


def test_a_closed_day_is_no_working_day() -> None:
    calendar = NetworkCalendar(closed=frozenset({date(2026, 9, 7)}))
    assert not calendar.is_working(date(2026, 9, 7))
    assert calendar.next_working(date(2026, 9, 4)) == date(2026, 9, 8)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        pytest.param("Europe/London", date(2026, 1, 15), time(9), datetime(2026, 1, 15, 9, tzinfo=UTC), id="winter"),
        pytest.param("Europe/London", date(2026, 7, 15), time(9), datetime(2026, 7, 15, 8, tzinfo=UTC), id="summer"),
        pytest.param(
            "Europe/London", date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), id="gap-forward"
        ),
        pytest.param(
            "Europe/London",
            date(2026, 10, 25),
            time(1, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="doubled-first",
        ),
        pytest.param(
            "Europe/London",
            date(2026, 10, 25),
            time(1, 30, fold=1),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="doubled-asked-for-the-second",
        ),
        pytest.param(
            "America/New_York",
            date(2026, 3, 8),
            time(2, 30),
            datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
            id="gap-elsewhere",
        ),
    ],
)
def test_local_time_to_utc(zone: str, day: date, at: time, expected: datetime) -> None:
    assert NetworkCalendar(zone=zone).moment(day, at) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 1, 20), AUTUMN),
        (date(2026, 12, 28), AUTUMN),
        (date(2027, 8, 1), SPRING),
        (date(2026, 10, 1), None),
        (date(2026, 8, 1), None),
    ],
)
def test_the_term_before(day: date, expected: Term | None) -> None:
    assert CALENDAR.term_before(day) == expected


@pytest.mark.parametrize(
    ("term", "closed", "expected"),
    [
        pytest.param(AUTUMN, (), date(2026, 12, 14), id="ends-on-a-friday"),
        pytest.param(SPRING, (), date(2027, 3, 15), id="ends-on-a-thursday"),
        pytest.param(AUTUMN, (date(2026, 12, 16),), date(2026, 12, 7), id="training-day-breaks-the-week"),
        pytest.param(Term(date(2026, 9, 2), date(2026, 9, 10)), (), None, id="too-short-for-a-full-week"),
    ],
)
def test_the_last_full_week(term: Term, closed: tuple[date, ...], expected: date | None) -> None:
    assert NetworkCalendar(terms=(term,), closed=frozenset(closed)).last_full_week(term) == expected


def test_school_days_between() -> None:
    assert CALENDAR.school_days_between(date(2026, 12, 11), date(2027, 1, 12)) == 5 + 5


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 12, 25), AUTUMN, id="a-holiday-counts-for-the-term-before"),
        pytest.param(date(2027, 1, 5), SPRING, id="first-day"),
        pytest.param(date(2027, 4, 9), SPRING, id="after-the-last-term-known"),
        pytest.param(date(2027, 10, 1), Term(date(2027, 9, 1), date(2027, 12, 31)), id="beyond-what-was-entered"),
        pytest.param(date(2026, 8, 1), Term(date(2026, 5, 1), date(2026, 8, 31)), id="before-what-was-entered"),
    ],
)
def test_the_term_that_a_mail_counts_for(day: date, expected: Term) -> None:
    assert CALENDAR.counting_term(day) == expected
    assert day in NetworkCalendar().counting_term(day)
