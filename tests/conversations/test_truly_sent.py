"""The outcome says what was mailed and what was not, and who writes from an address at rest is asked about it (V2, BNC-7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailer.store.tables import suppressions
from tests.conversations.scenes import JANE, OLIVE, PETER, invited
from tests.conversations.test_posts_and_bounces import report, rests
from tests.stage import DOMAIN, Stage

HELP = f"mendip-help@{DOMAIN}"
NEW = "new@far.school.example"


@pytest.fixture
def dead(stage: Stage) -> Stage:
    invited(stage)
    for mail in stage.mails(JANE)[:2]:
        report(stage, mail)
    assert rests(stage)
    return stage


@pytest.mark.parametrize("words", ["STATUS", "HELP", "MY YEAR"])
def test_bnc7_from_an_address_at_rest_nothing_was_sent_but_the_question(dead: Stage, words: str) -> None:
    done = dead.outcome(dead.mail(JANE, HELP, "", words)).outcome
    assert "Was sent" not in done
    assert "No answer was mailed" in done
    assert "is asked whether it works again" in done
    question = dead.last(JANE)
    assert "Please confirm" in question.subject
    again = dead.outcome(dead.mail(JANE, HELP, "", words)).outcome
    assert "was asked today" in again
    assert dead.last(JANE) == question
    dead.reply(question, "YES")
    with dead.house.store.read() as session:
        assert session.execute(select(suppressions.c.id).where(suppressions.c.lifted_at.is_(None))).all() == []
    dead.mail(JANE, HELP, "", "STATUS")
    assert "how things stand" in dead.last(JANE).words


def test_bnc7_a_post_from_an_address_at_rest_asks_too(dead: Stage) -> None:
    dead.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    assert "Please confirm" in dead.last(JANE).subject
    assert "Agar" in dead.last(PETER).subject


def test_who_left_is_asked_nothing_by_that(dead: Stage) -> None:
    dead.mail(JANE, HELP, "", "STOP")
    got = len(dead.mails(JANE))
    dead.mail(JANE, HELP, "", "STATUS")
    assert len(dead.mails(JANE)) == got


def test_over_the_cap_of_answers_nothing_was_sent(stage: Stage) -> None:
    outcomes = [stage.outcome(stage.mail(NEW, HELP, "", "HELP")).outcome for _ in range(2)]
    sent = len(stage.mails(NEW))
    assert sent < 2
    assert [said for said in outcomes if "No answer was mailed" not in said] == outcomes[:sent]


def test_the_steps_name_the_rule_by_which_no_answer_was_mailed(dead: Stage) -> None:
    """For IT, in `inbox show`: CMD-7 for who asked too often, BNC-7 for an address at rest."""
    with dead.crowd():
        rows = [dead.mail(OLIVE, HELP, "", "STATUS") for _ in range(31)]
    assert not any("no answer mailed" in step for row in rows[:30] for step in dead.outcome(row).steps)
    said = "no answer mailed: the gate refused it: too-many. This address has had as many of these letters as it may have for now."
    assert said in dead.outcome(rows[30]).steps
    at_rest = dead.outcome(dead.mail(JANE, HELP, "", "STATUS"))
    assert "no answer mailed: the gate refused it: bad-address. Mail to this address came back for good." in at_rest.steps


def test_a_no_to_an_invitation_is_said_to_be_kept(stage: Stage) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", NEW)
    stage.reply(stage.last(OLIVE), "YES")
    done = stage.outcome(stage.reply(stage.last(NEW), "No thanks")).outcome
    assert done == "Declined an invitation; kept, so that this network asks them no more."


def test_v9_a_list_of_two_tells_nothing_of_another_network(stage: Stage) -> None:
    """Who ended all mail in a network that this one knows nothing of did not "leave before" here; nor is a dead address named."""
    stage.mail(JANE, HELP, "", "STOP ALL NETWORKS")
    stage.network("exmoor")
    stage.organiser("eve@ex.school.example", "Eve")
    stage.mail("eve@ex.school.example", f"exmoor-organise@{DOMAIN}", "Invite people", f"{JANE}\nfresh@far.school.example")
    words = stage.last("eve@ex.school.example").words
    assert "1 new, 1 will not be written to. We have written to nobody yet." in words
    assert "left before" not in words.replace("Left before or said no, and stay out: 0", "")
    stage.mail("eve@ex.school.example", f"exmoor-organise@{DOMAIN}", "Invite people", f"{JANE}\n{JANE}")
    assert "so we ask nobody (1 will not be written to)" in stage.last("eve@ex.school.example").words


@pytest.mark.parametrize("words", ["Who gave you my address?", "Hello, where did you get my email from? Regards, Karen", "Pwy roddodd fy nghyfeiriad i chi?"])
def test_who_was_invited_is_told_who_gave_their_address(stage: Stage, words: str) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", NEW)
    stage.reply(stage.last(OLIVE), "YES")
    done = stage.outcome(stage.reply(stage.last(NEW), words))
    assert (done.state, done.reason) == ("done", "who-invited")
    told = stage.last(NEW)
    assert "Olive Organiser" in told.words
    assert "gave us your address on" in told.words
    stage.reply(told, "NO")
    assert stage.last(NEW).subject == "Noted: we do not ask you again"
