"""The forms in which organisers say that a meeting moves."""

from __future__ import annotations

import time as clock
from datetime import date, time, timedelta
from typing import Any

import pytest

from mailer.inbound.lines.moving import MovingLines, read_moving

TODAY = date(2026, 11, 2)
NOVEMBER, JANUARY = date(2026, 11, 26), date(2027, 1, 20)  # the meetings to come
TENTH = date(2026, 12, 10)  # a Thursday

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("Date: 10 December", {"day": TENTH}),
    ("New date: Thursday 10 December 2026", {"day": TENTH}),
    ("Move the meeting to Thursday 10 December, same time", {"day": TENTH}),
    ("Postponed to 3/12", {"day": date(2026, 12, 3)}),
    ("Meeting postponed until 10 December", {"day": TENTH}),
    ("Meeting: 26 November\nDate: 10 December", {"which": NOVEMBER, "day": TENTH}),
    ("Meeting: November\nNew date: 10 December", {"month": 11, "day": TENTH}),
    ("Meeting: Spring meeting\nNew room: B12", {"named": "Spring meeting", "venue": "B12"}),
    ("Move the meeting from 26 November to 10 December", {"which": NOVEMBER, "day": TENTH}),
    ("26 November meeting moved to 10 December", {"which": NOVEMBER, "day": TENTH}),
    ("The meeting on 26 Nov is now on 10 Dec at 3pm", {"which": NOVEMBER, "day": TENTH, "starts": time(15)}),
    ("Change of date\nThe meeting will be on 10 December", {"day": TENTH}),
    ("New room: B12", {"venue": "B12"}),
    ("Room change: B12", {"venue": "B12"}),
    ("Change of venue: Mill Academy, the library", {"venue": "Mill Academy, the library"}),
    ("The meeting is now at Mill Academy", {"venue": "Mill Academy"}),
    ("Move the meeting to Mill Academy", {"venue": "Mill Academy"}),
    ("Moved to room B12", {"venue": "room B12"}),
    ("Host: Mill Academy", {"host": "Mill Academy"}),
    ("New time: 3pm to 5pm", {"starts": time(15), "ends": time(17)}),
    ("New time: 15:00", {"starts": time(15)}),
    ("Starts at 15:00 instead of 14:00", {"starts": time(15)}),
    ("Move to 10 December, 15:00-17:00", {"day": TENTH, "starts": time(15), "ends": time(17)}),
    ("Put the meeting back a week", {"shift": timedelta(days=7)}),
    ("One week later please, everything else same", {"shift": timedelta(days=7)}),
    ("Postponed by two weeks", {"shift": timedelta(days=14)}),
    ("Start half an hour later", {"shift": timedelta(minutes=30)}),
    ("An hour earlier", {"shift": -timedelta(hours=1)}),
    ("Brought forward by a week", {"shift": -timedelta(days=7)}),
    ("Cancel the December meeting - snow", {"month": 12}),
    ("Cancelled: meeting on 26 November", {"which": NOVEMBER}),
    ("Cancel the meeting on 20 January", {"which": JANUARY}),
    ("Please cancel meeting 3", {"number": 3}),
    ("Symud y cyfarfod i 10 Rhagfyr", {"day": TENTH}),
    ("Lle newydd: Ystafell B12", {"venue": "Ystafell B12"}),
    ("We need to postpone, new date to follow", {}),
    ("Hi,\n\nDate: 10 December\n\nThanks\nOlive\nMon-Fri 9-5, Room C3", {"day": TENTH}),
]


@pytest.mark.parametrize(("text", "said"), FORMS, ids=[text.replace("\n", " / ") for text, _ in FORMS])
def test_what_is_to_change(text: str, said: dict[str, Any]) -> None:
    assert read_moving(text, today=TODAY, days=(NOVEMBER, JANUARY)) == MovingLines(**said)


DOUBTS = [
    ("Move to 10 December or 17 December", "More than one new date"),
    ("Move to Monday 10 December", "is a Thursday, not a Monday"),
    ("New date: 10 October 2026", "in the past"),
    ("Move it to next Friday", "could be another"),
    ("New time: 3 to 5", "no am or pm"),
    ("Move the meeting forward by a week", "earlier or later"),
]


@pytest.mark.parametrize(("text", "doubt"), DOUBTS, ids=[text for text, _ in DOUBTS])
def test_what_reads_two_ways_is_named(text: str, doubt: str) -> None:
    found = read_moving(text, today=TODAY, days=(NOVEMBER, JANUARY))
    assert any(doubt in said for said in found.doubts), found


@pytest.mark.parametrize("text", ["moved to " * 30_000, "meeting: \n" * 20_000, "a week " * 40_000, "from " * 50_000])
def test_time_is_linear(text: str) -> None:
    """MIME-7."""
    before = clock.process_time()
    read_moving(text, today=TODAY, days=(NOVEMBER,))
    assert clock.process_time() - before < 1
