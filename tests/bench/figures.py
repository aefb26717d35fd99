"""One line of the table, and the table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Figure:
    """`runs` are repeated measurements of one thing; their median counts. `goal`: at least (or at most, for a time) this.
    `beside`: names of other figures; the ratio says how many times each of them this is."""

    what: str
    unit: str
    runs: list[float] = field(default_factory=list)
    goal: float | None = None
    at_most: bool = False
    beside: str | tuple[str, ...] = ()
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.median <= self.goal if self.at_most else self.median >= self.goal


HEAD = ("what", "median", "least", "most", "unit", "runs", "goal", "ratio", "")


def table(figures: Sequence[Figure]) -> str:
    """All figures under one head, each with its ratio to the one it stands beside."""
    known = {figure.what: figure for figure in figures if figure.runs}
    lines = [HEAD]
    for figure in figures:
        if not figure.runs:
            lines.append((figure.what, "-", "", "", "", "", "", "", figure.note))
            continue
        names = (figure.beside,) if isinstance(figure.beside, str) else figure.beside
        others = [known[name] for name in names if name in known and known[name].median]
        ratio = ", ".join(f"{figure.median / other.median:.2f} of {other.what}" for other in others)
        goal = "" if figure.goal is None else f"{'<=' if figure.at_most else '>='} {_said(figure.goal)}{'' if figure.met else ' missed'}"
        counted = (_said(figure.median), _said(min(figure.runs)), _said(max(figure.runs)))
        lines.append((figure.what, *counted, figure.unit, str(len(figure.runs)), goal, ratio, figure.note))
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    said = []
    for line in lines:
        cells = [cell.rjust(width) if 1 <= at <= 3 else cell.ljust(width) for at, (cell, width) in enumerate(zip(line, widths, strict=True))]
        said.append("  ".join(cells).rstrip())
    said.insert(1, "-" * max(map(len, said)))
    return "\n".join(said)


def _said(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
