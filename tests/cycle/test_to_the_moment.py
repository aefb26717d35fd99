"""A letter goes when its time comes, not at the next look after it: the scheduler knows what comes before its next tick, and has
ready for its time what goes to a few."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from mailer import wake
from mailer.acts import Actor, Strength, hold, meet
from mailer.cycle import due, letters
from mailer.house import House
from mailer.store.tables import memberships, occasions, responses
from tests.servers import until
from tests.stage import Stage, staged
from workers.scheduler import AHEAD, TICK, Scheduler, until_next

SOON = 0.2  # seconds


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    for stage in staged(tmp_path):
        stage.meeting(datetime(2027, 1, 20, 14, 0, tzinfo=UTC))
        yield stage


@pytest.mark.parametrize(
    ("state", "due", "goes", "rest"),
    [
        ("planned", SOON, None, SOON),
        ("proofed", SOON, None, SOON),
        ("proofed", 600, SOON, SOON),
        ("waiting", -600, SOON, SOON),
        ("planned", 600, None, TICK),
        ("planned", -SOON, None, TICK),  # it is due already: this tick's matter
        ("waiting", SOON, None, TICK),  # nobody has said SEND
        ("held", SOON, SOON, TICK),
        ("sent", SOON, SOON, TICK),
    ],
)
def test_the_next_tick_is_at_the_moment_a_letter_goes_if_that_comes_before(
    stage: Stage, state: str, due: float, goes: float | None, rest: float
) -> None:
    def at(seconds: float) -> datetime:
        return stage.now + timedelta(seconds=seconds)

    invitation = stage.occasion("invitation").id
    with stage.house.store.write() as session:
        session.execute(update(occasions).values(due_at=at(6000), goes_at=None))
        values = {"state": state, "due_at": at(due), "goes_at": None if goes is None else at(goes)}
        session.execute(update(occasions).where(occasions.c.id == invitation).values(**values))
    assert until_next(stage.house, stage.now) == pytest.approx(rest)


def test_a_letter_whose_time_came_while_a_tick_was_at_its_work_does_not_wait_for_the_next_look(stage: Stage) -> None:
    looked = stage.now
    with stage.house.store.write() as session:
        session.execute(update(occasions).values(due_at=looked + timedelta(seconds=6000), goes_at=None))
        invitation = occasions.c.id == stage.occasion("invitation").id
        goes_at = looked + timedelta(milliseconds=10)
        session.execute(update(occasions).where(invitation).values(state="waiting", goes_at=goes_at))
    stage.at(looked + timedelta(milliseconds=30))
    assert until_next(stage.house, looked) == 0
    assert until_next(stage.house, stage.now) == TICK  # the tick that looked after it has had it in hand


@pytest.fixture
def at(stage: Stage) -> datetime:
    """The time of the day-before reminder, a second from now, and of nothing else. Everybody comes."""
    moment = stage.now + timedelta(seconds=1)
    one = occasions.c.id == stage.occasion("day-before").id
    with stage.house.store.write() as session:
        coming = session.execute(select(memberships.c.address_id)).scalars().all()
        said = {"meeting_id": stage.occasion("day-before").thing_id, "answer": "yes", "channel": "web", "at": stage.now}
        session.execute(insert(responses), [{"address_id": address, **said} for address in coming])
        session.execute(update(occasions).values(due_at=stage.now + timedelta(days=9), proof_at=None))
        session.execute(update(occasions).where(one).values(mode="auto", due_at=moment))
    return moment


def ready(stage: Stage) -> list[datetime]:
    return list(due.make_ready(stage.house, stage.now, stage.now + AHEAD))


def test_what_goes_to_a_few_is_written_down_before_its_time_and_leaves_at_it(stage: Stage, at: datetime) -> None:
    assert ready(stage) == [at]
    assert ready(stage) == [], "it was begun once (V5)"
    reminder = stage.occasion("day-before")
    assert (reminder.state, reminder.goes_at, reminder.audience_count) == ("queued", at, 4)
    stage.courier.deliver(wake.URGENT)
    assert [(copy.state, copy.next_attempt_at) for copy in stage.copies(occasion_id=reminder.id)] == [("queued", at)] * 4
    stage.at(at)
    stage.courier.deliver(wake.URGENT)
    assert {copy.state for copy in stage.copies(occasion_id=reminder.id)} == {"accepted"}
    stage.settle()
    assert (stage.occasion("day-before").state, len(stage.copies(occasion_id=reminder.id))) == ("sent", 4)


@pytest.mark.parametrize(
    "values",
    [{"mode": "proof"}, {"state": "held"}, {"kind": "feedback-request", "step": 1}, {"seconds": AHEAD.total_seconds() + 0.1}, {"seconds": 0}],
    ids=["asks its organisers", "is held", "goes to many", "later", "now"],
)
def test_nothing_else_is(stage: Stage, at: datetime, values: dict[str, object]) -> None:
    if "seconds" in values:
        values = {"due_at": stage.now + timedelta(seconds=float(str(values["seconds"])))}
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.due_at == at).values(**values))
    assert ready(stage) == []


@pytest.mark.parametrize(("act", "state"), [(hold.hold, "held"), (meet.cancel, "cancelled")], ids=["HOLD", "the meeting is off"])
def test_what_is_ready_can_still_be_stopped(stage: Stage, at: datetime, act: Callable[..., object], state: str) -> None:
    ready(stage)
    reminder = stage.occasion("day-before")
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        act(session, operator, reminder.id if act is hold.hold else reminder.thing_id, now=stage.now)
    stage.at(at)
    stage.settle()
    assert stage.occasion("day-before").state == state
    assert {copy.state for copy in stage.copies(occasion_id=reminder.id)} == {"queued" if state == "held" else "cancelled"}


def test_none_of_its_pages_leaves_before_its_time(stage: Stage, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PAGE", 2)
    ready(stage)
    while due.pages(stage.house, stage.now):
        pass
    copies = stage.copies(occasion_id=stage.occasion("day-before").id)
    assert [copy.next_attempt_at for copy in copies] == [at] * 4


def test_a_letter_that_is_made_ready_in_vain_keeps_none_behind_it(stage: Stage, at: datetime) -> None:
    """What was given another time since it was looked for."""
    sheet = occasions.c.kind == "day-sheet"
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(sheet).values(mode="auto", due_at=at - timedelta(milliseconds=1)))
    others = due.make_ready(stage.house, stage.now, stage.now + AHEAD)
    assert next(others) == at - timedelta(milliseconds=1)
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.due_at == at).values(due_at=at + timedelta(days=1)))
    assert list(others) == []


def test_its_bell_rings_at_its_time_whatever_keeps_the_tick(stage: Stage, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []

    class Bells:
        def ring(self, bell: str) -> None:
            rung.append(bell)

    made: list[int] = []
    goes_on, steps = threading.Event(), due.steps

    def slow(house: House, now: datetime) -> int:
        if stage.occasion("day-before").state == "queued":
            made.append(len(rung))
            assert goes_on.wait(20)  # a tick that takes long
        return steps(house, now)

    monkeypatch.setattr(due, "steps", slow)
    wake.provide(Bells())
    scheduler = Scheduler(stage.house, "first")
    try:
        scheduler.start()
        until(lambda: made and len(rung) > made[0])
        assert rung[-1] == wake.URGENT
    finally:
        goes_on.set()
        scheduler.stop()
        scheduler.join(10)
        wake.provide(wake.Silent())
