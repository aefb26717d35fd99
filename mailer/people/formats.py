"""Moments for templates, and for the sentences that organisers read in lists.

A template is given ISO 8601 with the network's offset and says it in the reader's language (templates/base/words*.json
hold the names of days and months). Lists, the terminal and the outcome of a message say `Thu 3 Dec 2026, 16:00`.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

ENGLISH = "en"
WELSH = "cy"


def known(language: str) -> str:
    """The language we write in for this wish: `cy` for Welsh of any region, otherwise English."""
    return WELSH if language.lower().split("-")[0] == WELSH else ENGLISH


def local(moment: datetime, zone: str) -> datetime:
    """The moment on the clocks of `zone` (an IANA name)."""
    return moment.astimezone(ZoneInfo(zone))


def iso(moment: datetime, zone: str) -> str:
    """ISO 8601 with the offset of `zone`: what templates are given."""
    return local(moment, zone).isoformat()


def brief(moment: datetime | date, zone: str = "UTC") -> str:
    """`Thu 3 Dec 2026, 16:00` on the clocks of `zone`; a plain date without the time."""
    if isinstance(moment, datetime):
        there = local(moment, zone)
        return f"{there:%a} {there.day} {there:%b %Y, %H:%M}"
    return f"{moment:%a} {moment.day} {moment:%b %Y}"
