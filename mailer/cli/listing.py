"""What every list has in common (contract 3): one state, since a time, at most so many, and `--json` for a program.

A list ends with the newest or latest, and it is the first of them that a limit leaves out. `plan` looks ahead: there it is
the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy import Column, Connection, Row, Select, Table

from mailer.cli.workbench import WRONG_USAGE, Workbench, fail

SHOWN = 1000  # to people; a program gets all

Since = Annotated[str, typer.Option(metavar="TIME", help="Only what came since this ISO 8601 time.")]
Limit = Annotated[
    int | None,
    typer.Option(min=0, help=f"At most so many, the newest; otherwise {SHOWN} for people and all for --json."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON array.")]

T = TypeVar("T")


def one_of(state: str, states: Sequence[str]) -> None:
    """End with what states there are, where this is none of them."""
    if state and state not in states:
        fail(f"There is no state {state!r}; there are: {', '.join(states)}.", WRONG_USAGE)


def nothing(state: str, since: str, empty: str) -> str:
    """What stands in place of an empty list: `empty` is only true of one that leaves nothing out."""
    return "None like that; without --state and --since there may be others." if state or since else empty


def due(moment: str, now: datetime) -> str:
    """When a mail goes, as `outlook` gives it: `Fri 18 Dec 09:00`, with the year where nobody would guess it."""
    at = datetime.fromisoformat(moment)
    return f"{at:%a %d %b %H:%M}" if abs(at - now) < timedelta(days=300) else f"{at:%a %d %b %Y %H:%M}"


def most(limit: int | None, *, as_json: bool) -> int | None:
    """How many are shown; None is all."""
    return limit if limit is not None else None if as_json else SHOWN


def last(rows: Sequence[T], limit: int | None, *, as_json: bool) -> Sequence[T]:
    """The last so many."""
    wanted = most(limit, as_json=as_json)
    return rows if wanted is None else rows[max(len(rows) - wanted, 0) :]


def newest(
    bench: Workbench,
    session: Connection,
    query: Select[Any],
    table: Table,
    at: Column[Any],
    *,
    state: str,
    since: str,
    limit: int | None,
    as_json: bool,
) -> list[Row[Any]]:
    """The rows of a query over `table` with these options, oldest first; `at` is the time that `since` speaks of."""
    query = query.order_by(table.c.id.desc()).limit(most(limit, as_json=as_json))
    if state:
        query = query.where(table.c.state == state)
    if since:
        query = query.where(at >= bench.since(since))
    return list(reversed(session.execute(query).all()))
