"""Tables that are called .xls and are none: a web page, as school databases write them, or Excel's XML of 2003.

Only rows and cells are looked at; nothing in them is fetched, run or kept but its words (SAFE-2).
"""

from __future__ import annotations

from html.parser import HTMLParser

from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import MOST_LINES, Grid, checked

_STARTS = ("<html", "<!doctype html", "<table", "<?xml", "<meta", "<head", "<style")
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "p", "div"})


def is_one(content: bytes) -> bool:
    return decoded(content[:400]).lstrip("\ufeff \t\r\n").lower().startswith(_STARTS)


def grid(content: bytes) -> Grid:
    """A line for each row of its tables. Refused if there is none."""
    rows = _Rows()
    rows.feed(decoded(content))
    rows.close()
    return checked([(number, cells) for number, cells in enumerate(rows.found, 1) if any(cell.strip() for cell in cells)])


class _Rows(HTMLParser):
    """The words of each cell of each row; an end tag that is missing ends where the next begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ROWS and len(self.found) <= MOST_LINES:
            self.found.append([])
        elif tag in _CELLS and self.found:
            self.found[-1].append("")
        elif tag in _BREAKS:
            self.handle_data(" ")
        self._inside = tag in _CELLS or (self._inside and tag not in _ROWS)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in _CELLS | _ROWS

    def handle_data(self, data: str) -> None:
        if self._inside and self.found and self.found[-1]:
            self.found[-1][-1] += data
