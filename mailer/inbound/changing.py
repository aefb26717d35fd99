"""Which meeting an organiser means, and how it will stand: asked back, with what would work, where that is not certain.

A meeting that nobody names is the next one, as everywhere (contract 3); the question for a YES says which it is. A new
day keeps the time and the length that the meeting has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts import Receipt, cautions, confirm
from mailer.inbound.lines.moving import MovingLines, both, read_moving
from mailer.inbound.message import Message
from mailer.meetings import meetings
from mailer.meetings.meetings import Meeting
from mailer.people import formats

EXAMPLES = ("Meeting: {day}", "Date: Thursday 10 December", "Time: 16:00 to 17:30", "Venue: Hill School, room B12")


def move(
    message: Message, session: Connection, text: str, now: datetime, *, about: Any = None, before: str = ""
) -> Receipt | None:
    """Ask for the YES to a change, or what is unclear about it; None if nothing is to change.

    `about`: the meeting whose plan this answers; `before`: the mail that we asked about, when this answers the question.
    """
    standing = _standing(session, message, now)
    whole = f"{text}\n{before}".strip()
    lines = _read(message, text, before, standing)
    if about is not None:
        lines = _about(lines, about)
        meeting: Meeting | None = meetings.get(session, int(about["id"]), message.network_id)
    elif not standing:
        return _ask(message, ["There is no meeting to come that could be changed."], "", standing)
    else:
        meeting = _meant(lines, standing, message)
    if meeting is None:
        return _ask(message, ["Which meeting do you mean?"], whole, standing)
    if lines.doubts:
        return _ask(message, list(lines.doubts), whole, standing, meeting)
    if not lines.changes:
        return None if about is not None else _ask(message, ["What is to change?"], whole, standing, meeting)
    after = meetings.following(session, meeting)
    if lines.day and about is None and not _named(lines) and after and lines.day >= _day(after, message):
        return _ask(message, ["Which meeting do you mean?"], whole, standing)
    starts, ends = _times(lines, meeting, message)
    if ends <= starts:
        return _ask(message, [f"It would end at {ends:%H:%M}, before it starts at {starts:%H:%M}."], whole, standing, meeting)
    if starts <= now:
        return _ask(message, [f"{formats.brief(starts, str(message.zone))} has passed."], whole, standing, meeting)
    unlikely = cautions.too_far(starts, now)
    if unlikely:
        return _ask(message, [unlikely], whole, standing, meeting)
    moved = (starts, ends) != (meeting.starts_at, meeting.ends_at)
    if not moved and all(getattr(lines, name) in ("", getattr(meeting, name)) for name in ("venue", "host", "title")):
        return _ask(message, ["That is how the meeting stands already. What is to change?"], whole, standing, meeting)
    args = {
        "do": "move",
        "starts_at": starts.isoformat() if moved else None,
        "ends_at": ends.isoformat() if moved else None,
        "venue": lines.venue,
        "host": lines.host,
        "title": lines.title,
        "reason": lines.reason,
        "meeting_id": str(meeting.id),
    }
    wary = cautions.of(session, message.network_id, starts, ends, besides=meeting.id, now=now) if moved else []
    details = _details(lines, meeting, starts, ends, message) + [["Please note", one] for one in wary]
    return confirm.ask(
        session, message.actor, "organise", args, now=now, what=f"Change the meeting of {_called(meeting, message)}", details=details
    )


def cancel(
    message: Message, session: Connection, text: str, now: datetime, *, reason: str, before: str = ""
) -> Receipt:
    """Ask for the YES to call off a meeting, or which is meant."""
    standing = _standing(session, message, now)
    whole = f"{text}\n{before}".strip()
    if not standing:
        return _ask(message, ["There is no meeting to come that could be called off."], "", standing, cancelling=True)
    lines = _read(message, text, before, standing)
    days = [_day(one, message) for one in standing]
    if lines.which is None and lines.day is not None:
        lines = replace(lines, which=lines.day)
    meeting = _meant(lines, standing, message)
    if meeting is None or (lines.which is not None and lines.which not in days):
        return _ask(message, ["Which meeting do you mean?"], whole, standing, cancelling=True)
    args = {"do": "cancel", "reason": reason[:500], "meeting_id": str(meeting.id)}
    details = [["When", _called(meeting, message)], ["Where", meeting.venue], ["Why", reason[:300]]]
    what = f"Call off the meeting of {_called(meeting, message)}"
    return confirm.ask(session, message.actor, "organise", args, now=now, what=what, details=[d for d in details if d[1]])


def _standing(session: Connection, message: Message, now: datetime) -> list[Meeting]:
    return [
        one for one in meetings.listing(session, message.network_id) if one.state == "planned" and not one.over(now)
    ]


def _named(lines: MovingLines) -> bool:
    return bool(lines.which or lines.month or lines.number or lines.named)


def _meant(lines: MovingLines, standing: Sequence[Meeting], message: Message) -> Meeting | None:
    """The one meeting to come that fits what was said of it; the next if nothing was."""
    if not _named(lines):
        return standing[0]
    fits = [
        one
        for one in standing
        if (lines.which is None or _day(one, message) == lines.which)
        and (not lines.month or _day(one, message).month == lines.month)
        and (not lines.number or one.number == lines.number)
        and (not lines.named or lines.named.casefold() in (one.title.casefold(), "next", "next meeting", "the next one"))
    ]
    if lines.named.casefold() in ("next", "next meeting", "the next one"):
        return standing[0]
    return fits[0] if len(fits) == 1 else None


def _read(message: Message, text: str, before: str, standing: Sequence[Meeting]) -> MovingLines:
    days = [_day(one, message) for one in standing]
    lines = read_moving(text, today=message.today, days=days, asked=bool(before))
    return both(lines, read_moving(before, today=message.today, days=days)) if before else lines


def _about(lines: MovingLines, about: Any) -> MovingLines:
    """An answer to the plan of a meeting: a day in it is the new one, and "Meeting:" its name."""
    day = lines.day or (lines.which if lines.which and lines.which.isoformat() != about["starts"][:10] else None)
    return replace(lines, day=day, which=None, month=0, number=0, title=lines.title or lines.named, named="")


def _times(lines: MovingLines, meeting: Meeting, message: Message) -> tuple[datetime, datetime]:
    """The new times: what is not said stays, the length above all."""
    starts, ends = meeting.starts_at.astimezone(message.zone), meeting.ends_at.astimezone(message.zone)
    length = meeting.ends_at - meeting.starts_at
    if lines.shift is not None:
        begins = (starts.replace(tzinfo=None) + lines.shift).replace(tzinfo=message.zone)
    else:
        begins = datetime.combine(lines.day or starts.date(), lines.starts or starts.time(), message.zone)
    if lines.ends is not None:
        return begins, datetime.combine(begins.date(), lines.ends, message.zone)
    if lines.starts is None and lines.day is None and lines.shift is None:
        return starts, ends
    return begins, (begins.replace(tzinfo=None) + length).replace(tzinfo=message.zone)


def _details(
    lines: MovingLines, meeting: Meeting, starts: datetime, ends: datetime, message: Message
) -> list[list[str]]:
    """How it will stand, beside how it stands where that changes."""
    was = meeting.starts_at.astimezone(message.zone), meeting.ends_at.astimezone(message.zone)
    date_was = "" if was[0].date() == starts.date() else f" (was {formats.brief(was[0].date())})"
    before, after = (f"{was[0]:%H:%M} to {was[1]:%H:%M}", f"{starts:%H:%M} to {ends:%H:%M}")
    rows = [["Date", formats.brief(starts.date()) + date_was], ["Time", after + ("" if before == after else f" (was {before})")]]
    for label, name in (("Place", "venue"), ("Host", "host"), ("Name", "title")):
        said, stood = getattr(lines, name), getattr(meeting, name)
        shown = f"{said} (was {stood})" if said and stood and said != stood else said or stood
        if shown:
            rows.append([label, shown])
    return rows + ([["Why", lines.reason]] if lines.reason else [])


def _ask(
    message: Message,
    wanted: list[str],
    text: str,
    standing: Sequence[Meeting],
    meeting: Meeting | None = None,
    *,
    cancelling: bool = False,
) -> Receipt:
    day = _called(meeting or standing[0], message) if standing else ""
    return Receipt(
        "move-unclear",
        f"{'Calling off' if cancelling else 'A change of'} a meeting was meant, and something is missing or doubtful; asked back.",
        {
            "wanted": wanted,
            "meetings": [f"{_called(one, message)}{f', {one.title}' if one.title else ''}" for one in standing[:8]],
            "about": _called(meeting, message) if meeting is not None else "",
            "examples": [example.format(day=day) for example in EXAMPLES] if standing else [],
            "lines": text[:4000],
            "cancel": cancelling,
        },
        state="asked",
        reason="move-unclear",
    )


def _day(meeting: Meeting, message: Message) -> date:
    return meeting.starts_at.astimezone(message.zone).date()


def _called(meeting: Meeting, message: Message) -> str:
    return formats.brief(_day(meeting, message))
