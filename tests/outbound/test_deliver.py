"""Delivery into a real SMTP server that takes, puts off, refuses, hangs or is not there (V5, V6, OUT-2, OUT-6, OUT-16)."""

from __future__ import annotations

import contextlib
import errno
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateNotFound
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import DataError, InternalError, NoResultFound, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from mailer import clock, wake
from mailer.acts import Actor, Strength, hold
from mailer.cycle import due
from mailer.errors import Unavailable
from mailer.inbound import pipeline
from mailer.inbound.receive import Envelope
from mailer.outbound import outbox, rates
from mailer.outbound.copies import is_passing
from mailer.outbound.deliver import BATCH, STRIDE, Courier
from mailer.outbound.letter import LetterError
from mailer.store.tables import letters, occasions, outgoing
from tests.databases import new_on_postgres
from tests.live.people import approve, many, meeting
from tests.live.sink import Sink
from tests.outbound.transport.peer import Server, Talk, serve
from tests.servers import NewDatabase, until
from tests.stage import MONDAY, Stage

JANE = "jane@hill.school.example"
ASKED = "mendip-help@lists.example.org"


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Any]:
    """`stages(relay_url=...)` opens a stage with one network and Jane in it."""
    opened: list[Stage] = []

    def build(**settings: Any) -> Stage:
        stage = Stage(tmp_path / str(len(opened)), **settings)
        stage.network()
        stage.member(JANE, "Jane Doe")
        opened.append(stage)
        return stage

    yield build
    for stage in opened:
        stage.close()


def asked(stage: Stage, sink: Sink) -> Any:
    """Jane asks for help; the copy that answers her."""
    stage.mail(JANE, ASKED, "help", "help")
    (copy,) = stage.copies()
    return copy


SAID: dict[str, tuple[dict[str, str], tuple[str, int]]] = {
    "taken": ({}, ("accepted", 1)),
    "the mailbox is full": ({"RCPT": "452 4.2.2 Mailbox full"}, ("deferred", 1)),
    "come back later": ({"DOT": "451 4.3.0 Later"}, ("deferred", 1)),
    "nobody of that name": ({"RCPT": "550 5.1.1 No such user"}, ("failed", 1)),
    "the content is refused": ({"DOT": "554 5.7.1 Spam"}, ("failed", 1)),
    "our sender is refused": ({"MAIL": "550 5.1.8 Bad sender"}, ("deferred", 1)),
}


@pytest.mark.parametrize(("says", "after"), SAID.values(), ids=SAID)
def test_out_2_what_the_relay_says_is_what_the_outbox_says(stages: Any, sink: Sink, says: dict[str, str], after: tuple[str, int]) -> None:
    sink.says = says
    stage = stages(relay_url=sink.url)
    copy = asked(stage, sink)
    assert (copy.state, copy.attempts) == after
    assert len(sink.got) == (copy.state == "accepted")
    assert copy.relay == sink.url


def test_out_6_put_off_and_sent_again_by_the_calendar_with_the_same_bytes(stages: Any, sink: Sink) -> None:
    sink.says = {"DOT": "451 4.3.0 Later"}
    stage = stages(relay_url=sink.url)
    first = asked(stage, sink)
    assert (first.state, first.next_attempt_at) == ("deferred", MONDAY + timedelta(minutes=15))
    sink.says = {}
    stage.later(minutes=14)
    assert not sink.got
    stage.later(minutes=1)
    (copy,) = stage.copies()
    assert (copy.state, copy.attempts) == ("accepted", 2)
    assert (copy.sha256, copy.dated_at) == (first.sha256, first.dated_at)
    assert [got.sha256 for got in sink.got] == [copy.sha256]


def test_out_3_what_may_have_gone_goes_again_where_the_setting_says_so_with_the_same_bytes(stages: Any, sink: Sink) -> None:
    relay = Server(trouble={("DOT", 1): Talk.hang_up})  # stores the letter and breaks the line
    with serve(relay) as peer:
        stage = stages(relay_url=peer.url, uncertain="resend")
        first = asked(stage, sink)
        assert (first.state, first.reason) == ("deferred", "lost-answer")
        stage.later(minutes=15)
        (copy,) = stage.copies()
    assert (copy.state, copy.attempts, copy.sha256) == ("accepted", 2, first.sha256)
    assert len(relay.stored) == 2
    assert relay.stored[0] == relay.stored[1]


def test_a_relay_that_is_away_puts_mail_off_and_it_goes_when_the_relay_is_back(stages: Any, sink: Sink) -> None:
    sink.close()
    stage = stages(relay_url=sink.url)
    copy = asked(stage, sink)
    assert (copy.state, copy.reason, copy.attempts) == ("deferred", "cannot-connect", 1)
    sink.open()
    until(lambda: stage.courier.lines.first(lambda _name: False))
    stage.later(minutes=2)
    (copy,) = stage.copies()
    assert (copy.state, copy.attempts) == ("accepted", 2)
    assert list(sink.counts().values()) == [1]


def test_the_second_relay_is_tried_when_the_first_is_away(stages: Any, sink: Sink) -> None:
    with Sink() as away:
        pass
    stage = stages(relay_url=f"{away.url},{sink.url}")
    copy = asked(stage, sink)
    assert (copy.state, copy.relay) == ("accepted", sink.url)


def actor(stage: Stage) -> Actor:
    return Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")


def mailing(stage: Stage, people: int) -> int:
    """An invitation to so many, written down and not begun. Returns its id."""
    many(stage.house, stage.network_id, people, stage.now)
    meeting(stage.house, stage.network_id, stage.now + timedelta(days=40), stage.now)
    occasion_id = approve(stage.house, "invitation", stage.now)
    with stage.house.store.write() as session:  # nothing else is due
        session.execute(occasions.delete().where(occasions.c.id != occasion_id, occasions.c.state != "queued"))
    while due.tick(stage.house, stage.now):
        pass
    return occasion_id


def test_hold_stops_a_mailing_within_a_window_and_release_sends_the_rest(stages: Any, sink: Sink) -> None:
    sink.delay = 0.01
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 2 * BATCH)
    courier = threading.Thread(target=stage.courier.deliver, args=("bulk",))
    courier.start()
    until(lambda: len(sink.got) > STRIDE, every=0.001)
    with stage.house.store.write() as session:
        hold.hold(session, actor(stage), occasion_id, now=stage.now)
        held_at = len(sink.got)
    courier.join(20)
    assert len(sink.got) <= held_at + 2 * STRIDE  # the stride that was being written, and the one it was answered in
    assert not stage.courier.deliver("bulk")
    with stage.house.store.write() as session:
        hold.release(session, actor(stage), occasion_id, now=stage.now)
    sink.delay = 0
    while stage.courier.deliver("bulk"):
        pass
    stage.settle()
    assert set(sink.counts().values()) == {1}
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert stage.occasion("invitation").state == "sent"


GREY = b"451 4.7.1 Greylisted, try again in 5 minutes\r\n"
COME_BACK: dict[str, tuple[dict[tuple[str, int], Any], int]] = {  # trouble -> letters that left before it
    "two are put off": ({("RCPT", 4): GREY, ("RCPT", 5): GREY}, STRIDE - 2),
    "their line is lost": ({("DOT", 4): Talk.hang_up}, 4),
}


@pytest.mark.parametrize(("trouble", "left"), COME_BACK.values(), ids=COME_BACK)
def test_v6_what_comes_back_after_a_mailing_was_called_off_is_not_begun_again(stages: Any, trouble: dict[tuple[str, int], Any], left: int) -> None:
    """Called off at the third letter of a stride that is on its way."""
    server = Server(trouble=dict(trouble))
    with serve(server) as peer:
        stage = stages(relay_url=peer.url)
        occasion_id = mailing(stage, STRIDE)

        def call_off(_talk: Talk) -> bytes:
            with stage.house.store.write() as session:
                hold.call_off(session, actor(stage), occasion_id, now=stage.now)
            return b"250 2.0.0 Ok\r\n"

        server.trouble["DOT", 3] = call_off
        delivering(stage).join(20)
        server.trouble = {}
        for _ in range(3):
            stage.later(minutes=40)
            stage.settle()
    states = Counter(copy.state for copy in stage.copies(occasion_id=occasion_id))
    assert len(server.stored) == left == states["accepted"] + states["uncertain"]
    assert set(states) <= set(outbox.FINAL)
    assert stage.occasion("invitation").state == "sent"


def test_stop_in_the_middle_gives_back_what_was_not_begun(stages: Any, sink: Sink) -> None:
    sink.delay = 0.01
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, BATCH)
    courier = threading.Thread(target=stage.courier.deliver, args=("bulk",))
    courier.start()
    until(lambda: len(sink.got) > STRIDE, every=0.001)
    stage.courier.stop()
    courier.join(10)
    assert not courier.is_alive()
    states = [(copy.state, copy.lease_until) for copy in stage.copies(occasion_id=occasion_id)]
    assert set(states) == {("accepted", None), ("queued", None)}
    assert states.count(("accepted", None)) == len(sink.got)


def delivering(stage: Stage) -> threading.Thread:
    """The courier at its work, in a thread that is to be joined."""
    thread = threading.Thread(target=stage.courier.deliver, args=("bulk",), daemon=True)
    thread.start()
    return thread


def test_v6_stop_waits_for_one_letter_and_knows_of_each_what_became_of_it(stages: Any) -> None:
    server = Server()
    with serve(server) as peer:
        stage = stages(relay_url=peer.url)
        occasion_id = mailing(stage, 2 * STRIDE)
        server.trouble["DOT", 3] = lambda _talk: stage.courier.stop()
        delivering(stage).join(10)
        states = Counter((copy.state, copy.attempts) for copy in stage.copies(occasion_id=occasion_id))
        assert states == {("accepted", 1): 3, ("queued", 0): 2 * STRIDE - 2}
        assert len(server.stored) == 3


def test_v6_a_relay_that_does_not_answer_when_we_stop_leaves_one_letter_uncertain(
    stages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.outbound.deliver.LAST_MOMENT", 20.0)  # a busy machine may need it; none is to use it up
    silent = threading.Event()

    def falls_silent(talk: Talk) -> None:
        silent.set()
        talk.silent()

    server = Server(trouble={("DOT", 3): falls_silent})
    with serve(server) as peer:
        stage = stages(relay_url=peer.url)
        occasion_id = mailing(stage, 2 * STRIDE)
        courier = delivering(stage)
        assert silent.wait(10)
        began = clock.monotonic()
        stage.courier.close()
        assert clock.monotonic() - began < 15
        states = Counter((copy.state, copy.reason) for copy in stage.copies(occasion_id=occasion_id))
        assert states == {("accepted", "accepted"): 2, ("uncertain", "lost-answer"): 1, ("queued", ""): 2 * STRIDE - 2}
        courier.join(10)
        assert not courier.is_alive()


def test_v6_what_a_lost_line_said_is_written_before_a_new_one_is_sought(stages: Any) -> None:
    """A relay that greets nobody any more may keep us for minutes, and whoever stops us meanwhile stops us there."""
    sought = threading.Event()
    server = Server(trouble={("DOT", 3): Talk.hang_up})

    def script(talk: Talk) -> None:
        if server.commands:
            sought.set()
            talk.silent()
        server(talk)

    with serve(script) as peer:
        stage = stages(relay_url=peer.url)
        occasion_id = mailing(stage, 2 * STRIDE)
        courier = delivering(stage)
        assert sought.wait(10)
        states = Counter(copy.state for copy in stage.copies(occasion_id=occasion_id))
        assert states == {"accepted": 2, "uncertain": 1, "queued": 2 * STRIDE - 2}
        stage.courier.stop()
    courier.join(10)
    assert not courier.is_alive()


def test_v11_who_slept_in_the_middle_of_a_batch_sends_nothing_stale(stages: Any, sink: Sink) -> None:
    """A lid closed, a machine paused: the window that was under way may still arrive, the next ones are cancelled."""
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 3 * STRIDE - 1)
    over = stage.occasion("invitation").until_at + timedelta(days=3)

    @event.listens_for(stage.house.store.writer, "commit")
    def _slept(_connection: Any) -> None:
        if sink.got:  # the first window is written and answered, the second one is to be
            stage.at(over)

    while stage.courier.deliver("bulk"):
        pass
    states = Counter((copy.state, copy.reason) for copy in stage.copies(occasion_id=occasion_id))
    assert states == {("accepted", "accepted"): 2 * STRIDE, ("cancelled", "too-late"): STRIDE}
    assert len(sink.got) == 2 * STRIDE


@pytest.mark.parametrize("window", [1, 2, 3], ids=["the first", "the second", "the last"])
def test_a_transaction_that_fails_loses_no_answer_of_the_relay(stages: Any, sink: Sink, window: int) -> None:
    """V6: a deadlock, or a database that drops us, between two strides; what the relay had said is written down all the same."""
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 3 * STRIDE - 1)  # and the organiser
    begun: list[str] = []

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _fails(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("UPDATE outgoing") and "sha256" in statement:
            begun.append(statement)
            if len(begun) == window:
                raise OSError("the database dropped us")

    with pytest.raises(OSError, match="dropped us"):
        stage.courier.deliver("bulk")
    states = Counter(copy.state for copy in stage.copies(occasion_id=occasion_id))
    assert states == +Counter(accepted=(window - 1) * STRIDE, queued=(4 - window) * STRIDE)
    assert not any(copy.lease_owner for copy in stage.copies(occasion_id=occasion_id))
    stage.settle()
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert set(sink.counts().values()) == {1}


def test_v6_a_window_whose_commit_was_not_answered_goes_back(stages: Any, sink: Sink) -> None:
    """The database dies once it has kept the transaction: the window is `sending`, and we know that nothing of it was begun."""
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 3 * STRIDE - 1)
    lost = iter(["the answer to COMMIT"])

    def commit(connection: Any) -> None:
        connection.commit()
        if sink.got and (answer := next(lost, None)):
            raise OSError(f"{answer} is lost")

    stage.house.store.writer.dialect.do_commit = commit
    with pytest.raises(OSError, match="is lost"):
        stage.courier.deliver("bulk")
    copies = stage.copies(occasion_id=occasion_id)
    assert Counter((copy.state, copy.attempts, copy.lease_owner) for copy in copies) == {
        ("accepted", 1, ""): STRIDE,
        ("queued", 0, ""): 2 * STRIDE,
    }
    stage.settle()
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert set(sink.counts().values()) == {1}


def test_v5_what_one_thread_gives_back_is_not_what_another_has_taken_meanwhile(stages: Any, sink: Sink) -> None:
    """HOLD and SEND take the second stride from the thread that read it, another one of the same process begins it, and the
    first one's transaction fails: what it gives back is not the other's."""
    sink.delay = 0.01
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 2 * STRIDE - 1)
    first, second = (threading.Thread(target=deliver, args=(stage,), name=name) for name in ("first", "second"))
    marked: Counter[str] = Counter()

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _fails(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("UPDATE outgoing") and "sha256" in statement:
            who = threading.current_thread().name
            marked[who] += 1
            if (who, marked[who]) == ("first", 2):
                raise OSError("the database dropped us")

    first.start()
    until(lambda: len(sink.got) > 1, every=0.001)
    with stage.house.store.write() as session:
        hold.hold(session, actor(stage), occasion_id, now=stage.now)
        hold.release(session, actor(stage), occasion_id, now=stage.now)
    second.start()
    first.join(20)
    second.join(20)
    stage.settle()
    assert marked["second"] == 1
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert set(sink.counts().values()) == {1}


def passed(since: datetime) -> float:
    """Seconds of real time, which fill a bucket however busy the machine is."""
    return (clock.lease_now() - since).total_seconds()


def deliver(stage: Stage) -> None:
    with contextlib.suppress(OSError):
        stage.courier.deliver("bulk")


def test_answers_wait_for_a_database_that_is_away(stages: Any, sink: Sink) -> None:
    """V6: it restarts while a window is under way; nobody is uncertain, and nothing goes twice."""
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 3 * STRIDE - 1)
    away = iter(range(4))

    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _fails(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if len(sink.got) >= STRIDE and statement.startswith("UPDATE outgoing") and next(away, None) is not None:
            raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):  # the window that could not begin
        stage.courier.deliver("bulk")
    assert next(away, None) is None, "it was asked as long as it was away"
    states = Counter(copy.state for copy in stage.copies(occasion_id=occasion_id))
    assert states == Counter(accepted=STRIDE, queued=2 * STRIDE)
    stage.settle()
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert set(sink.counts().values()) == {1}


def test_a_rate_slows_what_leaves_and_a_network_may_have_its_own(stages: Any, sink: Sink) -> None:
    stage = stages(relay_url=sink.url)
    mailing(stage, 40)
    ago = clock.lease_now() - timedelta(seconds=1)  # ten are in the bucket after a second
    with stage.house.store.write() as session:
        rates.set_rate(session, 600, now=ago)
    stage.courier.deliver("bulk")
    assert 10 <= len(sink.got) <= 10 * passed(ago)
    with stage.house.store.write() as session:
        rates.set_rate(session, None, now=clock.lease_now())
        ago = clock.lease_now() - timedelta(seconds=5)
        rates.set_rate(session, 60, now=ago, name=rates.network(stage.network_id))
    before = len(sink.got)
    stage.courier.deliver("bulk")
    assert 5 <= len(sink.got) - before <= passed(ago)
    with stage.house.store.write() as session:
        rates.set_rate(session, None, now=clock.lease_now(), name=rates.network(stage.network_id))
    while stage.courier.deliver("bulk"):
        pass
    assert set(sink.counts().values()) == {1}
    assert len(sink.got) == 41


def test_a_relay_that_asks_to_be_spared_is_spared(stages: Any, sink: Sink) -> None:
    """OUT-16: 421 to the first command; nothing is lost, and nobody knocks again at once."""
    sink.says = {"MAIL": "421 4.7.0 Too many, come back"}
    stage = stages(relay_url=sink.url)
    stage.mail(JANE, ASKED, "help", "help")
    connections = sink.connections
    for _ in range(5):
        stage.courier.deliver("urgent")
    assert sink.connections <= connections + 1
    (copy,) = stage.copies()
    assert copy.state in ("queued", "deferred")


@pytest.mark.parametrize(
    ("count", "every", "rung"),
    [(BATCH // 2, 0.0, 0), (BATCH + 1, 60.0, 1), (2 * BATCH + 1, 60.0, 1), (2 * BATCH + 1, 0.0, 2)],
    ids=["half a batch", "more than one", "more than two", "more than two, slowly"],
)
def test_who_finds_more_than_a_batch_calls_for_a_hand(
    stages: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch, count: int, every: float, rung: int
) -> None:
    """Again after a while: a call may be heard by somebody who has both hands full."""
    monkeypatch.setattr("mailer.outbound.deliver.CALL_EVERY", every)
    stage = stages(relay_url=sink.url)
    mailing(stage, count)
    heard: list[str] = []

    class Listening:
        def ring(self, bell: str) -> None:
            heard.append(bell)

    wake.provide(Listening())
    try:
        assert not stage.courier.deliver("bulk")
    finally:
        wake.provide(wake.Silent())
    assert heard == ["bulk"] * rung


def test_two_couriers_on_one_queue_send_each_copy_once(stages: Any, sink: Sink) -> None:
    stage = stages(relay_url=sink.url)
    occasion_id = mailing(stage, 300)
    couriers = [Courier(stage.house, f"worker {n}") for n in range(2)]

    def work(courier: Courier) -> None:
        while courier.deliver("bulk"):
            pass

    threads = [threading.Thread(target=work, args=(courier,)) for courier in couriers for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for courier in couriers:
        courier.close()
    assert set(sink.counts().values()) == {1}
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}


def test_a_letter_that_cannot_be_filled_fails_alone(stages: Any, sink: Sink) -> None:
    stage = stages(relay_url="tray:")
    for word in ("help", "status"):
        content = f"From: {JANE}\r\nMessage-ID: <{word}@hill.school.example>\r\n\r\n{word}\r\n".encode()
        stage.intake.store(Envelope(JANE, (ASKED,), content, "smtp", "", stage.now))
        pipeline.handle_next(stage.house, "stage")
    first, second = stage.copies()
    with stage.house.store.write() as session:
        session.execute(update(letters).where(letters.c.id == first.letter_id).values(skeleton=b"not a skeleton"))
    stage.settle()
    states = {copy.id: copy.state for copy in stage.copies()}
    assert states == {first.id: "failed", second.id: "accepted"}


# why a copy could not be made -> does the retry clock ask again
TROUBLES: dict[str, tuple[Exception, bool]] = {
    "the database dropped us": (OperationalError("SELECT", {}, Exception("terminating connection")), True),
    "the database only reads": (InternalError("UPDATE", {}, Exception("read-only transaction")), True),
    "no connection is free": (NoConnectionFree("30 seconds"), True),
    "somebody else writes": (Unavailable("For too long."), True),
    "the disk": (OSError(errno.EIO, "Input/output error"), True),
    "the memory": (MemoryError(), True),
    "no such template": (TemplateNotFound("replies/gone"), False),
    "what no column takes": (DataError("UPDATE", {}, Exception("NUL")), False),
    "no such letter": (NoResultFound(), False),
    "a slot without a value": (LetterError("the letter has a slot x and no value came for it"), False),
}


@pytest.mark.parametrize(("error", "passing"), TROUBLES.values(), ids=TROUBLES)
def test_what_says_nothing_of_the_letter(error: Exception, passing: bool) -> None:
    assert is_passing(error) == passing


def test_v1_a_full_database_fails_no_letter(stages: Any, sink: Sink) -> None:
    """There is room for a copy's state and not for the letter itself. It goes once there is room again."""
    stage = stages(relay_url=sink.url)
    content = f"From: {JANE}\r\nMessage-ID: <help@hill.school.example>\r\n\r\nhelp\r\n".encode()
    stage.intake.store(Envelope(JANE, (ASKED,), content, "smtp", "", stage.now))
    pipeline.handle_next(stage.house, "stage")
    with stage.house.store.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    stage.courier.deliver("urgent")
    (copy,) = stage.copies()
    assert (copy.state, copy.reason, copy.lease_owner) == ("deferred", "trouble-here", "")
    with stage.house.store.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    stage.later(minutes=1)
    (copy,) = stage.copies()
    assert copy.state == "accepted"
    assert list(sink.counts().values()) == [1]


@pytest.mark.postgres
def test_v1_a_connection_that_is_dropped_while_a_letter_is_read_fails_no_copy(stages: Any, sink: Sink, postgres: NewDatabase) -> None:
    stage = stages(relay_url=sink.url, database_url=new_on_postgres(postgres))
    occasion_id = mailing(stage, 2 * STRIDE - 1)
    once = iter(["dropped"])

    @event.listens_for(stage.house.store.reader, "before_cursor_execute")
    def _drops(connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if "FROM letters" in statement and next(once, None):
            with stage.house.store.queue.write() as other:
                other.execute(select(func.pg_terminate_backend(connection.connection.dbapi_connection.info.backend_pid)))

    stage.courier.deliver("bulk")
    assert next(once, None) is None
    states = Counter((copy.state, copy.reason) for copy in stage.copies(occasion_id=occasion_id))
    assert states == {("accepted", "accepted"): 2 * STRIDE - 1, ("deferred", "trouble-here"): 1}
    stage.later(minutes=1)
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    assert set(sink.counts().values()) == {1}


@pytest.mark.parametrize("rated", [False, True], ids=["as fast as it goes", "six a minute"])
def test_what_does_not_go_any_more_keeps_nobody_behind_it_waiting(stages: Any, sink: Sink, rated: bool) -> None:
    """A claim looks at as many as may go now, and all of those may be too late: it is no end of the queue."""
    stage = stages(relay_url=sink.url)
    mailing(stage, 2 * BATCH)
    copies = sorted(stage.copies(purpose="meetings"), key=lambda copy: (copy.next_attempt_at, copy.id))
    late = [copy.id for copy in copies[: 2 * BATCH - 5]]
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id.in_(late)).values(deadline=stage.now - timedelta(minutes=1)))
        if rated:
            rates.set_rate(session, 6, now=clock.lease_now() - timedelta(minutes=1))
    stage.courier.deliver("bulk")
    assert sink.got
