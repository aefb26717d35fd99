"""A mail to everyone's address that reads as if it were for fewer: one question, one word, and nobody sees it before (V14)."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Stage

LIST = f"mendip@{DOMAIN}"
MEMBERS = (JANE, DAWN, OLIVE, PETER)


def seen_by(stage: Stage, words: str, besides: str = "") -> list[str]:
    """Who got a mail with these words in it."""
    return [who for who in MEMBERS if who != besides and any(words in mail.words for mail in stage.mails(who))]


PERSONAL = {
    "a favour": ("Reference", "Would you write me a reference? I have not told work that I am looking."),
    "a claim": ("expenses", "Hi Olive did my mileage for October ever reach you, I have not been paid."),
    "a recall": ("Recall: Loggers", 'Dawn Price would like to recall the message, "Loggers".'),
    "a code": ("Hall", "The door code is 4417, please do not pass it on."),
    "a complaint": ("FW: Thursday", "Olive, we need to have a word with him about how he talks to people. Ring me tonight?"),
    "a test": ("test", "test"),
    "a sign": ("", "?"),
    "in Welsh": ("salwch", "Dwi adra'n sal heddiw, wnewch chi ymddiheuro drosta i ar y 4ydd plis"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), PERSONAL.values(), ids=PERSONAL)
def test_what_is_for_one_person_waits_for_one_word(stage: Stage, subject: str, text: str) -> None:
    row = stage.outcome(stage.mail(DAWN, LIST, subject, text))
    assert row.state == "asked"
    assert seen_by(stage, text, besides=DAWN) == []
    question = stage.last(DAWN)
    assert question.subject.startswith("For everyone, or only the committee?")
    assert all(word in question.text for word in ("EVERYONE", "COMMITTEE", "NOBODY"))
    assert len(question.words.split()) < 120  # short enough to be read


def test_nobody_takes_it_back(stage: Stage) -> None:
    text = "Hi Olive, my payslip is attached as you asked, the password is my birthday."
    first = stage.mail(DAWN, LIST, "Payslip", text)
    question = stage.last(DAWN)
    stage.reply(question, "Oh dear, nobody please!")
    assert stage.outcome(first).reason == "taken-back"
    assert stage.last(DAWN).subject == "It went to nobody: Payslip"
    assert seen_by(stage, "password", besides=DAWN) == []
    assert stage.outcome(stage.reply(question, "EVERYONE")).reason == "already-done"
    assert seen_by(stage, "password", besides=DAWN) == []


def test_committee_is_for_the_organisers_alone(stage: Stage) -> None:
    stage.mail(DAWN, LIST, "Thursday", "I was upset by the way I was spoken to by the chair, and want to make a complaint.")
    stage.reply(stage.last(DAWN), "committee")
    assert seen_by(stage, "make a complaint", besides=DAWN) == [OLIVE, PETER]


def test_members_call_each_other_by_name_in_a_thread(stage: Stage) -> None:
    """What answers a post is a post, even to one person by name; a telephone number and "ring me tonight" are not."""
    stage.mail(DAWN, LIST, "Centrifuge", "Does anyone know why a centrifuge would shake at low speed?")
    copy = stage.last(JANE)
    thread = {"In_Reply_To": str(copy.message["Message-ID"]), "References": str(copy.message["Message-ID"])}
    talk = "Hi Dawn, ours did that too. It was the rubber feet, two pounds each."
    assert stage.outcome(stage.mail(JANE, LIST, "Re: [mendip] Centrifuge", talk, **thread)).state == "done"
    assert seen_by(stage, "rubber feet") == list(MEMBERS)
    aside = "Dawn, can you ring me tonight about this? I would rather not say it on here."
    assert stage.outcome(stage.mail(PETER, LIST, "Re: [mendip] Centrifuge", aside, **thread)).state == "asked"
    assert seen_by(stage, "ring me tonight", besides=PETER) == []
    lost = stage.mail(PETER, LIST, "Re: [mendip] Centrifuge", "Dawn, that sounds like the bearings to me, they dry out.")
    assert stage.outcome(lost).state == "done"  # a program that leaves only the subject of a thread


def test_plus_one_in_a_thread_is_no_answer_to_an_invitation(stage: Stage) -> None:
    stage.mail(DAWN, LIST, "Gloves", "Would anyone like to share an order of gloves?")
    copy = stage.last(JANE)
    row = stage.outcome(stage.mail(JANE, LIST, "Re: Gloves", "+1", In_Reply_To=str(copy.message["Message-ID"])))
    assert row.state == "asked"


def test_a_mail_with_nothing_but_its_subject_is_done_by_it(stage: Stage) -> None:
    row = stage.outcome(stage.mail(DAWN, LIST, "unsubscribe", ""))
    assert (row.state, row.outcome[:4]) == ("done", "Left")


@pytest.mark.parametrize("text", ["", "Sent from my iPhone"], ids=["no body", "a telephone's"])
@pytest.mark.parametrize("door", ["mendip-help", "mendip-request", "mendip-committee"])
def test_a_word_in_the_subject_of_a_mail_to_us_is_done_where_there_is_no_other(stage: Stage, door: str, text: str) -> None:
    """As other lists have it: "unsubscribe" in the subject got a list of words back, and the mail went on."""
    row = stage.outcome(stage.mail(DAWN, f"{door}@{DOMAIN}", "unsubscribe", text))
    assert (row.state, row.outcome[:4]) == ("done", "Left")
    stage.mail(JANE, f"{door}@{DOMAIN}", "My details", text)
    assert stage.last(JANE).subject.startswith("Your details")
    beside_words = stage.outcome(stage.mail(PETER, f"{door}@{DOMAIN}", "Stop", "When does the bus to Hill School go in the evening?"))
    assert beside_words.outcome[:4] != "Left"


def test_a_letter_without_a_subject_has_no_empty_one_in_ours(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-committee@{DOMAIN}", "", "May I bring somebody new to the next meeting? They start in January.")
    assert stage.last(OLIVE).subject == "For the committee"
    stage.mail(JANE, f"mendip-private@{DOMAIN}", "", "The fume cupboard at our school has not been tested for two years.")
    assert stage.last(OLIVE).subject == "A private question"
    stage.mail(JANE, f"mendip-exchange@{DOMAIN}", "", "A plastic skeleton, free to collect from Hill School.")
    assert stage.last(JANE).subject == "Your mail waits for an organiser"
    assert not stage.last(OLIVE).subject.rstrip().endswith(":")


def test_a_member_is_asked_twice_a_day_at_most(stage: Stage) -> None:
    before = len(stage.mails(DAWN))
    rows = [stage.outcome(stage.mail(DAWN, LIST, f"Lift {n}", f"Bev, can you pick me up at {n} on Friday?")) for n in range(1, 6)]
    assert [row.state for row in rows] == ["asked", "asked", "held", "held", "held"]
    assert len(stage.mails(DAWN)) == before + 3  # the third letter says that the rest waits for an organiser
    assert rows[2].held_for
    stage.later(days=1, minutes=1)
    assert stage.outcome(stage.mail(DAWN, LIST, "Lift 9", "Bev, can you pick me up at 9 on Friday?")).state == "asked"


def test_what_nobody_answers_is_kept_and_stands_in_the_monday_note(stage: Stage) -> None:
    """By its writer's name; its subject may be private."""
    first = stage.mail(f"Dawn Price <{DAWN}>", LIST, "My operation", "Hi Olive, I am off sick till March, could you do the register for me?")
    stage.later(days=7)
    stage.settle()
    brief = next(mail for mail in reversed(stage.mails(OLIVE)) if "asked whom it is for" in mail.words)
    assert "Dawn" in brief.words
    assert "operation" not in brief.words
    assert stage.outcome(first).state == "asked"
    stage.reply(next(mail for mail in stage.mails(DAWN) if mail.subject.startswith("For everyone")), "committee")
    assert seen_by(stage, "off sick", besides=DAWN) == [OLIVE, PETER]
