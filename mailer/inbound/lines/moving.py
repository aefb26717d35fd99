"""What an organiser wants changed of a meeting: which one is meant, and its new day, time, place or host.

Labelled lines say what they are ("New room: B12", "Meeting: 26 November"); sentences are read for a day, a time and the
words that move them ("postponed to 3/12", "a week later", "same time"). A day on which a meeting stands names that
meeting, unless "to" stands before it; another day is the new one. What reads two ways stands in `doubts`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, time, timedelta

from mailer.inbound.lines.dates import MONTHS, NUMBER_WORDS, FoundDate, find_date, find_dates, flat
from mailer.inbound.lines.labelled import pattern, read_labelled
from mailer.inbound.lines.times import FoundTimes, find_times

_NEW = r"(?:new |changed |revised |change of )?"
LABELS: tuple[tuple[str, str], ...] = (
    ("which", r"(?:which )?meeting|cyfarfod|old date|from|was"),
    ("date", rf"{_NEW}(?:date|day|when)|to|now|moved to|postponed to|dyddiad(?: newydd)?|diwrnod|pryd"),
    ("time", rf"{_NEW}(?:times?|start(?:s|ing)?(?: time)?|hours)|amser(?: newydd)?|cychwyn"),
    ("ends", rf"{_NEW}(?:ends?|finish(?:es)?)(?: time)?|until|gorffen|diwedd"),
    ("venue", rf"{_NEW}(?:place|venue|where|location|room|address)(?: change)?|lle(?: newydd)?|lleoliad|ystafell"),
    ("host", rf"{_NEW}(?:hosts?(?:ed by)?|host school)|gwesteiwr|lletywr"),
    ("title", rf"{_NEW}(?:title|name|topic|theme)|teitl|enw"),
    ("reason", r"reason|why|because|rheswm"),
)
_LABEL = pattern(LABELS)
_TO = re.compile(r"(?:\b(?:to|until|till|i|at|now on|instead on|will be on|is now|new date(?: is)?)|:|-)\s*(?:be\s+)?(?:on\s+)?(?:the\s+)?$")
_FROM = re.compile(r"\b(?:from|not on|instead of|rather than|o)\s*(?:the\s+)?$")
_SPEAKS = re.compile(
    r"\b(?:mov\w+|postpon\w+|chang\w+|reschedul\w+|put\b[^.\n]{0,25}\bback|push\w*|bring|brought|delay\w*|new (?:date|time|room|venue|place)|instead|now|same|later|earlier|"
    r"cancel\w*|call(?:ed|ing)? off|canslo\w*|symud\w*|newid\w*|gohir\w*|will (?:be|start|take place)|starts?|starting|finish\w*|ends?)\b"
)
_SHIFT = re.compile(
    rf"\b(?:(?P<back>back|delayed|postponed|postpone|delay|push(?:ed)?)|(?P<on>bring|brought|move[d]?)\b[^.;]{{0,30}}?\bforward)?\s*(?:it |the meeting )?(?:by |for )?"
    rf"(?P<n>\d{{1,2}}|half an|{'|'.join(w for w in NUMBER_WORDS)})\s+(?P<unit>weeks?|days?|hours?|minutes?|mins?|fortnights?)\b(?:\s+(?P<way>later|earlier|after|before|on))?"
)
_PLACE = re.compile(
    r"\b(?:(?:moved|move|moving|changed|change)(?: (?:it|the (?:meeting|venue|room|place)))?(?: from [^,.;]{2,60}?)? to|(?:will be|is|be|meet(?:ing)?) (?:now |instead )?(?:at|in)|now (?:at|in)|"
    r"(?:new )?(?:room|venue|place) (?:is|will be)(?: now)?|in) (?P<place>(?:room |lab |the )?(?-i:[A-Z0-9])[^,;.\n]{0,80})",
    re.IGNORECASE,
)
_MONTH = re.compile(rf"\b(?P<m>{'|'.join(sorted((name for name in MONTHS if len(name) > 2), key=len, reverse=True))})(?:'s|’s)? (?:\w+ )?(?:meeting|one|session|gathering|teachmeet|cyfarfod)\b|\bcyfarfod (?:mis )?(?P<cy>{'|'.join(MONTHS)})\b")
_NUMBER = re.compile(r"\bmeeting (?:no\.? ?|number |#)?(?P<number>\d{1,3})\b(?!\s*(?:st|nd|rd|th|/|:|\.|am|pm|\s?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))")
_GREETING = re.compile(r"^\W*(?:hi|hello|dear|thanks|thank you|regards|kind regards|best wishes|cheers|helo|annwyl|diolch|many thanks)\b.{0,40}$", re.IGNORECASE)
_CLOSING = re.compile(r"^\W*(?:(?:many )?thanks|thank you|ta|(?:kind|best|warm)? ?(?:regards|wishes)|cheers|diolch|cofion)(?:\W+\w+){0,3}\W*$", re.IGNORECASE)
# "A week later, please" says that something is to move, though no word of it does.
LATER = re.compile(r"\b(?:week|day|hour|minute|min|fortnight)s? (?:later|earlier)\b(?! than)", re.IGNORECASE)
_UNITS = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1, "f": 14 * 24 * 60}


@dataclass(frozen=True)
class MovingLines:
    """What was read. `which`, `month`, `number` name the meeting; None and empty where nothing was said."""

    which: date | None = None
    month: int = 0
    number: int = 0
    named: str = ""  # what stood after "Meeting:", when it is no day
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    shift: timedelta | None = None
    venue: str = ""
    host: str = ""
    title: str = ""
    reason: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """True if anything is to be different."""
        return any((self.day, self.starts, self.ends, self.shift, self.venue, self.host, self.title))


def read_moving(text: str, *, today: date, days: Collection[date], asked: bool = False) -> MovingLines:
    """Read the subject and lines of such a mail. `days` are those on which meetings to come stand; `asked`: it answers
    a question of ours, so every line of it says something."""
    said, loose = read_labelled(text, _LABEL)
    spoken = [
        line
        for line in _above(loose)
        if not _GREETING.match(line) and (asked or _SPEAKS.search(flat(line)) or find_date(line, today))
    ]
    doubts: list[str] = []
    which, new = _sorted_days(spoken, today, days)
    month, number, named = _named(" \n".join(spoken), which)
    if "which" in said:
        found = find_date(said["which"], today)
        which = found.day if found else which
        month, number, named = (month, number, named) if found else _named_by(said["which"])
    if "date" in said and (found := find_date(said["date"], today)):
        new = [found]
    if len({one.day for one in new}) > 1:
        doubts.append("More than one new date is named: " + ", ".join(f"{d.day.day} {d.day:%B}" for d in new[:4]) + ".")
    day = new[0] if new else None
    if day is not None:
        doubts += _day_doubts(day, today)
    times = _times(said, spoken, today)
    if times is not None and times.guessed:
        doubts.append(f"The time has no am or pm: read as {times.starts:%H:%M}.")
    ends = times.ends if times else None
    if "ends" in said and (last := find_times(said["ends"])):
        ends = last.starts
    shift = None if day or times else _shift(spoken, doubts)
    return MovingLines(
        which=which,
        month=month,
        number=number,
        named=named,
        day=day.day if day else None,
        starts=times.starts if times else None,
        ends=ends,
        shift=shift,
        venue=said.get("venue") or _place(spoken, today),
        host=said.get("host", ""),
        title=said.get("title", ""),
        reason=said.get("reason", ""),
        doubts=tuple(doubts),
    )


def both(later: MovingLines, before: MovingLines) -> MovingLines:
    """What was said first, with what was said later put over it; a doubt ends where the day or the time is said again."""
    said = {each.name: getattr(later, each.name) or getattr(before, each.name) for each in fields(MovingLines)}
    if later.which or later.month or later.number or later.named:
        said |= {name: getattr(later, name) for name in ("which", "month", "number", "named")}
    again = later.day or later.starts or later.shift
    return MovingLines(**said | {"doubts": later.doubts if again else (*later.doubts, *before.doubts)})


def why(subject: str, text: str) -> str:
    """The reason in people's own words: what was written without greeting and signature, else the end of the subject."""
    said, loose = read_labelled(text, _LABEL)
    if said.get("reason"):
        return said["reason"]
    written = " ".join(line for line in _above(loose) if not _GREETING.match(line))
    match = re.search(r"(?:\s[-–]\s+|\b(?:due to|because of|because|owing to)\s+)(?P<why>\S.*)$", subject[:300])
    return written or (match["why"] if match else "")


def opening(text: str) -> str:
    """The first line that is no greeting and no name, if it is a sentence and no labelled fact."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if _SPEAKS.search(flat(line)) or (len(line.split()) > 2 and not _GREETING.match(line))), "")
    return "" if re.match(r"\W*\w+\s*:", first) else first[:200]


def _above(lines: list[str]) -> list[str]:
    """The lines above "Thanks" or "Regards": below stand names, rooms and working hours."""
    end = next((n for n, line in enumerate(lines) if n and _CLOSING.match(line)), len(lines))
    return lines[:end]


def _sorted_days(lines: list[str], today: date, days: Collection[date]) -> tuple[date | None, list[FoundDate]]:
    """The day that names a meeting, and the new days, by what stands before them and where meetings stand."""
    which: date | None = None
    new: list[FoundDate] = []
    for line in lines:
        low = flat(line)
        for found in sorted(find_dates(line, today), key=lambda one: one.start):
            if re.match(r"(?:in|within|for|another|mewn|am) ", low[found.start : found.end]):
                continue  # "in two weeks", "for a week": not a day
            before = low[: found.start]
            stands = found.day in days and (not _TO.search(before) or (which is None and not found.year_said and "meeting" in low[found.end : found.end + 10]))
            if which is None and (_FROM.search(before) or stands):
                which = found.day
            elif found.day != which and all(found.day != one.day for one in new):
                new.append(found)
    return which, new


def _named(words: str, which: date | None) -> tuple[int, int, str]:
    low = flat(words)
    if which is not None:
        return 0, 0, ""
    match = _MONTH.search(low)
    number = _NUMBER.search(low)
    return (MONTHS[match["m"] or match["cy"]] if match else 0), (int(number["number"]) if number else 0), ""


def _named_by(value: str) -> tuple[int, int, str]:
    """What stands after "Meeting:" and is no day: a month, a number, or its name."""
    low = flat(value).strip(" .#")
    first = low.split(" ")[0] if low else ""
    if first in MONTHS:
        return MONTHS[first], 0, ""
    if low.isdigit() and len(low) <= 3:
        return 0, int(low), ""
    return 0, 0, value.strip()


def _day_doubts(found: FoundDate, today: date) -> list[str]:
    day = f"{found.day.day} {found.day:%B %Y}"
    doubts = []
    if found.weekday_wrong and found.weekday is not None:
        named = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[found.weekday]
        doubts.append(f"{day} is a {found.day:%A}, not a {named}.")
    if found.day < today:
        doubts.append(f"{day} is in the past.")
    if not found.exact:
        doubts.append(f"The day could be another: read as {found.day:%A} {day}.")
    return doubts


def _times(said: dict[str, str], spoken: list[str], today: date) -> FoundTimes | None:
    """The new time: labelled, beside the new date, or in a sentence; what stands after "instead of" is the old one."""
    for source in (said.get("time", ""), said.get("date", ""), *spoken):
        words = re.split(r"(?i)\b(?:instead of|rather than|not at)\b", source)[0]
        words = re.sub(r"(?i)\bfrom (?=[\d.:]+\s*(?:[ap]m)? to [\d.:]+\s*(?:[ap]m)?\s*$)", "", words)
        for found in sorted(find_dates(words, today), key=lambda one: -one.start):
            words = words[: found.start] + " ; " + words[found.end :]
        times = find_times(words)
        if times is not None:
            return times
    return None


def _shift(spoken: list[str], doubts: list[str]) -> timedelta | None:
    for line in spoken:
        for match in _SHIFT.finditer(flat(line)):
            later = match["way"] in ("later", "after") or bool(match["back"])
            earlier = match["way"] in ("earlier", "before") or bool(match["on"])
            if later == earlier:
                if re.search(r"\bmov\w+\b", flat(line)) or match["on"]:
                    doubts.append(f"“{line.strip()[:80]}” could mean earlier or later.")
                continue
            if match["on"] and match["on"].startswith("move"):
                doubts.append(f"“{line.strip()[:80]}” could mean earlier or later.")
            said = match["n"]
            count = 0.5 if said == "half an" else float(said) if said.isdigit() else NUMBER_WORDS[said]
            unit = _UNITS[match["unit"][0]]
            return timedelta(minutes=count * unit) * (1 if later else -1)
    return None


def _place(spoken: list[str], today: date) -> str:
    for line in spoken:
        for match in _PLACE.finditer(line):
            place = re.split(r"(?i)\s+(?:instead|on|at \d|from|because|as the|due to|please|same)\b", match["place"])[0].strip(" ,.")
            if place and find_date(place, today) is None and find_times(place) is None and flat(place).split(" ")[0] not in MONTHS:
                return place
    return ""
