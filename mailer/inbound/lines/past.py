"""Days that are past, as somebody says since when: where `dates` reads the next such day, the last one is meant here.

Read top-down; a form must be all that is said. What is none of these is read as a date in `dates`, and without its year
means the last time that there was such a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from mailer.cycle.dates import shifted
from mailer.cycle.table import Offset
from mailer.inbound.lines.dates import MONTHS, NUMBER_WORDS, WEEKDAYS, find_date, flat

LONGEST_AGO = 9  # years until there is such a day again: 29 February, about the year 2100

_MONTHS = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAYS = "|".join(sorted(set(WEEKDAYS) - set(MONTHS), key=len, reverse=True))  # Mawrth alone is March
_COUNT = rf"(?P<n>\d{{1,3}}|{'|'.join(NUMBER_WORDS)})"
_UNIT = r"(?P<unit>day|week|fortnight|month|year|dydd|diwrnod|wythnos|pythefnos|mis|blwyddyn|flynedd|flwyddyn)s?"
DAYS = {"day": 1, "dydd": 1, "diwrnod": 1, "week": 7, "wythnos": 7, "fortnight": 14, "pythefnos": 14}
MONTHS_OF = {"month": 1, "mis": 1}  # any other unit is a year

_NAMES_A_DAY = re.compile(rf"\d[./-] ?\d|\b(?:{_MONTHS})\b")


def _back(count: int, unit: str, today: date) -> date | None:
    if unit in DAYS:
        return today - timedelta(days=count * DAYS[unit])
    months = count * MONTHS_OF.get(unit, 12)
    return shifted(today, Offset(months=-months)) if months < 12 * LONGEST_AGO else None


def _ago(match: re.Match[str], today: date) -> date | None:
    return _back(int(match["n"]) if match["n"].isdigit() else NUMBER_WORDS[match["n"]], match["unit"], today)


def _last(match: re.Match[str], today: date) -> date | None:
    return _back(1, match["unit"], today)


def _weekday(match: re.Match[str], today: date) -> date:
    """The last such day; said on a Monday, Monday is a week ago."""
    return today - timedelta(days=(today.weekday() - WEEKDAYS[match["w"]]) % 7 or 7)


def _month(match: re.Match[str], today: date) -> date | None:
    return _at(1, MONTHS[match["m"]], int(match["y"]) if match["y"] else None, today)


def _of_month(match: re.Match[str], today: date) -> date | None:
    for back in range(3):
        month = shifted(today.replace(day=1), Offset(months=-back))
        found = _at(int(match["d"]), month.month, month.year, today)
        if found is not None:
            return found
    return None


def _dotted(match: re.Match[str], today: date) -> date | None:
    return _at(int(match["d"]), int(match["m"]), None, today)


def _at(day: int, month: int, year: int | None, today: date) -> date | None:
    """That day of the year, or the last time there was such a day; None if there was none."""
    for candidate in (year,) if year else range(today.year, today.year - LONGEST_AGO, -1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


FORMS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = tuple(
    (name, re.compile(pattern), read)
    for name, pattern, read in (
        ("yesterday", r"yesterday|d?doe", lambda match, today: today - timedelta(days=1)),
        ("today", r"today|this morning|heddiw|(?:y )?bore (?:yma|ma)", lambda match, today: today),
        ("two weeks ago", rf"{_COUNT} {_UNIT} (?:ago|yn ol)", _ago),
        ("last week", rf"(?:the |this )?(?:last|past) {_UNIT}", _last),
        ("wythnos diwethaf", rf"(?:yr? )?{_UNIT} d?diwethaf", _last),
        ("Friday", rf"(?:last |this |on |dydd |ddydd )?(?P<w>{_WEEKDAYS}|(?<=ydd )(?:mawrth|fawrth))(?: d?diwethaf)?", _weekday),
        ("September 2026", rf"(?:last |mis |(?:the )?(?:start|beginning|first) of )?(?P<m>{_MONTHS})(?:,? (?P<y>20\d\d))?", _month),
        ("the 15th", r"the (?P<d>[0-3]?\d)(?:st|nd|rd|th)", _of_month),
        ("31.12", r"(?P<d>[0-3]?\d)\.(?P<m>[01]?\d)\.?", _dotted),
    )
)


def past_day(text: str, today: date) -> date | None:
    """The day, not after today, that these words name; None for what is no day (30 February), or still to come."""
    said = " ".join(flat(text).strip(" .,;:!?").split())
    for _, pattern, read in FORMS:
        if match := pattern.fullmatch(said):
            return read(match, today)
    found = find_date(said, today)
    if found is None or not found.exact or not _NAMES_A_DAY.search(said, found.start, found.end):
        return None
    if found.year_said:
        return found.day if found.day <= today else None
    return _at(found.day.day, found.day.month, None, today)
