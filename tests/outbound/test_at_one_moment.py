"""Two transactions at one moment, on PostgreSQL: who stops or ends a mailing, and who changes a copy of it meanwhile (V6); who writes
down two mailings to the same readers (V13)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update

from mailer import clock
from mailer.acts import Actor, hold, issue, meet
from mailer.cycle import due, letters
from mailer.errors import Conflict
from mailer.outbound import dead, deliver, outbox
from mailer.outbound.deliver import STRIDE
from mailer.store.tables import occasions, outgoing
from tests.databases import new_on_postgres
from tests.hosted import waits_for_a_lock
from tests.live.people import approve, many, meeting
from tests.live.sink import Sink
from tests.outbound.queue import LEASE
from tests.outbound.test_deliver import actor, mailing
from tests.servers import NewDatabase, until
from tests.stage import DOMAIN, Stage

pytestmark = pytest.mark.postgres


@pytest.fixture
def stage(postgres: NewDatabase, tmp_path: Path, sink: Sink) -> Iterator[Stage]:
    stage = Stage(tmp_path, relay_url=sink.url, database_url=new_on_postgres(postgres))
    stage.network()
    stage.member("jane@hill.school.example", "Jane Doe")
    yield stage
    stage.close()


def meanwhile(stage: Stage, do: Callable[[Connection], Any]) -> threading.Thread:
    """Somebody else does something in a transaction of their own. Returns when they wait for ours."""

    def act() -> None:
        with stage.house.store.write() as session:
            do(session)

    other = threading.Thread(target=act)
    other.start()
    waits_for_a_lock(stage.house.store, other)
    return other


def until_its_commit(
    stage: Stage, work: Callable[..., Any], of: Callable[[Connection], bool] = lambda session: True
) -> tuple[threading.Thread, threading.Event]:
    """The scheduler's work in a thread of its own, as far as its commit of what is meant. It goes on when the event is set."""
    there, goes_on = threading.Event(), threading.Event()

    def before_a_commit(session: Connection) -> None:
        if threading.current_thread() is working and not there.is_set() and of(session):
            there.set()
            assert goes_on.wait(20)

    working = threading.Thread(target=work, args=(stage.house, stage.now))
    event.listen(stage.house.store.writer, "commit", before_a_commit)
    working.start()
    assert there.wait(20)
    return working, goes_on


STOPS: dict[str, Callable[[Connection, Actor, int, Any], Any]] = {
    "held": lambda session, who, mailing, now: hold.hold(session, who, mailing, now=now),
    "called off": lambda session, who, mailing, now: hold.call_off(session, who, mailing, now=now),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_who_stops_a_mailing_and_who_renames_a_reader_of_it_do_not_wait_for_each_other(stage: Stage, stop: Callable[..., Any]) -> None:
    """One changes a copy, and more than once, the other stops its mailing: neither asks for a row that the other has."""
    occasion = mailing(stage, 4)
    (copy, *_) = stage.copies(occasion_id=occasion)
    with stage.house.store.write() as session:
        leases = {"lease_now": stage.now, "lease_until": stage.now + LEASE}
        ids, _ = outbox.claim(session, lane="bulk", owner="one", limit=16, now=stage.now, **leases)
        assert ids
    said: list[Any] = []
    with stage.house.store.write() as session:
        outbox.take_back(session, outgoing.c.id == copy.id)
        other = meanwhile(stage, lambda theirs: said.append(stop(theirs, actor(stage), occasion, stage.now)))
        outbox.rename(session, [copy.address_id], "Somebody New", "", "")
    other.join(20)
    assert len(said) == 1
    assert stage.copies(id=copy.id)[0].to_name == "Somebody New"


def test_what_is_put_off_in_the_moment_in_which_its_mailing_is_called_off_does_not_go_again(stage: Stage, sink: Sink) -> None:
    """Who calls it off does not wait for who is writing down that the relay asked for patience."""
    occasion = mailing(stage, 1)
    copies = stage.copies(occasion_id=occasion)
    sink.says = {"RCPT": "450 4.2.1 Later"}
    answered, stopped = threading.Event(), threading.Event()

    def before_its_answer_is_committed(_: Connection) -> None:
        if threading.current_thread() is courier and stage.copies(id=copies[0].id)[0].state == "sending":
            answered.set()
            assert stopped.wait(20)

    courier = threading.Thread(target=stage.courier.deliver, args=("bulk",))
    event.listen(stage.house.store.queue.writer, "commit", before_its_answer_is_committed)
    courier.start()
    assert answered.wait(20)
    with stage.house.store.write() as session:
        hold.call_off(session, actor(stage), occasion, now=stage.now)
    stopped.set()
    courier.join(20)
    assert {copy.state for copy in stage.copies(occasion_id=occasion)} == {"deferred"}
    sink.says = {}
    stage.later(hours=1)
    while stage.courier.deliver("bulk"):
        pass
    assert {copy.state for copy in stage.copies(occasion_id=occasion)} == {"cancelled"}
    assert len(copies) > 1
    assert not sink.got
    while due.tick(stage.house, stage.now):
        pass
    ended = stage.occasion("invitation")
    assert (ended.state, ended.reason) == ("cancelled", hold.CALLED_OFF), "it reached nobody, so it was not sent"


def test_v6_a_copy_that_is_tried_again_while_its_mailing_ends_opens_it_again(stage: Stage, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler has counted all of them and not yet said so."""
    occasion = mailing(stage, 4)
    (failed, *_) = stage.copies(occasion_id=occasion)
    sink.says = {f"RCPT {failed.to_address}": "554 5.7.1 Spam"}
    while stage.courier.deliver("bulk"):
        pass
    others: list[threading.Thread] = []
    rest_after = dead.rest_after

    def in_the_middle(session: Connection, occasion_id: int, now: datetime) -> int:
        others.append(meanwhile(stage, lambda theirs: outbox.retry_now(theirs, failed.id, now)))
        return rest_after(session, occasion_id, now)

    monkeypatch.setattr(dead, "rest_after", in_the_middle)
    assert due.tick(stage.house, stage.now)
    others[0].join(20)
    assert (stage.copies(id=failed.id)[0].state, stage.occasion("invitation").state) == ("queued", "queued")


def test_v6_a_mailing_does_not_end_while_a_copy_of_it_is_tried_again(stage: Stage, sink: Sink) -> None:
    """Who has it tried again has not committed when the scheduler counts."""
    occasion = mailing(stage, 4)
    (failed, *_) = stage.copies(occasion_id=occasion)
    sink.says = {f"RCPT {failed.to_address}": "554 5.7.1 Spam"}
    while stage.courier.deliver("bulk"):
        pass
    with stage.house.store.write() as session:
        assert outbox.retry_now(session, failed.id, stage.now)
        scheduler = threading.Thread(target=due.tick, args=(stage.house, stage.now))
        scheduler.start()
        waits_for_a_lock(stage.house.store, scheduler)
    scheduler.join(20)
    assert (stage.copies(id=failed.id)[0].state, stage.occasion("invitation").state) == ("queued", "queued")


@pytest.mark.parametrize("second", ["invitation", "draft-agenda"])
def test_v13_two_mailings_that_are_written_down_at_one_moment_take_two_days_of_a_reader(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """One beside the ticks and one in a tick: what a reader gets of one network is decided one mailing after the other."""
    many(stage.house, stage.network_id, 6, stage.now)
    monkeypatch.setattr(letters, "FIRST_PAGE", 1)
    first = approved(stage, "invitation", 40)
    assert due.steps(stage.house, stage.now)  # it begins, and has more
    both = (first, approved(stage, second, 41, beside=first))
    monkeypatch.setattr(letters, "FIRST_PAGE", 100)
    pages, waited = until_its_commit(stage, due.pages)
    tick = threading.Thread(target=due.steps, args=(stage.house, stage.now))
    tick.start()
    waits_for_a_lock(stage.house.store, tick)
    waited.set()
    for thread in (pages, tick):
        thread.join(20)
    while due.tick(stage.house, stage.now):
        pass
    days = Counter((copy.address_id, copy.not_before.date()) for copy in stage.copies() if copy.occasion_id in both)
    assert len(days) == 2 * 7
    assert set(days.values()) == {1}


def approved(stage: Stage, kind: str, days: int, beside: int = 0) -> int:
    """The occasion of a meeting in so many days, which goes now; nothing else is planned."""
    meeting(stage.house, stage.network_id, stage.now + timedelta(days=days), stage.now)
    occasion_id = approve(stage.house, kind, stage.now)
    with stage.house.store.write() as session:
        others = (occasions.c.id.not_in((occasion_id, beside)), occasions.c.state != "queued")
        session.execute(update(occasions).where(*others).values(state="cancelled"))
    return occasion_id


def _moved(session: Connection, stage: Stage, meeting_id: int) -> None:
    meet.move(session, actor(stage), meeting_id, venue="Elsewhere Hall", now=stage.now)


def _cancelled(session: Connection, stage: Stage, meeting_id: int) -> None:
    meet.cancel(session, actor(stage), meeting_id, now=stage.now)


@pytest.mark.parametrize(
    ("change", "told"), [(_moved, "meeting-changed"), (_cancelled, "meeting-cancelled")], ids=["moved", "cancelled"]
)
def test_a_meeting_that_changes_in_the_moment_in_which_its_invitation_begins_has_been_told_of(
    stage: Stage, change: Callable[[Connection, Stage, int], None], told: str
) -> None:
    """Who changes it waits for what begins: no copy goes on telling the old facts, and who may have heard them hears of the change."""
    many(stage.house, stage.network_id, 4, stage.now)
    meeting_id = meeting(stage.house, stage.network_id, stage.now + timedelta(days=40), stage.now)
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "invitation").values(mode="auto"))
    stage.at(stage.occasion("invitation").due_at)
    state = select(occasions.c.state).where(occasions.c.kind == "invitation")
    ticking, waited = until_its_commit(stage, due.steps, lambda session: session.execute(state).scalar_one() == "queued")
    other = meanwhile(stage, lambda session: change(session, stage, meeting_id))
    waited.set()
    ticking.join(20)
    other.join(20)
    while due.tick(stage.house, stage.now):
        pass
    invitation = stage.occasion("invitation")
    assert {copy.state for copy in stage.copies(occasion_id=invitation.id)} <= {"cancelled"}
    with stage.house.store.read() as session:
        assert session.execute(select(occasions.c.id).where(occasions.c.kind == told)).first() is not None


def test_an_issue_that_begins_in_the_moment_in_which_it_is_called_off_is_on_its_way(stage: Stage) -> None:
    """Who calls it off waits for what begins, and is told: an issue that was called off does not go."""
    stage.member("rose@hill.school.example", "Rose Reader", purposes=("newsletter",))
    with stage.house.store.write() as session:
        made = issue.make(session, actor(stage), publishes_at=stage.now + timedelta(days=30), now=stage.now)
    stage.mail("jane@hill.school.example", f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use, and all like them.")
    issue_id = int(made.fields["issue"]["id"])
    with stage.house.store.write() as session:
        issue.send_as_it_stands(session, actor(stage), issue_id, at_once=True, now=stage.now)
    state = select(occasions.c.state).where(occasions.c.kind == "issue")
    ticking, waited = until_its_commit(stage, due.steps, lambda session: session.execute(state).scalar_one() == "queued")
    refused: list[Conflict] = []

    def call_off(session: Connection) -> None:
        try:
            issue.call_off(session, actor(stage), issue_id, now=stage.now)
        except Conflict as conflict:
            refused.append(conflict)

    other = meanwhile(stage, call_off)
    waited.set()
    ticking.join(20)
    other.join(20)
    assert ["on its way" in str(one) for one in refused] == [True]
    assert (stage.occasion("issue").state, {copy.state for copy in stage.copies(purpose="newsletter")}) == ("queued", {"queued"})


@pytest.mark.parametrize("uncertain", ["resend", "hold"])
def test_v5_what_was_marked_by_a_commit_that_hung_past_its_lease_is_not_begun(
    stage: Stage, sink: Sink, monkeypatch: pytest.MonkeyPatch, uncertain: str
) -> None:
    """The database stood still while it was marked. Meanwhile the sweep has taken it for lost, and another worker has it."""
    monkeypatch.setattr(deliver, "LEASE", timedelta(seconds=2))
    sink.delay = 0.05  # so that what is begun is not over before it is looked for
    occasion_id = mailing(stage, STRIDE)
    other, hung, over = deliver.Courier(stage.house, "other"), threading.Event(), threading.Event()

    @event.listens_for(stage.house.store.queue.writer, "commit")
    def _hangs(session: Connection) -> None:
        asked = session.exec_driver_sql("SELECT count(*) FROM outgoing WHERE state = 'sending'")
        if threading.current_thread() is first and asked.scalar_one() and not hung.is_set():
            hung.set()
            assert over.wait(20)

    first = threading.Thread(target=stage.courier.deliver, args=("bulk",))
    first.start()
    assert hung.wait(20)
    began = clock.lease_now()
    until(lambda: clock.lease_now() > began + deliver.LEASE)
    over.set()
    until(lambda: reaped(stage, uncertain) or not first.is_alive())
    other.deliver("bulk")
    first.join(20)
    other.deliver("bulk")
    stage.settle()
    assert set(sink.counts().values()) == {1}
    assert {copy.state for copy in stage.copies(occasion_id=occasion_id)} == {"accepted"}
    other.close()


def reaped(stage: Stage, uncertain: str) -> int:
    with stage.house.store.write() as session:
        return outbox.reap(session, lease_now=clock.lease_now(), now=stage.now, resend=uncertain == "resend")
