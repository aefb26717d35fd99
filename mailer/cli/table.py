"""Lists for people: a plain table on a terminal, tab-separated lines elsewhere. User text never becomes markup."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows under their columns; `empty` when there are none."""
    if not rows:
        print(empty)
        return
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in rows:
            print("\t".join(_flat(cell) for cell in row))
        return
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(_flat(cell)) for cell in row))
    Console().print(table)


def _flat(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())
