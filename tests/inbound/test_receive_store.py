"""What is stored, once, and what is said when it cannot be (V1, SMTP-4, SMTP-6, ruling 10)."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from mailer import wake
from mailer.inbound import commits
from mailer.inbound.receive import Envelope, Intake, StoreFault, StoreFull
from mailer.store import Store
from mailer.store import engine as store_engine
from mailer.store.tables import inbox, raws
from tests.inbound.conftest import MAIL, NOW, envelope
from tests.servers import until

MENDIP = "mendip@lists.example.org"
AGENDA = "mendip-agenda@lists.example.org"


def rows(store: Store) -> list[tuple[str, str]]:
    with store.read() as session:
        return [(row.rcpt, row.message_id) for row in session.execute(select(inbox).order_by(inbox.c.id))]


def contents(store: Store) -> list[bytes]:
    with store.read() as session:
        return [row.content for row in session.execute(select(raws.c.content))]


def test_one_row_for_each_recipient_and_the_bytes_once(store: Store, intake: Intake) -> None:
    ids = intake.store(envelope(MAIL, MENDIP, AGENDA, "Mendip@Lists.Example.org", "postmaster@lists.example.org"))
    assert [rcpt for rcpt, _ in rows(store)] == [MENDIP, AGENDA, "postmaster@lists.example.org"]
    assert len(ids) == 3
    assert contents(store) == [MAIL]
    with store.read() as session:
        first = session.execute(select(inbox).where(inbox.c.id == ids[0])).one()
        assert (first.subject, first.from_address, first.message_id) == (
            "Balances",
            "jane@school.example",
            "<1@school.example>",
        )
        assert (first.state, first.channel, first.client, first.received_at) == ("stored", "smtp", "127.0.0.1", NOW)
        assert first.network_id == 1
        assert session.execute(select(inbox.c.network_id).where(inbox.c.id == ids[2])).scalar_one() is None


def other_body() -> bytes:
    return MAIL.replace(b"Which", b"What")


REPEATS = [
    ("the same delivery again", MAIL, MAIL, (MENDIP,), 1),
    ("with a new Received field", MAIL, b"Received: from mx\r\n" + MAIL, (MENDIP,), 1),
    ("the same Message-ID with another body", MAIL, other_body(), (MENDIP,), 2),
    ("to another recipient", MAIL, MAIL, (AGENDA,), 2),
    ("the first recipient and one more", MAIL, MAIL, (MENDIP, AGENDA), 2),
    ("the same without a Message-ID", b"Subject: x\r\n\r\ny\r\n", b"Subject: x\r\n\r\ny\r\n", (MENDIP,), 1),
    ("another without a Message-ID", b"Subject: x\r\n\r\ny\r\n", b"Subject: z\r\n\r\ny\r\n", (MENDIP,), 2),
]


@pytest.mark.parametrize(("first", "second", "rcpts", "count"), [c[1:] for c in REPEATS], ids=[c[0] for c in REPEATS])
def test_repeats(store: Store, intake: Intake, first: bytes, second: bytes, rcpts: tuple[str, ...], count: int) -> None:
    """SMTP-6: a client that lost our 250 sends again."""
    (standing,) = intake.store(envelope(first, MENDIP))
    ids = intake.store(envelope(second, *rcpts))
    assert len(ids) == len(rcpts)
    assert len(rows(store)) == count
    assert (standing in ids) == (count == 1 or len(rcpts) == 2)


def test_the_same_delivery_over_two_connections_at_once(store: Store, intake: Intake) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: intake.store(envelope()), range(24)))
    assert answers == [answers[0]] * 24
    assert len(rows(store)) == 1


STRANGE = [
    ("nothing", b""),
    ("only a line end", b"\r\n"),
    ("no body", b"Subject: x\r\n"),
    ("every octet", bytes(range(256)) * 4),
    ("NUL in the subject", b"Subject: a\0b\r\nFrom: \0\r\nMessage-ID: <\0@x>\r\n\r\n"),
    ("8-bit header", b"From: J\xf6rg <j@school.example>\r\nSubject: \xff\xfe\r\n\r\n"),
    ("a huge header", b"Subject: " + b"x" * 300_000 + b"\r\nMessage-ID: <" + b"y" * 5000 + b"@z>\r\n\r\n"),
    ("an encoded word without an end", b"Subject: =?utf-8?B?\r\n\r\n"),
    ("bare newlines", b"Subject: x\n\nbody\rmore\r\n"),
]


@pytest.mark.parametrize("content", [c[1] for c in STRANGE], ids=[c[0] for c in STRANGE])
def test_any_octets_are_stored_as_they_came(store: Store, intake: Intake, content: bytes) -> None:
    """SMTP-11; nothing that a stranger writes keeps it from the store."""
    (row_id,) = intake.store(envelope(content))
    assert contents(store) == [content]
    with store.read() as session:
        row = session.execute(select(inbox).where(inbox.c.id == row_id)).one()
    assert "\0" not in row.subject + row.from_address + row.message_id
    assert len(row.subject) <= 500


def test_the_doorbell_rings_after_the_commit(store: Store, intake: Intake) -> None:
    seen: list[tuple[str, int]] = []

    class Bell:
        def ring(self, bell: str) -> None:
            seen.append((bell, len(rows(store))))

    before = wake._doorbell
    wake.provide(Bell())
    try:
        intake.store(envelope())
        intake.store(envelope())
    finally:
        wake.provide(before)
    assert seen == [(wake.INBOX, 1)]


def hold_the_committer(store: Store) -> tuple[threading.Event, threading.Thread]:
    """Take the writer's turn until the event is set, so that what is handed over gathers."""
    go, taken = threading.Event(), threading.Event()

    def hold() -> None:
        with store.write():
            taken.set()
            go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(20)
    return go, thread


def handed_in(intake: Intake, mail: Envelope) -> Future[list[int]]:
    return intake._submit(mail, Future())


def mail(number: int, body: bytes = b"Hello\r\n") -> bytes:
    return b"Message-ID: <%d@school.example>\r\n\r\n" % number + body


def test_sixteen_who_wait_share_commits(store: Store, intake: Intake) -> None:
    commits: list[object] = []
    event.listen(store.writer, "commit", commits.append)
    go, thread = hold_the_committer(store)

    async def deliver() -> list[list[int]]:
        waiting = [asyncio.ensure_future(intake.accept(envelope(mail(n)))) for n in range(16)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(go.set)
        return await asyncio.gather(*waiting)

    ids = asyncio.run(deliver())
    thread.join()
    assert len({i for each in ids for i in each}) == 16
    assert len(commits) <= 3  # the holder's, at most one for the first that came, one for the rest


@pytest.mark.parametrize("bad", [True, False])
def test_each_of_many_who_wait_on_a_loop_hears_its_own_answer(store: Store, intake: Intake, bad: bool) -> None:
    """One that was cancelled is stored all the same, one that cannot be stored hears that, and the others are not disturbed."""
    go, thread = hold_the_committer(store)

    async def deliver() -> list[list[int] | BaseException]:
        mails = [envelope(mail(n)) for n in range(8)]
        if bad:
            mails.append(envelope(mail(9), mail_from=None))  # type: ignore[arg-type]
        waiting = [asyncio.ensure_future(intake.accept(each)) for each in mails]
        await asyncio.sleep(0)
        waiting[2].cancel()  # the first may be in hand already, by itself
        go.set()
        return await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)

    answers = asyncio.run(deliver())
    thread.join()
    with store.read() as session:
        stored = {row.message_id: row.id for row in session.execute(select(inbox.c.id, inbox.c.message_id))}
    assert len(stored) == 8
    assert isinstance(answers[2], asyncio.CancelledError)
    assert [type(each) for each in answers[8:]] == [StoreFault] * bad
    assert all(answers[n] == [stored[f"<{n}@school.example>"]] for n in range(8) if n != 2)


def test_who_waited_on_a_loop_that_is_closed_keeps_nobody_from_being_told(store: Store, intake: Intake) -> None:
    go, thread = hold_the_committer(store)

    async def leave() -> None:
        intake._submit(envelope(mail(1)), asyncio.get_running_loop().create_future())

    asyncio.run(leave())
    other = handed_in(intake, envelope(mail(2)))
    go.set()
    thread.join()
    assert other.result(20)
    assert len(rows(store)) == 2


def test_those_of_one_loop_are_woken_together(store: Store, intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    go, thread = hold_the_committer(store)
    woken: list[object] = []

    async def deliver() -> None:
        loop = asyncio.get_running_loop()
        waiting = [asyncio.ensure_future(intake.accept(envelope(mail(n)))) for n in range(16)]
        await asyncio.sleep(0)
        wake_up = loop.call_soon_threadsafe

        def counted(*what: Any) -> asyncio.Handle:
            woken.append(what)
            return wake_up(*what)

        with monkeypatch.context() as patched:
            patched.setattr(loop, "call_soon_threadsafe", counted)
            go.set()
            await asyncio.wait_for(asyncio.gather(*waiting), 20)

    asyncio.run(deliver())
    thread.join()
    assert len(woken) <= 2  # at most one for the first that came, one for the rest


def test_a_thread_that_could_not_be_started_is_started_for_the_next(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many; else everybody after would wait for an answer that nobody gives."""

    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more)
        with pytest.raises(RuntimeError):
            intake.store(envelope(mail(1)))
    assert intake.store(envelope(mail(2)))


def test_what_was_committed_is_let_go(store: Store) -> None:
    """A group may be of 16 MiB, and the next one may come tomorrow."""

    class Message:
        pass

    committer: commits.Committer[Message, int] = commits.Committer(store, lambda _, group: [1] * len(group))
    kept, promise = weakref.ref(message := Message()), Future[int]()
    committer.submit(lambda message=message: message, 1, promise)  # type: ignore[misc]
    del message
    assert promise.result(20) == 1
    until(lambda: kept() is None)
    committer.close()


def test_a_crowd_is_waited_for_and_who_comes_alone_is_not(store: Store, intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "COMMIT_DELAY", 3600.0)
    assert handed_in(intake, envelope(mail(1))).result(20)  # at once
    monkeypatch.setattr(commits, "COMMIT_DELAY", 1.0)
    monkeypatch.setattr(commits, "CROWDED_FOR", 60.0)
    go, thread = hold_the_committer(store)
    first = [handed_in(intake, envelope(mail(n))) for n in range(2, 10)]
    go.set()
    assert all(each.result(20) for each in first)
    thread.join()
    assert intake.crowded
    written: list[object] = []
    event.listen(store.writer, "commit", written.append)
    second = [handed_in(intake, envelope(mail(n))) for n in range(10, 20)]
    assert all(each.result(20) for each in second)
    assert len(written) == 1


def test_one_bad_message_does_not_fail_its_neighbours(store: Store, intake: Intake) -> None:
    go, thread = hold_the_committer(store)
    futures = [handed_in(intake, envelope(mail(n))) for n in range(3)]
    bad = handed_in(intake, envelope(mail(9), MENDIP, mail_from="lone \udcff surrogate"))
    worse = handed_in(intake, envelope(mail(10), mail_from=None))  # type: ignore[arg-type]
    go.set()
    thread.join()
    assert [len(each.result(20)) for each in futures] == [1, 1, 1]
    assert len(bad.result(20)) == 1
    with pytest.raises(StoreFault):
        worse.result(20)
    assert len(rows(store)) == 4


def test_full_disk(store: Store, intake: Intake) -> None:
    """SMTP-4: 452, nothing half-written, and the next small one is taken when there is room again."""
    intake.store(envelope(mail(1)))
    with store.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
    with pytest.raises(StoreFull):
        intake.store(envelope(mail(2, b"x" * 500_000)))
    assert len(rows(store)) == len(contents(store)) == 1
    with store.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    intake.store(envelope(mail(2, b"x" * 500_000)))
    assert len(rows(store)) == len(contents(store)) == 2


def test_a_full_disk_takes_what_still_fits(store: Store, intake: Intake) -> None:
    with store.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 40}")
    go, thread = hold_the_committer(store)
    small = [handed_in(intake, envelope(mail(n))) for n in range(4)]
    large = handed_in(intake, envelope(mail(5, b"x" * 2_000_000)))
    go.set()
    thread.join()
    assert all(each.result(20) for each in small)
    with pytest.raises(StoreFull):
        large.result(20)


def test_locked_database(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMTP-4: another process holds the lock: 451, nothing written, and all who wait are told at once."""
    monkeypatch.setattr(store_engine, "BUSY_MS", 100)
    impatient = Store(store.url)
    intake = Intake(impatient)
    other = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    futures = [handed_in(intake, envelope(mail(n))) for n in range(20)]
    for each in futures:
        with pytest.raises(StoreFault) as raised:
            each.result(20)
        assert not isinstance(raised.value, StoreFull)
    other.execute("ROLLBACK")
    other.close()
    assert rows(store) == []
    assert intake.store(envelope())
    intake.close()
    impatient.close()


@contextmanager
def another_process_writes(path: Path, _store: Store) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def another_thread_writes(_path: Path, store: Store) -> Iterator[None]:
    with store.write():
        yield


@pytest.mark.parametrize("writes", [another_process_writes, another_thread_writes])
def test_the_door_does_not_wait_as_long_as_others(
    tmp_path: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    writes: Callable[[Path, Store], AbstractContextManager[None]],
) -> None:
    """SMTP-4: other writers wait half a minute, a door seconds; all sessions hear 451 then, and the second try is stored once."""
    assert commits.PATIENCE <= 5 < store_engine.BUSY_MS / 1000
    monkeypatch.setattr(commits, "PATIENCE", 0.3)
    intake = Intake(store)
    assert intake.verdict("mendip@lists.example.org").ok  # known before: a door that has been open for a while
    with writes(tmp_path / "t.db", store):
        began = time.monotonic()
        futures = [handed_in(intake, envelope(mail(n))) for n in range(16)]
        faults = [each.exception(20) for each in futures]
        assert time.monotonic() - began < 5
    assert all(isinstance(fault, StoreFault) for fault in faults)
    assert rows(store) == []
    again = [handed_in(intake, envelope(mail(n))) for n in range(16)]
    assert len({row for each in again for row in each.result(20)}) == 16
    assert len(rows(store)) == 16
    with store.write() as session:  # and the next writer is as patient as ever
        assert session.exec_driver_sql("PRAGMA busy_timeout").scalar() == store_engine.BUSY_MS
    intake.close()


def test_closing_commits_what_was_handed_over(store: Store, intake: Intake) -> None:
    futures = [handed_in(intake, envelope(mail(n))) for n in range(50)]
    intake.close()
    assert all(each.done() for each in futures)
    assert len(rows(store)) == 50
    with pytest.raises(StoreFault):
        intake.store(envelope())


def test_the_intake_is_crowded_while_many_hand_in_at_once_and_not_for_one_after_the_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in waits safely, and a sender's 250 does not wait for it (`workers.actors`)."""
    monkeypatch.setattr(commits, "CROWDED_FOR", 60.0)
    intake = Intake(store)
    mails = [envelope(MAIL + b"%d\r\n" % number, MENDIP) for number in range(2 * commits.CROWD)]
    for mail in mails:
        intake.store(mail)
        assert not intake.crowded
    with ThreadPoolExecutor(len(mails)) as many:
        with store.write():  # they gather while somebody else writes
            handed = [many.submit(intake.store, mail) for mail in mails]
            # of the eight, four are left to wait, or the committer took four at once before anybody looked
            until(lambda: intake.crowded or intake._committer._waiting.qsize() >= commits.CROWD, every=0.001)
        assert [one.result() for one in handed] == [[number] for number in range(1, 2 * commits.CROWD + 1)]
    assert intake.crowded
    intake.close()
