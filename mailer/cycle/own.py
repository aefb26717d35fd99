"""What a network sets for itself: its terms, and its own version of rows of the cycle table. Rows, never code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, delete, select

from mailer.cycle import plan
from mailer.cycle.calendar import Term
from mailer.cycle.table import Offset, row_of
from mailer.errors import Refused
from mailer.store import add, upsert
from mailer.store.tables import cycle_overrides, terms


def set_terms(session: Connection, network_id: int, wanted: Sequence[Term], now: datetime) -> None:
    """Put these terms in place of those that stand, and re-date what is planned. Refused where they overlap or run backwards."""
    ordered = sorted(wanted)
    for one in ordered:
        if one.last_day < one.first_day:
            raise Refused("term-backwards", f"The term of {one.first_day} ends before it begins.")
    for before, after in pairwise(ordered):
        if after.first_day <= before.last_day:
            raise Refused("terms-overlap", f"The terms of {before.first_day} and {after.first_day} overlap.")
    session.execute(delete(terms).where(terms.c.network_id == network_id))
    for one in ordered:
        add(session, terms, network_id=network_id, name=one.name, first_day=one.first_day, last_day=one.last_day)
    plan.refresh(session, network_id, now)


def terms_of(session: Connection, network_id: int) -> list[Term]:
    """The terms of a network in order."""
    rows = session.execute(select(terms).where(terms.c.network_id == network_id).order_by(terms.c.first_day))
    return [Term(row.first_day, row.last_day, row.name) for row in rows]


def read_term(text: str) -> Term:
    """`2027-01-05..2027-03-26`. Raises Refused."""
    first, dots, last = text.partition("..")
    try:
        if not dots:
            raise ValueError
        return Term(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()))
    except ValueError:
        raise Refused("bad-term", f"{text!r} is not a term.", "Write it as 2027-01-05..2027-03-26.") from None


def set_row(session: Connection, network_id: int, change: str, now: datetime) -> str:
    """`day-before=-2 days`, `rsvp-reminder=on`, `action-nudge=off`, `day-before=proof`, `save-the-date:1=on`.

    Returns what was set, in words. Refused or NotFound where there is no such row or value."""
    name, equals, value = (part.strip() for part in change.partition("="))
    kind, _, step = name.partition(":")
    if not equals or not value or (step and not step.isdigit()):
        raise Refused(
            "bad-change", f"{change!r} changes nothing.", "Write it as day-before=-2 days, or rsvp-reminder=on."
        )
    row = row_of(kind, int(step or 0))
    values: dict[str, Any]
    if value in ("on", "off"):
        values = {"on": value == "on"}
    elif value in ("proof", "auto"):
        values = {"mode": value}
    else:
        values = {"offset": str(Offset.parse(value))}
    key = {"network_id": network_id, "kind": row.kind, "step": row.step}
    upsert(session, cycle_overrides, key, values)
    plan.refresh(session, network_id, now)
    return f"{name}: {value}"
