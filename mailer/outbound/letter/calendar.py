"""The calendar part: content lines, folded once at compile time; a line with a slot is folded for each person.

A slot of kind calendar-line brings words that are written as iCalendar wants them; one of kind text is escaped (RFC 5545
3.3.11), one of kind header-phrase made fit for a quoted parameter (`CN="..."`), address and url are checked. A line that is one slot and nothing else is left out where it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.message.calendar import fold_calendar
from mailer.outbound.letter.marks import Mark, Marks
from mailer.outbound.letter.quoted import quote_text
from mailer.outbound.letter.skeleton import Slot
from mailer.outbound.letter.slots import CALENDAR
from mailer.outbound.letter.terms import LetterError

_FOLD = re.compile(r"(?:\r\n|\n|\r)[ \t]")
_METHOD = re.compile(r"^METHOD:([A-Za-z]{3,20})$", re.MULTILINE)


def method(calendar: str) -> str:
    """CAL-1: the parameter of the part equals METHOD."""
    found = _METHOD.findall("\n".join(_content_lines(calendar)))
    if len(found) != 1:
        raise LetterError("the calendar part needs exactly one METHOD")
    return str(found[0].upper())


def calendar_pieces(calendar: str, marks: Marks) -> Iterator[bytes | Slot]:
    for line in _content_lines(calendar):
        pieces = marks.cut(line)
        if len(pieces) == 1:
            yield quote_text(_folded(line))
            continue
        template = []
        for piece in pieces:
            if isinstance(piece, Mark):
                if piece.kind not in CALENDAR:
                    raise LetterError(f"a {piece.kind} slot ({piece.slot}) cannot stand in the calendar part")
                template.append((piece.kind, piece.slot))
            elif piece:
                template.append(("", piece))
        yield Slot("calendar", (tuple(template),))


def unfolded(calendar: str) -> str:
    """Every content line on one line, so that a mark that was folded on the way is whole again."""
    return _FOLD.sub("", calendar)


def _content_lines(calendar: str) -> list[str]:
    return [line for line in re.split(r"\r\n|\n|\r", unfolded(calendar)) if line]


def _folded(line: str) -> str:
    try:
        return fold_calendar(line).decode("utf-8")
    except ValueError:
        raise LetterError("a line of the calendar part holds a control character") from None
