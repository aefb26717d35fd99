"""Rates and rests: of everything, a network, a relay, a domain; several relays (OUT-9, OUT-16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer import clock
from mailer.message.address import key
from mailer.outbound import rates
from mailer.store.tables import addresses, outgoing
from mailer.store.tables import rates as rates_table
from tests.live.sink import Sink
from tests.outbound.queue import NOW, Queue
from tests.outbound.test_deliver import mailing, passed
from tests.stage import Stage

SECOND = timedelta(seconds=1)


@pytest.fixture
def sinks() -> Iterator[tuple[Sink, Sink]]:
    with Sink() as first, Sink() as second:
        yield first, second


@pytest.fixture
def stage(tmp_path: Path, sinks: tuple[Sink, Sink]) -> Iterator[Stage]:
    """Two relays, the second in reserve."""
    made = Stage(tmp_path, relay_url=",".join(sink.url for sink in sinks))
    made.network()
    made.member("jane@hill.school.example", "Jane Doe")
    yield made
    made.close()


def goes_to(queue: Queue, copy: int, address: str) -> None:
    queue.change(outgoing, copy, to_address=address)
    queue.change(addresses, queue.row(copy).address_id, address=address, key=key(address))


def deliver_all(stage: Stage) -> None:
    while stage.courier.deliver("bulk"):
        pass


def wake(stage: Stage) -> None:
    """Every rest is over."""
    with stage.house.store.write() as session:
        session.execute(update(rates_table).values(rests_until=clock.lease_now() - SECOND))


def rests(stage: Stage) -> dict[str, int]:
    with stage.house.store.read() as session:
        return {row.name: row.asked for row in session.execute(select(rates_table)) if row.rests_until is not None}


def test_a_domain_has_a_rate_of_its_own_and_the_others_go_on(queue: Queue) -> None:
    copies = [queue.copy() for _ in range(6)]
    slow = copies[::2]
    for copy in slow:
        queue.change(outgoing, copy, to_address=f"p{copy}@Slow.example")
    with queue.store.write() as session:
        rates.set_rate(session, 60, now=NOW - 2 * SECOND, name=rates.destination("slow.example"))
        known = rates.read(session, now=NOW, to_spend=True)
        budget = known.budget(100, "tray:")
    claimed = queue.claim(budget=budget)
    assert claimed == [copy for copy in copies if copy != slow[2]]
    with queue.store.write() as session:
        known.spend(session, claimed, budget, "tray:")
        assert rates.read(session, now=NOW).budget(100, "tray:").spent_destinations == ["slow.example"]
    with queue.store.read() as session:
        left = rates.read(session, now=NOW).budget(100, "tray:")
        assert queue.claim("two", budget=left) == []
        assert queue.claim("two", budget=rates.read(session, now=NOW + SECOND).budget(100, "tray:")) == [slow[2]]


def test_a_long_queue_for_a_resting_domain_does_not_hide_what_stands_behind_it(queue: Queue) -> None:
    for n, domain in enumerate(["Slow.example", "schüle.example", "SCHÜLE.example"] * 3):
        goes_to(queue, queue.copy(), f"p{n}@{domain}")
    behind = queue.copy()
    resting = {"slow.example": 0, "xn--schle-mva.example": 0}
    assert queue.claim(limit=2, budget=rates.Budget(2, destinations=resting)) == [behind]


def test_a_thousand_domains_may_rest_at_once(queue: Queue) -> None:
    goes_to(queue, queue.copy(), "p@slow1100.example")
    behind = queue.copy()
    resting = {f"slow{n}.example": 0 for n in range(1_200)}
    assert queue.claim(limit=1, budget=rates.Budget(1, destinations=resting)) == [behind]


@pytest.mark.parametrize(("progress", "seconds"), [(False, [15, 30, 60, 120, 240, 300, 300]), (True, [15, 15, 15])])
def test_out_16_who_asks_again_rests_longer_unless_something_went(queue: Queue, progress: bool, seconds: list[int]) -> None:
    now, found = NOW, []
    with queue.store.write() as session:
        for _ in seconds:
            until = rates.spare(session, rates.relay("smtp://a:25"), now=now, progress=progress)
            assert rates.spare(session, rates.relay("smtp://a:25"), now=now) == until  # said twice while it rests
            assert rates.read(session, now=now).rests(rates.relay("smtp://a:25"))
            found.append((until - now).total_seconds())
            now = until + SECOND
        assert not rates.read(session, now=now).rests(rates.relay("smtp://a:25"))
        much_later = now + timedelta(hours=2)
        assert rates.spare(session, rates.relay("smtp://a:25"), now=much_later) == much_later + 15 * SECOND
    assert found == seconds


def test_what_a_clock_stamped_that_went_an_hour_ahead_is_worth_nothing(queue: Queue) -> None:
    """It was put right since: neither a rate nor a rest waits until time has caught up."""
    ahead, name = NOW + timedelta(hours=1), rates.destination("slow.example")
    with queue.store.write() as session:
        rates.set_rate(session, 60, now=ahead)
        known = rates.read(session, now=NOW, to_spend=True)
        budget = known.budget(100, "tray:")
        assert budget.most == 10
        known.spend(session, range(10), budget, "tray:")
        assert [rates.read(session, now=NOW + n * SECOND).budget(100, "tray:").most for n in (0, 3)] == [0, 3]
        rates.spare(session, name, now=ahead)
        assert not rates.read(session, now=NOW).rests(name)
        assert rates.spare(session, name, now=NOW) == NOW + timedelta(minutes=1)
        assert rates.read(session, now=NOW).rests(name)


def test_a_stamp_a_moment_ahead_is_another_hosts_and_counts(queue: Queue) -> None:
    """Hosts agree about the time but for milliseconds: none of them finds a full bucket in that."""
    name = rates.relay("smtp://a:25")
    with queue.store.write() as session:
        rates.set_rate(session, 60, now=NOW + SECOND)
        assert rates.read(session, now=NOW).budget(100, "tray:").most == 0
        now = NOW
        for _ in range(7):
            now = rates.spare(session, name, now=now) + SECOND
        assert rates.spare(session, name, now=now) == now + timedelta(minutes=5)
        assert rates.read(session, now=now - SECOND).rests(name)


def test_a_relay_keeps_to_its_rate_and_the_reserve_is_not_used_for_it(stage: Stage, sinks: tuple[Sink, Sink]) -> None:
    mailing(stage, 30)
    ago = clock.lease_now() - 5 * SECOND
    with stage.house.store.write() as session:
        rates.set_rate(session, 60, now=ago, name=rates.relay(sinks[0].url))
    deliver_all(stage)
    assert 5 <= len(sinks[0].got) <= passed(ago)
    assert not sinks[1].got
    with stage.house.store.write() as session:  # changed while sending
        rates.set_rate(session, None, now=clock.lease_now(), name=rates.relay(sinks[0].url))
    deliver_all(stage)
    assert len(sinks[0].got) == 31
    assert set(sinks[0].counts().values()) == {1}


def test_out_9_a_relay_that_says_421_rests_and_the_next_goes_on(stage: Stage, sinks: tuple[Sink, Sink]) -> None:
    sinks[0].says = {"MAIL": "421 4.3.2 Too busy"}
    mailing(stage, 150)
    deliver_all(stage)
    assert sinks[0].connections == 1
    assert rests(stage) == {rates.relay(sinks[0].url): 1}
    assert len(sinks[1].got) == 151  # the one copy that met the 421, too
    assert {copy.state for copy in stage.copies(purpose="meetings")} == {"accepted"}
    assert set((sinks[0].counts() + sinks[1].counts()).values()) == {1}


def test_the_next_relay_keeps_to_its_own_rate_when_the_first_is_away(stage: Stage, sinks: tuple[Sink, Sink]) -> None:
    mailing(stage, 30)
    sinks[0].close()
    ago = clock.lease_now() - 5 * SECOND
    with stage.house.store.write() as session:
        rates.set_rate(session, 60, now=ago, name=rates.relay(sinks[1].url))
    deliver_all(stage)
    assert 5 <= len(sinks[1].got) <= passed(ago)
    copies = stage.copies(purpose="meetings")
    assert {(copy.state, copy.attempts) for copy in copies} == {("accepted", 1), ("queued", 0)}  # a change of relay is no try


def test_out_16_a_domain_that_says_4_7_rests_and_the_others_go_on(stage: Stage, sinks: tuple[Sink, Sink]) -> None:
    mailing(stage, 60)
    slow = stage.copies(purpose="meetings")[:40]
    with stage.house.store.write() as session:
        for copy in slow:
            session.execute(update(outgoing).where(outgoing.c.id == copy.id).values(to_address=f"p{copy.id}@slow.example"))
            sinks[0].says[f"RCPT p{copy.id}@slow.example"] = "451 4.7.0 Slow down"
    deliver_all(stage)
    states = [copy.state for copy in stage.copies(purpose="meetings") if copy.to_address.endswith("@slow.example")]
    assert states.count("deferred") <= 16  # one window had been written when it was said
    assert states.count("deferred") + states.count("queued") == 40
    assert len(sinks[0].got) == 21
    assert rests(stage) == {rates.destination("slow.example"): 1}
    sinks[0].says = {}
    wake(stage)
    stage.later(hours=2)
    assert set(sinks[0].counts().values()) == {1}
    assert len(sinks[0].got) == 61


def test_out_16_a_domain_rests_longer_though_others_take_what_they_get(stage: Stage, sinks: tuple[Sink, Sink]) -> None:
    mailing(stage, 12)
    copies = stage.copies(purpose="meetings")
    with stage.house.store.write() as session:
        for copy in copies[:2]:
            session.execute(update(outgoing).where(outgoing.c.id == copy.id).values(to_address=f"p{copy.id}@slow.example"))
            sinks[0].says[f"RCPT p{copy.id}@slow.example"] = "451 4.7.0 Slow down"
        later = [copy.id for copy in copies[7:]]
        session.execute(update(outgoing).where(outgoing.c.id.in_(later)).values(next_attempt_at=stage.now + timedelta(minutes=1)))
    deliver_all(stage)
    assert len(sinks[0].got) == 5
    assert rests(stage) == {rates.destination("slow.example"): 1}
    wake(stage)
    stage.at(stage.now + timedelta(hours=2))
    deliver_all(stage)
    assert len(sinks[0].got) == len(copies) - 2
    assert rests(stage) == {rates.destination("slow.example"): 2}


def test_who_waited_for_the_writers_turn_gives_no_second_twice(queue: Queue) -> None:
    """The clock is looked at before the turn is had; meanwhile another may have spent and stamped."""

    def spend(seconds: float, most: int) -> int:
        with queue.store.write() as session:
            known = rates.read(session, now=NOW + timedelta(seconds=seconds), to_spend=True)
            budget = known.budget(most, "tray:")
            known.spend(session, range(max(budget.most, 0)), budget, "tray:")
            return max(budget.most, 0)

    with queue.store.write() as session:
        rates.set_rate(session, 600, now=NOW - timedelta(seconds=20))
    assert spend(0, 1) == 1
    assert spend(-8, 192) == 99
    assert spend(0.1, 192) == 1
