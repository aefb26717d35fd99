"""What was shown and does not hold any more: who is shown it anew, what SEND to the old proof does, and what stays approved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, forget_me, hold, issue, meet, send
from mailer.cycle import due, looks, plan, proofing
from mailer.cycle import letters as composing
from mailer.cycle.networks import cycle_of
from mailer.cycle.table import Row
from mailer.house import House
from mailer.store.tables import addresses, agenda_items, memberships, networks, occasions, outgoing, proofs
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, invited
from tests.hosted import staged_on_postgres, waits_for_a_lock
from tests.servers import NewDatabase
from tests.stage import DOMAIN, Got, Stage

LATER = STARTS + timedelta(days=7)


def operator(stage: Stage) -> Actor:
    return Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")


def moved(stage: Stage, meeting_id: int, **values: Any) -> None:
    with stage.house.store.write() as session:
        meet.move(session, operator(stage), meeting_id, now=stage.now, **values)


def drafted(stage: Stage) -> Got:
    """Jane's item is in the draft agenda that organisers were shown. Returns her receipt."""
    invited(stage)
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    receipt = stage.last(JANE)
    stage.at(stage.occasion("draft-agenda").proof_at)
    stage.settle()
    return receipt


def approved(stage: Stage) -> tuple[int, int | None]:
    one = stage.occasion("draft-agenda")
    return one.version, one.approved_version


def printed(stage: Stage) -> int:
    """An issue with a piece of Jane's, to come in a month. Returns its id."""
    with stage.house.store.write() as session:
        made = issue.make(session, operator(stage), publishes_at=stage.now + timedelta(days=30), now=stage.now)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    return int(made.fields["issue"]["id"])


def shown(stage: Stage, issue_id: int) -> Got:
    """Its proof."""
    with stage.house.store.write() as session:
        issue.proof(session, operator(stage), issue_id, now=stage.now)
    stage.settle()
    return stage.proof(OLIVE)


def as_it_stands(stage: Stage, issue_id: int, *, at_once: bool = False) -> None:
    """IT has it sent without a proof."""
    with stage.house.store.write() as session:
        issue.send_as_it_stands(session, operator(stage), issue_id, at_once=at_once, now=stage.now)


# A change between the look of a turn and its step


@pytest.mark.parametrize(
    "values",
    [{"venue": "Mill Academy"}, {"starts_at": LATER + timedelta(days=90), "ends_at": LATER + timedelta(days=90, hours=2)}],
    ids=["another place", "another day"],
)
def test_what_changes_while_others_are_shown_is_shown_as_it_is_and_can_be_sent(stage: Stage, values: dict[str, Any]) -> None:
    """One turn shows many, each of which may take seconds; the moment at which it began is not that of the last."""
    for days in (0, 60):
        stage.meeting(STARTS + timedelta(days=days), venue="Hill School")
    with stage.house.store.read() as session:
        _, second = looks.to_be_shown(session, stage.now)
    begins, asked = stage.now, 0

    def may() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            stage.at(begins + timedelta(seconds=3))
            moved(stage, second.thing_id, **values)
        return True

    due.show(stage.house, begins, may=may)
    stage.settle()

    def stands() -> Any:
        with stage.house.store.read() as session:
            return session.execute(select(occasions).where(occasions.c.id == second.id)).one()

    stage.reply(stage.proof(OLIVE), "SEND")
    assert (stands().version, stands().approved_version) == (1, 1)


def test_a_letter_that_goes_by_itself_waits_for_the_new_day(stage: Stage) -> None:
    meeting_id = invited(stage)
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "day-before").values(mode="auto"))
        session.execute(update(networks).values(first_term_ends=stage.now.date()))
    stage.at(stage.occasion("day-before").due_at)
    with stage.house.store.read() as session:
        found = [one for one in looks.waiting(session, stage.now) if one.kind == "day-before"]
    moved(stage, meeting_id, starts_at=STARTS + timedelta(days=28), ends_at=STARTS + timedelta(days=28, hours=2))
    assert [due.step(stage.house, one.id, stage.now) for one in found] == [False]
    assert stage.occasion("day-before").state == "planned"


# What an item that is taken back undoes, and what it does not


def test_undo_of_what_is_withdrawn_takes_no_approval(stage: Stage) -> None:
    receipt = drafted(stage)
    stage.reply(receipt, "WITHDRAW")
    stage.reply(stage.proof(OLIVE), "SEND")
    assert approved(stage) == (2, 2)
    stage.reply(receipt, "UNDO")
    assert approved(stage) == (2, 2)


def test_nor_does_undo_of_a_piece_that_is_withdrawn(stage: Stage) -> None:
    issue_id = printed(stage)
    receipt = stage.last(JANE)
    stage.mail(DAWN, f"mendip-news@{DOMAIN}", "Stirrers", "Our new stirrers are in use since Monday, and all like them.")
    shown(stage, issue_id)
    stage.reply(receipt, "WITHDRAW")
    stage.reply(stage.proof(OLIVE), "SEND")
    assert stage.occasion("issue").approved_version == 2
    stage.reply(receipt, "UNDO")
    assert stage.occasion("issue").approved_version == 2


@pytest.mark.parametrize("words", ["WITHDRAW", "UNDO"])
def test_nor_does_an_item_that_an_organiser_had_dropped(stage: Stage, words: str) -> None:
    receipt = drafted(stage)
    with stage.house.store.read() as session:
        number = session.execute(select(agenda_items.c.number).order_by(agenda_items.c.id.desc())).scalar()
    stage.reply(stage.proof(PETER), f"Drop item {number}")
    stage.reply(stage.proof(OLIVE), "SEND")
    assert approved(stage) == (2, 2)
    stage.reply(receipt, words)
    assert approved(stage) == (2, 2)


def test_a_member_who_takes_an_item_back_is_no_second_reader(stage: Stage) -> None:
    """Peter changed the place; that Jane took something back since does not make his SEND enough."""
    receipt = drafted(stage)
    stage.reply(stage.proof(PETER), "Venue: Mill Academy")
    stage.reply(receipt, "WITHDRAW")
    row = stage.outcome(stage.reply(stage.proof(PETER), "SEND"))
    assert (row.state, row.reason) == ("asked", "second-reader")


def test_what_is_fetched_back_is_gone_from_the_next_agenda(stage: Stage) -> None:
    invited(stage)
    following = stage.meeting(STARTS + timedelta(days=2), venue="Mill Academy")

    def draft() -> Any:
        with stage.house.store.read() as session:
            of_it = (occasions.c.kind == "draft-agenda") & (occasions.c.thing_id == following)
            return session.execute(select(occasions).where(of_it)).one()

    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    stage.reply(stage.last(JANE), "Please keep it for the next meeting")
    kept = stage.last(JANE)
    stage.at(draft().proof_at)
    stage.settle()
    stage.reply(next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Proof") and "drift" in mail.text), "SEND")
    assert draft().approved_version == 1
    stage.reply(kept, "UNDO")
    assert (draft().version, draft().approved_version) == (2, None)
    stage.at(draft().due_at)
    stage.settle()
    assert not [mail for mail in stage.mails(DAWN) if "drift" in mail.text and "22 January" in mail.text]


# Letters that are held


def test_what_was_held_before_it_was_shown_is_shown_at_its_time(stage: Stage) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    before, sheet = stage.occasion("draft-agenda"), stage.occasion("day-sheet")
    with stage.house.store.write() as session:
        for one in (before, sheet):
            hold.hold(session, operator(stage), one.id, now=stage.now)
    stage.later(hours=1)
    moved(stage, meeting_id, venue="Mill Academy")
    with stage.house.store.write() as session:
        for one in (before, sheet):
            hold.release(session, operator(stage), one.id, now=stage.now)
    stage.later(hours=1)
    assert (stage.occasion("draft-agenda").proof_at, stage.occasion("draft-agenda").version) == (before.proof_at, 0)
    assert stage.occasion("day-sheet").proof_at == sheet.proof_at


def test_a_clock_that_goes_back_lets_no_old_place_go(stage: Stage) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    old = stage.proof(OLIVE)
    stage.reply(old, "HOLD")
    stage.at(stage.now - timedelta(seconds=1))
    moved(stage, meeting_id, venue="Mill Academy")
    stage.later(minutes=1)
    assert stage.outcome(stage.reply(old, "SEND")).reason == "older-version"
    assert "Mill Academy" in stage.proof(OLIVE).text


def test_a_mailing_that_was_called_off_cannot_be_held(stage: Stage) -> None:
    """SEND to it would say that it goes on."""
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    proof = stage.proof(OLIVE)
    stage.reply(proof, "SEND")
    with stage.crowd():
        stage.at(stage.now + timedelta(minutes=11))
        while stage.occasion("save-the-date").audience_count is None:
            due.tick(stage.house, stage.now)
        mailing = stage.occasion("save-the-date").id
        with stage.house.store.write() as session:
            one = select(outgoing.c.id).where(outgoing.c.occasion_id == mailing).limit(1).scalar_subquery()
            session.execute(update(outgoing).where(outgoing.c.id == one).values(state="sending"))
            hold.call_off(session, operator(stage), mailing, now=stage.now)
        with stage.house.store.write() as session:
            assert hold.hold(session, operator(stage), mailing, now=stage.now).said == "It does not go out in any case."
        assert stage.occasion("save-the-date").state == "queued"


# Letters of something else that give a meeting's date


@pytest.mark.parametrize("held", [False, True], ids=["approved", "held"])
def test_a_newsletter_that_gives_an_old_date_is_shown_anew(stage: Stage, held: bool) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    proof = shown(stage, printed(stage))
    assert "20 January" in proof.text
    stage.reply(proof, "HOLD" if held else "SEND")
    stage.later(hours=1)
    moved(stage, meeting_id, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    stage.settle()
    if held:
        assert stage.occasion("issue").state == "held"
        stage.reply(proof, "SEND")
    assert stage.occasion("issue").approved_version is None
    newest = [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof") and "alances" in mail.text][-1]
    assert "27 January" in newest.text
    assert "20 January" not in newest.text


def test_what_somebody_who_came_later_is_told_is_shown_anew(stage: Stage) -> None:
    meeting_id = invited(stage)
    new = stage.member("new@hill.school.example", "New Person")
    with stage.house.store.write() as session:
        member = session.execute(select(memberships.c.id).where(memberships.c.address_id == new)).scalar_one()
        plan.joined(session, stage.network_id, member, stage.now)
    stage.settle()
    old = stage.proof(OLIVE)
    stage.later(minutes=5)
    with stage.crowd():
        moved(stage, meeting_id, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
        said = stage.reply(old, "SEND NOW")
    assert stage.outcome(said).reason == "older-version"


@pytest.mark.parametrize("first", [True, False], ids=["its first proof", "its second"])
def test_a_newsletter_is_shown_as_it_is_where_a_meeting_moves_while_it_is_composed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    issue_id = printed(stage)
    if not first:
        shown(stage, issue_id)
    moves = moves_while_composed(stage, monkeypatch, meeting_id)
    stage.later(minutes=1)
    shown(stage, issue_id)
    assert not moves
    stage.settle()  # what has changed meanwhile is composed anew by the next tick
    proof = [mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof") and "alances" in mail.text][-1]
    assert "27 January" in proof.text
    assert "20 January" not in proof.text


def test_nor_does_one_go_as_it_stands_with_the_old_date(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    issue_id = printed(stage)
    as_it_stands(stage, issue_id, at_once=True)
    moves = moves_while_composed(stage, monkeypatch, meeting_id)
    stage.later(minutes=1)
    assert not moves
    assert ["27 January" in mail.text for mail in stage.mails(JANE) if "alances" in mail.text][-1:] == [True]
    assert not [mail for mail in stage.mails(JANE) if "20 January" in mail.text]


def moves_while_composed(stage: Stage, monkeypatch: pytest.MonkeyPatch, meeting_id: int) -> list[int]:
    """Have the meeting moved while the newsletter is composed next. Empty once it was."""
    to_do, compose = [1], composing.write

    def write(house: House, network: Any, row: Row, *given: Any) -> list[composing.Composed]:
        if to_do and row.kind == "issue":
            to_do.pop()
            moved(stage, meeting_id, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
        return compose(house, network, row, *given)

    monkeypatch.setattr(composing, "write", write)
    return to_do


def test_a_newsletter_that_gives_a_cancelled_meeting_is_shown_anew(stage: Stage) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    stage.reply(shown(stage, printed(stage)), "SEND")
    with stage.house.store.write() as session:
        meet.cancel(session, operator(stage), meeting_id, now=stage.now)
    assert stage.occasion("issue").approved_version is None
    stage.settle()
    assert "20 January" not in stage.proof(OLIVE).text


def test_an_issue_that_moves_while_it_is_held_is_shown_anew(stage: Stage) -> None:
    issue_id = printed(stage)
    old = shown(stage, issue_id)
    stage.reply(old, "HOLD")
    with stage.house.store.write() as session:
        issue.move(session, operator(stage), issue_id, publishes_at=stage.now + timedelta(days=90), now=stage.now)
    assert stage.occasion("issue").state == "held"
    assert stage.outcome(stage.reply(old, "SEND")).reason == "older-version"


@pytest.mark.parametrize("words", ["HOLD", "SEND"])
def test_an_invitation_says_when_items_close_as_it_is(stage: Stage, words: str) -> None:
    meeting_id = stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.at(stage.occasion("invitation").proof_at)
    stage.settle()
    old = stage.proof(OLIVE)
    stage.reply(old, words)
    moved(stage, meeting_id, items_close_at=STARTS - timedelta(days=13))
    assert stage.occasion("invitation").approved_version is None
    assert stage.outcome(stage.reply(old, "SEND")).reason == "older-version"


# Who is forgotten, and what a meeting that takes place after all fetches back


def test_dp_11_the_item_of_who_is_forgotten_is_on_no_agenda(stage: Stage) -> None:
    drafted(stage)
    stage.reply(stage.proof(OLIVE), "SEND")
    with stage.house.store.write() as session:
        jane = session.execute(select(addresses.c.id).where(addresses.c.address == JANE)).scalar_one()
        erasure_id = forget_me.by_operator(session, stage.network_id, jane, now=stage.now)
    assert forget_me.carry_out(stage.house, erasure_id, stage.now)
    assert stage.occasion("draft-agenda").approved_version is None
    stage.settle()
    assert "drift" not in stage.proof(OLIVE).text


def test_what_goes_back_to_a_meeting_that_takes_place_after_all_is_gone_from_the_next_agenda(stage: Stage) -> None:
    first = invited(stage)
    following = stage.meeting(STARTS + timedelta(days=2), venue="Mill Academy")
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    with stage.house.store.read() as session:
        items = list(session.execute(select(agenda_items.c.id).where(agenda_items.c.meeting_id == first)).scalars())
    with stage.house.store.write() as session:
        meet.cancel(session, operator(stage), first, now=stage.now)
    of_it = (occasions.c.kind == "draft-agenda") & (occasions.c.thing_id == following)
    with stage.house.store.read() as session:
        stage.at(session.execute(select(occasions.c.proof_at).where(of_it)).scalar_one())
    stage.settle()
    stage.reply(next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Proof") and "drift" in mail.text), "SEND")
    args = {"what": "cancelled", "meeting_id": first, "items": items, "later": []}
    with stage.house.store.write() as session:
        assert session.execute(select(occasions.c.approved_version).where(of_it)).scalar_one() == 1
        meet.take_back(session, args, stage.now)
        assert session.execute(select(occasions.c.approved_version).where(of_it)).scalar_one() is None


# Who changed it last


def test_undo_of_a_move_is_no_second_reader(stage: Stage) -> None:
    drafted(stage)
    stage.reply(stage.proof(PETER), "Venue: Mill Academy")
    moved(stage, stage.occasion("draft-agenda").thing_id, host="Dale School")  # as UNDO does, without a name
    stage.settle()
    row = stage.outcome(stage.reply(stage.proof(PETER), "SEND"))
    assert (row.state, row.reason) == ("asked", "second-reader")


def test_nor_is_the_time_until_the_new_proof(stage: Stage) -> None:
    drafted(stage)
    with stage.house.store.write() as session:
        peter = session.execute(select(addresses).where(addresses.c.address == PETER)).one()
        by_peter = Actor(stage.network_id, peter.id, peter.person_id, Strength.TAG, "mail")
        far = STARTS + timedelta(days=60)
        meeting_id = stage.occasion("draft-agenda").thing_id
        meet.move(session, by_peter, meeting_id, starts_at=far, ends_at=far + timedelta(hours=2), now=stage.now)
    assert stage.occasion("draft-agenda").proof_at > stage.now
    stage.at(stage.occasion("draft-agenda").proof_at)
    stage.settle()
    proof = [mail for mail in stage.mails(PETER) if mail.subject.startswith("Proof") and "drift" in mail.text][-1]
    assert stage.outcome(stage.reply(proof, "SEND")).reason == "second-reader"


# Without a proof


def test_send_to_the_proof_of_what_goes_as_it_stands_says_so(stage: Stage) -> None:
    issue_id = printed(stage)
    old = shown(stage, issue_id)
    as_it_stands(stage, issue_id)
    stage.reply(old, "SEND")
    assert "It goes out at its time, and needs no proof any more." in stage.last(OLIVE).words
    assert (stage.occasion("issue").state, stage.occasion("issue").mode) == ("planned", "auto")


def test_a_proof_that_is_asked_for_after_all_comes(stage: Stage) -> None:
    """It was to go as it stands; now it waits for a SEND again."""
    issue_id = printed(stage)
    as_it_stands(stage, issue_id)
    proof = shown(stage, issue_id)
    assert "Our new balances" in proof.text
    one = stage.occasion("issue")
    assert (one.state, one.mode, one.version, "as_it_stands" in one.extra) == ("proofed", "proof", 1, False)


def test_what_goes_as_it_stands_has_not_changed_by_being_held(stage: Stage) -> None:
    issue_id = printed(stage)
    old = shown(stage, issue_id)
    as_it_stands(stage, issue_id)
    stage.reply(old, "HOLD")
    assert stage.outcome(stage.reply(old, "SEND")).state == "done"


def test_a_proof_that_is_asked_for_is_held_no_more(stage: Stage) -> None:
    """HOLD, then its proof is asked for: where an unanswered proof goes at its time, this one does."""
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    issue_id = printed(stage)
    stage.reply(shown(stage, issue_id), "HOLD")
    shown(stage, issue_id)
    stage.at(stage.occasion("issue").due_at)
    stage.settle()
    stage.settle()
    assert stage.occasion("issue").state == "sent"


# Two at one moment


@pytest.fixture
def hosted(postgres: NewDatabase, tmp_path: Path) -> Iterator[Stage]:
    yield from staged_on_postgres(postgres, tmp_path)


def while_it_moves(stage: Stage, meeting_id: int, act: Callable[[Any], Any]) -> None:
    """The act is not committed yet when the meeting gets another place, which waits for it."""
    moving = threading.Thread(target=moved, args=(stage, meeting_id), kwargs={"venue": "Mill Academy"})
    with stage.house.store.write() as session:
        act(session)
        moving.start()
        waits_for_a_lock(stage.house.store, moving)
    moving.join(20)
    assert not moving.is_alive()


@pytest.mark.postgres
def test_a_send_while_the_meeting_moves_lets_no_old_place_go(hosted: Stage) -> None:
    meeting_id = hosted.meeting(STARTS, venue="Hill School")
    hosted.settle()
    with hosted.house.store.read() as session:
        a, p = addresses.c, proofs.c
        olive = session.execute(select(addresses).where(a.address == OLIVE)).one()
        proof = session.execute(select(p.id).where(p.address_id == olive.id).order_by(p.id.desc())).scalars().first()
    assert proof is not None
    hosted.reply(hosted.proof(OLIVE), "HOLD")
    actor = Actor(hosted.network_id, olive.id, olive.person_id, Strength.TAG, "mail")
    now, undo = hosted.now, timedelta(minutes=10)
    while_it_moves(hosted, meeting_id, lambda session: send.approve(session, actor, proof, at_once=True, undo=undo, now=now))
    assert hosted.occasion("save-the-date").approved_version is None
    hosted.later(minutes=11)
    assert not hosted.mails(JANE)


@pytest.mark.postgres
def test_a_hold_while_the_meeting_moves_stands(hosted: Stage) -> None:
    meeting_id = hosted.meeting(STARTS, venue="Hill School")
    hosted.settle()
    old, letter = hosted.proof(OLIVE), hosted.occasion("save-the-date").id
    while_it_moves(hosted, meeting_id, lambda session: hold.hold(session, operator(hosted), letter, now=hosted.now))
    assert hosted.occasion("save-the-date").state == "held"
    assert hosted.outcome(hosted.reply(old, "SEND")).reason == "older-version"


@pytest.mark.postgres
@pytest.mark.parametrize("told", [proofing.remind, due._miss], ids=["reminded of", "missed"])
def test_who_is_told_of_two_letters_while_a_meeting_moves_does_not_wait_in_a_ring(hosted: Stage, told: Callable[..., bool]) -> None:
    """They are asked for in one order by everybody: the newsletter, which has the lower id, gives the date of the meeting."""
    issue_id = printed(hosted)
    meeting_id = hosted.meeting(STARTS, venue="Hill School")
    hosted.settle()
    shown(hosted, issue_id)
    with hosted.house.store.write() as session:
        open_ones = occasions.c.state.in_(("proofed", "waiting"))
        session.execute(update(occasions).where(open_ones).values(reminded_at=hosted.now - timedelta(days=2)))
        group = session.execute(select(occasions).where(open_ones).order_by(occasions.c.id.desc())).all()
    assert {one.kind for one in group} == {"save-the-date", "issue"}
    hosted.later(minutes=5)
    with hosted.house.store.read() as session:
        cycle = cycle_of(session, hosted.network_id, hosted.now)
    given = (hosted.house, group, *([cycle] if told is proofing.remind else []), hosted.now)
    done: list[bool] = []
    telling = threading.Thread(target=lambda: done.append(told(*given)))
    with hosted.house.store.write() as session:
        first = min(one.id for one in group)
        session.execute(select(occasions.c.id).where(occasions.c.id == first).with_for_update()).all()
        telling.start()
        waits_for_a_lock(hosted.house.store, telling)
        proofing.show_anew(session, "meeting", meeting_id, changed_by=None, now=hosted.now)
    telling.join(30)
    assert len(done) == 1
