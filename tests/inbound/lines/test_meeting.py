"""A meeting from an organiser's plain lines: any order, labelled or not, English and Welsh."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.inbound.lines import MeetingLines, read_meeting

TODAY = date(2027, 1, 20)
LONDON = ZoneInfo("Europe/London")


def read(text: str) -> MeetingLines:
    return read_meeting(text, today=TODAY, zone=LONDON)


FULL = {
    "labelled": "Date: Thursday 4 March 2027\nTime: 2pm to 4pm\nPlace: Hillside School, lab 3\nHost: Hillside School",
    "other order": "Host: Hillside School\nPlace: Hillside School, lab 3\nTime: 14:00-16:00\nDate: 4/3/2027",
    "other labels": "Hi,\nhere is the next one:\n\nWHEN - Thursday 4th March\n*Time*: 2-4pm\nVenue: Hillside School, lab 3\nHost school: Hillside School\n\nThanks\nJane",
    "time in the date": "Date: Thursday 4 March 2027, 2pm to 4pm\nVenue: Hillside School, lab 3\nHost: Hillside School",
    "ends apart": "Date: 4 March\nStart: 2pm\nEnd: 4pm\nPlace: Hillside School, lab 3\nHost: Hillside School",
    "label above value": "Date:\nThursday 4 March 2027\nTime:\n2pm to 4pm\nPlace:\nHillside School, lab 3\nHost:\nHillside School",
    "cymraeg": "Dyddiad: dydd Iau 4 Mawrth 2027\nAmser: 2yp tan 4yp\nLle: Hillside School, lab 3\nGwesteiwr: Hillside School",
    "a sentence": "The next meeting is on Thursday 4 March from 2pm to 4pm at Hillside School, lab 3, hosted by Hillside School",
}


@pytest.mark.parametrize("text", FULL.values(), ids=FULL.keys())
def test_everything_is_read(text: str) -> None:
    found = read(text)
    assert found.starts == datetime(2027, 3, 4, 14, tzinfo=LONDON)
    assert found.ends == datetime(2027, 3, 4, 16, tzinfo=LONDON)
    assert (found.venue, found.host) == ("Hillside School, lab 3", "Hillside School")
    assert (found.missing, found.doubts) == ((), ())


def test_bare_lines_without_labels_are_read_with_a_doubt() -> None:
    found = read("Thursday 4 March 2027\n2pm to 4pm\nHillside School, lab 3")
    assert found.starts == datetime(2027, 3, 4, 14, tzinfo=LONDON)
    assert found.venue == "Hillside School, lab 3"
    assert any("place" in doubt for doubt in found.doubts)


def test_summer_time_is_the_networks() -> None:
    found = read("Date: 17 June 2027\nTime: 2pm to 4pm")
    assert found.starts is not None
    assert found.starts.utcoffset().total_seconds() == 3600  # type: ignore[union-attr]


DOUBTS = [
    ("Date: Tuesday 4 March 2027\nTime: 2pm-4pm", "4 March 2027 is a Thursday, not a Tuesday."),
    ("Date: 4 March 2026\nTime: 2pm-4pm", "is in the past"),
    ("Date: 4 March\nTime: 2-4", "no am or pm"),
    ("Date: 4 March\nTime: 4pm-2pm", "before it starts"),
    ("Date: next Friday\nTime: 2pm-4pm", "could be another"),
    ("Date: 4 March or 11 March\nTime: 2pm-4pm", "More than one date"),
]


@pytest.mark.parametrize(("text", "doubt"), DOUBTS, ids=[row[1] for row in DOUBTS])
def test_doubts_are_named_and_nothing_is_certain(text: str, doubt: str) -> None:
    found = read(text)
    assert any(doubt in said for said in found.doubts), found.doubts
    assert not found.certain


MISSING = [
    ("", ("date", "time", "end", "place", "host")),
    ("Date: 4 March", ("time", "end", "place", "host")),
    ("Time: 2pm", ("date", "end", "place", "host")),
    ("Date: 4 March\nTime: 2pm\nPlace: Brook School\nHost: Joe", ("end",)),
    ("Could we have a meeting soon?", ("date", "time", "end", "place", "host")),
]


@pytest.mark.parametrize(("text", "missing"), MISSING, ids=[row[0] or "nothing" for row in MISSING])
def test_what_is_missing_is_named(text: str, missing: tuple[str, ...]) -> None:
    assert read(text).missing == missing
