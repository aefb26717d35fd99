"""Times of day as people write them: "2pm to 4pm", "14:00-16:00", "2-4", "9.30 till noon", "2yp tan 4yp"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta

from mailer.inbound.lines.dates import flat

_MARK = r"(?:a\.?m\.?|p\.?m\.?|yb|yp|y\.b\.|y\.p\.|o'?clock|o’clock|hrs|h|yn y bore|yn y prynhawn|yr hwyr|in the (?:morning|afternoon|evening))"
_CLOCK = rf"(?:(?P<h{{n}}>[01]?\d|2[0-4])(?:[:.](?P<m{{n}}>[0-5]\d)|(?P<mm{{n}}>[0-5]\d)(?=\s*(?:{_MARK}|-|to\b|till?\b|until\b|tan\b)|\s*$))?\s*(?P<x{{n}}>{_MARK}(?![a-z]))?|(?P<w{{n}}>(?:12\s*)?(?:noon|midday|midnight|hanner dydd|canol dydd)))"
_TO = r"\s*(?:-|\bto\b|\btill?\b|\buntil\b|\btan\b|\bi\b|\bhyd\b|\band\b)\s*"
RANGE = re.compile(rf"(?<![\d.:/@])(?:(?:from|between|o|rhwng|at|am)\s+)?{_CLOCK.format(n=1)}{_TO}{_CLOCK.format(n=2)}(?![\d/:@]|\s*(?:mins?|minutes|hours?|people|weeks?|%))")
ONE = re.compile(rf"(?<![\d.:/@-]){_CLOCK.format(n=1)}(?![\d/:@]|-\d)")
LENGTH = re.compile(r"\b(?:for|lasting|about|am)\s+(?:(?P<only>\d{2,3})\s*(?:mins?|minutes|munud)|(?P<h>\d(?:\.5)?(?!\d)|an?|one|two|three|half an?|awr|dwy)\s*(?P<unit>hours?|hrs?|awr)?(?:\s*(?:and )?(?P<m>\d{1,2}|a half)\s*(?:mins?|minutes)?)?)\b")
_HOURS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "half a": 0.5, "half an": 0.5, "awr": 1.0, "dwy": 2.0}


@dataclass(frozen=True)
class FoundTimes:
    """`guessed` when morning or afternoon was not said and was taken from the usual hours of a meeting."""

    starts: time
    ends: time | None
    guessed: bool
    span: tuple[int, int]


def find_times(text: str) -> FoundTimes | None:
    """Start, and end where there is one; None when no time of day is named."""
    low = flat(text)
    for match in RANGE.finditer(low):
        if not _worth(match, two=True):
            continue
        first, last = _clock(match, 1), _clock(match, 2)
        if first is None or last is None:
            continue
        (h1, m1, half1), (h2, m2, half2) = first, last
        guessed = half1 is None and half2 is None and h1 <= 12 and h2 <= 12 and not _digital(match, 1)
        if half1 is None and half2 is not None and h1 <= 12:  # "2-4pm", "11-1pm"
            half1 = half2 if h1 % 12 + (12 if half2 == "p" else 0) < h2 % 12 + (12 if half2 == "p" else 0) else "a"
        elif half2 is None and half1 is not None and h2 <= 12:  # "10am to 12", "10am-2"
            half2 = half1 if h2 % 12 > h1 % 12 and h2 != 12 else "p"
        elif guessed:
            half1 = "p" if 1 <= h1 <= 7 else "a" if h1 < 12 else "p"
            half2 = "p" if h2 == 12 or h2 <= 7 or half1 == "p" else "a"
        starts, ends = _at(h1, m1, half1), _at(h2, m2, half2)
        if starts is not None and ends is not None:
            return FoundTimes(starts, ends, guessed, match.span())
    for match in ONE.finditer(low):
        if not _worth(match, two=False):
            continue
        first = _clock(match, 1)
        if first is None:
            continue
        hour, minute, half = first
        guessed = half is None and hour <= 12 and not _digital(match, 1)
        if guessed:
            half = "p" if 1 <= hour <= 7 or hour == 12 else "a"
        starts = _at(hour, minute, half)
        if starts is not None:
            return FoundTimes(starts, _after(starts, low[match.end() :]), guessed, match.span())
    return None


def _worth(match: re.Match[str], *, two: bool) -> bool:
    """A bare number is no time; two bare numbers with a dash are, if they can be hours of one day."""
    said = any(match[name] for name in match.groupdict() if name[0] in "mxw" and match[name])
    return bool(said) or two


def _digital(match: re.Match[str], n: int) -> bool:
    """14:00, 09:30 or 1400 leave no doubt; 2.30 does."""
    hour = match[f"h{n}"]
    return bool(match[f"w{n}"]) or bool(match[f"mm{n}"]) or (hour is not None and (int(hour) > 12 or hour.startswith("0")))


def _clock(match: re.Match[str], n: int) -> tuple[int, int, str | None] | None:
    if match[f"w{n}"]:
        return (12, 0, "p") if "midnight" not in match[f"w{n}"] else (12, 0, "a")
    mark = match[f"x{n}"] or ""
    half = None
    if re.match(r"p|yp|y\.p|yn y pryn|yr hwyr|in the (?:aft|eve)", mark):
        half = "p"
    elif re.match(r"a|yb|y\.b|yn y bore|in the morn", mark):
        half = "a"
    return int(match[f"h{n}"]), int(match[f"m{n}"] or match[f"mm{n}"] or 0), half


def _at(hour: int, minute: int, half: str | None) -> time | None:
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 else None


def _after(starts: time, rest: str) -> time | None:
    match = LENGTH.search(rest)
    if match is None:
        return None
    if match["only"]:
        minutes = int(match["only"])
    else:
        if not match["unit"] and not match["m"] and match["h"] not in ("awr", "half an", "half a"):
            return None
        hours = _HOURS.get(match["h"]) or float(match["h"])
        minutes = int(hours * 60) + (30 if match["m"] == "a half" else int(match["m"] or 0))
    end = timedelta(hours=starts.hour, minutes=starts.minute + minutes)
    seconds = int(end.total_seconds())
    return time(seconds // 3600, seconds % 3600 // 60) if 0 < seconds < 86_400 else None
