"""Calendar parts that came by mail: METHOD and what one person answers (RFC 5546, RFC 6047).

Only a few properties are read, by our own scanner under caps: nothing is expanded, alarms and attachments are skipped
(CAL-8). METHOD is what the payload says; the label of the part counts only where the payload is silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from mailer.message import charset, encoded
from mailer.message.address import key, parse_address
from mailer.message.parts import Part
from mailer.message.values import CalendarAnswer

MAX_CALENDAR = 500_000
MAX_LINES = 5_000
LABELS = (
    "text/calendar",
    "application/ics",
    "text/x-vcalendar",
    "application/calendar",
    "text/ics",
    "application/x-ics",
    "text/vcalendar",
)
SCHEDULING = ("REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD")
_BEGIN = re.compile(r"(?i)^[\s\ufeff]*begin:vcalendar", re.MULTILINE)
_COMPONENTS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")


@dataclass(frozen=True, slots=True)
class Line:
    """One content line (RFC 5545 3.1): name in capitals, parameters, value as it stands."""

    name: str
    params: dict[str, str]
    value: str


@dataclass(slots=True)
class _Seen:
    method: str = ""
    lines: list[Line] = field(default_factory=list)


def find(root: Part) -> tuple[Part, str] | None:
    """The calendar part of a message and why it is one."""
    best: tuple[Part, str] | None = None
    for part in root.walk(into_messages=False):
        if part.children or part.type.startswith("multipart/"):
            continue
        named = part.filename.lower().endswith((".ics", ".vcs", ".ical"))
        labelled = part.type in LABELS
        if labelled or named:
            if _BEGIN.search(charset.decode(part.content[:20_000], part.params.get("charset"))):
                if labelled:
                    return part, f"a {part.type} part"
                best = best or (part, f"a file named {encoded.clean(part.filename)[:40]}")
        elif (
            part.type == "text/plain"
            and part.disposition != "attachment"
            and part.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"
        ):
            best = best or (part, "a body that is a calendar")
    return best


def read(part: Part, sender: str) -> CalendarAnswer | None:
    """What the calendar part says; `sender` is the From address, to tell which ATTENDEE answers."""
    seen = _scan(charset.decode(part.content[:MAX_CALENDAR], part.params.get("charset") or "utf-8"))
    if seen is None:
        return None
    method = seen.method or part.params.get("method", "").strip().upper()
    first = {line.name: line for line in reversed(seen.lines)}
    attendees = [line for line in seen.lines if line.name == "ATTENDEE"]
    who = _who(attendees, sender)
    organizer = first.get("ORGANIZER")
    return CalendarAnswer(
        method=re.sub(r"[^A-Z-]", "", method.upper())[:20],
        uid=_value(first.get("UID"))[:500],
        attendee=address_of(who) if who else "",
        partstat=_partstat(who) if who else "",
        comment="\n".join(_text(line.value) for line in seen.lines if line.name == "COMMENT")[:4000],
        sequence=_number(_value(first.get("SEQUENCE"))),
        dtstamp=stamp(_value(first.get("DTSTAMP"))),
        organizer=address_of(organizer) if organizer else "",
        summary=encoded.clean(_text(_value(first.get("SUMMARY"))))[:500],
        attendee_name=encoded.clean(who.params.get("CN", ""))[:200] if who else "",
        starts=_value(first.get("DTSTART"))[:40],
        recurrence_id=_value(first.get("RECURRENCE-ID"))[:40],
        delegated_to=mailto(who.params.get("DELEGATED-TO", "")) if who else "",
        attendees=len(attendees),
        sent_by=mailto(who.params.get("SENT-BY", "")) if who else "",
    )


def _partstat(who: Line) -> str:
    """The answer; vCalendar 1.0 calls it STATUS."""
    return re.sub(r"[^A-Z-]", "", (who.params.get("PARTSTAT") or who.params.get("STATUS", "")).upper())[:20]


def _scan(text: str) -> _Seen | None:
    seen = _Seen()
    inside: list[str] = []
    done = False
    for line in lines_of(text):
        if line.name == "BEGIN":
            inside.append(line.value.strip().upper()[:30])
            if len(inside) > 20:
                break
        elif line.name == "END":
            ended = line.value.strip().upper()[:30]
            done = done or (ended in _COMPONENTS and bool(seen.lines))
            if ended in inside:
                while inside and inside.pop() != ended:
                    pass
        elif inside[:1] == ["VCALENDAR"] and len(inside) == 1:
            if line.name == "METHOD":
                seen.method = seen.method or line.value.strip()
        elif len(inside) == 2 and inside[1] in _COMPONENTS and not done:
            seen.lines.append(line)
    return seen if seen.method or seen.lines else None


_NAME = re.compile(r"[ \t]*([A-Za-z0-9-]{1,60})")
_PARAM = re.compile(
    r';\s*([A-Za-z0-9-]{1,60})\s*=\s*((?:"[^"]{0,2000}"|[^";:,]{0,2000})(?:,(?:"[^"]{0,2000}"|[^";:,]{0,2000})){0,50})'
)


def lines_of(text: str) -> list[Line]:
    """Content lines, unfolded; what is no line is left out."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    folded: list[str] = []
    for raw in text.split("\n")[: 4 * MAX_LINES]:
        if raw[:1] in (" ", "\t") and folded:
            if len(folded[-1]) < 20_000:
                folded[-1] += raw[1:]
        elif raw.strip():
            folded.append(raw)
    found: list[Line] = []
    for raw in folded[:MAX_LINES]:
        name = _NAME.match(raw)
        if not name:
            continue
        at = name.end()
        params: dict[str, str] = {}
        while raw[at : at + 1] == ";" and len(params) < 40:
            param = _PARAM.match(raw, at)
            if not param:
                break
            params.setdefault(param[1].upper(), param[2].strip().strip('"'))
            at = param.end()
        colon = raw.find(":", at)
        if colon >= 0:
            found.append(Line(name[1].upper(), params, raw[colon + 1 :].strip()))
    return found


def _who(attendees: list[Line], sender: str) -> Line | None:
    """Which attendee answers: the only one, else the sender, else the only one with an answer."""
    if len(attendees) <= 1:
        return attendees[0] if attendees else None
    for line in attendees:
        if sender and key(address_of(line)) == key(sender):
            return line
    answered = [line for line in attendees if line.params.get("PARTSTAT", "NEEDS-ACTION").upper() != "NEEDS-ACTION"]
    return answered[0] if answered else attendees[0]


def address_of(line: Line) -> str:
    """The address of an ATTENDEE or ORGANIZER: its value, or its EMAIL where the value is no address (RFC 7986 6.2)."""
    return mailto(line.value) or mailto(line.params.get("EMAIL", ""))


def mailto(value: str) -> str:
    """The address of a `mailto:` value, in any case and with or without its brackets; empty if there is none."""
    value = re.sub(r"(?i)^[\s\"']*mailto:\s*", "", value.strip()).strip("\"'<> ")
    if "%" in value and "@" not in value:
        value = unquote(value[:1_000])  # RFC 6068 2
    return parse_address(value) or ""


def _value(line: Line | None) -> str:
    return encoded.clean(line.value) if line else ""


_ESCAPE = re.compile(r"\\([nN\\;,])")


def _text(value: str) -> str:
    """TEXT unescaped, RFC 5545 3.3.11."""
    return encoded.printable(_ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)).strip()


def _number(value: str) -> int:
    return int(value) if re.fullmatch(r"\d{1,9}", value) else 0


def stamp(value: str) -> datetime | None:
    """A UTC date-time, RFC 5545 3.3.5; a local or bent one is None."""
    try:
        return datetime.strptime(value.strip().upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
