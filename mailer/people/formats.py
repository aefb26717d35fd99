"""Dates and times as people read them, in the network's zone and the reader's language.

    long_date   Thursday 3 December 2026     dydd Iau 3 Rhagfyr 2026
    short_date  3 December                   3 Rhagfyr
    clock_time  16:00
    span        16:00 to 17:30               16:00 tan 17:30   (over midnight the second day is named too)

A moment is brought into `zone` (an IANA name) first; a plain date is taken as it is. A language we have no names for
reads English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

ENGLISH = "en"
WELSH = "cy"

_DAYS: Mapping[str, Sequence[str]] = {
    ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    WELSH: (
        "dydd Llun",
        "dydd Mawrth",
        "dydd Mercher",
        "dydd Iau",
        "dydd Gwener",
        "dydd Sadwrn",
        "dydd Sul",
    ),
}
_MONTHS: Mapping[str, Sequence[str]] = {
    ENGLISH: (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    WELSH: (
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ),
}
_TO: Mapping[str, str] = {ENGLISH: "to", WELSH: "tan"}


def known(language: str) -> str:
    """The language we write in for this wish: `cy` for Welsh in any region, otherwise English."""
    return WELSH if language.lower().split("-")[0] == WELSH else ENGLISH


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clocks of `zone`."""
    return moment.astimezone(ZoneInfo(zone))


def long_date(day: date | datetime, zone: str = "Europe/London", language: str = ENGLISH) -> str:
    """Weekday, day, month and year."""
    at = _day(day, zone)
    return f"{_DAYS[known(language)][at.weekday()]} {short_date(at, zone, language)} {at.year}"


def short_date(day: date | datetime, zone: str = "Europe/London", language: str = ENGLISH) -> str:
    """Day and month."""
    at = _day(day, zone)
    return f"{at.day} {_MONTHS[known(language)][at.month - 1]}"


def clock_time(moment: datetime, zone: str = "Europe/London", language: str = ENGLISH) -> str:
    """Hours and minutes of the day, 24 hours."""
    return f"{local(moment, zone):%H:%M}"


def span(start: datetime, end: datetime, zone: str = "Europe/London", language: str = ENGLISH) -> str:
    """From when to when; the end's day is named when it is another one."""
    last = clock_time(end, zone, language)
    if local(start, zone).date() != local(end, zone).date():
        last = f"{long_date(end, zone, language)}, {last}"
    return f"{clock_time(start, zone, language)} {_TO[known(language)]} {last}"


def moment(at: datetime, zone: str = "Europe/London", language: str = ENGLISH) -> str:
    """A moment on one line: `Thursday 3 December 2026, 16:00`."""
    return f"{long_date(at, zone, language)}, {clock_time(at, zone, language)}"


def _day(day: date | datetime, zone: str) -> date:
    return local(day, zone).date() if isinstance(day, datetime) else day
