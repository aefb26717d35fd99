"""Text with cells: commas, semicolons, tabs or bars, in the encodings that Excel has written over the years (RFC 4180 and worse)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import chain

from mailer.errors import Refused
from mailer.people.sheet import written
from mailer.people.sheet.decoding import decoded
from mailer.people.sheet.grid import Grid, checked
from mailer.people.sheet.headings import EMAIL, meaning

_MARKS = ",;\t|"
_QUOTED = re.compile(r'"([^"]*)"')
_ONE = r"(?:[^\s@,;|<>]+@[^\s@,;|<>]+|[^,;|<>]*<[^\s@,;|<>]+@[^\s@,;|<>]+>)"
_ADDRESS = re.compile(rf"{_ONE}(?:\s*[,;|/]\s*{_ONE})*")
_RULE = " \t\r\n-:"  # a line of dashes under the headings is none
_END = "\x03end"  # read after the last line, it stands in a cell of its own unless a quotation mark is still open


def grid(content: bytes) -> Grid:
    """Read it as CSV. Refused where a quotation mark is left open."""
    text = decoded(content)
    first, _, rest = text.partition("\n")
    separator = ""
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text = first.strip()[-1], rest
    lines = _lines(text, separator or _separator(text))
    if lines and all(len(cells) == 1 for _, cells in lines) and _quoted_whole(lines[0][1][0]):
        inner = "\n".join(" ".join(cells[0].split("\n")) for _, cells in lines)
        lines = [(lines[number - 1][0], cells) for number, cells in _lines(inner, _separator(inner))]
    return checked(lines)


def _lines(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """(number, cells) of each line that says anything. Refused where a quotation mark is left open."""
    csv.field_size_limit(1_000_000)
    reader = csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=separator, strict=False)
    lines: list[tuple[int, list[str]]] = []
    begun = 1
    try:
        for cells in reader:
            if _left_open(cells, separator):
                raise Refused(
                    "open-quotation-mark",
                    f"In line {begun} a quotation mark is left open, and the lines below it were read into the same cell.",
                    "Nobody of the file was taken. Close that quotation mark, or take it out, and try again.",
                )
            lines.append((reader.line_num, cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            "unreadable-file", "This file could not be read as CSV.", "Is a quotation mark left open? Save it as CSV again."
        ) from error
    return [(number, cells) for number, cells in lines[:-1] if any(cell.strip(_RULE) for cell in cells)]


def _left_open(cells: Sequence[str], separator: str) -> bool:
    """Whether a cell ran on to the end of the text, or over other people: it has several lines, in one of them an address cut off
    by the separator, and is no list of addresses."""
    if cells[-1:] and cells[-1].endswith(_END) and list(cells) != [_END]:
        return True
    return any(
        ("\n" in cell or "\r" in cell)
        and any(_ADDRESS.match(part.strip(' "')) for line in cell.splitlines() if separator in line for part in line.split(separator))
        and not written.read(written.clean(cell)).boxes
        for cell in cells
    )


def _quoted_whole(first: str) -> bool:
    """Whether each line was saved as one cell, quotation marks around all of it: what Excel makes of a CSV that it had not opened as one."""
    parts = first.split(_separator(first))
    return len(parts) > 1 and any(meaning(part) == EMAIL for part in parts)


def _separator(text: str) -> str:
    """What cuts an address free in most of the first lines; of two that do, what stands in most lines, then in the first; else a comma."""
    lines = [_QUOTED.sub(lambda found: re.sub(rf"[{_MARKS}]", " ", found[1]), line) for line in text.splitlines()[:60] if line.strip()]
    first = next((line for line in lines if any(mark in line for mark in _MARKS)), "")

    def fits(mark: str) -> tuple[int, int, int, bool]:
        cut = sum(any(_ADDRESS.fullmatch(cell.strip()) for cell in line.split(mark)) for line in lines)
        return cut, sum(mark in line for line in lines), first.count(mark), mark == ","

    return max(_MARKS, key=fits)
