"""What the store does with PostgreSQL's connections: a reader cannot write, a dropped connection is replaced before it is
used, and the queue's statements go by their indexes however little the server knows of its tables."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from mailer import clock
from mailer.acts import vacancy
from mailer.consent import gate
from mailer.outbound.outbox.claim import _lease
from mailer.store import Store, engine, traces, upgrade

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(postgres: Any) -> Iterator[Store]:
    made = Store(postgres())
    upgrade.upgrade(made)
    yield made
    made.close()


@pytest.mark.postgres
def test_a_reader_sees_one_snapshot_and_cannot_write(store: Store) -> None:
    with store.read() as session:
        for name, expected in (("transaction_read_only", "on"), ("transaction_isolation", "repeatable read")):
            assert session.execute(text(f"SHOW {name}")).scalar() == expected
    with store.read() as session, pytest.raises(DBAPIError, match="read-only"):
        session.execute(text("DELETE FROM rates"))
    with store.write() as session:  # the same connection, back from the pool
        assert session.execute(text("SHOW transaction_read_only")).scalar() == "off"


@pytest.mark.postgres
def test_a_connection_that_was_dropped_while_it_rested_is_replaced(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.write() as session:
        mine = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Store(store.url)
    with other.write() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    other.close()
    monkeypatch.setattr(engine, "RESTED", 0.0)
    with store.write() as session:
        assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine


@pytest.mark.postgres
def test_ruling_6_4_every_host_goes_by_the_time_of_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose own clock is 90 seconds ahead, too: a lease lasts as long as it says."""
    ahead = timedelta(seconds=90)

    def heard(store: Store) -> timedelta:
        """By how much real time is off once a store has been used, after it was that much ahead."""
        clock.real_time_is(datetime.now(UTC) + ahead, clock.monotonic())
        assert clock.lease_now() - datetime.now(UTC) > ahead / 2
        with store.read() as session:
            said = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return abs(clock.lease_now() - said)

    other = Store(store.url)
    assert heard(other) < ahead / 2  # it opens a connection
    monkeypatch.setattr(engine, "AGREED", 0.0)
    assert heard(other) < ahead / 2  # it takes one that it had
    other.close()


@pytest.mark.postgres
def test_asking_for_the_time_leaves_a_connection_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "AGREED", 0.0)
    with store.read() as session:
        for name, expected in (("transaction_read_only", "on"), ("transaction_isolation", "repeatable read")):
            assert session.execute(text(f"SHOW {name}")).scalar() == expected
    with store.write() as session:
        session.execute(text("CREATE TABLE undone (id int)"))
        session.rollback()
    with store.read() as session:
        assert session.execute(text("SELECT to_regclass('undone')")).scalar() is None


QUEUED = """
    INSERT INTO outgoing (key, letter_id, address_id, standing_id, purpose, lane, to_name, greeting, reply_use, extra, state, reason,
        attempts, not_before, next_attempt_at, lease_owner, selector, sha256, relay, created_at)
    SELECT 'k' || n, 1, n, n, 'newsletter', 'bulk', '', '', 'r', '{}', 'queued', '', 0, now(), now(), 'me', '', '', '', now()
    FROM generate_series(1, 5000) n"""


@pytest.mark.postgres
def test_what_is_asked_for_every_batch_reads_no_whole_table(store: Store) -> None:
    """As after a large import: the server has not looked at its tables since, and thinks what it thinks of any table."""
    with store.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # rows without those that they name
        session.execute(text(QUEUED))
    with store.read() as session:
        plan = explained(session, "EXPLAIN", *_lease(list(range(1, 101)), "me", NOW))
    assert "pk_outgoing" in plan, plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.postgres
def test_a_plan_of_the_queue_is_kept_and_was_right_for_a_small_table_too(store: Store) -> None:
    """Made while five rows lay there, a plan is asked again when there are thousands; nobody has told the server of them."""
    asked = _lease(list(range(1, 101)), "me", NOW)
    with store.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(QUEUED.replace("5000", "5")))
    with store.writer.connect() as session:
        session.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE outgoing"))
    for _ in range(12):
        with store.queue.read() as session:
            session.execute(text("SELECT 1"))
        with store.queue.write() as session:
            session.execute(*asked)
    with store.queue.read() as session:
        kept = session.execute(text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE 'UPDATE outgoing%'"))
        assert kept.scalar_one() > 0
        plan = explained(session, "EXPLAIN", *asked)
    assert "pk_outgoing" in plan, plan
    with store.read() as session:
        assert "Seq Scan" in explained(session, "EXPLAIN", *asked), "else this shows nothing"


def test_networks_that_had_an_organiser_are_found_by_their_own_index(tmp_path: Path) -> None:
    """The scheduler asks it every two seconds; a network has thousands of other standings."""
    store = Store(f"sqlite:///{tmp_path}/t.db")
    upgrade.upgrade(store)
    with store.read() as session:
        plan = explained(session, "EXPLAIN QUERY PLAN", *vacancy._vacant(NOW, gate.day(NOW)))
    store.close()
    assert "ix_standings_desk" in plan, plan


def explained(session: Connection, word: str, statement: Any, values: dict[str, Any]) -> str:
    """How the database would go about it."""
    session.execute(text("SELECT 1"))  # its transaction has begun

    @event.listens_for(session, "before_cursor_execute", retval=True, once=True)
    def explain(_connection: Any, _cursor: Any, asked: str, given: Any, _context: Any, _many: bool) -> tuple[str, Any]:
        return f"{word} {asked}", given

    return "\n".join(str(row) for row in session.execute(statement, values).cursor.fetchall())


LOOK = """
import sqlite3, sys
print(*(row[0] for row in sqlite3.connect(sys.argv[1]).execute("SELECT written FROM kept ORDER BY written")))
"""


def test_v1_what_is_written_after_an_erasure_is_seen_by_other_processes(tmp_path: Path) -> None:
    """A process that opens and closes its database's file loses the locks on it, and the next command to end takes the
    write-ahead log away from under the service (sqlite.org/howtocorrupt.html 2.2)."""
    file = tmp_path / "termpost.db"
    store = Store(f"sqlite:///{file}")

    def others_see() -> str:
        look = [sys.executable, "-c", LOOK, str(file)]
        return subprocess.run(look, capture_output=True, text=True, check=True).stdout.strip()

    with store.write() as session:
        session.execute(text("CREATE TABLE kept (written TEXT)"))
        session.execute(text("INSERT INTO kept VALUES ('before'), ('Dawn@Mill.example')"))
    with store.write() as session:
        session.execute(text("DELETE FROM kept WHERE written != 'before'"))
    store.wipe(["dawn@mill.example"])
    assert others_see() == "before"
    with store.write() as session:
        session.execute(text("INSERT INTO kept VALUES ('since')"))
    assert others_see() == "before since"
    store.close()


def test_dp_11_a_text_left_in_the_file_is_found_in_any_case(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * ((1 << 20) - 4) + b"Dawn@Mill.example")  # across the border of two blocks
    assert traces.shows(file, ["dawn@mill.example"])
    assert not traces.shows(file, ["jane@mill.example"])
    assert not traces.shows(file, [])


@pytest.mark.postgres
def test_who_has_no_patience_waits_for_no_row_for_long(store: Store) -> None:
    with store.write() as session:
        session.execute(text("INSERT INTO rates (name, per_minute, tokens, stamped_at, asked) VALUES ('all', 1, 1, now(), 0)"))
    with store.write() as session:
        session.execute(text("UPDATE rates SET per_minute = 2"))
        with pytest.raises(DBAPIError, match="lock timeout"), store.write(0.1) as other:
            other.execute(text("UPDATE rates SET per_minute = 3"))
    with store.write(0.1) as session:
        assert session.execute(text("SELECT per_minute FROM rates")).scalar() == 2


@pytest.mark.postgres
def test_a_host_that_is_gone_is_not_waited_for_for_hours(postgres: Any) -> None:
    """A host that lost its power says no word: the connection is given up, unless the URL says otherwise."""
    url = postgres()
    for more, idle in (("", "20"), ("keepalives_idle=7", "7")):
        made = Store(f"{url}{'&' if '?' in url else '?'}{more}" if more else url)
        with made.read() as session:
            asked: Any = session.connection.dbapi_connection
            known = {option.keyword.decode(): (option.val or b"").decode() for option in asked.pgconn.info}
        assert (known["keepalives_idle"], known["tcp_user_timeout"]) == (idle, "30000")
        made.close()
