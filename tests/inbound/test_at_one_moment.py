"""Two workers, on PostgreSQL: whoever outlives the lease of a message leaves it to the other (V2), and what was said last counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from mailer.inbound import pipeline, turns
from tests.hosted import staged_on_postgres, waits_for_a_lock
from tests.inbound.test_pipeline import JANE, OLIVE, item, leases_end, stored
from tests.servers import NewDatabase, until
from tests.stage import DOMAIN, Got, Stage

PETER = "peter@mill.school.example"

pytestmark = pytest.mark.postgres


@pytest.fixture
def stage(postgres: NewDatabase, tmp_path: Path) -> Iterator[Stage]:
    yield from staged_on_postgres(postgres, tmp_path)


def begun(do: Callable[..., Any], *args: Any) -> threading.Thread:
    thread = threading.Thread(target=do, args=args)
    thread.start()
    return thread


def two_wait(stage: Stage) -> bool:
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with stage.house.store.read() as session:
        return bool(session.execute(asked).scalar_one() == 2)


def was_handled_once(stage: Stage, inbox_id: int) -> None:
    stage.settle()
    assert stage.outcome(inbox_id).state == "done"
    with stage.house.store.read() as session:
        assert session.execute(text("SELECT count(*) FROM agenda_items")).scalar_one() == 1
    assert len(stage.mails(JANE)) == 1


def test_a_message_whose_worker_waits_for_longer_than_its_lease_is_handled_once(stage: Stage) -> None:
    """IT's own maintenance holds a table, say."""
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    with stage.house.store.writer.connect() as other:
        other.execute(text("LOCK TABLE agenda_items IN SHARE ROW EXCLUSIVE MODE"))
        slow = begun(pipeline.handle_next, stage.house, "slow")
        waits_for_a_lock(stage.house.store, slow)
        leases_end(stage, one)
        quick = begun(pipeline.handle_next, stage.house, "quick")
        until(lambda: two_wait(stage), within=20)
        other.rollback()
    slow.join(20)
    quick.join(20)
    was_handled_once(stage, one)


def test_a_message_that_ends_in_the_moment_in_which_another_takes_it_is_handled_once(stage: Stage) -> None:
    """Its lease is over and its outcome written, and the commit waits for the disk."""
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    there, goes_on = threading.Event(), threading.Event()

    def before_a_commit(_: Connection) -> None:
        if threading.current_thread() is slow:
            there.set()
            assert goes_on.wait(20)

    taken = turns.take(stage.house, "slow", likely=False)
    assert taken is not None
    leases_end(stage, one)
    event.listen(stage.house.store.writer, "commit", before_a_commit)
    slow = begun(pipeline._handle, stage.house, *taken, None)
    assert there.wait(20)
    quick = begun(pipeline.handle_next, stage.house, "quick")
    waits_for_a_lock(stage.house.store, quick)
    goes_on.set()
    slow.join(20)
    quick.join(20)
    was_handled_once(stage, one)


@pytest.mark.parametrize("holder", [OLIVE, PETER])
def test_a_hold_overtakes_no_send_whose_connection_was_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch, holder: str) -> None:
    """It came after it: who is told that it is held finds it held."""
    monkeypatch.setattr(turns, "BACK_OFF", timedelta(hours=1))
    stage.meeting(stage.now + timedelta(days=60))
    stage.later(minutes=30)
    send, hold = stage.proof(OLIVE), stage.proof(holder)
    one = stored(stage, answer(send, "SEND", OLIVE), send.reply_to, OLIVE)
    other = stored(stage, answer(hold, "HOLD", holder), hold.reply_to, holder)
    with stage.house.store.writer.connect() as session:
        session.execute(text("LOCK TABLE outgoing IN SHARE ROW EXCLUSIVE MODE"))
        first = begun(pipeline.handle_next, stage.house, "one")
        waits_for_a_lock(stage.house.store, first)
        waits = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        session.execute(waits)
        first.join(20)
    assert not pipeline.handle_next(stage.house, "two")
    leases_end(stage, one)
    stage.settle()
    assert [stage.outcome(each).state for each in (one, other)] == ["done", "done"]
    stage.later(minutes=60)
    assert stage.occasion("save-the-date").state == "held"


def answer(proof: Got, word: str, sender: str) -> bytes:
    return f"From: {sender}\r\nSubject: Re: {proof.subject}\r\nMessage-ID: <{word}@hill.school.example>\r\n\r\n{word}\r\n".encode()
