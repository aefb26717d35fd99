"""Copies written down: a page in one statement, the same on both databases."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import DataError

from mailer.outbound import outbox
from mailer.store.lists import among
from mailer.store.many import MANY
from mailer.store.tables import outgoing
from tests.databases import on_both
from tests.outbound.queue import NOW, Queue

ON_BOTH = on_both("queue")


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
moments = st.datetimes(NOW.replace(tzinfo=None), timezones=st.just(UTC))


def row_like(queue: Queue, copy: int, **values: Any) -> outbox.Row:
    like = queue.row(copy)
    names = set(outbox.Row._fields)
    return outbox.Row(**{name: value for name, value in like._mapping.items() if name in names})._replace(**values)


@ON_BOTH
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.sampled_from([1, MANY]),
    said=st.lists(st.tuples(words, words, st.none() | moments, st.none() | moments, st.dictionaries(words, words, max_size=2)), min_size=1, max_size=4)
)
def test_what_is_written_is_what_was_given(queue: Queue, said: list[Any], times: int) -> None:
    """Quotation marks, backslashes, emoji, line ends, moments to the microsecond: nothing is lost on the way through JSON, nor where
    all rows of a page share it."""
    copy = queue.copy()
    with queue.store.write() as session:
        newest = session.execute(select(func.max(outgoing.c.id))).scalar_one()
        rows = [
            row_like(queue, copy, key=f"{newest}:{n}", to_name=name, greeting=greeting, not_before=start, deadline=deadline, extra=extra)
            for n, (name, greeting, start, deadline, extra) in enumerate(said * times)
        ]
        assert outbox.add_rows(session, rows, now=NOW) == len(rows)
        found = session.execute(select(outgoing).where(outgoing.c.id > newest).order_by(outgoing.c.id)).all()
    for row, got in zip(rows, found, strict=True):
        start = row.not_before or NOW
        assert outbox.Row(**{name: getattr(got, name) for name in outbox.Row._fields}) == row._replace(not_before=start)
        assert (got.next_attempt_at, got.created_at, got.state, got.attempts, got.lease_until) == (start, NOW, "queued", 0, None)


@ON_BOTH
def test_v5_a_key_that_stands_is_left_and_not_counted(queue: Queue) -> None:
    copy = queue.copy()
    rows = [row_like(queue, copy, key=key, to_name="New") for key in (queue.row(copy).key, "one", "two", "one")]
    with queue.store.write() as session:
        assert outbox.add_rows(session, rows, now=NOW) == 2
        assert outbox.add_rows(session, rows, now=NOW) == 0
        assert outbox.add_rows(session, [], now=NOW) == 0
        names = select(outgoing.c.key, outgoing.c.to_name).order_by(outgoing.c.id)
        assert session.execute(names).all() == [(queue.row(copy).key, ""), ("one", "New"), ("two", "New")]


@ON_BOTH
def test_a_page_is_one_statement_however_long(queue: Queue) -> None:
    asked: list[str] = []
    event.listen(queue.store.writer, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rows = [row_like(queue, queue.copy(), not_before=NOW + timedelta(seconds=n)) for n in range(3)]
    asked.clear()
    with queue.store.write() as session:
        assert outbox.add_rows(session, [rows[n % 3]._replace(key=f"many:{n}") for n in range(500)], now=NOW) == 500
    assert len([one for one in asked if not one.startswith("BEGIN")]) == 1


@ON_BOTH
@pytest.mark.parametrize("count", [1, MANY])
def test_a_text_that_is_too_long_is_not_cut(queue: Queue, count: int) -> None:
    """SQLite keeps any length; PostgreSQL refuses, as it does of a single row."""
    row = row_like(queue, queue.copy(), reason="x" * 61)
    refused = nullcontext() if queue.store.is_sqlite else pytest.raises(DataError)
    with refused, queue.store.write() as session:
        assert outbox.add_rows(session, [row._replace(key=f"long:{n}") for n in range(count)], now=NOW) == count


@ON_BOTH
@pytest.mark.parametrize("count", [0, 1, 40_000], ids=str)
def test_so_many_ids_are_one_parameter(queue: Queue, count: int) -> None:
    copies = {queue.copy() for _ in range(3)}
    with queue.store.read() as session:
        found = session.execute(select(outgoing.c.id).where(among(outgoing.c.id, list(range(max(copies), max(copies) + count)))))
        assert found.scalars().all() == ([max(copies)] if count else [])
