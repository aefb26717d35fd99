"""The day of a newsletter: set, moved and called off by mail, each after a YES and each taken back by UNDO."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from mailer.cycle import due
from mailer.newsletters import assembly, issues
from mailer.store.tables import outgoing
from tests.conversations.scenes import JANE, OLIVE
from tests.stage import DOMAIN, Got, Stage

ORGANISE = f"mendip-organise@{DOMAIN}"


def to_come(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        return [f"{one.publishes_at:%Y-%m-%d}" for one in issues.listing(session, stage.network_id)]


def question(stage: Stage) -> Got:
    return next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Please confirm"))


def receipt(stage: Stage) -> Got:
    return next(mail for mail in reversed(stage.mails(OLIVE)) if mail.subject.startswith("Newsletter "))


def made(stage: Stage, day: str = "19 March 2027") -> Got:
    stage.mail(OLIVE, ORGANISE, "Newsletter", f"Out on {day}, please.")
    stage.reply(question(stage), "YES")
    return receipt(stage)


WITHOUT_A_DAY = [
    ("", "needs its day", "On which day"),
    ("Out on 3 March 2025", "needs its day", "has passed"),
    ("Out on 3 March 2062", "needs its day", "more than three years away"),
]


@pytest.mark.parametrize(("text", "subject", "says"), WITHOUT_A_DAY, ids=["none", "past", "far"])
def test_a_newsletter_without_a_day_is_asked_for_the_day_alone(stage: Stage, text: str, subject: str, says: str) -> None:
    row = stage.outcome(stage.mail(OLIVE, ORGANISE, "Newsletter", text))
    assert (row.state, row.reason) == ("asked", "date-missing")
    asked = next(mail for mail in reversed(stage.mails(OLIVE)) if subject in mail.subject)
    assert says in asked.words
    assert "meeting" not in asked.words
    assert "Venue" not in asked.words
    stage.reply(asked, "Friday 19 March")
    assert question(stage).subject == "Please confirm: Make a newsletter"
    stage.reply(question(stage), "YES")
    assert to_come(stage) == ["2027-03-19"]


MOVES = [
    pytest.param("reply", "Date: 26 March", id="a reply to the receipt"),
    pytest.param("Move the newsletter", "It goes out on 26 March instead.", id="a mail of its own"),
    pytest.param("Newsletter", "Please move it from 19 March to Friday 26 March 2027.", id="in its first line"),
    pytest.param("hello", "Hi all,\n\nMove the newsletter to 26 March\n\nThanks\nOlive", id="whatever the subject"),
]


@pytest.mark.parametrize(("how", "text"), MOVES)
def test_a_newsletter_is_moved_and_moved_back(stage: Stage, how: str, text: str) -> None:
    got = made(stage)
    if how == "reply":
        stage.reply(got, text)
    else:
        stage.mail(OLIVE, ORGANISE, how, text)
    assert question(stage).subject == "Please confirm: Change the newsletter of Fri 19 Mar 2027"
    assert "Fri 26 Mar 2027 (was Fri 19 Mar 2027)" in question(stage).words
    assert to_come(stage) == ["2027-03-19"]
    stage.reply(question(stage), "YES")
    assert to_come(stage) == ["2027-03-26"]
    assert "is moved" in receipt(stage).words
    due = stage.occasion("issue").due_at
    assert due.date().isoformat() == "2027-03-26"
    stage.reply(receipt(stage), "UNDO")
    assert to_come(stage) == ["2027-03-19"]
    assert stage.occasion("issue").due_at == due - timedelta(days=7)


def test_a_proof_that_was_shown_before_the_move_lets_nothing_go(stage: Stage) -> None:
    made(stage)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "We have two balances to lend. Ask Jane at Hill School.")
    stage.at(datetime.fromisoformat("2027-03-12T10:00:00+00:00"))
    stage.settle()
    proof = stage.proof(OLIVE)
    stage.mail(OLIVE, ORGANISE, "Move the newsletter to 26 March", "")
    stage.reply(question(stage), "YES")
    stage.reply(proof, "SEND")
    stage.at(datetime.fromisoformat("2027-03-19T12:00:00+00:00"))
    stage.settle()
    assert not any("two balances" in mail.text for mail in stage.mails(JANE) if "Newsletter" in mail.subject)
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime.fromisoformat("2027-03-26T12:00:00+00:00"))
    stage.settle()
    assert stage.occasion("issue").state == "sent"


@pytest.mark.parametrize("how", ["CANCEL", "UNDO", "Cancel the newsletter"])
def test_a_newsletter_is_called_off_and_its_pieces_wait(stage: Stage, how: str) -> None:
    got = made(stage)
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "We have two balances to lend. Ask Jane at Hill School.")
    if how == "Cancel the newsletter":
        stage.mail(OLIVE, ORGANISE, how, "")
    else:
        stage.reply(got, how)
    if how != "UNDO":
        assert question(stage).subject == "Please confirm: Call off the newsletter of Fri 19 Mar 2027"
        stage.reply(question(stage), "YES")
    assert to_come(stage) == []
    assert stage.occasion("issue").state == "cancelled"
    if how != "UNDO":
        assert "is called off" in receipt(stage).words
        stage.reply(receipt(stage), "UNDO")
        assert to_come(stage) == ["2027-03-19"]
        assert stage.occasion("issue").state == "planned"
    else:
        made(stage, "2 April 2027")
    with stage.house.store.read() as session:
        (issue,) = issues.listing(session, stage.network_id)
        assert [piece["title"] for piece in assembly.show(session, issue)["pieces"]] == ["Balances"]


CALLED_OFF = [
    "Cancel the newsletter",
    "Cancel the newsletter, please",
    "Stop the newsletter",
    "Hello all,\n\nCancel the newsletter\n\nThanks\nOlive",
    "Cancel the newsletter of 19 March, we have no pieces this term",
    "Canslo'r cylchlythyr",
]


@pytest.mark.parametrize("subject", ["hello", "", "Newsletter", "Meeting", "Cancel the newsletter"])
@pytest.mark.parametrize("text", CALLED_OFF)
def test_a_mail_calls_a_newsletter_off_whatever_its_subject(stage: Stage, subject: str, text: str) -> None:
    """Nobody's own newsletter is stopped by it, though elsewhere the words say that (CMD-10)."""
    made(stage)
    stage.meeting(datetime.fromisoformat("2027-03-04T14:00:00+00:00"), venue="Hill School")
    stage.mail(OLIVE, ORGANISE, subject, text)
    assert question(stage).subject == "Please confirm: Call off the newsletter of Fri 19 Mar 2027"
    assert not any(mail.subject.startswith("Stopped") for mail in stage.mails(OLIVE))
    stage.reply(question(stage), "YES")
    assert to_come(stage) == []


def test_who_meant_only_their_own_newsletter_is_told_the_word_for_it(stage: Stage) -> None:
    made(stage)
    stage.mail(OLIVE, ORGANISE, "", "Stop the newsletter")
    assert "To get no newsletter yourself, reply STOP NEWSLETTER." in question(stage).words
    stage.reply(question(stage), "STOP NEWSLETTER")
    assert stage.last(OLIVE).subject == "Stopped: the newsletter"
    assert to_come(stage) == ["2027-03-19"]


@pytest.mark.parametrize("text", ["STOP NEWSLETTER", "Stop newsletter, please", "Cancel my newsletter", "Stop sending me the newsletter"])
def test_the_word_for_ones_own_newsletter_acts_at_once_at_the_organisers_door_too(stage: Stage, text: str) -> None:
    """UNS-8."""
    made(stage)
    stage.mail(OLIVE, ORGANISE, "Newsletter", text)
    assert stage.last(OLIVE).subject == "Stopped: the newsletter"
    assert to_come(stage) == ["2027-03-19"]


def test_where_no_newsletter_is_to_come_it_is_said_or_the_writers_own_is_stopped(stage: Stage) -> None:
    refused = stage.outcome(stage.mail(OLIVE, ORGANISE, "hello", "Cancel the newsletter"))
    assert (refused.state, refused.reason) == ("refused", "no-issue")
    assert "There is no newsletter to come that could be called off. To get no newsletter yourself, reply STOP NEWSLETTER." in stage.last(OLIVE).words
    stage.mail(OLIVE, ORGANISE, "hello", "Stop the newsletter")
    assert stage.last(OLIVE).subject == "Stopped: the newsletter"


@pytest.mark.parametrize("how", ["Cancel the newsletter", "Move the newsletter to 22 December", "UNDO"])
def test_a_newsletter_that_is_held_on_its_way_goes_to_nobody_else(stage: Stage, how: str) -> None:
    """V6: one copy has gone, three wait, an organiser says HOLD: it is neither called off nor moved, as one has it."""
    got = made(stage, "18 December 2026")
    stage.mail(JANE, f"mendip-news@{DOMAIN}", "Balances", "We have two balances to lend. Ask Jane at Hill School.")
    stage.at(datetime.fromisoformat("2026-12-11T10:00:00+00:00"))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime.fromisoformat("2026-12-18T12:00:00+00:00"))
    while stage.occasion("issue").audience_count is None:
        due.tick(stage.house, stage.now)
    its = outgoing.c.occasion_id == stage.occasion("issue").id
    later = stage.now + timedelta(hours=1)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(its, outgoing.c.to_address != JANE).values(next_attempt_at=later, not_before=later))
    stage.settle()
    stage.reply(stage.proof(OLIVE), "HOLD")
    if how == "UNDO":
        refused = stage.outcome(stage.reply(got, how))
    else:
        stage.mail(OLIVE, ORGANISE, how, "")
        refused = stage.outcome(stage.reply(question(stage), "YES"))
    assert (refused.state, refused.reason) == ("refused", "held-on-its-way")
    assert "Nobody else gets it while it is held" in stage.last(OLIVE).words
    assert to_come(stage) == ["2026-12-18"]
    stage.later(hours=2)
    copies = stage.copies(occasion_id=stage.occasion("issue").id)
    assert [copy.to_address for copy in copies if copy.state == "accepted"] == [JANE]
