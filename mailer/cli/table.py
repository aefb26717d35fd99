"""Lists for people: on a terminal a table that fits its width, tab-separated whole lines elsewhere. User text never becomes markup.

On a terminal words are not torn apart. What does not fit is wrapped at words; then the columns that can be spared are left
out, which the last line says; then each row stands on lines of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

GAP = 2

Lines = Sequence[Sequence[str]]


def show(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    empty: str,
    *,
    whole: Sequence[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """Print rows under their columns; `empty` when there are none.

    Columns in `whole` are never wrapped; those in `spare` are left out, the first first, where a terminal is too narrow.
    """
    if not rows:
        print(empty)
        return
    lines: Lines = [columns, *([_flat(cell) for cell in row] for row in rows)]
    if not sys.stdout.isatty():
        for line in lines:
            print("\t".join(line))
        return
    console = Console()
    for dropped in range(len(spare) + 1):
        kept = _without(lines, spare[:dropped])
        widths = fitting(kept, console.width, [column in whole for column in kept[0]])
        if widths is not None:
            _side_by_side(console, kept, widths)
            if dropped:
                left_out = ", ".join(spare[:dropped])
                console.print(Text(f"Too narrow for: {left_out}. A wider window or --json shows all.", style="dim"))
            return
    _one_by_one(console, lines)


def fitting(lines: Lines, width: int, whole: Sequence[bool]) -> list[int] | None:
    """How wide each column is so that all fit into `width` and no word is torn; None where they cannot."""
    by_column = list(zip(*lines, strict=True))
    wanted = [max(cell_len(cell) for cell in column) for column in by_column]
    words = [max(cell_len(word) for cell in column for word in cell.split(" ")) for column in by_column]
    widths = [all_of_it if keep else word for all_of_it, word, keep in zip(wanted, words, whole, strict=True)]
    left = width - sum(widths) - GAP * (len(widths) - 1)
    if left < 0:
        return None
    nearest_first = sorted(range(len(widths)), key=lambda n: wanted[n] - widths[n])
    for place, n in enumerate(nearest_first):  # what a short column does not need is there for the long ones
        more = min(wanted[n] - widths[n], left // (len(widths) - place))
        widths[n] += more
        left -= more
    return widths


def _without(lines: Lines, dropped: Sequence[str]) -> Lines:
    kept = [n for n, column in enumerate(lines[0]) if column not in dropped]
    return [[line[n] for n in kept] for line in lines]


def _side_by_side(console: Console, lines: Lines, widths: Sequence[int]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0), collapse_padding=True)
    for column, width in zip(lines[0], widths, strict=True):
        table.add_column(column, width=width)
    for row in lines[1:]:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _one_by_one(console: Console, lines: Lines) -> None:
    """The first two cells as a heading, the others below it with their names."""
    names = lines[0][2:]
    label = max((cell_len(name) for name in names), default=0)
    for row in lines[1:]:
        console.print(Text((" " * GAP).join(cell for cell in row[:2] if cell), style="bold", overflow="fold"))
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(width=label, style="dim")
        grid.add_column(overflow="fold")
        for name, cell in zip(names, row[2:], strict=True):
            if cell:
                grid.add_row(name, Text(cell))
        if grid.row_count:
            console.print(Padding(grid, (0, 0, 0, GAP)))


def _flat(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())
