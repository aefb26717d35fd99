"""From SEND to outgoing rows: what is read and composed once, and what each page asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from sqlalchemy import Connection, event, select, text, update
from sqlalchemy.exc import IntegrityError

from mailer import wake
from mailer.acts import Actor, Strength, hold, issue
from mailer.cycle import due, enqueue, letters, looks
from mailer.cycle.matter import Matter, Nothing
from mailer.cycle.matter.table import MATTERS
from mailer.house import House
from mailer.people import networks as networks_room
from mailer.store.tables import letters as letter_rows
from mailer.store.tables import networks, occasions, outgoing, pieces
from tests.servers import until
from tests.stage import DOMAIN, MONDAY, Stage
from workers.scheduler import REST, LongSteps, Scheduler

OLIVE = "olive@hill.school.example"
READERS = [f"reader{n}@hill.school.example" for n in range(6)]
WELSH = READERS[-1]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A newsletter with one piece that goes as it stands; a page holds two readers here, 1,000 in life."""
    stage = Stage(tmp_path)
    stage.network()
    stage.organiser(OLIVE, "Olive Organiser")
    for number, address in enumerate(READERS):
        language = "cy" if address == WELSH else ""
        stage.member(address, f"Reader {number}", purposes=("newsletter",), language=language)
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        made = issue.make(session, operator, publishes_at=MONDAY + timedelta(days=30), now=stage.now)
    stage.mail(OLIVE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    with stage.house.store.write() as session:
        issue.send_as_it_stands(session, operator, int(made.fields["issue"]["id"]), at_once=True, now=stage.now)
    yield stage
    stage.close()


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PAGE", 2)
    monkeypatch.setattr(letters, "FIRST_PAGE", 2)


@contextmanager
def asked(stage: Stage) -> Iterator[list[str]]:
    """What is read meanwhile."""
    found: list[str] = []

    def note(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(stage.house.store.reader, "before_cursor_execute", note)
    yield found
    event.remove(stage.house.store.reader, "before_cursor_execute", note)


def step(stage: Stage) -> tuple[int, set[str]]:
    """One step of the issue. How many copies stand then, and the languages of its letters."""
    one = stage.occasion("issue")
    due.step(stage.house, one.id, stage.now)
    with stage.house.store.read() as session:
        languages = select(letter_rows.c.language).where(letter_rows.c.occasion_id == one.id)
        return len(stage.copies(occasion_id=one.id)), set(session.execute(languages).scalars())


@pytest.mark.usefixtures("pages_of_two")
def test_the_first_copies_do_not_wait_until_a_long_audience_has_been_read(stage: Stage) -> None:
    """A letter that only somebody on a later page needs is composed when that page is written."""
    with asked(stage) as statements:
        assert step(stage) == (2, {"en"}), "it begins, with its first page"
    looked = [one for one in statements if "FROM standings JOIN addresses" in one]
    assert len(looked) == 2, "a page of readers for the letters they need, and again for their copies"
    assert [step(stage) for _ in range(3)] == [(4, {"en"}), (6, {"en"}), (7, {"en", "cy"})]
    with stage.house.store.read() as session:
        of = select(letter_rows).join(outgoing, outgoing.c.letter_id == letter_rows.c.id)
        got = session.execute(of.where(outgoing.c.to_address == WELSH)).one()
    assert got.language == "cy"
    assert [part["title"] for part in got.fields["sections"]] == ["O’r ystafell baratoi"]


@pytest.mark.usefixtures("pages_of_two")
@pytest.mark.parametrize("held", [False, True], ids=["being sent", "held on its way"])
def test_v6_a_network_that_is_closed_half_way_has_its_mailing_accounted_for(stage: Stage, held: bool) -> None:
    step(stage)
    stage.courier.deliver(wake.BULK)
    one = stage.occasion("issue")
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        if held:
            hold.hold(session, operator, one.id, now=stage.now)
        networks_room.close(session, stage.network_id, stage.now)
    if held:
        stage.at(one.until_at + timedelta(minutes=1))
    stage.settle()
    stage.settle()
    copies = [copy.state for copy in stage.copies(occasion_id=one.id)]
    assert copies.count("accepted") == 2
    assert (stage.occasion("issue").state, stage.occasion("issue").audience_count) == ("sent", len(copies))


@pytest.mark.usefixtures("pages_of_two")
def test_what_the_letters_are_made_of_is_read_once_for_all_pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def reads_them() -> bool:
        with asked(stage) as statements:
            step(stage)
        return any("FROM pieces" in one for one in statements)

    assert [reads_them() for _ in range(2)] == [True, False]
    monkeypatch.setattr(enqueue, "_MATTERS", WeakKeyDictionary())  # as of a process that has just begun
    assert reads_them()
    assert len(stage.copies(occasion_id=stage.occasion("issue").id)) == 6


def test_a_first_page_that_could_not_be_written_is_written_by_the_next_tick(stage: Stage) -> None:
    """It has begun, once, and each copy stands once (V5)."""
    with stage.house.store.write() as session:
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON outgoing BEGIN SELECT RAISE(ABORT, 'disk full'); END"))
    with pytest.raises(IntegrityError, match="disk full"):
        step(stage)
    assert (stage.occasion("issue").state, stage.occasion("issue").version) == ("queued", 1)
    with stage.house.store.write() as session:
        session.execute(text("DROP TRIGGER full"))
    assert step(stage) == (7, {"en", "cy"})
    assert (stage.occasion("issue").version, stage.occasion("issue").audience_count) == (1, 7)


@pytest.mark.usefixtures("pages_of_two")
def test_what_else_is_due_does_not_wait_for_the_pages_of_a_long_mailing(stage: Stage) -> None:
    """A tick begins a mailing and leaves its rest to others, or ten people's reminder would go a page late."""
    mailing = stage.occasion("issue").id
    assert due.steps(stage.house, stage.now) == 1, "it begins, with its first page"
    assert len(stage.copies(occasion_id=mailing)) == 2
    assert due.steps(stage.house, stage.now) == 0
    assert [due.pages(stage.house, stage.now) for _ in range(4)] == [1, 1, 1, 0]
    assert len(stage.copies(occasion_id=mailing)) == stage.occasion("issue").audience_count == 7


def test_what_else_is_due_does_not_wait_for_a_proof(stage: Stage) -> None:
    """Its whole audience is read for it, seconds of a hundred thousand."""
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "issue").values(state="planned", mode="proof", proof_at=stage.now))
    assert due.steps(stage.house, stage.now) == 0
    assert due.pages(stage.house, stage.now) == due.show(stage.house, stage.now, may=lambda: False) == 0
    assert stage.occasion("issue").state == "planned"
    assert due.show(stage.house, stage.now) == 1
    assert stage.occasion("issue").state == "proofed"


@pytest.mark.parametrize("meanwhile", ["cancelled", "held"])
def test_nobody_is_asked_for_the_matter_of_a_letter_that_is_stopped_while_it_is_looked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    with stage.house.store.write() as session:
        session.execute(update(pieces).values(state="withdrawn"))
        session.execute(update(occasions).where(occasions.c.kind == "issue").values(state="planned", mode="proof", proof_at=stage.now))
    look = MATTERS["issue"]

    def stopped(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
        found = look(session, occasion, now)
        with stage.house.store.write() as other:
            other.execute(update(occasions).where(occasions.c.id == occasion.id).values(state=meanwhile))
        return found

    monkeypatch.setitem(MATTERS, "issue", stopped)
    due.tick(stage.house, stage.now)
    assert stage.occasion("issue").proof_at == stage.now, "nor looked for again"
    with stage.house.store.read() as session:
        assert session.execute(select(letter_rows.c.id).where(letter_rows.c.template == "replies/matter-missing")).all() == []


def test_what_begins_goes_before_what_is_only_to_be_ended(stage: Stage) -> None:
    """The end of a mailing is a line in the plan; for a letter that begins people wait."""
    mailing, other = stage.occasion("issue").id, stage.occasion("desk-brief").id
    while due.tick(stage.house, stage.now):
        pass
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.occasion_id == mailing).values(state="accepted"))
        session.execute(update(occasions).where(occasions.c.id == other).values(state="planned", mode="auto", due_at=stage.now))
    with stage.house.store.read() as session:
        assert [one.id for one in looks.waiting(session, stage.now)] == [other, mailing]


@pytest.mark.parametrize(("day", "region"), [(5, "ENG"), (7, "SCT")], ids=["a weekend", "a bank holiday of theirs"])
def test_proofs_that_nobody_answers_over_days_of_rest_keep_nothing_else_waiting(stage: Stage, day: int, region: str) -> None:
    """Nobody is reminded on such a day, and the fifty of a step are others; a reminder elsewhere is one of them."""
    now = MONDAY + timedelta(days=day)
    silent = {"kind": "invitation", "thing_type": "meeting", "step": 0, "mode": "proof", "state": "waiting", "version": 1, "created_at": MONDAY}
    silent |= {"due_at": MONDAY, "until_at": MONDAY + timedelta(days=20), "reminded_at": now - timedelta(days=1)}
    with stage.house.store.write() as session:
        there = networks_room.add(session, slug="other", domain=DOMAIN, name="Other", now=stage.now)
        session.execute(update(networks).where(networks.c.id == there).values(holidays=region))
        for number in range(looks.A_STEP_AT_MOST):
            session.execute(occasions.insert().values(network_id=there, thing_id=number, **silent))
        session.execute(occasions.insert().values(network_id=stage.network_id, thing_id=100, **silent))
    with stage.house.store.read() as session:
        found = [(one.network_id, one.kind) for one in looks.waiting(session, now)]
        next_day = [(one.network_id, one.kind) for one in looks.waiting(session, MONDAY + timedelta(days=8))]
    assert (stage.network_id, "issue") in found
    assert (there, "invitation") not in found
    assert ((stage.network_id, "invitation") in found) is (region == "SCT")
    assert (there, "invitation") in next_day


@pytest.mark.usefixtures("pages_of_two")
def test_who_may_not_any_more_writes_no_page(stage: Stage) -> None:
    """The lead is lost, or the process is told to stop: the page in hand is the last one."""
    assert due.steps(stage.house, stage.now)
    assert due.pages(stage.house, stage.now, may=lambda: False) == 0
    assert len(stage.copies(occasion_id=stage.occasion("issue").id)) == 2


@pytest.mark.parametrize("late", [False, True], ids=["in time", "past its until"])
@pytest.mark.parametrize("state", ["held", "cancelled", "sent", "superseded", "missed"])
def test_what_has_ended_since_it_was_looked_for_is_left_alone(stage: Stage, state: str, late: bool) -> None:
    """Another thread ends or holds it between the look and the step. Its organisers hear nothing, but that one who held it missed it."""
    one = stage.occasion("issue")
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.id == one.id).values(state=state))
    moved = due.step(stage.house, one.id, one.until_at + timedelta(hours=1) if late else stage.now)
    assert (moved, stage.occasion("issue").state) == ((True, "missed") if late and state == "held" else (False, state))


@pytest.mark.parametrize("trouble", [False, True], ids=["all is well", "the end of each tick fails"])
@pytest.mark.usefixtures("pages_of_two")
def test_the_scheduler_writes_them_down_beside_its_ticks(stage: Stage, trouble: bool) -> None:
    if trouble:
        with stage.house.store.write() as session:
            session.execute(text("ALTER TABLE erasures RENAME TO gone"))
    scheduler = Scheduler(stage.house, "first")
    scheduler.start()
    until(lambda: stage.occasion("issue").audience_count == 7)
    scheduler.stop()
    scheduler.join(10)
    assert not scheduler.is_alive()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("long-steps")] == []


@pytest.mark.usefixtures("pages_of_two")
def test_no_page_waits_for_a_proof(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its audience may be a hundred thousand, and a mailing that has begun is under way."""
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "issue-tray").values(state="planned", mode="proof", proof_at=stage.now))
    being_made, goes_on = threading.Event(), threading.Event()
    look = MATTERS["issue-tray"]

    def slowly(session: Connection, occasion: Any, now: datetime) -> Matter | Nothing:
        being_made.set()
        assert goes_on.wait(20)
        return look(session, occasion, now)

    monkeypatch.setitem(MATTERS, "issue-tray", slowly)
    scheduler = Scheduler(stage.house, "first")
    scheduler.start()
    assert being_made.wait(20)
    until(lambda: stage.occasion("issue").audience_count == 7)
    goes_on.set()
    until(lambda: stage.occasion("issue-tray").state != "planned")
    scheduler.stop()
    scheduler.join(10)


def test_what_fails_after_a_long_look_is_not_looked_at_without_end(stage: Stage) -> None:
    began: list[float] = []

    def turn(house: House, now: datetime, *, may: Callable[[], bool]) -> int:
        began.append(time.monotonic())
        threading.Event().wait(0.05)
        raise OSError("it cannot be composed")

    steps = LongSteps(stage.house, turn, threading.Lock())
    steps.start()

    def again() -> bool:
        steps.look(leads=True)
        return len(began) >= 4

    until(again)
    steps.stop()
    steps.join(10)
    assert min(after - before for before, after in pairwise(began)) >= 0.05 * (1 + REST)


def test_who_waits_for_the_way_does_not_rest_for_it(stage: Stage) -> None:
    """A tick may take long; that is no failing of the long steps."""
    took: list[float] = []

    def turn(house: House, now: datetime, *, may: Callable[[], bool]) -> int:
        took.append(time.monotonic())
        return 0

    way = threading.Lock()
    steps = LongSteps(stage.house, turn, way)
    steps.start()
    with way:
        steps.look(leads=True)
        steps.join(2)

    def again() -> bool:
        steps.look(leads=True)
        return len(took) >= 2

    until(again)
    steps.stop()
    steps.join(10)
    assert took[1] - took[0] < 2 * REST, "it waited two seconds"


def test_no_other_page_is_begun_while_the_scheduler_waits_for_a_proof_to_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up the lead after both, and renews it no more."""
    being_made, goes_on = threading.Event(), threading.Event()
    pages: list[bool] = []

    def show(house: House, now: datetime, *, may: Callable[[], bool]) -> int:
        being_made.set()
        assert goes_on.wait(20)
        return 0

    def page(house: House, now: datetime, *, may: Callable[[], bool]) -> int:
        pages.append(may())
        return int(pages[-1])

    monkeypatch.setattr(due, "show", show)
    monkeypatch.setattr(due, "pages", page)
    scheduler = Scheduler(stage.house, "first")
    scheduler.start()
    assert being_made.wait(20)
    scheduler.stop()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "long-steps-page"])
    goes_on.set()
    scheduler.join(10)
    assert not scheduler.is_alive()


@pytest.mark.usefixtures("pages_of_two")
def test_no_page_is_begun_while_a_tick_has_the_way(stage: Stage) -> None:
    """A letter that somebody waits for goes through at once: what a tick writes down shares no interpreter with a long mailing."""
    due.steps(stage.house, stage.now)
    mailing = stage.occasion("issue").id
    way = threading.Lock()
    pages = LongSteps(stage.house, due.pages, way)
    pages.start()
    with way:
        pages.look(leads=True)
        pages.join(0.2)
        assert len(stage.copies(occasion_id=mailing)) == 2, "the first page, and no other"
    until(lambda: stage.occasion("issue").audience_count == 7)
    pages.stop()
    pages.join(10)
