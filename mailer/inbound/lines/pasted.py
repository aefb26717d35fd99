"""A table pasted into a mail, headings and all: its cells stand beside each other, or, as Outlook puts them into plain text, one below another.

What is not the table is left as it was, so that a greeting and a signature are read as such; line numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.people.sheet import headings, written

MOST_COLUMNS = 12
_BESIDE = (re.compile(r"\t"), re.compile(r"\|"), re.compile(r";"), re.compile(r" {2,}"), re.compile(r","))
_RULE = re.compile(r"[\s|:=+-]*")


@dataclass(frozen=True)
class Pasted:
    """The lines of a table with their numbers, headings first, and the text without them."""

    lines: tuple[tuple[int, tuple[str, ...]], ...]
    rest: str


def table(text: str) -> Pasted | None:
    """The first table in the text that has a heading for addresses and at least one address; none if there is none."""
    lines = text.split("\n")
    for at in range(len(lines)):
        found = _beside(lines, at) or _below(lines, at)
        if found:
            taken = {number for number, _ in found[0]} | found[1]
            rest = "\n".join("" if number in taken else line for number, line in enumerate(lines, 1))
            return Pasted(tuple(found[0]), rest)
    return None


Found = tuple[list[tuple[int, tuple[str, ...]]], set[int]]


def _is_heading(cells: Sequence[str]) -> bool:
    kinds = [headings.meaning(cell) for cell in cells]
    return headings.EMAIL in kinds and len([kind for kind in kinds if kind]) > 1 and not any("@" in cell for cell in cells)


def _beside(lines: Sequence[str], at: int) -> Found | None:
    """`Surname <tab> First name <tab> Email`, and the lines under it that are cut alike."""
    mark = next((mark for mark in _BESIDE if _is_heading(_cut(mark, lines[at]))), None)
    if mark is None:
        return None
    rows = [(at + 1, _cut(mark, lines[at]))]
    beside: set[int] = set()
    for number, line in enumerate(lines[at + 1 :], at + 2):
        if not line.strip() or _RULE.fullmatch(line):
            beside.add(number)
        elif not mark.search(line.strip()):
            break
        elif any(written.mailboxes(cell) for cell in _cut(mark, line)):  # another line is named for what it lacks, as elsewhere
            rows.append((number, _cut(mark, line)))
    return (rows, beside) if len(rows) > 1 else None


def _cut(mark: re.Pattern[str], line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in mark.split(line.strip(" |")))


def _below(lines: Sequence[str], at: int) -> Found | None:
    """Each cell a line of its own, blank ones between: as many as there are headings make a person."""
    filled = [(number, line.strip()) for number, line in enumerate(lines[at:], at + 1) if line.strip()]
    if not filled or filled[0][0] != at + 1:
        return None
    wide = 0
    while wide < min(len(filled), MOST_COLUMNS) and headings.meaning(filled[wide][1]) and len(filled[wide][1]) < 40:
        wide += 1
    cells = [line for _, line in filled[:wide]]
    if not _is_heading(cells):
        return None
    email = [headings.meaning(cell) for cell in cells].index(headings.EMAIL)
    rows, taken = [(filled[0][0], tuple(cells))], {number for number, _ in filled[:wide]}
    for start in range(wide, len(filled) - wide + 1, wide):
        group = filled[start : start + wide]
        if "@" not in group[email][1] or any("@" in line for n, (_, line) in enumerate(group) if n != email):
            break
        rows.append((group[0][0], tuple(line for _, line in group)))
        taken |= {number for number, _ in group}
    return (rows, taken) if len(rows) > 1 else None
