"""A STOP leaves wherever it is said, whatever we had asked (UNS-8): to a question of ours, an invitation, a post."""

from __future__ import annotations

import pytest

from mailer.people import addresses, membership
from tests.conversations.scenes import JANE, PETER, invited
from tests.stage import DOMAIN, Stage


def gets(stage: Stage) -> list[str]:
    """What Jane still gets."""
    with stage.house.store.read() as session:
        mine = addresses.find(session, JANE)
        assert mine is not None
        return membership.remaining(session, stage.network_id, mine.id)


def asked(stage: Stage, words: str) -> None:
    """The question that stands after these words of hers."""
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", words)


@pytest.mark.parametrize("words", ["FORGET ME", "MY DATA", "CHANGE ADDRESS TO jane.doe@other.school.example"])
@pytest.mark.parametrize("said", ["No. Please stop emailing me.", "NO STOP", "No thanks, just stop all mails", "Na. Stopiwch."])
def test_uns8_to_a_question_of_ours(stage: Stage, words: str, said: str) -> None:
    asked(stage, words)
    stage.reply(stage.last(JANE), said)
    assert gets(stage) == []
    assert "left" in stage.last(JANE).subject.lower()


def test_uns8_a_stop_that_is_not_certain_beside_a_no_is_asked_about(stage: Stage) -> None:
    asked(stage, "FORGET ME")
    long = "We have had three audits in this school since the summer and nobody here reads any of it at all these days, nor ever did. "
    stage.reply(stage.last(JANE), f"No. Please stop emailing me. {long * 2}")
    question = stage.last(JANE)
    assert "STOP" in question.words
    assert gets(stage)
    stage.reply(question, "YES")
    assert gets(stage) == []


@pytest.mark.parametrize("kind", ["are you coming", "Agar"])
@pytest.mark.parametrize("said", ["Please stop writing to this address.", "I never signed up for this. Remove me.", "Why do I get this? Please stop.", "STOP STOP STOP", "Tynnwch y cyfeiriad hwn oddi ar eich rhestr"])
def test_uns8_to_an_invitation_and_to_a_post(stage: Stage, kind: str, said: str) -> None:
    invited(stage)
    stage.mail(PETER, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    stage.reply(next(mail for mail in stage.mails(JANE) if kind in mail.subject), said)
    assert gets(stage) == []


A_WORD = ["Spam", "end", "quit", "Enough", "No longer interested", "Not interested any more", "Cancel", "Please cancel", "I'm no longer interested, thanks"]


def posts(stage: Stage) -> int:
    return len([mail for mail in stage.mails(PETER) if "[mendip]" in mail.subject])


@pytest.mark.parametrize("thread", [False, True], ids=["new", "reply"])
@pytest.mark.parametrize("said", A_WORD)
def test_uns8_a_word_to_the_list_is_asked_about_and_never_posted(stage: Stage, said: str, thread: bool) -> None:
    stage.mail(PETER, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    before = posts(stage)
    if thread:
        stage.reply(next(mail for mail in stage.mails(JANE) if "Agar" in mail.subject), said)
    else:
        stage.mail(JANE, f"mendip@{DOMAIN}", "", said)
    question = stage.last(JANE)
    assert (question.subject, posts(stage)) == ("Did you mean STOP?", before)
    assert gets(stage)
    stage.reply(question, "YES")
    assert gets(stage) == []


@pytest.mark.parametrize("said", ["No longer interested", "Not interested any more", "quit"])
def test_uns8_to_an_invitation_it_is_asked_about(stage: Stage, said: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), said)
    assert stage.last(JANE).subject == "Did you mean STOP?"


def test_uns8_stopp(stage: Stage) -> None:
    stage.mail(PETER, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    stage.reply(next(mail for mail in stage.mails(JANE) if "Agar" in mail.subject), "STOPP")
    assert gets(stage) == []


def test_stop_until_a_month_pauses(stage: Stage) -> None:
    invited(stage)
    done = stage.outcome(stage.reply(stage.last(JANE), "STOP UNTIL SEPTEMBER"))
    assert (done.state, "paused" in stage.last(JANE).subject.lower()) == ("done", True)


def test_who_is_away_and_asks_for_a_pause_is_offered_one(stage: Stage) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "I'm on maternity leave until 1 September, please pause my emails")
    assert stage.last(JANE).subject.startswith("Did you mean PAUSE UNTIL 1 SEPTEMBER")


@pytest.mark.parametrize("said", ["STOP", "Please stop emailing me", "Spam"])
def test_a_strangers_stop_to_the_list_is_noted_as_at_every_door(stage: Stage, said: str) -> None:
    stranger = "stranger@far.school.example"
    done = stage.outcome(stage.mail(stranger, f"mendip@{DOMAIN}", "", said))
    assert (done.state, done.reason, stage.mails(stranger), posts(stage)) == ("noted", "unknown-sender", [], 0)
