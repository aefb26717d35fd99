"""Since when: days that are past, as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.inbound.lines.past import past_day
from mailer.inbound.words import Asked, understand

TODAY = date(2027, 1, 20)  # a Wednesday

DAYS = [
    ("yesterday", date(2027, 1, 19)),
    ("ddoe", date(2027, 1, 19)),
    ("today", TODAY),
    ("last week", date(2027, 1, 13)),
    ("the last fortnight", date(2027, 1, 6)),
    ("last month", date(2026, 12, 20)),
    ("last year", date(2026, 1, 20)),
    ("mis diwethaf", date(2026, 12, 20)),
    ("wythnos ddiwethaf", date(2027, 1, 13)),
    ("two weeks ago", date(2027, 1, 6)),
    ("3 days ago", date(2027, 1, 17)),
    ("Monday", date(2027, 1, 18)),
    ("last Friday", date(2027, 1, 15)),
    ("Wednesday", date(2027, 1, 13)),
    ("dydd Mawrth", date(2027, 1, 19)),
    ("mis Mawrth", date(2026, 3, 1)),
    ("September", date(2026, 9, 1)),
    ("the start of September", date(2026, 9, 1)),
    ("September 2025", date(2025, 9, 1)),
    ("the 15th", date(2027, 1, 15)),
    ("the 31st", date(2026, 12, 31)),
    ("31.12", date(2026, 12, 31)),
    ("31.12.", date(2026, 12, 31)),
    ("31.12.2026", date(2026, 12, 31)),
    ("31/12", date(2026, 12, 31)),
    ("1.1", date(2027, 1, 1)),
    ("1 November 2026", date(2026, 11, 1)),
    ("10 December", date(2026, 12, 10)),
    ("Thursday 10 December", date(2026, 12, 10)),
    ("20 January", TODAY),
    ("21 January", date(2026, 1, 21)),
    ("29 February", date(2024, 2, 29)),
    ("29.2", date(2024, 2, 29)),
    ("2026-12-10", date(2026, 12, 10)),
]
NO_DAYS = [
    "30 February", "31.6", "29 February 2026", "1 March 2027", "2027-01-21", "tomorrow", "in two weeks", "the AGM", "", "a", "31.12.26.1",
    "99 years ago", "10 December 3026", "room 4",
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DAYS, ids=[text for text, _ in DAYS])
def test_a_day_that_is_past(text: str, day: date) -> None:
    assert past_day(text, TODAY) == day
    (found,) = understand(f"Who did what since {text}?", Asked.ANY, today=TODAY).intents
    assert (found.act, found.args["since"], found.args["unread"]) == ("who-did-what", day, "")


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_that_was(text: str) -> None:
    assert past_day(text, TODAY) is None


@pytest.mark.parametrize("text", ["30 February", "the AGM", "tomorrow", "1 March 2027"])
def test_what_could_not_be_read_is_told(text: str) -> None:
    (found,) = understand(f"WHO DID WHAT SINCE {text}", Asked.ANY, today=TODAY).intents
    assert (found.act, found.args["since"], found.args["unread"]) == ("who-did-what", None, text)


@pytest.mark.parametrize(("today", "day"), [(date(2028, 2, 28), date(2024, 2, 29)), (date(2028, 2, 29), date(2028, 2, 29)), (date(2029, 1, 5), date(2028, 2, 29))])
def test_the_last_day_of_a_leap_year(today: date, day: date) -> None:
    assert past_day("29 February", today) == day


@given(st.dates(date(2024, 3, 1), date(2032, 12, 31)), st.integers(0, 364))
@settings(max_examples=100)
def test_a_day_of_the_last_year_reads_back_without_its_year(today: date, ago: int) -> None:
    day = date.fromordinal(today.toordinal() - ago)
    assert past_day(f"{day.day} {day:%B}", today) == day


@given(st.text(max_size=60), st.dates(date(2026, 1, 1), date(2032, 12, 31)))
@settings(max_examples=100)
def test_it_is_never_after_today(text: str, today: date) -> None:
    found = past_day(text, today)
    assert found is None or found <= today
