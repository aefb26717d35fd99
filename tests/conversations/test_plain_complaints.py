"""The plainest sentences of a complaint about personal data, wherever they are sent, and ordinary mail with the same words (DP-16)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mailer.inbound.complaining import said, without
from mailer.store.tables import privacy_complaints
from tests.conversations.scenes import JANE, OLIVE, PETER, answers, invited
from tests.stage import DOMAIN, Stage

PLAIN = "I want to make a data protection complaint"
COMPLAINTS = [
    PLAIN,
    "I want to make a data protection complaint.\n\nYou shared my address with the exam board.",
    "I would like to make a formal data protection complaint.",
    "I am writing to raise a GDPR complaint.",
    "This is a data protection complaint.",
    "Please treat this as a formal privacy complaint.",
    "Hoffwn wneud cwyn diogelu data.",
    "You passed my email address on without asking me. I am complaining about it.",
    "You gave my details to a supplier without my permission.",
    "The committee showed my address to everybody without asking.",
    "My address was shown to everybody in the last mail, this is a data breach.",
    "You put my address in the To line of the last mail. This is a serious data protection breach.",
    "I wish to complain: you kept emailing me after I asked you to stop.",
    "I want to complain. You are still sending me mail although I unsubscribed in May.",
]
ORDINARY = [
    "Has anyone done the data protection training yet?",
    "I need to make a data protection poster for the lab.",
    "I have to make a data protection complaints procedure for our school.",
    "We want to file a data protection complaint form with the office, which one is it?",
    "The data protection complaint form has moved to the intranet.",
    "We have data protection training on Friday, so I cannot come.",
    "I have to complain about the balance, the data cable is loose.",
    "I'd like an item on data protection complaints on the agenda.",
    "Can we talk about GDPR at the next meeting?",
    "Data protection: please remember to lock your screens.",
    "I am writing a privacy notice for the science club.",
    "The data logger was a complaint of mine last year.",
    "There was a data breach at the county council last week, worth reading about.",
    "You can use my example: a pupil's address was shown to everybody, this is a data breach exercise.",
    "You passed my email on to Karen, thank you, she wrote to me.",
    "You passed my address on without a word, and she found us all the same.",
    "I asked you to stop the centrifuge and you kept it running.",
    "I want to complain about the gas taps.",
    "I wish to complain: the kettle has gone again.",
    "They kept emailing me after I asked the supplier to stop, any advice?",
    "Our IT says that a stolen laptop is a data breach even if it is encrypted.",
    "How do I make a data protection complaint to the exam board?",
    "I want to make a data protection complaint to the exam board.",
    "I do not want to make a data protection complaint.",
    "How did you get my address?",
    "I never agreed to the caterer and will complain to the head.",
    "I emailed the supplier and will complain to the ICO about them.",
]


@pytest.mark.parametrize("text", COMPLAINTS)
def test_it_is_one(text: str) -> None:
    assert said("", text)
    assert said("Complaint", f"Hello,\n\n{text}\n\nJane")


@pytest.mark.parametrize("text", ORDINARY)
def test_it_is_none(text: str) -> None:
    assert not said("", text)
    assert not said("Data protection", text)


def tickets(stage: Stage) -> int:
    with stage.house.store.read() as session:
        return int(session.execute(select(func.count()).select_from(privacy_complaints)).scalar_one())


@pytest.mark.parametrize("who", [JANE, "stranger@far.school.example"], ids=["member", "stranger"])
@pytest.mark.parametrize("door", ["mendip-help", "mendip-committee", "mendip"])
def test_at_any_door_it_has_a_number_and_an_answer(stage: Stage, door: str, who: str) -> None:
    done = stage.outcome(stage.mail(who, f"{door}@{DOMAIN}", "Complaint", PLAIN))
    assert (done.handler, tickets(stage)) == ("privacy-complaint", 1)
    assert "ico.org.uk" in stage.last(who).words
    assert any(PLAIN in mail.words for mail in stage.mails(OLIVE))


def test_to_an_invitation(stage: Stage) -> None:
    invited(stage)
    done = stage.outcome(stage.reply(stage.last(JANE), PLAIN))
    assert (done.handler, tickets(stage)) == ("privacy-complaint", 1)


def test_a_post_about_training_is_a_post(stage: Stage) -> None:
    words = "Has anyone found data protection training that is worth the afternoon? Ours was two hours of slides."
    assert stage.outcome(stage.mail(JANE, f"mendip@{DOMAIN}", "Training", words)).handler == "post"
    assert tickets(stage) == 0


IN_A_REPLY = [*COMPLAINTS, "I'm going to report you to the ICO", "I will report you to the ICO", "You have breached the UK GDPR", "I would like to complain about how you have used my personal data.", "This is a formal complaint under UK GDPR."]
TOLD = [
    "You could say: I will report you to the ICO.",
    "If you shared my address without permission I would be cross, but you did not.",
    "A parent said I am going to report you to the ICO, what did you do?",
    "“You have breached the UK GDPR” is what it says on the poster.",
    "Unless you have breached GDPR there is nothing to fear.",
    "The exercise is: you have shared my address without consent.",
]


@pytest.mark.parametrize("listed", [False, True], ids=["reply", "post"])
def test_in_a_reply_or_a_post_it_is_one_and_what_is_told_is_none(listed: bool) -> None:
    assert [text for text in IN_A_REPLY if not said("", text, told=True, about_us=listed)] == []
    assert [text for text in [*ORDINARY, *TOLD] if said("", text, told=True, about_us=listed)] == []


ASIDE = [
    ("Yes. How did you get my address? I will complain to the ICO.", "Yes."),
    ("Yes, coeliac. PS: How did you get my address? I never agreed, I will complain to the ICO.", "Yes, coeliac."),
    ("Yes please!\nHow did you get my address? I never agreed and will complain to the ICO.", "Yes please!"),
    ("Yes please. Why do you have my details? I never signed up. I am going to complain to the ICO.", "Yes please."),
    ("How did you get my address? I never agreed and will complain to the ICO.", ""),
]


@pytest.mark.parametrize(("words", "answer"), ASIDE, ids=[row[0][:40] for row in ASIDE])
def test_what_leads_to_a_complaint_is_no_part_of_the_answer(stage: Stage, words: str, answer: str) -> None:
    meeting = invited(stage)
    assert without(words) == answer
    stage.reply(stage.last(JANE), words)
    assert tickets(stage) == 1
    assert answers(stage, meeting)[JANE] == ("yes" if answer else "none")


REPLIED = ["I wish to complain: you kept emailing me after I asked you to stop.", "I'm going to report you to the ICO", "You have breached the UK GDPR", "My address was shown to everybody in the last mail, this is a data breach.", "You passed my email address on without asking me. I am complaining about it."]


@pytest.mark.parametrize("asked", ["are you coming", "Agar", "FORGET ME", "MY DATA"])
def test_in_reply_to_anything_it_has_a_number(stage: Stage, asked: str) -> None:
    """An invitation, a post, and questions that wait for a YES."""
    invited(stage)
    stage.mail(PETER, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out.")
    if asked.isupper():
        stage.mail(JANE, f"mendip-help@{DOMAIN}", "", asked)
        letter = stage.last(JANE)
    else:
        letter = next(mail for mail in stage.mails(JANE) if asked in mail.subject)
    for number, words in enumerate(REPLIED, start=1):
        done = stage.outcome(stage.reply(letter, words))
        assert (words, done.handler, tickets(stage)) == (words, "privacy-complaint", number)
        assert "ico.org.uk" in stage.last(JANE).words


def test_a_yes_to_a_question_is_a_yes_whatever_stands_beside_it(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    done = stage.outcome(stage.reply(stage.last(JANE), "NO"))
    assert (done.handler, tickets(stage)) == ("confirm", 0)
