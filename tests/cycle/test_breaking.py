"""What upsets the cycle: meetings that move and move again, HOLD and SEND in the middle, two answers at once, little time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, hold, meet, send, undo
from mailer.cycle import due, letters, looks, states
from mailer.store.tables import addresses, occasions, outgoing, proofs
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, invited
from tests.hosted import staged_on_postgres, waits_for_a_lock
from tests.servers import NewDatabase
from tests.stage import Stage, staged

EVERYONE = (OLIVE, PETER, JANE, DAWN)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def operator(stage: Stage) -> Actor:
    return Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")


def acting(stage: Stage, address: str) -> Actor:
    with stage.house.store.read() as session:
        who = session.execute(select(addresses.c.id, addresses.c.person_id).where(addresses.c.address == address)).one()
    return Actor(stage.network_id, who.person_id, who.id, Strength.OPERATOR, "mail")


def move(stage: Stage, meeting_id: int, starts: datetime) -> None:
    with stage.house.store.write() as session:
        meet.move(session, operator(stage), meeting_id, starts_at=starts, now=stage.now)
    stage.settle()


def send_all(stage: Stage) -> None:
    """Olive says SEND to every proof that waits for her, and the undo time passes."""
    for proof in [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof")]:
        stage.reply(proof, "SEND")
    stage.later(minutes=11)


def got(stage: Stage, kind: str) -> Counter[str]:
    """Who was sent copies of a kind that arrived."""
    with stage.house.store.read() as session:
        rows = session.execute(
            select(outgoing.c.to_address)
            .join(occasions, occasions.c.id == outgoing.c.occasion_id)
            .where(occasions.c.kind == kind, outgoing.c.state == "accepted")
        )
        return Counter(rows.scalars())


def half_way(stage: Stage) -> int:
    """The save-the-date has gone to two of four. Returns its meeting."""
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(stage.now + timedelta(minutes=11))
    while stage.occasion("save-the-date").audience_count is None:
        due.tick(stage.house, stage.now)
    waits = [copy.id for copy in stage.copies(occasion_id=stage.occasion("save-the-date").id)][2:]
    with stage.house.store.write() as session:
        later = stage.now + timedelta(hours=1)
        session.execute(update(outgoing).where(outgoing.c.id.in_(waits)).values(next_attempt_at=later, not_before=later))
    stage.settle()
    assert sum(got(stage, "save-the-date").values()) == 2
    return meeting_id


def test_a_meeting_moved_twice_on_one_day_is_told_of_once(stage: Stage) -> None:
    meeting_id = invited(stage)
    move(stage, meeting_id, STARTS + timedelta(days=1))
    move(stage, meeting_id, STARTS + timedelta(days=6))
    send_all(stage)
    assert got(stage, "meeting-changed") == Counter(EVERYONE)
    mail = stage.last(JANE)
    assert "Wednesday 20 January" in mail.words  # what they knew
    assert "Tuesday 26 January" in mail.words
    assert "Thursday 21 January" not in mail.words


def test_a_meeting_moved_and_moved_back_is_not_told_of(stage: Stage) -> None:
    meeting_id = invited(stage)
    move(stage, meeting_id, STARTS + timedelta(days=1))
    move(stage, meeting_id, STARTS)
    send_all(stage)
    assert not got(stage, "meeting-changed")


def test_a_second_move_after_the_first_was_told_is_a_mail_of_its_own(stage: Stage) -> None:
    meeting_id = invited(stage)
    move(stage, meeting_id, STARTS + timedelta(days=1))
    send_all(stage)
    move(stage, meeting_id, STARTS + timedelta(days=6))
    send_all(stage)
    assert got(stage, "meeting-changed") == Counter(dict.fromkeys(EVERYONE, 2))
    assert "Thursday 21 January" in stage.last(JANE).words


def test_cancelled_while_its_mail_is_sent(stage: Stage) -> None:
    """Who had it is told that it is off; who had not hears nothing of it."""
    meeting_id = half_way(stage)
    had = got(stage, "save-the-date")
    with stage.house.store.write() as session:
        meet.cancel(session, operator(stage), meeting_id, now=stage.now)
    stage.settle()
    send_all(stage)
    stage.later(hours=2)
    assert got(stage, "save-the-date") == had
    assert got(stage, "meeting-cancelled") == had
    assert stage.occasion("save-the-date").state == "sent"


@pytest.mark.parametrize("held", [False, True], ids=["being sent", "held on its way"])
def test_a_meeting_that_takes_place_after_all_is_called_off_to_nobody_else(stage: Stage, held: bool) -> None:
    """V6: UNDO while the news that it is off has gone to some: they hear that it is on, and the others of nothing."""
    meeting_id = invited(stage)
    peter = acting(stage, PETER)
    with stage.house.store.write() as session:
        receipt = meet.cancel(session, peter, meeting_id, now=stage.now)
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(stage.now + timedelta(minutes=11))
    while stage.occasion("meeting-cancelled").audience_count is None:
        due.tick(stage.house, stage.now)
    off = stage.occasion("meeting-cancelled").id
    with stage.house.store.write() as session:
        later = {"next_attempt_at": stage.now + timedelta(hours=1), "not_before": stage.now + timedelta(hours=1)}
        session.execute(update(outgoing).where(outgoing.c.occasion_id == off, outgoing.c.to_address != JANE).values(later))
    stage.settle()
    with stage.house.store.write() as session:
        if held:
            hold.hold(session, operator(stage), off, now=stage.now)
        undo.redeem(session, peter, receipt.fields["undo"], now=stage.now)
    stage.settle()
    send_all(stage)
    stage.later(hours=2)
    assert got(stage, "meeting-cancelled") == Counter([JANE])
    assert got(stage, "meeting-changed")[JANE] == 1
    with stage.house.store.read() as session:
        assert session.execute(select(occasions.c.state).where(occasions.c.id == off)).scalar_one() == "sent"


@pytest.mark.parametrize("held", [False, True], ids=["being sent", "held on its way"])
def test_moved_while_its_mail_is_sent_everybody_is_told_the_new_time(stage: Stage, held: bool) -> None:
    meeting_id = half_way(stage)
    had = got(stage, "save-the-date")
    if held:
        with stage.house.store.write() as session:
            hold.hold(session, operator(stage), stage.occasion("save-the-date").id, now=stage.now)
    move(stage, meeting_id, STARTS + timedelta(days=6))
    send_all(stage)
    stage.later(hours=2)
    assert got(stage, "save-the-date") == had
    assert got(stage, "meeting-changed") == Counter(EVERYONE)


@pytest.mark.parametrize("written", [0, 1, 3], ids=["none written", "one written", "all but one written"])
def test_moved_while_its_copies_are_written_everybody_is_told_the_new_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """A page holds one reader here, 1,000 in life: whose copy was not reached hears of the meeting by the change."""
    monkeypatch.setattr(letters, "PAGE", 1)
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(stage.now + timedelta(minutes=11))
    occasion = stage.occasion("save-the-date")
    with stage.house.store.write() as session:
        assert states.move(session, occasion, state="queued", cursor=0)  # it begins, and the process is killed
    for _ in range(written):
        due.step(stage.house, occasion.id, stage.now)
    assert len(stage.copies(occasion_id=occasion.id)) == written
    assert stage.occasion("save-the-date").audience_count is None
    move(stage, meeting_id, STARTS + timedelta(days=1))
    send_all(stage)
    assert got(stage, "save-the-date") == Counter()
    assert got(stage, "meeting-changed") == Counter(EVERYONE)
    assert {stage.occasion(kind).state for kind in ("save-the-date", "meeting-changed")} == {"sent"}


def test_the_first_page_is_small_so_that_the_first_copies_leave_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "FIRST_PAGE", 1)
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(stage.now + timedelta(minutes=11))
    occasion = stage.occasion("save-the-date")
    written = []
    for _ in range(2):  # it begins with the first page, then all others
        due.step(stage.house, occasion.id, stage.now)
        written.append(len(stage.copies(occasion_id=occasion.id)))
    assert written == [1, len(EVERYONE)]
    stage.settle()
    assert got(stage, "save-the-date") == Counter(EVERYONE)


def test_send_after_hold_on_the_way_lets_the_rest_go_once(stage: Stage) -> None:
    half_way(stage)
    proof = stage.proof(OLIVE)
    stage.reply(proof, "HOLD")
    assert "it had gone to 2 people already" in stage.last(OLIVE).words
    stage.later(hours=2)
    assert sum(got(stage, "save-the-date").values()) == 2
    stage.reply(proof, "SEND")
    assert "It goes on to 2 people who have not had it yet, now" in stage.last(OLIVE).words
    stage.settle()
    assert got(stage, "save-the-date") == Counter(EVERYONE)


def test_what_is_partly_gone_is_not_changed_any_more(stage: Stage) -> None:
    half_way(stage)
    stage.reply(stage.proof(OLIVE), "HOLD")
    row = stage.outcome(stage.reply(stage.proof(OLIVE), "Note: bring a coat"))
    assert (row.state, row.reason) == ("refused", "partly-gone")
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(hours=2)
    assert got(stage, "save-the-date") == Counter(EVERYONE)
    assert not [mail for mail in stage.mails(JANE) if "coat" in mail.text]


def test_two_organisers_who_answer_at_once(stage: Stage) -> None:
    """Both hear when it goes, and nobody gets it twice."""
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    with stage.house.store.read() as session:
        rows = session.execute(select(proofs.c.id, proofs.c.address_id)).all()
    gate, said = threading.Barrier(2), []

    def answer(proof_id: int, address_id: int) -> None:
        actor = Actor(stage.network_id, address_id, None, Strength.TAG, "mail")
        gate.wait(20)
        with stage.house.store.write() as session:
            undo = timedelta(minutes=10)
            receipt = send.approve(session, actor, proof_id, at_once=False, undo=undo, now=stage.now)
            said.append(receipt.fields["goes"])

    threads = [threading.Thread(target=answer, args=tuple(row)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == [stage.now.replace(minute=10).isoformat()] * 2
    stage.later(minutes=11)
    assert got(stage, "save-the-date") == Counter(EVERYONE)


def test_a_second_send_does_not_put_it_off(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=9)
    stage.reply(stage.proof(PETER), "SEND")
    assert "Olive Organiser has said yes to it already" in stage.last(PETER).words
    assert "Monday 23 November at 10:10" in stage.last(PETER).words
    stage.later(minutes=2)
    assert got(stage, "save-the-date") == Counter(EVERYONE)


def test_send_now_by_the_other_brings_it_forward(stage: Stage) -> None:
    invitation = datetime(2026, 12, 16, 9, 0, tzinfo=UTC)
    stage.meeting(STARTS, venue="Hill School")
    stage.at(invitation)
    stage.settle()
    (olives,) = [mail for mail in stage.mails(OLIVE) if "are you coming" in mail.subject]
    (peters,) = [mail for mail in stage.mails(PETER) if "are you coming" in mail.subject]
    stage.reply(olives, "SEND")
    stage.reply(peters, "SEND NOW")
    assert "on Wednesday 16 December at 09:10" in stage.last(PETER).words
    stage.later(minutes=11)
    assert got(stage, "invitation") == Counter(EVERYONE)


def test_a_receipt_says_that_the_network_is_held(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    with stage.house.store.write() as session:
        hold.hold_network(session, stage.network_id, "snow", now=stage.now)
    stage.reply(stage.proof(OLIVE), "SEND")
    assert "nothing leaves before it is released" in stage.last(OLIVE).words


@pytest.mark.parametrize(
    ("starts", "shown"),
    [
        (timedelta(hours=20), ["day-before", "feedback-request", "final-agenda"]),
        (timedelta(days=2), ["day-before", "final-agenda"]),
        (timedelta(days=10), ["draft-agenda"]),
        (timedelta(days=15), ["draft-agenda", "invitation"]),
        (timedelta(days=58), ["save-the-date"]),
        (timedelta(days=210), ["save-the-date"]),
    ],
    ids=["tomorrow", "in two days", "in ten days", "in a fortnight", "in two months", "in seven months"],
)
def test_what_is_shown_at_once_when_a_meeting_is_made(stage: Stage, starts: timedelta, shown: list[str]) -> None:
    """Of several that are overdue only the newest; nobody reads a proof of what another takes the place of."""
    stage.meeting(stage.now + starts, venue="Hill School")
    stage.settle()
    with stage.house.store.read() as session:
        o = occasions.c
        rows = session.execute(select(o.kind).where(o.version > 0, o.mode == "proof", o.thing_type == "meeting"))
        assert sorted(rows.scalars()) == shown
    assert len([mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof")]) == len(shown)


@pytest.mark.parametrize(
    ("change", "subject", "says", "silent"),
    [
        pytest.param({"venue": "Hill School, main hall"}, "Changed place: Meeting on Wednesday 20 January is now at Hill School, main hall",
                     ("Please note a new place.", "Place before", "The date and the time stay"), ("Before ", "Host before"), id="a room"),
        pytest.param({"host": "Mill Academy"}, "Changed host: Meeting on Wednesday 20 January is now hosted by Mill Academy",
                     ("Please note a new host.", "Host before"), ("Before ", "Place before"), id="a host"),
        pytest.param({"starts_at": STARTS + timedelta(days=1), "ends_at": STARTS + timedelta(days=1, hours=2)}, "Changed: Meeting is now Thursday 21 January at",
                     ("Please note a new date.", "Before"), ("Place before", "stay as they were"), id="a date"),
        pytest.param({"starts_at": STARTS + timedelta(minutes=30)}, "Changed: Meeting is now Wednesday 20 January at",
                     ("Please note a new time.", "Before"), ("Place before",), id="an hour"),
    ],
)  # fmt: skip
def test_a_change_is_called_what_it_is(
    stage: Stage, change: dict[str, Any], subject: str, says: tuple[str, ...], silent: tuple[str, ...]
) -> None:
    """A new room is no new date, and nobody reads a "before" that is the same as now; who cannot come is asked about a
    new date only."""
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "YES")
    stage.reply(stage.last(DAWN), "NO")
    with stage.house.store.write() as session:
        meet.move(session, operator(stage), meeting_id, **change, now=stage.now)
    stage.settle()
    send_all(stage)
    another_day = "ends_at" in change
    mail = stage.last(JANE)
    assert mail.subject.startswith(subject)
    asked = "Can you come on the new date?" if another_day else "Can you still come?"
    assert asked in mail.words
    for words in says:
        assert words in mail.words
    for words in silent:
        assert words not in mail.words
    said_no = stage.last(DAWN).words
    question = asked if another_day else "Would you be able to come now?"
    assert (question in said_no) == ("starts_at" in change)
    assert ("need not answer" in said_no) == ("starts_at" not in change)


def changed(stage: Stage, peter: Actor) -> str:
    """Another room, when everyone was invited."""
    meeting_id = invited(stage)
    with stage.house.store.write() as session:
        meet.move(session, peter, meeting_id, venue="Mill Academy", now=stage.now)
    return "meeting-changed"


def made(stage: Stage, peter: Actor) -> str:
    with stage.house.store.write() as session:
        meet.make(session, peter, starts_at=STARTS, ends_at=STARTS + timedelta(hours=3), venue="Hill School", now=stage.now)
    return "save-the-date"


def moved(stage: Stage, peter: Actor) -> str:
    """Another day, before anybody was told of the first."""
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    with stage.house.store.write() as session:
        meet.move(session, peter, meeting_id, starts_at=STARTS + timedelta(days=1), now=stage.now)
    return "save-the-date"


@pytest.mark.parametrize("act", [changed, made, moved], ids=["changed", "made", "moved"])
def test_whose_meeting_it_is_does_not_say_send_alone(stage: Stage, act: Callable[[Stage, Actor], str]) -> None:
    """Design 4: who wrote what a letter says (a change; or a save-the-date, which says a date and nothing else) sees in the
    proof that another organiser has to agree; the other one's SEND alone is enough."""
    kind = act(stage, acting(stage, PETER))
    stage.settle()
    assert "another organiser has to agree" in stage.proof(PETER).words
    assert "another organiser has to agree" not in stage.proof(OLIVE).words
    row = stage.outcome(stage.reply(stage.proof(PETER), "SEND NOW"))
    assert (row.state, row.reason) == ("asked", "second-reader")
    stage.later(minutes=11)
    assert not got(stage, kind)
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=11)
    assert got(stage, kind) == Counter(EVERYONE)


def test_a_held_letter_goes_with_its_meeting(stage: Stage) -> None:
    """HOLD, then a move: the letter stays held, and its dates are those of the new day, so that it is not missed (V11)."""
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    before = stage.occasion("invitation")
    with stage.house.store.write() as session:
        hold.hold(session, operator(stage), before.id, now=stage.now)
    move(stage, meeting_id, STARTS + timedelta(days=42))
    after = stage.occasion("invitation")
    assert after.state == "held"
    assert after.until_at == before.until_at + timedelta(days=42)


@pytest.mark.parametrize("kind", ["day-sheet", "invitation"], ids=["goes by itself", "is shown first"])
def test_what_was_held_is_held_when_its_meeting_takes_place_after_all(stage: Stage, kind: str) -> None:
    """HOLD, CANCEL, UNDO: it stands as it did, neither let go by that nor forgotten, and who releases it gets it on its way."""
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    peter, one = acting(stage, PETER), stage.occasion(kind)
    stage.at(one.proof_at or stage.now)
    stage.settle()
    with stage.house.store.write() as session:
        hold.hold(session, peter, one.id, now=stage.now)
        receipt = meet.cancel(session, peter, meeting_id, now=stage.now)
        undo.redeem(session, peter, receipt.fields["undo"], now=stage.now)
    assert stage.occasion(kind).state == "held"
    with stage.house.store.write() as session:
        hold.release(session, peter, one.id, now=stage.now)
    stage.settle()
    send_all(stage)
    stage.at(one.due_at + timedelta(minutes=11))
    stage.settle()
    stage.settle()
    assert stage.occasion(kind).state == "sent"


def test_what_was_called_off_for_good_does_not_come_back_with_its_meeting(stage: Stage) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    peter, one = acting(stage, PETER), stage.occasion("day-sheet")
    with stage.house.store.write() as session:
        hold.call_off(session, operator(stage), one.id, now=stage.now)
        receipt = meet.cancel(session, peter, meeting_id, now=stage.now)
        undo.redeem(session, peter, receipt.fields["undo"], now=stage.now)
    assert (stage.occasion("day-sheet").state, stage.occasion("invitation").state) == ("cancelled", "planned")


def test_undo_of_stop_brings_back_nothing_that_was_stopped_since(stage: Stage) -> None:
    """STOP while copies wait, then the meeting moves, then UNDO: the old date does not go out (V11)."""
    meeting_id = half_way(stage)
    had = got(stage, "save-the-date")
    waiting = next(who for who in EVERYONE if who not in had)
    stage.mail(waiting, "mendip-leave@lists.example.org", "leave", "")
    move(stage, meeting_id, STARTS + timedelta(days=7))
    stage.reply(next(mail for mail in reversed(stage.mails(waiting)) if "UNDO" in mail.text), "UNDO")
    stage.later(hours=2)
    assert got(stage, "save-the-date") == had


def test_a_move_taken_back_leaves_nobody_out(stage: Stage) -> None:
    """The first move stopped the copies that waited; when the meeting is back where it was their readers still hear of it."""
    meeting_id = half_way(stage)
    had = got(stage, "save-the-date")
    move(stage, meeting_id, STARTS + timedelta(days=7))
    move(stage, meeting_id, STARTS)
    send_all(stage)
    stage.later(hours=2)
    told = got(stage, "meeting-changed")
    assert set(EVERYONE) - set(had) <= set(told)
    assert set(told.values()) == {1}
    assert got(stage, "save-the-date") == had


def test_many_mailings_under_way_do_not_keep_a_cancelled_meeting_waiting(stage: Stage) -> None:
    """Sixty mailings whose copies wait for their relay take no place from what is pressing."""
    meeting_id = invited(stage)
    sent = stage.occasion("invitation")
    with stage.house.store.write() as session:
        row = dict(session.execute(select(occasions).where(occasions.c.id == sent.id)).one()._mapping)
        copy = dict(session.execute(select(outgoing).where(outgoing.c.occasion_id == sent.id).limit(1)).one()._mapping)
        for number in range(60):
            row |= {"id": 10_000 + number, "kind": "post", "thing_type": "post", "thing_id": 5_000 + number, "state": "queued"}
            session.execute(occasions.insert().values(**row))
            copy |= {"id": 20_000 + number, "occasion_id": row["id"], "state": "deferred", "key": f"many:{number}"}
            copy["next_attempt_at"] = stage.now + timedelta(days=1)
            session.execute(outgoing.insert().values(**copy))
        meet.cancel(session, operator(stage), meeting_id, now=stage.now)
        cancelled = session.execute(select(occasions.c.id).where(occasions.c.kind == "meeting-cancelled")).scalar_one()
        session.execute(update(occasions).where(occasions.c.id == cancelled).values(mode="auto"))
    with stage.house.store.read() as session:
        assert cancelled in [one.id for one in looks.waiting(session, stage.now)]


@pytest.fixture
def hosted(postgres: NewDatabase, tmp_path: Path) -> Iterator[Stage]:
    yield from staged_on_postgres(postgres, tmp_path)


@pytest.mark.postgres
def test_a_change_that_the_scheduler_begins_to_send_is_stopped_and_not_superseded(hosted: Stage) -> None:
    """The second move waits for the scheduler's word: what has begun goes no further, and the second change is a mail of its own."""
    meeting_id = invited(hosted)
    move(hosted, meeting_id, STARTS + timedelta(days=1))
    first = hosted.occasion("meeting-changed")

    def second() -> None:
        with hosted.house.store.write() as session:
            meet.move(session, operator(hosted), meeting_id, starts_at=STARTS + timedelta(days=6), now=hosted.now)

    mover = threading.Thread(target=second)
    with hosted.house.store.write() as session:
        states.keep_still(session, "meeting", meeting_id)
        assert states.move(session, first, state="queued", cursor=0)
        mover.start()
        waits_for_a_lock(hosted.house.store, mover)
    mover.join(30)
    assert not mover.is_alive()
    with hosted.house.store.read() as session:
        rows = session.execute(
            select(occasions.c.id, occasions.c.state, occasions.c.reason, occasions.c.extra)
            .where(occasions.c.kind == "meeting-changed")
            .order_by(occasions.c.id)
        ).all()
    assert len(rows) == 2
    assert (rows[0].id, rows[0].state, rows[0].reason) == (first.id, "queued", "meeting moved")
    assert rows[-1].extra["changes"][0]["before"] == (STARTS + timedelta(days=1)).isoformat()
