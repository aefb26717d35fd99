"""What the audience sees: on a terminal a board that stays in place, elsewhere one plain line for each thing that happens."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

LINES = 12


class Board:
    """`tell` says that something happens at a moment of the term; `count` what has come and gone so far."""

    def __init__(self, title: str, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._title = title
        self._when: datetime | None = None
        self._told: deque[tuple[str, str]] = deque(maxlen=LINES)
        self._counts: tuple[int, int] = (0, 0)
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = Live(self._shown(), console=self._console, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def tell(self, at: datetime, said: str) -> None:
        """One line."""
        self._when = at
        self._told.append((f"{at:%a} {at.day:2d} {at:%b %H:%M}", said))
        if self._live is None:
            self._console.print(f"{self._told[-1][0]}  {said}", markup=False)
        else:
            self._live.update(self._shown())

    def count(self, at: datetime, came: int, went: int) -> None:
        """The counters and the date."""
        self._when, self._counts = at, (came, went)
        if self._live is not None:
            self._live.update(self._shown())

    def _shown(self) -> Group:
        rows = Table.grid(padding=(0, 2))
        rows.add_column(style="dim", no_wrap=True)
        rows.add_column(no_wrap=True, overflow="ellipsis")
        for when, said in self._told:
            rows.add_row(when, Text(said))
        for _ in range(LINES - len(self._told)):
            rows.add_row("", "")
        when = f"{self._when:%A} {self._when.day} {self._when:%B %Y, %H:%M}" if self._when else ""
        came, went = self._counts
        return Group(
            Panel(rows, title=f"[b]{self._title}[/b]   {when}", subtitle=f"{came} mails in   {went} mails out"),
            Text("Ctrl-C stops", style="dim"),
        )
