"""Words of a death in answer to whatever we sent: no question goes back, nobody is overlooked."""

from __future__ import annotations

import pytest

from mailer.people import addresses, membership
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, answers, invited
from tests.stage import DOMAIN, Got, Stage

LIST = f"mendip@{DOMAIN}"
ORGANISE = f"mendip-organise@{DOMAIN}"
DAUGHTER = "This is her daughter. Mum passed away last month."


def remains(stage: Stage, who: str) -> list[str]:
    with stage.house.store.read() as session:
        found = addresses.find(session, who)
        assert found is not None
        return membership.remaining(session, stage.network_id, found.id)


def questions(stage: Stage) -> list[Got]:
    return [mail for mail in stage.mails(OLIVE) + stage.mails(PETER) if "shall we stop our mail" in mail.subject]


@pytest.mark.parametrize("words", [DAUGHTER, "I am sorry to tell you that my wife Jane passed away.", "Bu farw mam fis diwethaf."])
def test_from_their_mailbox_the_organisers_read_it_and_nothing_goes_back(stage: Stage, words: str) -> None:
    meeting = invited(stage)
    got = len(stage.mails(JANE))
    done = stage.outcome(stage.reply(stage.last(JANE), words))
    assert done.reason == "letter"
    assert len(stage.mails(JANE)) == got
    assert words in stage.last(OLIVE).words
    assert answers(stage, meeting)[JANE] == "none"
    assert remains(stage, JANE)


@pytest.mark.parametrize("sender", [JANE, "daughter@home.example"], ids=["their mailbox", "another, with their letter"])
def test_uns8_a_stop_in_it_is_done_without_farewell_or_cancel(stage: Stage, sender: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "YES")
    got = len(stage.mails(JANE))
    stage.reply(stage.last(JANE), "I am Jane's husband. I am sorry to say that Jane died on Sunday. Please stop writing to this address.", sender=sender)
    assert remains(stage, JANE) == []
    assert len(stage.mails(JANE)) == got
    assert stage.mails("daughter@home.example") == []
    assert "Jane died on Sunday" in stage.last(OLIVE).words


def test_at_the_help_door_no_help_text_goes_back(stage: Stage) -> None:
    stage.mail("daughter@home.example", f"mendip-help@{DOMAIN}", "Jane Doe", DAUGHTER)
    assert stage.mails("daughter@home.example") == []
    assert DAUGHTER in stage.last(OLIVE).words


def test_an_organisers_answer_that_tells_of_it_is_an_answer_and_asked_about(stage: Stage) -> None:
    meeting = invited(stage)
    stage.reply(stage.last(PETER), "Yes I'll come. Sad news: Jane Doe has died.")
    assert answers(stage, meeting)[PETER] == "yes"
    (question,) = questions(stage)
    assert "death of Jane Doe" in question.words
    stage.reply(question, "YES")
    assert remains(stage, JANE) == []


def test_a_members_answer_that_tells_of_it_reaches_the_organisers(stage: Stage) -> None:
    meeting = invited(stage)
    stage.reply(stage.last(DAWN), "Yes I'll come. Sad news: Jane Doe has died.")
    assert answers(stage, meeting)[DAWN] == "yes"
    assert any("Jane Doe has died" in mail.words for mail in stage.mails(OLIVE))
    assert questions(stage) == []
    assert remains(stage, JANE)


def test_another_members_death_stops_nothing_of_the_writers(stage: Stage) -> None:
    invited(stage)
    stage.reply(stage.last(DAWN), "Jane Doe has died. Please stop writing to this address.")
    assert remains(stage, DAWN)
    assert remains(stage, JANE)
    assert any("Jane Doe has died" in mail.words for mail in stage.mails(OLIVE))


@pytest.mark.parametrize(
    ("subject", "text", "who"),
    [
        ("", "jane@hill.school.example has left the school", ["Jane Doe"]),
        ("Dawn Day", "has left", ["Dawn Day"]),
        ("", "Jane Doe and Dawn Day have both left", ["Jane Doe", "Dawn Day"]),
    ],
    ids=["by address", "a name above", "two"],
)
def test_to_the_organisers_door_each_is_asked_about(stage: Stage, subject: str, text: str, who: list[str]) -> None:
    stage.mail(OLIVE, ORGANISE, subject, text)
    asked = questions(stage)
    assert sorted(mail.subject.partition(":")[0] for mail in asked) == sorted(who)
    for question in asked:
        stage.reply(question, "YES")
    for name in who:
        assert remains(stage, {"Jane Doe": JANE, "Dawn Day": DAWN}[name]) == []


def test_at_the_leave_door_an_organiser_who_names_another_is_asked(stage: Stage) -> None:
    stage.mail(PETER, f"mendip-leave@{DOMAIN}", "", "Jane Doe has retired.")
    assert remains(stage, PETER)
    assert len(questions(stage)) == 1
    stage.mail(JANE, f"mendip-leave@{DOMAIN}", "", "Jane Doe has retired.")
    assert remains(stage, JANE) == []


FAMILY = [
    "Jane has died, please stop",
    "Jane passed away on Sunday. Please could you stop the emails.",
    "Jane passed away on Sunday. Could you stop the emails?",
    "Jane has died. Please take her off your list.",
    "Mrs Doe has died. Please do not send her any more emails.",
    "My wife died. STOP",
    "Jane has died.\n\nSTOP",
]


@pytest.mark.parametrize("words", FAMILY)
def test_uns8_the_family_stops_everything_in_any_words(stage: Stage, words: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "YES")
    got = len(stage.mails(JANE))
    stage.reply(stage.last(JANE), words)
    assert remains(stage, JANE) == []
    assert len(stage.mails(JANE)) == got
    assert " ".join(words.split()[:3]) in stage.last(OLIVE).words


@pytest.mark.parametrize("door", ["mendip", "mendip-leave", "mendip-help", "mendip-organise", "mendip-agenda", "mendip-news"])
def test_uns8_at_any_door_the_family_gets_no_question_and_no_farewell(stage: Stage, door: str) -> None:
    invited(stage)
    got = len(stage.mails(JANE)), len(stage.mails(DAWN))
    stage.mail(JANE, f"{door}@{DOMAIN}", "Jane", "Jane has died, please stop")
    assert remains(stage, JANE) == []
    assert (len(stage.mails(JANE)), len(stage.mails(DAWN))) == got
    assert "Jane has died" in stage.last(OLIVE).words


@pytest.mark.parametrize("words", ["Jane has died. Please stop.", "This is her daughter. Mum passed away last month."])
def test_the_family_that_answers_a_post_is_not_asked_whom_it_is_for(stage: Stage, words: str) -> None:
    posted(stage)
    got = len(stage.mails(JANE)), len(stage.mails(DAWN))
    stage.reply(stage.last(JANE), words)
    assert (len(stage.mails(JANE)), len(stage.mails(DAWN))) == got
    assert words in stage.last(OLIVE).words
    assert (remains(stage, JANE) == []) is ("stop" in words)


@pytest.mark.parametrize(
    "words",
    [
        "Our colleague Sue has died. Please take her off your list.",
        "John Doe has died, please stop",
        "Our technician died last week. Please take her off your list.",
        "My wife died. Please stop the emails for a while.",
        "My mother has died. Please stop the newsletter.",
    ],
)
def test_another_death_or_a_smaller_wish_ends_nothing_by_itself(stage: Stage, words: str) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), words)
    assert "meetings" in remains(stage, JANE)


@pytest.mark.parametrize("sender", [OLIVE, PETER], ids=["an organiser", "another"])
@pytest.mark.parametrize("words", ["Jane Doe has died.", "Jane Doe has left Hill School."])
@pytest.mark.parametrize("answers_a_post", [True, False], ids=["in a thread", "new"])
def test_v14_at_the_list_an_organiser_is_asked_and_nobody_hears(stage: Stage, sender: str, words: str, answers_a_post: bool) -> None:
    posted(stage)
    got = len(stage.mails(JANE)), len(stage.mails(DAWN)), len(stage.mails(sender))
    done = stage.reply(stage.last(sender), words) if answers_a_post else stage.mail(sender, LIST, "", words)
    assert stage.outcome(done).state == "asked"
    assert (len(stage.mails(JANE)), len(stage.mails(DAWN))) == got[:2]
    asked = {mail.subject.partition(":")[0].partition("?")[0]: mail for mail in stage.mails(sender)[got[2] :]}
    assert set(asked) == {"Jane Doe", "For everyone, or only the committee"}
    stage.reply(asked["Jane Doe"], "YES")
    stage.reply(asked["For everyone, or only the committee"], "EVERYONE")
    assert remains(stage, JANE) == []
    assert (len(stage.mails(JANE)), len(stage.mails(DAWN))) == (got[0], got[1] + 1)


@pytest.mark.parametrize("answer", ["YES", "NO", ""], ids=["yes", "no", "never"])
def test_while_it_is_asked_nothing_new_goes_to_their_mailbox(stage: Stage, answer: str) -> None:
    """EVERYONE before the YES: who reads that mailbox is not to read it there. A NO lets it go; with silence mail goes on afterwards."""
    posted(stage)
    got = len(stage.mails(JANE)), len(stage.mails(DAWN)), len(stage.mails(OLIVE))
    stage.mail(OLIVE, LIST, "", "Jane Doe has died.")
    asked = {mail.subject.partition(":")[0].partition("?")[0]: mail for mail in stage.mails(OLIVE)[got[2] :]}
    stage.reply(asked["For everyone, or only the committee"], "EVERYONE")
    assert (len(stage.mails(JANE)), len(stage.mails(DAWN))) == (got[0], got[1] + 1)
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "STATUS")  # who writes themselves is answered
    assert len(stage.mails(JANE)) == got[0] + 1
    stage.later(days=1)
    assert len(stage.mails(JANE)) == got[0] + 1
    if answer:
        stage.reply(asked["Jane Doe"], answer)
    else:
        stage.later(days=7)
        stage.mail(DAWN, LIST, "Sad news", "As you will have heard, Jane Doe has died.")
        stage.reply(stage.last(DAWN), "EVERYONE")
    came = [mail.subject for mail in stage.mails(JANE)[got[0] + 1 :] if "has died" in mail.words]
    assert len(came) == (0 if answer == "YES" else 1)
    assert (remains(stage, JANE) == []) is (answer == "YES")


def posted(stage: Stage) -> None:
    invited(stage)
    stage.mail(DAWN, LIST, "Agar", "How does everyone store agar plates? Ours dry out.")
