"""Dates as British and Welsh people write them, day before month.

Strict patterns only: what is not one of these forms is no date. A year left out means the next such day, today
included. `find_date` also tells where the date stood and whether it is beyond doubt: "next Friday" is not, because
half the country means the Friday after. `proposal` asks dateparser; its answer is only ever shown to a person for
a yes (it reads "a" as 1 November).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CAP = 2_000

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan janury januray ionawr ion",
            "february feb febuary feburary februrary chwefror chwef",
            "march mar mawrth fawrth",
            "april apr aprl ebrill ebr",
            "may mai fai",
            "june jun mehefin fehefin meh",
            "july jul gorffennaf orffennaf gorff",
            "august aug agust awst",
            "september sept sep setember septmber medi fedi",
            "october oct hydref hyd",
            "november nov novemeber tachwedd dachwedd thachwedd tach",
            "december dec decemeber rhagfyr ragfyr rhag",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon mondays llun lun",
            "tuesday tue tues tuesdays mawrth fawrth",
            "wednesday wed weds wednesdays wednsday wendesday mercher fercher",
            "thursday thu thur thurs thursdays thrusday thirsday iau",
            "friday fri fridays gwener wener",
            "saturday sat saturdays sadwrn",
            "sunday sun sundays sul",
        )
    )
    for name in names.split()
}
NUMBER_WORDS = {
    w: n
    for n, words in enumerate(
        ("", "one a an un", "two dau dwy couple", "three tri tair", "four pedwar pedair", "five pump pum", "six chwech chwe")
    )
    for w in words.split()
}

_M = "|".join(sorted(MONTHS, key=len, reverse=True))
_W = "|".join(sorted((w for w in WEEKDAYS if w not in ("sat", "sun", "mon", "wed", "iau", "sul")), key=len, reverse=True))
_W = rf"(?:(?:dd?ydd|d?nos) (?:{_W}|iau|sul)|{_W}|sat|sun|mon|wed)"
_DAY = r"(?P<d>[0-3]?\d)(?: ?(?:st|nd|rd|th|af|il|ail|ydd|edd|ed|fed|eg))?"
# "10 December 3026" and "1926" are years that nobody means; "1630" and "1930" after a day are times.
_ODD = r",? ?(?P<odd>(?!20\d\d)(?:[1-9]\d[6-9]\d|(?:2[4-9]|[3-9]\d)\d\d|1[5-9]\d[1-46-9]))(?![\d:.,]?\d)"
_YEAR = r"(?:,? ?(?P<y>20\d\d)|,? '?(?P<yy>[2-4]\d)(?![\d:.,]?\d| ?[ap]\.?m\b)|" + _ODD + ")?"
_WEEKDAY = rf"(?:(?P<w>{_W})\.?,? ?(?:the |y )?)?"
_END = r"(?![\d/]|[-.]\d)"


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: `exact` when nobody could mean another day; `weekday` (0 = Monday) when one was named."""

    day: date
    start: int
    end: int
    exact: bool = True
    weekday: int | None = None
    year_said: bool = False

    @property
    def weekday_wrong(self) -> bool:
        return self.weekday is not None and self.weekday != self.day.weekday()


def _on(match: re.Match[str], today: date) -> FoundDate | None:
    parts = match.groupdict()
    day, said = int(parts["d"]), parts["m"]
    month = int(said) if said.isdigit() else MONTHS[said]
    year = int(parts["y"]) if parts.get("y") else 2000 + int(parts["yy"]) if parts.get("yy") else None
    weekday = WEEKDAYS[parts["w"].split()[-1]] if parts.get("w") else None
    found = _dated(day, month, year, today)
    sure = not parts.get("odd")
    return FoundDate(found, *match.span(), exact=sure, weekday=weekday, year_said=year is not None) if found else None


def _dated(day: int, month: int, year: int | None, today: date) -> date | None:
    for candidate in (year,) if year else range(today.year, today.year + 9):
        try:
            found = date(candidate or 0, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _relative(match: re.Match[str], today: date) -> FoundDate:
    days = {"today": 0, "heddiw": 0, "tonight": 0, "heno": 0, "tomorrow": 1, "yfory": 1, "fory": 1}[match["rel"]]
    return FoundDate(today + timedelta(days=days), *match.span())


def _in_some(match: re.Match[str], today: date) -> FoundDate | None:
    count = int(match["n"]) if match["n"].isdigit() else NUMBER_WORDS[match["n"]]
    if match["unit"].startswith(("month", "mis")):
        month = today.month - 1 + count
        last = min(today.day, _month_end(today.year + month // 12, month % 12 + 1).day)
        return FoundDate(date(today.year + month // 12, month % 12 + 1, last), *match.span())
    days = count * (7 if match["unit"].startswith(("week", "wythnos")) else 1)
    return FoundDate(today + timedelta(days=days), *match.span()) if count <= 400 else None


def _weekday(match: re.Match[str], today: date) -> FoundDate:
    weekday = WEEKDAYS[match["w"].split()[-1]]
    ahead = (weekday - today.weekday()) % 7 or 7
    loose = bool(match["next"]) or bool(match["after"])
    return FoundDate(today + timedelta(days=ahead), *match.span(), exact=not loose, weekday=weekday)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _end_of(match: re.Match[str], today: date) -> FoundDate:
    month = MONTHS[match["m"]]
    year = today.year + (_month_end(today.year, month) < today)
    return FoundDate(_month_end(year, month), *match.span())


def _end_of_this(match: re.Match[str], today: date) -> FoundDate:
    return FoundDate(_month_end(today.year, today.month), *match.span())


def _one_more(match: re.Match[str], today: date) -> FoundDate:
    said = match["one"] or match["two"] or match["cy"]
    if said in ("month", "mis"):
        year, month = today.year + today.month // 12, today.month % 12 + 1
        return FoundDate(date(year, month, min(today.day, _month_end(year, month).day)), *match.span())
    return FoundDate(today + timedelta(days=7 if said in ("week", "wythnos") else 14), *match.span())


def _day_of_month(match: re.Match[str], today: date) -> FoundDate | None:
    """The next such day: of this month, else of the next."""
    year, month = (today.year, today.month) if int(match["d"]) > today.day else (today.year + today.month // 12, today.month % 12 + 1)
    try:
        return FoundDate(date(year, month, int(match["d"])), *match.span())
    except ValueError:
        return None


def _start_of(match: re.Match[str], today: date) -> FoundDate | None:
    year = int(match["y"]) if match["y"] else None
    found = _dated(1, MONTHS[match["m"]], year, today)
    return FoundDate(found, *match.span(), year_said=year is not None) if found else None


# Read top-down; the first form that fits anywhere in the text wins.
FORMS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], date], FoundDate | None]], ...] = tuple(
    (name, re.compile(pattern), read)
    for name, pattern, read in (
        ("2027-03-04", r"(?<![\d-])(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d-])", _on),
        (
            "Thursday 4th of March 2027",
            rf"(?<![\d:./-])(?:\b{_WEEKDAY})?{_DAY}(?: ?(?:of|o))? ?-?(?P<m>{_M})\b\.?{_YEAR}",
            _on,
        ),
        ("Thursday March 4th, 2027", rf"\b{_WEEKDAY}(?P<m>{_M})\b\.? (?:the )?{_DAY}{_END}(?!:|[ap]m| ?(?:[ap]\.?m|mins?)\b){_YEAR}", _on),
        (
            "04/03/2027",
            rf"(?<![\d:./-])(?:\b{_WEEKDAY})?(?P<d>[0-3]?\d)(?P<sep>[./-])(?P<m>[01]?\d)(?P=sep)(?:(?P<y>20\d\d)|(?P<yy>\d\d)){_END}",
            _on,
        ),
        ("Thursday 4/3", rf"(?<![\d:./-])(?:\b{_WEEKDAY})?(?P<d>[0-3]?\d)/(?P<m>0?[1-9]|1[0-2])(?![\d/]| ?(?:an?\b|of\b|hours?|price|full|way|term|day))", _on),
        ("tomorrow", r"\b(?P<rel>today|heddiw|tonight|heno|tomorrow|yfory|fory)\b", _relative),
        ("end of March", rf"\b(?:end of|diwedd) (?P<m>{_M})\b", _end_of),
        (
            "in two weeks",
            rf"\b(?:in|within|for|another|mewn|am) (?P<n>\d{{1,3}}|{'|'.join(w for w in NUMBER_WORDS)})(?: more)?(?: of)? "
            r"(?P<unit>days?|weeks?|months?|diwrnod|wythnos|mis)\b",
            _in_some,
        ),
        (
            "another week",
            r"\b(?:(?:another|one more|a further|an extra) (?P<one>week|fortnight|month)|(?P<two>a fortnight|pythefnos)|(?P<cy>wythnos|pythefnos|mis) arall)\b(?! (?:ago|late|or (?:two|so)))",
            _one_more,
        ),
        ("the end of the month", r"\b(?:end of (?:the|this) month|month end|diwedd y mis)\b", _end_of_this),
        ("next Friday", rf"\b(?P<next>next |nesaf )?\b(?P<w>{_W})\b(?P<after> nesaf| week| after next)?", _weekday),
        (
            "September",
            rf"\b(?:until|till|til|tan|by|in|from|erbyn|start of|beginning of|early|mid)\s?(?P<m>{_M})\b(?: (?P<y>20\d\d))?(?! \d)",
            _start_of,
        ),
        ("by the 28th", rf"\b(?:until|till|til|by|before|erbyn|tan) the (?P<d>[0-3]?\d)(?:st|nd|rd|th)\b(?! (?:of|{_M}|floor|item|edition|issue|year))", _day_of_month),
    )
)


def flat(text: str) -> str:
    """Lower case, no accents, same length as the text wherever people's letters allow; offsets are into this."""
    out = (unicodedata.normalize("NFKD", c)[:1].lower()[:1] or " " for c in text[:CAP])
    return "".join("-" if c in "–—−‐‑" else " " if c in "\u00a0\t" else c for c in out)


def find_dates(text: str, today: date) -> Iterator[FoundDate]:
    """Every date of the text, in the order of the table of forms (so the fullest first)."""
    low = flat(text)
    taken: list[tuple[int, int]] = []
    for _, pattern, read in FORMS:
        for match in pattern.finditer(low):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            found = read(match, today)
            if found is not None:
                taken.append((found.start, found.end))
                yield found


def find_date(text: str, today: date) -> FoundDate | None:
    """The fullest date of a text and where it stood; None when no form fits."""
    return next(find_dates(text, today), None)


def read_date(text: str, today: date) -> date | None:
    """The date that a text names beyond doubt, else None. Never the past unless its year was written."""
    found = find_date(text, today)
    return found.day if found is not None and found.exact and not found.weekday_wrong else None


def proposal(text: str, today: date) -> date | None:
    """What dateparser makes of a short text that our own forms do not fit: to be shown and confirmed, never acted on."""
    if not re.search(r"\d", text) or len(text) > 60:
        return None
    import dateparser

    found = dateparser.parse(
        text,
        languages=["en", "cy"],
        settings={
            "DATE_ORDER": "DMY",
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": datetime(today.year, today.month, today.day, 9),  # noqa: DTZ001 - a wall date, no instant
            "REQUIRE_PARTS": ["day", "month"],
        },
    )
    return found.date() if found else None
