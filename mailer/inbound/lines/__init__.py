"""Plain lines that organisers and members write: a meeting, minutes, an item, a piece, a list of people.

Every reader takes text (and the day, where it matters) and gives values; none acts, asks the time or raises on odd
text. What is missing and what is doubtful is named in words, so that a receipt can ask about exactly that. Lines may
be labelled or not, in any order, in English or Welsh; dates are day before month.
"""

from __future__ import annotations

from mailer.inbound.lines.dates import FoundDate, find_date, read_date
from mailer.inbound.lines.item import ItemLines, read_item
from mailer.inbound.lines.meeting import MeetingLines, read_meeting
from mailer.inbound.lines.minutes import ActionLine, read_minutes
from mailer.inbound.lines.people import PersonLine, read_people
from mailer.inbound.lines.piece import read_piece
from mailer.inbound.lines.promise import Promised, by_when, gives_up, read_promise

__all__ = [
    "ActionLine",
    "FoundDate",
    "ItemLines",
    "MeetingLines",
    "PersonLine",
    "Promised",
    "by_when",
    "find_date",
    "gives_up",
    "read_date",
    "read_item",
    "read_meeting",
    "read_minutes",
    "read_people",
    "read_piece",
    "read_promise",
]
