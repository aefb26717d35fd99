"""A meeting in an organiser's plain lines: date, time, place, host, in any order, labelled or not.

A labelled line says what it is. What no label claims is read for a date and a time by our own strict forms, and for a
host ("at St Mary's, hosted by Karen"); nothing is taken for a place unless it is labelled or follows "at". What cannot be
read, or reads two ways, stands in `missing` and `doubts` for the receipt to ask about; dateparser's guess is given
as `proposed`, to be confirmed, never used. What is only unusual (a Saturday, a bank holiday) is no doubt: acts/cautions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailer.inbound.lines.dates import FoundDate, find_date, find_dates, flat, proposal
from mailer.inbound.lines.labelled import pattern, read_labelled
from mailer.inbound.lines.times import find_times

LABELS: tuple[tuple[str, str], ...] = (
    ("date", r"date|day|when|dyddiad|diwrnod|pryd|new date|dyddiad newydd"),
    ("time", r"times?|start(?:s|ing)?|amser|hours|cychwyn|new time"),
    ("ends", r"ends?|finish(?:es)?|until|gorffen|diwedd"),
    ("venue", r"place|venue|where|location|room|address|lle|lleoliad|ble|man cyfarfod|ystafell"),
    ("host", r"host(?:s|ed by|ing)?|host school|organisation|school|gwesteiwr|ysgol|cynhelir gan|lletywr"),
    ("meeting", r"meeting|cyfarfod"),
    ("title", r"title|name|subject|topic|theme|teitl|pwnc|enw"),
)
_LABEL = pattern(LABELS)
_HOSTED = re.compile(r"\b(?:hosted by|our hosts? (?:is|are|will be)|kindly hosted by|cynhelir gan)\s+(?P<host>[^,;\n.]{2,80}(?:\.(?=\w)[^,;\n]{0,40})?)", re.IGNORECASE)
_HOSTS = re.compile(r"^(?P<host>[^,;:\n]{2,80}?) (?:will |is |are )?(?:be )?host(?:s|ing)?\b", re.IGNORECASE)
_PLACE = re.compile(r"(?:^|[\s,])(?:at|in|yn|venue is)\s+(?!\d|noon|midday|least|all|the (?:latest|end|start|moment|same)\b|my\b|once\b|(?:january|february|march|april|may|june|july|august|september|october|november|december)\b)(?P<place>[^;\n.]{3,100})", re.IGNORECASE)
_STOP = re.compile(r",?\s*(?:\b(?:on|from|hosted by|starting|kindly)\b(?=.*).*|\bat \d.*)$", re.IGNORECASE)
_GREETING = re.compile(r"^\W*(?:hi|hello|dear|thanks|thank you|regards|kind regards|best wishes|cheers|helo|annwyl|diolch|many thanks|please|could you|can you)\b", re.IGNORECASE)


@dataclass(frozen=True)
class MeetingLines:
    """What was read. `missing` from date, time, end, place, host; `doubts` are sentences for the organiser."""

    starts: datetime | None = None
    ends: datetime | None = None
    venue: str = ""
    host: str = ""
    title: str = ""
    missing: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    proposed: date | None = None
    notes: tuple[str, ...] = ()  # lines that were not understood, as written

    @property
    def certain(self) -> bool:
        """Date, start and end read, and nothing doubtful."""
        return self.starts is not None and self.ends is not None and not self.doubts


def read_meeting(text: str, *, today: date, zone: ZoneInfo) -> MeetingLines:
    said, loose = read_labelled(text, _LABEL)
    if "meeting" in said:  # "Meeting: 26 November" or "Meeting: Spring meeting"
        name = "date" if find_date(said["meeting"], today) else "title"
        said.setdefault(name, said["meeting"])
    doubts: list[str] = []
    everything = "\n".join(loose)
    found = find_date(said.get("date", ""), today) or find_date(said.get("time", ""), today) or find_date(everything, today)
    when = said.get("time") or _without(said.get("date", ""), found) or ""
    times = find_times(when) if when else None
    if times is None:
        times = next((t for line in loose if (t := find_times(_without(line, find_date(line, today) or found)))), None)
    ends_at = times.ends if times else None
    if ends_at is None and "ends" in said and (last := find_times(said["ends"])):
        ends_at = last.starts
    day = found.day if found else None
    if found is not None:
        doubts += _date_doubts(found, today, _others(said, everything, found, today))
    starts = ends = None
    if day and times:
        starts = datetime.combine(day, times.starts, zone)
        if times.guessed:
            doubts.append(f"The time has no am or pm: read as {times.starts:%H:%M}" + (f" to {ends_at:%H:%M}." if ends_at else "."))
        if ends_at:
            ends = datetime.combine(day, ends_at, zone)
            if ends <= starts:
                doubts.append(f"It would end at {ends_at:%H:%M}, before it starts at {times.starts:%H:%M}.")
                ends = None
    host, venue = _host(said, loose), _venue(said, loose)
    notes = tuple(line for line in loose if not _GREETING.match(line) and not find_date(line, today) and not find_times(line))
    if not venue and day and times and 1 <= len(notes) <= 3 and all(len(line.split()) <= 8 and not line.endswith(("?", ".")) for line in notes):
        venue, notes = notes[0], notes[1:]
        doubts.append(f"“{venue}” has no label: read as the place.")
    gaps = (("date", day), ("time", times), ("end", ends_at), ("place", venue), ("host", host))
    return MeetingLines(
        starts, ends, venue, host, said.get("title", ""),
        missing=tuple(name for name, value in gaps if not value),
        doubts=tuple(doubts),
        proposed=proposal(said.get("date", ""), today) if day is None else None,
        notes=notes,
    )  # fmt: skip


def _without(text: str, found: FoundDate | None) -> str:
    """The text without its date, so that "4 March" gives no time."""
    return text[: found.start] + " ; " + text[found.end :] if found and found.end <= len(text) else text


def _others(said: dict[str, str], everything: str, found: FoundDate, today: date) -> list[date]:
    source = said.get("date") or said.get("time") or everything
    return [other.day for other in find_dates(source, today) if other.day != found.day and other.weekday is None]


def _date_doubts(found: FoundDate, today: date, others: list[date]) -> list[str]:
    doubts = []
    day = f"{found.day.day} {found.day:%B %Y}"
    if found.weekday_wrong and found.weekday is not None:
        named = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[found.weekday]
        doubts.append(f"{day} is a {found.day:%A}, not a {named}.")
    if found.day < today:
        doubts.append(f"{day} is in the past.")
    if not found.exact:
        doubts.append(f"The day could be another: read as {found.day:%A} {day}.")
    if others:
        doubts.append("More than one date is named: " + ", ".join(f"{d.day} {d:%B}" for d in [found.day, *others[:3]]) + ".")
    return doubts


def _host(said: dict[str, str], loose: list[str]) -> str:
    if "host" in said:
        return said["host"]
    for line in loose:
        match = _HOSTED.search(line) or _HOSTS.search(line)
        if match and not _GREETING.match(line):
            return match["host"].strip(" .")
    return ""


def _venue(said: dict[str, str], loose: list[str]) -> str:
    if "venue" in said:
        return said["venue"]
    for line in loose:
        if _GREETING.match(line) and not re.search(r"\d", line):
            continue
        for match in _PLACE.finditer(line):
            place = _STOP.sub("", match["place"]).strip(" ,.")
            if len(place) > 2 and not re.match(r"(?:the )?(?:morning|afternoon|evening|term)\b", flat(place)):
                return place
    return ""
