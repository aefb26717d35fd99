"""A term against the clock: the right mails on the right days, once each, whoever keeps time (V5, V11, OPS-9)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer import clock, wake
from mailer.acts import Actor, Strength, hold, meet
from mailer.cycle import due
from mailer.cycle import letters as pages
from mailer.house import House, open_house
from mailer.outbound.deliver import Courier
from mailer.store.tables import letters, networks, occasions, outgoing
from tests.servers import until
from tests.stage import Stage
from workers import scheduler as scheduling
from workers.scheduler import Scheduler, lead

STARTS = datetime(2027, 1, 20, 14, 0, tzinfo=UTC)  # a Wednesday
PEOPLE = ("jane@hill.school.example", "dawn@mill.school.example")
OLIVE, PETER = "olive@hill.school.example", "peter@mill.school.example"

# What goes to a member who says nothing, and on which day; the network lets an unanswered proof go at its time.
TERM = {
    "save-the-date": "2026-11-24",  # its time is at once, but for the undo time after its proof
    "invitation": "2026-12-18",  # one month before is a Sunday, so the Friday before it
    "draft-agenda": "2027-01-06",
    "final-agenda": "2027-01-13",
}

DAYS = {"2026-11": (23, 24), "2026-12": (16, 17, 18, 19), "2027-01": (4, 5, 6, 7, 12, 13, 14, 19, 20, 21, 22, 27, 28)}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.network()
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    for organiser in (OLIVE, PETER):
        stage.organiser(organiser, "")
    for member in PEOPLE:
        stage.member(member, "")
    stage.meeting(STARTS, venue="Hill School")
    yield stage
    stage.close()


Keep = Callable[[Stage, datetime], None]


def one(stage: Stage, now: datetime) -> None:
    """One that keeps time, and delivers."""
    stage.at(now)
    stage.settle()


def restarted(stage: Stage, now: datetime) -> None:
    """A new process every day: it knows only what the rows say."""
    stage.at(now)
    stage.courier.close()
    stage.house.store.close()
    stage.house = open_house(stage.house.settings)
    stage.courier = Courier(stage.house, f"process of {now}")
    stage.settle()


def racing(stage: Stage, now: datetime) -> None:
    """Two processes that both believe they lead, tick after tick at the same moment."""
    stage.at(now)
    others = [open_house(stage.house.settings) for _ in range(2)]
    gate = threading.Barrier(2)

    def keep(house: House) -> None:
        courier = Courier(house, f"one of two: {id(house)}")
        for _ in range(4):
            gate.wait(20)
            while due.tick(house, now):
                pass
            for lane in (wake.URGENT, wake.BULK):
                while courier.deliver(lane):
                    pass
        courier.close()

    threads = [threading.Thread(target=keep, args=(house,)) for house in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for house in others:
        house.close()
    stage.settle()


def sent(stage: Stage) -> list[tuple[str, str, str]]:
    """(kind, to, day) of everything that left for an occasion, proofs and nudges apart."""
    with stage.house.store.read() as session:
        rows = session.execute(
            select(occasions.c.kind, outgoing.c.to_address, outgoing.c.dated_at)
            .join(occasions, occasions.c.id == outgoing.c.occasion_id)
            .where(outgoing.c.state == "accepted")
        )
        return [(row.kind, row.to_address, row.dated_at.date().isoformat()) for row in rows]


@pytest.mark.parametrize("keep", [one, restarted, racing], ids=["one scheduler", "restarted every day", "two at once"])
def test_the_right_mails_on_the_right_days_once_each(stage: Stage, keep: Keep) -> None:
    for month, days in DAYS.items():
        for day in days:
            keep(stage, datetime.fromisoformat(f"{month}-{day:02}T10:00:00Z"))
    copies = Counter((kind, to) for kind, to, _ in sent(stage))
    assert max(copies.values()) == 1 or {key for key, count in copies.items() if count > 1} <= {("desk-brief", o) for o in (OLIVE, PETER)}
    for member in PEOPLE:
        got = {kind: when for kind, to, when in sent(stage) if to == member}
        assert {kind: got.get(kind) for kind in TERM} == TERM
    days = Counter((to, when) for kind, to, when in sent(stage) if to in PEOPLE)
    assert max(days.values()) == 1  # V13: never two in one working day
    with stage.house.store.read() as session:
        states = Counter(session.execute(select(occasions.c.state)).scalars())
        proofs = Counter(
            session.execute(
                select(letters.c.fields["letter_subject"].as_string(), outgoing.c.to_address)
                .join(letters, letters.c.id == outgoing.c.letter_id)
                .where(letters.c.template == "occasions/proof", outgoing.c.to_address == OLIVE)
            ).all()
        )
    assert not states["queued"]
    assert not [key for key, count in proofs.items() if count > 1]


def test_v11_what_could_not_go_in_time_is_missed_and_told(stage: Stage) -> None:
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="wait"))
    stage.settle()
    stage.at(datetime(2026, 12, 18, 9, 0, tzinfo=UTC))
    stage.settle()
    assert stage.occasion("invitation").state in ("proofed", "waiting")
    stage.at(STARTS - timedelta(days=1))
    stage.settle()
    assert stage.occasion("invitation").state == "missed"
    assert not [mail for mail in stage.mails() if mail.to in PEOPLE and "coming" in mail.subject]
    with stage.house.store.read() as session:
        told = session.execute(
            select(outgoing.c.to_address, letters.c.fields["missed"][0]["kind"].as_string())
            .join(letters, letters.c.id == outgoing.c.letter_id)
            .where(letters.c.template == "replies/occasion-missed")
        ).all()
    assert {(OLIVE, "invitation"), (PETER, "invitation")} <= set(told)


def test_v11_after_an_outage_one_letter_tells_of_all_that_was_missed(stage: Stage) -> None:
    """Nothing ran from the day after the meeting was made until the day after it took place."""
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="wait"))
    stage.settle()
    stage.at(STARTS + timedelta(days=1))
    stage.settle()
    told = [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Did not go out")]
    (letter,) = told
    assert letter.subject == "Did not go out: 6 mails"
    for word in ("Invitation", "Draft agenda", "Final agenda", "Save the date", "Sheet for the day"):
        assert f"What: {word}" in letter.text
    assert "Was due: Friday 18 December at 09:00" in letter.text
    assert "Now: write to the list if people should still hear of the meeting" in letter.words
    assert "-agenda" not in letter.words  # no codes


def test_several_reminders_of_one_tick_are_one_letter(stage: Stage) -> None:
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="wait"))
    stage.meeting(STARTS + timedelta(days=1), venue="Mill Academy")  # a second meeting, and so a second proof
    stage.settle()
    before = len(stage.mails(OLIVE))
    stage.later(days=1)
    (nudge,) = stage.mails(OLIVE)[before:]
    assert nudge.subject == "2 proofs still wait for you"
    assert nudge.words.count("Save the date") == 2
    stage.later(minutes=5)
    assert len(stage.mails(OLIVE)) == before + 1


def test_v11_a_held_mailing_that_is_missed_leaves_nothing_in_the_queue(stage: Stage) -> None:
    occasion = stage.occasion("invitation")
    with stage.house.store.write() as session:
        o = occasions.c
        session.execute(update(occasions).where(o.id == occasion.id).values(state="queued", version=1, approved_version=1, cursor=0))
    due.step(stage.house, occasion.id, stage.now)
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.id == occasion.id).values(state="held", held_at=stage.now))
    stage.at(occasion.until_at + timedelta(minutes=1))
    stage.settle()
    copies = stage.copies(occasion_id=occasion.id)
    assert stage.occasion("invitation").state == "missed"
    assert {copy.state for copy in copies} == {"cancelled"}


def test_v6_what_was_held_on_its_way_and_is_too_late_went_to_some(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of four were invited before it was held, and nobody let it go. The meeting is called off then: the two hear of that."""
    monkeypatch.setattr(pages, "PAGE", 2)
    monkeypatch.setattr(pages, "FIRST_PAGE", 2)
    occasion = stage.occasion("invitation")
    with stage.house.store.write() as session:
        session.execute(occasions.delete().where(occasions.c.kind != "invitation"))  # nothing else tells of it
        begins = {"state": "queued", "version": 1, "approved_version": 1, "cursor": 0}
        session.execute(update(occasions).where(occasions.c.id == occasion.id).values(**begins))
    due.step(stage.house, occasion.id, stage.now)
    stage.courier.deliver(wake.BULK)
    had = {copy.to_address for copy in stage.copies(occasion_id=occasion.id) if copy.state == "accepted"}
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        hold.hold(session, operator, occasion.id, now=stage.now)
    stage.at(occasion.until_at + timedelta(minutes=1))
    stage.settle()
    stage.settle()
    stands = stage.occasion("invitation")
    assert (stands.state, stands.audience_count, stands.reason) == ("sent", len(had), "It was held, and nobody let it go.")
    (told,) = (mail for mail in stage.mails(OLIVE) if mail.subject == "Did not go to everybody: Invitation")
    assert "This had gone to 2 people when it was held, and is now too late to be of use. Nobody else gets it." in told.words
    with stage.house.store.write() as session:
        meet.cancel(session, operator, occasion.thing_id, now=stage.now)
    assert stage.occasion("meeting-cancelled").state == "planned"


def test_ops_9_one_leads_and_the_next_takes_over(stage: Stage) -> None:
    assert lead(stage.house, "first")
    assert lead(stage.house, "first")
    assert not lead(stage.house, "second")
    scheduler = Scheduler(stage.house, "first")
    scheduler.start()
    scheduler.stop()
    scheduler.join(10)
    assert lead(stage.house, "second")  # the first gave it up as it ended
    assert clock.name == "standing"


def test_a_sweep_that_always_has_more_leaves_the_processor_to_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty ticks without a pause, and then one of half a second."""
    monkeypatch.setattr(scheduling, "sweep", lambda house: True)
    scheduler = Scheduler(stage.house, "first")
    began = time.monotonic()
    scheduler.start()
    until(lambda: scheduler.ticks > scheduling.AT_ONCE)
    scheduler.stop()
    scheduler.join(10)
    assert time.monotonic() - began >= 2 * scheduling.TICK, "before the first tick, and after forty"
