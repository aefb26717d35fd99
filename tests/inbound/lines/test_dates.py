"""Dates and times as people write them, day before month."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.inbound.lines.dates import find_date, proposal, read_date
from mailer.inbound.lines.times import find_times

TODAY = date(2027, 1, 20)  # a Wednesday

DATES = [
    ("4 March", date(2027, 3, 4)),
    ("4th March", date(2027, 3, 4)),
    ("the 4th of March", date(2027, 3, 4)),
    ("Thursday 4 March 2027", date(2027, 3, 4)),
    ("Thurs 4th Mar", date(2027, 3, 4)),
    ("Thursday, March 4th", date(2027, 3, 4)),
    ("March 4 2028", date(2028, 3, 4)),
    ("4 March, 2027", date(2027, 3, 4)),
    ("4-Mar-27", date(2027, 3, 4)),
    ("4/3/27", date(2027, 3, 4)),
    ("04/03/2027", date(2027, 3, 4)),
    ("04.03.2027", date(2027, 3, 4)),
    ("4/3", date(2027, 3, 4)),
    ("2027-03-04", date(2027, 3, 4)),
    ("3 January", date(2028, 1, 3)),
    ("20 January", TODAY),
    ("29 February", date(2028, 2, 29)),
    ("1 Sept", date(2027, 9, 1)),
    ("until September", date(2027, 9, 1)),
    ("end of March", date(2027, 3, 31)),
    ("tomorrow", date(2027, 1, 21)),
    ("on Friday", date(2027, 1, 22)),
    ("for two weeks", date(2027, 2, 3)),
    ("for a month", date(2027, 2, 20)),
    ("another week", date(2027, 1, 27)),
    ("can I have a fortnight", date(2027, 2, 3)),
    ("one more month please", date(2027, 2, 20)),
    ("wythnos arall", date(2027, 1, 27)),
    ("by the end of the month", date(2027, 1, 31)),
    ("until the 28th", date(2027, 1, 28)),
    ("by the 4th", date(2027, 2, 4)),
    ("dydd Iau 4 Mawrth", date(2027, 3, 4)),
    ("dydd Mercher 3 Mawrth 2027", date(2027, 3, 3)),
    ("dydd Mawrth 2 Mawrth", date(2027, 3, 2)),
    ("nos Iau 4 Mawrth", date(2027, 3, 4)),
    ("1 Medi", date(2027, 9, 1)),
    ("1af o Fedi", date(2027, 9, 1)),
    ("tan 5ed Chwefror", date(2027, 2, 5)),
    ("yfory", date(2027, 1, 21)),
]
NO_DATES = [
    "a", "may", "I may come", "12", "1/2 an hour", "31 June", "32 March", "next Friday", "Friday week", "Tuesday 4 March 2027",
    "2.30", "14:00-16:00", "room 4", "4 of us", "3-4pm", "", "version 1.2.3", "call 01234 567890", "next term", "2 to 4",
    "a fortnight ago", "before the 3rd item", "by the 31st of June", "another week or two",
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES, ids=[text for text, _ in DATES])
def test_read_date(text: str, day: date) -> None:
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_or_in_doubt_gives_none(text: str) -> None:
    assert read_date(text, TODAY) is None


def test_a_weekday_that_does_not_fit_is_found_but_not_read() -> None:
    found = find_date("Tuesday 4 March", TODAY)
    assert found is not None
    assert found.weekday_wrong


def test_dateparser_only_proposes() -> None:
    assert proposal("a", TODAY) is None
    assert proposal("March the 4th", TODAY) in (date(2027, 3, 4), None)


@given(st.dates(date(2027, 1, 20), date(2027, 12, 31)))
@settings(max_examples=60)
def test_every_day_reads_back_from_the_forms_we_print(day: date) -> None:
    for form in (f"{day:%A} {day.day} {day:%B %Y}", f"{day.day} {day:%B}", f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}"):
        assert read_date(form, TODAY) == day


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_is_read_without_raising(text: str) -> None:
    find_date(text, TODAY)
    find_times(text)


TIMES = [
    ("2pm to 4pm", time(14), time(16), False),
    ("14:00-16:00", time(14), time(16), False),
    ("2-4pm", time(14), time(16), False),
    ("11-1pm", time(11), time(13), False),
    ("2.30pm – 4pm", time(14, 30), time(16), False),
    ("from 1.30pm until 3.45pm", time(13, 30), time(15, 45), False),
    ("10am till 12 noon", time(10), time(12), False),
    ("9.30am till noon", time(9, 30), time(12), False),
    ("10am-2", time(10), time(14), False),
    ("9:30 - 11.30", time(9, 30), time(11, 30), True),
    ("2 to 4", time(14), time(16), True),
    ("2-4", time(14), time(16), True),
    ("1400-1600", time(14), time(16), False),
    ("2yp tan 4yp", time(14), time(16), False),
    ("10yb tan 12yp", time(10), time(12), False),
    ("2pm", time(14), None, False),
    ("2pm for 2 hours", time(14), time(16), False),
    ("at 2pm for an hour and a half", time(14), time(15, 30), False),
    ("4pm for 90 minutes", time(16), time(17, 30), False),
]


@pytest.mark.parametrize(("text", "starts", "ends", "guessed"), TIMES, ids=[row[0] for row in TIMES])
def test_find_times(text: str, starts: time, ends: time | None, guessed: bool) -> None:
    found = find_times(text)
    assert found is not None
    assert (found.starts, found.ends, found.guessed) == (starts, ends, guessed)


@pytest.mark.parametrize("text", ["", "room 4", "4 March", "10 minutes", "30 people", "soon", "01234 567890", "5-10 minutes"])
def test_no_time(text: str) -> None:
    assert find_times(text) is None
