"""Proofs in conversations (design 4, Proof): SEND, HOLD, changes, the second reader, silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, hold, issue, leave, meet, send
from mailer.cycle import due, letters, outlook, plan, proofing
from mailer.cycle.networks import cycle_of
from mailer.store.tables import networks, occasions, proofs
from tests.conversations.scenes import JANE, OLIVE, PETER, STARTS, invited
from tests.stage import DOMAIN, Stage


@pytest.fixture
def proofed(stage: Stage) -> Stage:
    """A meeting whose first mail lies before the organisers."""
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    return stage


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Stage]:
    """A network with one organiser."""
    stage = Stage(tmp_path)
    stage.network()
    stage.organiser(OLIVE, "Olive Organiser")
    stage.member(JANE, "Jane Doe")
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    yield stage
    stage.close()


def saves(stage: Stage) -> list[str]:
    return [mail.to for mail in stage.mails() if mail.subject.startswith("Save the date: Meeting")]


def test_the_proof_says_what_happens_in_its_first_line_and_shows_the_whole_letter(proofed: Stage) -> None:
    proof = proofed.proof(OLIVE)
    assert proof.text.startswith("If nobody answers, this does not go out")
    for word in ("SEND:", "SEND NOW:", "HOLD:", "Please keep this date free", "Copies: 4"):
        assert word in proof.text
    assert not proofed.mails(JANE)


def test_no_other_mail_names_send(proofed: Stage) -> None:
    proofed.reply(proofed.proof(OLIVE), "SEND")
    proofed.later(minutes=11)
    for mail in proofed.mails():
        if not mail.subject.startswith("Proof"):
            assert "SEND" not in mail.text.split(), mail.subject


def test_send_is_good_for_exactly_the_version_shown(proofed: Stage) -> None:
    old = proofed.proof(OLIVE)
    proofed.reply(proofed.proof(PETER), "Venue: Mill Academy\nNote: bring a coat")
    noted = proofed.last(PETER) if "Changes noted" in proofed.last(PETER).subject else proofed.mails(PETER)[-2]
    assert "Venue: Mill Academy" in noted.words
    stale = proofed.outcome(proofed.reply(old, "SEND"))
    assert (stale.state, stale.reason) == ("refused", "older-version")
    fresh = proofed.proof(OLIVE)
    assert fresh.subject.startswith("Proof 2")
    assert "Mill Academy" in fresh.text
    assert "bring a coat" in fresh.text
    proofed.reply(fresh, "SEND")
    proofed.later(minutes=11)
    assert "Mill Academy" in proofed.last(JANE).text
    assert len(saves(proofed)) == 4


def test_what_was_approved_is_shown_anew_where_its_meeting_changes_by_another_way(proofed: Stage) -> None:
    """Nobody has been told of the meeting yet, so no mail would tell them that the place has changed."""
    proofed.reply(proofed.proof(OLIVE), "SEND")
    operator = Actor(proofed.network_id, None, None, Strength.OPERATOR, "cli")
    with proofed.house.store.write() as session:
        meet.move(session, operator, proofed.occasion("save-the-date").thing_id, venue="Mill Academy", now=proofed.now)
    proofed.later(minutes=11)
    assert saves(proofed) == []
    fresh = proofed.proof(OLIVE)
    assert fresh.subject.startswith("Proof 2")
    proofed.reply(fresh, "SEND")
    proofed.later(minutes=11)
    assert len(saves(proofed)) == 4
    assert "Mill Academy" in proofed.last(JANE).text


def test_what_changes_while_a_letter_is_held_is_shown_before_it_goes(proofed: Stage) -> None:
    """The hold stands; it is the SEND to the proof with the old place that brings a new one."""
    old = proofed.proof(OLIVE)
    proofed.reply(old, "HOLD")
    proofed.later(minutes=1)
    with proofed.house.store.write() as session:
        operator = Actor(proofed.network_id, None, None, Strength.OPERATOR, "cli")
        meet.move(session, operator, proofed.occasion("save-the-date").thing_id, venue="Mill Academy", now=proofed.now)
        session.execute(update(occasions).where(occasions.c.kind == "save-the-date").values(due_at=occasions.c.until_at))
        plan.refresh(session, proofed.network_id, proofed.now)  # its dates change as well, to what they were
    proofed.settle()
    assert (proofed.occasion("save-the-date").state, proofed.occasion("save-the-date").version) == ("held", 1)
    row = proofed.outcome(proofed.reply(old, "SEND"))
    assert (row.state, row.reason) == ("refused", "older-version")
    assert any("The letter has changed since this proof. A newer proof comes to you, if it is not there yet" in mail.words for mail in proofed.mails(OLIVE))
    fresh = proofed.proof(OLIVE)
    assert "Mill Academy" in fresh.text
    proofed.later(minutes=11)
    assert not saves(proofed)
    proofed.reply(fresh, "HOLD")
    row = proofed.outcome(proofed.reply(old, "SEND"))
    assert (row.reason, proofed.occasion("save-the-date").state) == ("older-version", "held"), "an older proof ends no hold"
    proofed.reply(fresh, "SEND")
    proofed.later(minutes=11)
    assert len(saves(proofed)) == 4
    assert "Mill Academy" in proofed.last(JANE).text


def changed_by_an_organiser(stage: Stage) -> None:
    stage.reply(stage.proof(PETER), "Venue: Mill Academy")


def moved(stage: Stage, **values: Any) -> None:
    with stage.house.store.write() as session:
        it = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        meet.move(session, it, stage.occasion("save-the-date").thing_id, now=stage.now, **values)


LATER = STARTS + timedelta(days=28)
SINCE: dict[str, Callable[[Stage], None]] = {
    "changed in answer to a proof": changed_by_an_organiser,
    "its place is another": lambda stage: moved(stage, venue="Mill Academy"),
    "its day is another": lambda stage: moved(stage, starts_at=LATER, ends_at=LATER + timedelta(hours=2)),
}


@pytest.mark.parametrize("words", ["SEND", "SEND NOW", "HOLD, then SEND", "HOLD before, then SEND"])
@pytest.mark.parametrize("since", SINCE.values(), ids=SINCE)
def test_a_proof_of_what_has_changed_since_lets_nothing_go(proofed: Stage, since: Callable[[Stage], None], words: str) -> None:
    """Before the new one is there, too: it may wait for a long proof before it, or for its day. Nor does it where the clock has not
    moved since the proof was made."""
    old = proofed.proof(OLIVE)
    if words.startswith("HOLD before"):
        proofed.reply(old, "HOLD")
    if "HOLD" in words:
        proofed.later(minutes=1)
    with proofed.crowd():
        since(proofed)
        if words.startswith("HOLD, then"):
            proofed.reply(old, "HOLD")
        said = proofed.reply(old, "SEND NOW" if words == "SEND NOW" else "SEND")
    assert (proofed.outcome(said).state, proofed.outcome(said).reason) == ("refused", "older-version")
    proofed.later(minutes=11)
    assert not saves(proofed)


def test_a_proof_of_an_issue_that_is_moved_lets_nothing_go(stage: Stage) -> None:
    """To a day for which its proof would have come before the one that there is."""
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        made = issue.make(session, operator, publishes_at=stage.now + timedelta(days=30), now=stage.now)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "Our new balances are in use since Monday, and all like them.")
    stage.at(stage.occasion("issue").proof_at)
    stage.settle()
    old = stage.proof(OLIVE)
    stage.later(hours=5)
    with stage.crowd():
        with stage.house.store.write() as session:
            issue.move(session, operator, int(made.fields["issue"]["id"]), publishes_at=stage.now + timedelta(days=2), now=stage.now)
        said = stage.reply(old, "SEND NOW")
    assert stage.outcome(said).reason == "older-version"
    assert stage.proof(OLIVE).subject.startswith("Proof 2")


@pytest.mark.parametrize("words", ["WITHDRAW", "UNDO"])
def test_a_piece_that_is_withdrawn_after_send_is_not_printed(stage: Stage, words: str) -> None:
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        made = issue.make(session, operator, publishes_at=stage.now + timedelta(days=30), now=stage.now)
    for writer, title in ((OLIVE, "Stirrers"), (JANE, "Balances")):
        stage.mail(writer, f"mendip-news@{DOMAIN}", title, f"Our new {title.lower()} are in use since Monday, and all like them.")
    receipt = stage.last(JANE)
    with stage.house.store.write() as session:
        issue.proof(session, operator, int(made.fields["issue"]["id"]), now=stage.now)
    stage.settle()
    shown = stage.proof(OLIVE)
    assert "Balances" in shown.text
    stage.reply(shown, "SEND")
    assert stage.occasion("issue").approved_version == 1
    stage.reply(receipt, words)
    assert stage.occasion("issue").approved_version is None
    fresh = stage.proof(OLIVE)
    assert "Stirrers" in fresh.text
    assert "Our new balances" not in fresh.text


@pytest.mark.parametrize("words", ["WITHDRAW", "UNDO", "Please keep it for the next meeting"])
def test_an_item_that_is_taken_back_after_send_is_not_on_the_agenda(stage: Stage, words: str) -> None:
    """Nor is it left out when its writer takes that back."""
    invited(stage)
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    receipt = stage.last(JANE)
    stage.at(stage.occasion("draft-agenda").proof_at)
    stage.settle()
    shown = stage.proof(OLIVE)
    assert "Balances that drift" in shown.text
    stage.reply(shown, "SEND")
    assert stage.occasion("draft-agenda").approved_version == 1
    stage.reply(receipt, words)
    assert stage.occasion("draft-agenda").approved_version is None
    assert "Balances that drift" not in stage.proof(OLIVE).text
    if words != "UNDO":
        stage.reply(stage.last(JANE), "UNDO")
        assert "Balances that drift" in stage.proof(OLIVE).text
    assert stage.occasion("draft-agenda").version == (2 if words == "UNDO" else 3)


def test_who_changed_it_last_is_not_the_only_one_to_say_send(proofed: Stage) -> None:
    proofed.reply(proofed.proof(PETER), "Title: Spring meeting")
    row = proofed.outcome(proofed.reply(proofed.proof(PETER), "SEND"))
    assert (row.state, row.reason) == ("asked", "second-reader")
    proofed.later(hours=1)
    assert not saves(proofed)
    proofed.reply(proofed.proof(OLIVE), "SEND")
    proofed.later(minutes=11)
    assert len([m for m in proofed.mails() if m.subject.startswith("Save the date: Spring meeting")]) == 4


def test_one_organiser_alone_may_change_and_send(alone: Stage) -> None:
    alone.reply(alone.proof(OLIVE), "Note: bring a coat")
    alone.reply(alone.proof(OLIVE), "SEND NOW")
    alone.later(minutes=11)
    assert "bring a coat" in alone.last(JANE).text


def test_hold_stops_before_the_undo_time_is_over_and_the_proof_lets_it_go_again(proofed: Stage) -> None:
    proofed.reply(proofed.proof(OLIVE), "SEND")
    assert "goes to 4 people" in proofed.last(OLIVE).subject
    proofed.reply(proofed.last(OLIVE), "HOLD")
    proofed.later(days=2)
    assert not saves(proofed)
    word = proofed.outcome(proofed.reply(proofed.last(OLIVE), "SEND"))
    assert word.state in ("refused", "done")  # a receipt is no proof
    assert not saves(proofed)
    proofed.reply(proofed.proof(OLIVE), "send, please")
    proofed.later(minutes=11)
    assert len(saves(proofed)) == 4


def test_hold_while_it_is_being_sent_stops_the_rest(proofed: Stage) -> None:
    """Copies that left cannot be called back; the receipt says how many."""
    proofed.reply(proofed.proof(OLIVE), "SEND")
    proofed.at(proofed.now + timedelta(minutes=11))
    while (
        proofed.occasion("save-the-date").state != "queued" or proofed.occasion("save-the-date").audience_count is None
    ):
        due.tick(proofed.house, proofed.now)
    actor = Actor(proofed.network_id, 1, 1, Strength.TAG, "mail")
    with proofed.house.store.write() as session:
        held = hold.hold(session, actor, proofed.occasion("save-the-date").id, now=proofed.now)
    assert held.said.startswith("Held")
    proofed.settle()
    assert not saves(proofed)
    with proofed.house.store.write() as session:
        hold.release(session, actor, proofed.occasion("save-the-date").id, now=proofed.now)
    proofed.settle()
    assert len(saves(proofed)) == 4


def test_who_left_between_two_pages_is_not_taken_for_one_who_had_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEND after HOLD says how many more get it."""
    monkeypatch.setattr(letters, "FIRST_PAGE", 2)
    operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
    with stage.house.store.write() as session:
        issue.make(session, operator, publishes_at=stage.now + timedelta(days=9), now=stage.now)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "We have two balances to lend. Ask Jane at Hill School.")
    stage.later(days=2)
    stage.reply(stage.proof(OLIVE), "SEND NOW")
    stage.at(stage.now + timedelta(minutes=11))
    due.steps(stage.house, stage.now)
    mailing = stage.occasion("issue").id
    _, one = stage.copies(occasion_id=mailing)
    with stage.house.store.write() as session:
        leave.everything(session, Actor(stage.network_id, one.address_id, None, Strength.CONFIRM, "mail"), now=stage.now)
        hold.hold(session, operator, mailing, now=stage.now)
        proof = session.execute(select(proofs.c.id).where(proofs.c.occasion_id == mailing)).scalars().first()
        assert proof is not None
        olive = Actor(stage.network_id, 1, 1, Strength.TAG, "mail")
        told = send.approve(session, olive, proof, at_once=False, undo=stage.house.settings.undo, now=stage.now)
    stage.settle()
    got = [copy.to_address for copy in stage.copies(occasion_id=mailing) if copy.state == "accepted"]
    assert told.fields["readers"] == len(got) == 3


def test_who_has_their_copy_already_is_counted_once_though_it_tells_them_the_date(proofed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEND after HOLD says how many more get it: a save-the-date is for who was not told the date, and half of them are."""
    monkeypatch.setattr(letters, "FIRST_PAGE", 2)
    proofed.reply(proofed.proof(OLIVE), "SEND")
    proofed.at(proofed.now + timedelta(minutes=11))
    due.steps(proofed.house, proofed.now)
    mailing = proofed.occasion("save-the-date").id
    assert [copy.state for copy in proofed.copies(occasion_id=mailing)] == ["queued", "queued"]
    olive = Actor(proofed.network_id, 1, 1, Strength.TAG, "mail")
    with proofed.house.store.write() as session:
        hold.hold(session, olive, mailing, now=proofed.now)
    with proofed.house.store.read() as session:
        [planned] = [one for one in outlook.to_come(session, proofed.network_id, proofed.now) if one["id"] == str(mailing)]
        proof = session.execute(select(proofs.c.id).where(proofs.c.occasion_id == mailing)).scalars().first()
    assert proof is not None
    foreseen = {"at_once": False, "undo": proofed.house.settings.undo, "now": proofed.now}
    with proofed.house.store.write() as session:
        told = send.approve(session, olive, proof, foreseen=send.foresee(session, olive, proof, **foreseen), **foreseen)
    proofed.settle()
    assert told.fields["readers"] == planned["count"] == len(saves(proofed)) == 4


def test_a_change_that_nobody_can_do_by_rule_holds_what_was_approved(proofed: Stage) -> None:
    """A wish for a change after SEND must not be overtaken by the letter."""
    proofed.reply(proofed.proof(OLIVE), "SEND")
    row = proofed.outcome(proofed.reply(proofed.proof(PETER), "Please make it a bit friendlier"))
    assert row.outcome.startswith("Held")
    assert "it a bit friendlier" in proofed.last(PETER).words
    proofed.later(days=1)
    assert not saves(proofed)


def test_a_change_before_any_send_is_refused_with_a_sentence(proofed: Stage) -> None:
    row = proofed.outcome(proofed.reply(proofed.proof(PETER), "Please make it a bit friendlier"))
    assert (row.state, row.reason) == ("refused", "changes-unclear")
    assert "Note: ..." in proofed.last(PETER).words


def test_hold_and_what_should_change_in_one_reply(proofed: Stage) -> None:
    proofed.reply(proofed.proof(PETER), "HOLD please, the place is wrong.\nVenue: Mill Academy")
    assert proofed.proof(OLIVE).subject.startswith("Proof 2")
    proofed.later(hours=2)
    assert not saves(proofed)


@pytest.mark.parametrize(
    "words",
    ["send?", "Looks good to me", "Yes", "Please send it to Karen as well", "ok but change the date", "do not send"],
)
def test_nearly_send_is_not_send(proofed: Stage, words: str) -> None:
    proofed.reply(proofed.proof(OLIVE), words)
    proofed.later(hours=1)
    assert not saves(proofed)


def test_send_by_somebody_who_is_no_organiser_any_more(proofed: Stage) -> None:
    proof = proofed.proof(PETER)
    proofed.reply(proof, "STOP ALL NETWORKS")
    row = proofed.outcome(proofed.reply(proof, "SEND"))
    assert row.state == "refused"
    proofed.later(hours=1)
    assert not saves(proofed)


def test_silence_is_nudged_waits_is_reminded_daily_and_missed_at_last(stage: Stage) -> None:
    """Unanswered: the next organiser after a working day, a waiting state at the due time, a word a day, then `missed`."""
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "HOLD")
    stage.at(
        datetime(2026, 12, 16, 9, 0, tzinfo=UTC)
    )  # the invitation is due on the 18th, its proof goes two days before
    stage.settle()
    assert "are you coming" in stage.proof(OLIVE).subject

    def nudges() -> list[str]:
        return [mail.to for mail in stage.mails() if mail.subject.startswith("A proof still waits")]

    stage.later(hours=25)
    assert len(nudges()) == 1
    stage.at(datetime(2026, 12, 18, 9, 1, tzinfo=UTC))
    stage.settle()
    assert stage.occasion("invitation").state == "waiting"
    before = len(nudges())
    for day in (21, 22):  # working days: the week-end is left alone
        stage.at(datetime(2026, 12, day, 9, 2, tzinfo=UTC))
        stage.settle()
        assert len(nudges()) == before + 2, day
        before = len(nudges())
    until = stage.occasion("invitation").until_at
    stage.at(until + timedelta(minutes=1))
    stage.settle()
    assert stage.occasion("invitation").state in ("missed", "superseded")
    told = [mail.text for mail in stage.mails(OLIVE) if mail.subject.startswith("Did not go out")]
    assert any("What: Invitation" in text for text in told)
    assert not stage.mails(JANE)


def test_nobody_is_nudged_about_a_proof_that_has_just_come(proofed: Stage) -> None:
    """It was made by another between the look and the step."""
    with proofed.house.store.read() as session:
        cycle = cycle_of(session, proofed.network_id, proofed.now)
    had = len(proofed.mails())
    assert not proofing.remind(proofed.house, [proofed.occasion("save-the-date")], cycle, proofed.now)
    proofed.settle()
    assert len(proofed.mails()) == had


def test_a_network_may_send_what_nobody_answered(stage: Stage) -> None:
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    assert "If nobody answers, this goes out" in stage.proof(OLIVE).words or "goes" in stage.proof(OLIVE).words[:60]
    stage.later(days=1)
    assert len(saves(stage)) == 4


def test_a_proof_answered_after_it_went_says_so(stage: Stage) -> None:
    invited(stage)
    row = stage.outcome(stage.reply(stage.proof(OLIVE), "SEND"))
    assert row.state == "done"
    assert "already" in row.outcome
    late = stage.outcome(stage.reply(stage.proof(OLIVE), "HOLD"))
    assert "went out already" in late.outcome
    change = stage.outcome(stage.reply(stage.proof(OLIVE), "Venue: Mill Academy"))
    assert change.state in ("refused", "done")
    assert stage.mails(f"mendip@{DOMAIN}") == []


def test_a_change_that_was_not_understood_can_be_written_again_in_reply(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "Could it perhaps be somewhere nicer?")
    stage.reply(stage.last(OLIVE), "Venue: Mill Academy")
    stage.settle()
    assert "Mill Academy" in stage.proof(OLIVE).text


NOW_WORDS = "it goes to 4 people about 10 minutes after your answer"
THEN = "Friday 18 December at 09:00"


@pytest.mark.parametrize(
    ("looked_at", "first_line", "send"),
    [
        ("2026-12-16T09:00", f"it waits, and from {THEN} we remind you", f"SEND: it goes to 4 people on {THEN} SEND NOW"),
        ("2026-12-18T08:00", f"from {THEN} we remind you", f"on {THEN}, or about 10 minutes after your answer if that is later"),
        ("2026-12-18T08:55", "its time has come, so it waits", NOW_WORDS),
        ("2026-12-18T09:00", "its time has come, so it waits", NOW_WORDS),
        ("2026-12-30T15:00", "its time has come, so it waits", NOW_WORDS),
        ("2027-01-18T08:00", "it waits until Monday 18 January at 14:00, and after that it is too late", NOW_WORDS),
    ],
    ids=["two days before", "that morning", "within the undo time", "at its time", "past", "hours before it is too late"],
)
def test_a_proof_says_the_truth_about_when(stage: Stage, looked_at: str, first_line: str, send: str) -> None:
    """The invitation is due on 18 December at nine; its proof may be late for many reasons."""
    stage.meeting(STARTS, venue="Hill School")
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind != "invitation").values(state="cancelled"))
    stage.at(datetime.fromisoformat(looked_at).replace(tzinfo=UTC))
    stage.settle()
    words = stage.proof(OLIVE).words
    assert words.startswith("If nobody answers, this does not go out; ")
    assert first_line in words
    assert send in words


def test_a_proof_that_comes_late_can_still_be_stopped_where_silence_sends(stage: Stage) -> None:
    """The undo time stands between a fresh proof and the first copy, whoever lets it go."""
    with stage.house.store.write() as session:
        session.execute(update(networks).values(unanswered="send"))
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    assert stage.proof(OLIVE).words.startswith("If nobody answers, this goes to 4 people in about 10 minutes, as its time has come.")
    stage.later(minutes=9)
    assert not saves(stage)
    stage.reply(stage.proof(PETER), "HOLD")
    stage.later(minutes=9)
    assert not saves(stage)
