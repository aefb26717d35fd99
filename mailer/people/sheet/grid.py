"""A list as cells, before anybody has said which column is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.errors import Refused

MOST_LINES = 200_000


@dataclass(frozen=True)
class Grid:
    """`lines`: (number in the file, cells), the headings among them. `beside`: other parts of the file that were not read."""

    lines: Sequence[tuple[int, Sequence[str]]]
    beside: tuple[str, ...] = ()


def checked(lines: Sequence[tuple[int, Sequence[str]]], beside: tuple[str, ...] = ()) -> Grid:
    """The grid of these lines. Refused if there are none, or too many."""
    if not lines:
        raise Refused("empty-file", "There is nobody in this file.")
    if len(lines) > MOST_LINES:
        raise Refused("too-many-lines", f"A file may have {MOST_LINES:,} lines.", "Cut it into several.")
    return Grid(lines, beside)
