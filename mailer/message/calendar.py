"""Calendar bodies that we send: one meeting, one person, in UTC (ruling 7, CAL-1 to CAL-4; RFC 5545, RFC 5546).

A body is content lines, CRLF, folded at 75 octets without cutting a character. Values that would break a line raise
ValueError; text is escaped, never trusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

FOLD = 75  # octets of a line without its CRLF, RFC 5545 3.1
PRODID = "-//Termpost//Meetings//EN"
METHODS = ("REQUEST", "CANCEL")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Invite:
    """What one REQUEST or CANCEL says. Times are aware; `description` holds everything that the letter says, as some
    clients delete the mail on an answer. `uid` and `organizer` stay the same for a person and meeting for ever."""

    uid: str
    sequence: int
    stamped: datetime
    starts: datetime
    ends: datetime
    summary: str
    description: str
    location: str
    organizer_name: str
    organizer: str
    attendee_name: str
    attendee: str
    url: str = ""


def body(invite: Invite, method: str = "REQUEST") -> bytes:
    """The VCALENDAR of a REQUEST or CANCEL. Raises ValueError for another method, a naive time or an end before the start."""
    if method not in METHODS:
        raise ValueError(f"method {method!r} is none that we send")
    if utc(invite.ends) < utc(invite.starts):
        raise ValueError("a meeting cannot end before it starts")
    cancelled = method == "CANCEL"
    lines = [
        "BEGIN:VCALENDAR",
        f"PRODID:{PRODID}",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_token(invite.uid)}",
        f"SEQUENCE:{int(invite.sequence)}",
        f"DTSTAMP:{utc(invite.stamped)}",
        f"DTSTART:{utc(invite.starts)}",
        f"DTEND:{utc(invite.ends)}",
        f"SUMMARY:{text(invite.summary)}",
        f"DESCRIPTION:{text(invite.description)}",
        f"LOCATION:{text(invite.location)}",
        f"ORGANIZER;CN={parameter(invite.organizer_name)}:mailto:{_token(invite.organizer)}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP={'FALSE' if cancelled else 'TRUE'}"
        f";CN={parameter(invite.attendee_name)}:mailto:{_token(invite.attendee)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
    ]
    if invite.url:
        lines.append(f"URL:{_token(invite.url)}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(fold_calendar(line) for line in lines if not line.endswith("LOCATION:"))


def fold_calendar(line: str) -> bytes:
    """One whole content line, folded, with its CRLF. Raises ValueError for CR, LF or another control character in it."""
    if _CONTROL.search(line) or "\n" in line:
        raise ValueError("a calendar line must not hold a control character")
    octets = line.encode("utf-8")
    pieces: list[bytes] = []
    room = FOLD
    while len(octets) > room:
        at = room
        while octets[at] & 0xC0 == 0x80:  # inside a character
            at -= 1
        pieces.append(octets[:at])
        octets = octets[at:]
        room = FOLD - 1  # the space that continues
    pieces.append(octets)
    return b"\r\n ".join(pieces) + b"\r\n"


def text(value: str) -> str:
    """TEXT, RFC 5545 3.3.11: backslash, semicolon, comma and newline escaped, other controls left out."""
    value = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def parameter(value: str) -> str:
    """A parameter value in quotes; what cannot stand there is replaced (RFC 5545 3.2)."""
    value = _CONTROL.sub("", value.replace("\n", " ").replace("\r", " ").replace("\t", " ")).replace('"', "'")
    return f'"{value}"'


def utc(when: datetime) -> str:
    """`20270311T133000Z`. Raises ValueError for a time without a zone."""
    if when.tzinfo is None:
        raise ValueError("calendar times need a zone")
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _token(value: str) -> str:
    if _CONTROL.search(value) or re.search(r"\s", value):
        raise ValueError(f"{value!r} cannot stand in a calendar line")
    return value
