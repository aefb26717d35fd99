"""Minutes as an organiser mails them in, and the action lines in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from mailer.message.encoded import clean, printable
from mailer.store import add
from mailer.store.tables import minutes

LONGEST = 200_000
MOST_ACTIONS = 100

# ACTION: Dawn - order goggles by 12 January      Action point 3: Dawn to order goggles      GWEITHREDU: Eleri - ...
_ACTION = re.compile(
    r"^[\s>*•\-–]*(?:action|gweithred[ua]?)(?:\s+(?:points?|item))?(?:\s*\d{1,3})?\s*[:.\-–—]\s*(?P<rest>\S.{0,600})$",
    re.IGNORECASE,
)
_OWNED = re.compile(r"^(?P<owner>[^\s:,–—-][^:,–—-]{0,60}?)\s*(?:[:–—]|\s-\s|,|-\s)\s*(?P<text>\S.*)$")
_TO_DO = re.compile(r"^(?P<owner>\S+(?:\s\S+){0,2}?)\s+(?:to|will|i)\s+(?P<text>\S.*)$", re.IGNORECASE)
_LISTED = re.compile(
    r"^[\s*•]*(?:present|attend(?:ed|ees|ance)|in attendance|yn bresennol)\s*:\s*(?P<names>\S.*)$", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^)]{0,80}\)")
_AND = re.compile(r"\s*[;,]\s*|\s+(?:and|a|ac|&)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class ActionLine:
    """An action point as written: who, what, by when (None if no day was named)."""

    owner: str
    text: str
    due_on: date | None = None


@dataclass(frozen=True)
class Minutes:
    """What was kept."""

    id: int
    meeting_id: int
    text: str
    at: datetime


def no_date(_text: str) -> date | None:
    """Reads no date: for minutes whose days nobody looks for."""
    return None


def action_lines(text: str, read_date: Callable[[str], date | None] = no_date) -> list[ActionLine]:
    """The lines that begin with ACTION, in order. `read_date` finds the day in a line, if one is meant beyond doubt."""
    found: list[ActionLine] = []
    for line in text.splitlines():
        match = _ACTION.match(line[:800])
        if match is None or len(found) >= MOST_ACTIONS:
            continue
        rest = match["rest"].strip()
        owned = _OWNED.match(rest) or _TO_DO.match(rest)
        owner, what = (owned["owner"], owned["text"]) if owned else ("", rest)
        found.append(ActionLine(clean(owner), clean(what), read_date(what)))
    return found


def attendees(text: str) -> list[str]:
    """The names of a line `Present: ...`, if there is one."""
    for line in text.splitlines():
        match = _LISTED.match(line[:4_000])
        if match:
            parts = _AND.split(_BRACKETS.sub(lambda found: found[0].replace(",", " ").replace(";", " "), match["names"]))
            return [name for name in (clean(part).rstrip(".") for part in parts) if name]
    return []


def record(
    session: Connection,
    meeting_id: int,
    text: str,
    *,
    now: datetime,
    address_id: int | None = None,
    inbox_id: int | None = None,
) -> Minutes:
    """Keep minutes; the newest of a meeting are the ones that go out."""
    kept = printable(text).strip()[:LONGEST]
    row = add(session, minutes, meeting_id=meeting_id, text=kept, address_id=address_id, inbox_id=inbox_id, at=now)
    return Minutes(row, meeting_id, kept, now)


def latest(session: Connection, meeting_id: int) -> Minutes | None:
    """The newest minutes of a meeting, or None: then the occasion has no matter and organisers are asked for it."""
    row = session.execute(
        select(minutes).where(minutes.c.meeting_id == meeting_id).order_by(minutes.c.id.desc()).limit(1)
    ).first()
    return None if row is None else Minutes(row.id, row.meeting_id, row.text, row.at)


def forget(session: Connection, minutes_id: int) -> None:
    """Take minutes away (undo); the ones before them are the newest again."""
    session.execute(minutes.delete().where(minutes.c.id == minutes_id))
