"""The minutes that an organiser mails in: of which meeting, and what they hold, shown before the YES.

Of the last meeting that has begun, unless the mail names an older one: in the subject by its day, month, season or number
("Minutes: 26 November", "Minutes of the autumn meeting"), or by its day in the first lines. A day that fits no meeting
is asked back; minutes of the wrong meeting are never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from mailer.acts import Receipt, confirm
from mailer.errors import Refused
from mailer.inbound.lines import read_minutes
from mailer.inbound.lines.dates import MONTHS, FoundDate, find_dates, flat
from mailer.inbound.message import Message
from mailer.meetings import meetings
from mailer.meetings.meetings import Meeting
from mailer.people import formats

SUBJECT = re.compile(r"\b(?:minutes|notes of|meeting notes|cofnodion)\b", re.IGNORECASE)
FIRST_LINES = 5
SEASONS: dict[str, tuple[int, ...]] = {
    "autumn": (9, 10, 11, 12), "hydref": (9, 10, 11, 12), "christmas": (12,), "spring": (1, 2, 3, 4), "gwanwyn": (1, 2, 3, 4),
    "easter": (3, 4), "summer": (5, 6, 7, 8), "haf": (5, 6, 7, 8),
}  # fmt: skip
_SEASON = re.compile(rf"\b(?P<season>{'|'.join(SEASONS)})\b")
_MONTH = re.compile(rf"\b(?P<month>{'|'.join(sorted((name for name in MONTHS if len(name) > 3), key=len, reverse=True))})\b")
_NUMBER = re.compile(r"\bmeeting (?:no\.? ?|number |#)?(?P<number>\d{1,3})\b(?! ?(?:st|nd|rd|th|/|\.))")


def minutes(message: Message, session: Connection, text: str, now: datetime) -> Receipt:
    """Ask for the YES that puts them down. Refused where no meeting was, or none on the day that the mail names."""
    begun = [
        one
        for one in meetings.listing(session, message.network_id)
        if one.starts_at <= now and one.state != "cancelled"
    ]
    if not begun:
        raise Refused("no-meeting-yet", "No meeting has begun yet, so we cannot tell what these are the minutes of.")
    meeting = meant(message, begun, text)
    actions = read_minutes(text, today=message.today)
    args = {
        "do": "minutes",
        "text": text,
        "actions": [[a.owner, a.text, a.due.isoformat() if a.due is not None else None] for a in actions],
        "meeting_id": str(meeting.id),
    }
    details = [["Words", str(len(text.split()))]]
    details += [
        ["Action", f"{a.owner or 'nobody named'}: {a.text}" + (f", by {formats.brief(a.due)}" if a.due else "")]
        for a in actions[:20]
    ]
    what = f"Take these as the minutes of the meeting of {formats.brief(_day(meeting, message))}"
    return confirm.ask(session, message.actor, "organise", args, now=now, what=what, details=details)


def meant(message: Message, begun: Sequence[Meeting], text: str) -> Meeting:
    """The newest of those begun that fits what the mail names; the newest of all if it names none."""
    subject = message.reading.subject[:300]
    named = list(find_dates(subject, message.today))
    if named:
        fits = [one for one in begun if any(_on(one, day, message) for day in named)]
        if not fits:
            raise Refused(
                "minutes-of-which",
                f"We know of no meeting that was on {subject[named[0].start : named[0].end].strip()}.",
                f"Please send them again with the day of the meeting in the subject, such as Minutes: {_said(begun[-1], message)}.",
            )
        return fits[-1]
    low = flat(subject)
    if (number := _NUMBER.search(low)) and (fits := [one for one in begun if one.number == int(number["number"])]):
        return fits[-1]
    if month := _MONTH.search(low):
        fits = [one for one in begun if _day(one, message).month == MONTHS[month["month"]]]
        return (fits or [begun[-1]])[-1]
    if season := _SEASON.search(low):
        fits = [one for one in begun if _day(one, message).month in SEASONS[season["season"]]]
        return (fits or [begun[-1]])[-1]
    head = "\n".join([line for line in text.split("\n") if line.strip()][:FIRST_LINES])
    fits = [one for one in begun if any(_on(one, day, message) for day in find_dates(head, message.today))]
    return (fits or [begun[-1]])[-1]


def _on(meeting: Meeting, found: FoundDate, message: Message) -> bool:
    """A day without a year may be of any year: minutes are of days that have passed."""
    day = _day(meeting, message)
    return found.day == day or (not found.year_said and (found.day.day, found.day.month) == (day.day, day.month))


def _day(meeting: Meeting, message: Message) -> date:
    return meeting.starts_at.astimezone(message.zone).date()


def _said(meeting: Meeting, message: Message) -> str:
    day = _day(meeting, message)
    return f"{day.day} {day:%B}"
