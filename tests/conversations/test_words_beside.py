"""A word on a line of its own is done whatever we had asked, alone or beside the answer; each has its receipt (contract 2, CMD-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from mailer.acts import Receipt, preferences
from mailer.errors import Refused
from mailer.inbound import commands
from mailer.inbound.message import Message
from mailer.people import membership, profile, written
from mailer.store.tables import feedback
from tests.conversations.scenes import JANE, OLIVE, answers, invited
from tests.stage import DOMAIN, Got, Stage

NEWCOMER = "nia@glan.school.example"


def asked_to_confirm(stage: Stage) -> Got:
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "DIGEST")
    return stage.last(JANE)


def asked_to_come(stage: Stage) -> Got:
    invited(stage)
    return next(mail for mail in stage.mails(JANE) if "are you coming" in mail.subject)


def asked_how_it_was(stage: Stage) -> Got:
    stage.reply(asked_to_come(stage), "YES")
    stage.at(datetime(2027, 1, 21, 9, 30, tzinfo=UTC))
    stage.settle()
    stage.reply(next(mail for mail in reversed(stage.mails(OLIVE)) if "How was" in mail.subject), "SEND")
    stage.later(minutes=11)
    return next(mail for mail in stage.mails(JANE) if mail.subject.startswith("How was"))


QUESTIONS: dict[str, tuple[Callable[[Stage], Got], str]] = {
    "a confirmation": (asked_to_confirm, "YES"),
    "an invitation": (asked_to_come, "Yes, with Karen"),
    "feedback": (asked_how_it_was, "4 A good afternoon, thank you"),
}


def answered(stage: Stage, question: str) -> bool:
    with stage.house.store.read() as session:
        match question:
            case "a confirmation":
                return bool(preferences.current(session, stage.network_id, 3)["digest"])
            case "feedback":
                return session.execute(select(feedback.c.text)).scalars().all() == ["A good afternoon, thank you"]
    return answers(stage, 1)[JANE] == "yes"


def about(stage: Stage) -> dict[str, Any]:
    """What is known of Jane and how her mail comes."""
    with stage.house.store.read() as session:
        member = membership.of_address(session, stage.network_id, 3)
        assert member is not None
        current = preferences.current(session, stage.network_id, 3)
        return {**current, **profile.values(session, member), "sees": profile.audiences(session, stage.network_id, 3)["name"]}


# the word, what it changes, the subject of its receipt
WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "PLAIN TEXT": ({"plain_text": True}, "Changed"),
    "MY NAME IS Jane Evans": ({"name": "Jane Evans"}, "Changed: your details"),
    "Exam boards: AQA, WJEC\nI can mentor new technicians": ({"exam-boards": "AQA, WJEC", "mentor": "new technicians"}, "Changed: your details"),
    "Stop the newsletter, please": ({"active": ["meetings", "discussion"]}, "Stopped"),
    "SHOW NAME TO MEMBERS": ({"sees": "nobody"}, "Please confirm"),  # of risk: a YES to another question is none to this
}  # fmt: skip
FORMS = {"alone": "{word}", "below the answer": "{answer}\n\n{word}\n\nThanks\nJane", "above it": "{word}\n{answer}"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_word_on_its_own_line(stage: Stage, question: str, form: str) -> None:
    ask, answer = QUESTIONS[question]
    letter = stage.kept(f"asked: {question}", lambda: ask(stage).id)
    got = next(mail for mail in stage.mails(JANE) if mail.id == letter)
    for word, (now_is, subject) in WORDS.items():
        count = len(stage.mails(JANE))
        done = stage.outcome(stage.reply(got, FORMS[form].format(word=word, answer=answer)))
        assert done.state != "held", (word, done.outcome)
        after = about(stage)
        assert {name: after[name] for name in now_is} == now_is, (word, done.outcome)
        assert any(mail.subject.startswith(subject) for mail in stage.mails(JANE)[count:]), word
        assert answered(stage, question) is (form != "alone"), (word, done.outcome)


def test_a_newcomer_says_who_they_are_with_their_yes(stage: Stage) -> None:
    stage.mail(NEWCOMER, f"mendip-join@{DOMAIN}", "", "")
    done = stage.reply(stage.last(NEWCOMER), "Yes please\nMy name is Nia Rees\nCYMRAEG")
    assert stage.outcome(done).state == "done"
    with stage.house.store.read() as session:
        member = next(one for one in membership.every(session, stage.network_id) if one.address == NEWCOMER)
        assert (member.name, written.language_of(session, member.address_id)) == ("Nia Rees", "cy")


@pytest.mark.parametrize(
    "text",
    ["YES\nSTOP", "My school: closed that day, so no.", "Yes\nName: Karen Smith", "Yes\nMy school is closed that day", "Perhaps\nI will see", "NO\nPlain text on the board was hard to read"],
)
def test_what_is_no_word_or_is_everything_is_read_as_a_whole(stage: Stage, text: str) -> None:
    """UNS-8: a STOP of everything is not one of two things; a guest's name is a note."""
    letter = stage.kept("asked: an invitation", lambda: asked_to_come(stage).id)
    stage.reply(next(mail for mail in stage.mails(JANE) if mail.id == letter), text)
    after = about(stage)
    assert (after["name"], after["organisation"], after["plain_text"]) == ("Jane Doe", "Hill School", False)
    assert (after["active"] == []) is ("STOP" in text)


CARD = "Jane Doe\nLab technician\nHill School\n"
SIGNED = {
    "a signature": f"Yes, see you there.\n{CARD}Working days: Tuesday, Wednesday",
    "one below a blank line": f"Yes, see you there.\n\n{CARD}Working days: Tuesday, Wednesday",
    "one with languages": f"Yes\n\n{CARD}English / Cymraeg\nWelsh",
    "a job alone": "Yes\nLab technician\nCymraeg",
    "a first name": "Yes\nThanks\njane\nPlain text",
    "no wish at all that is new": "Yes\nWITH LAYOUT\nWORKING DAYS ALL\nEVERY POST",
}


@pytest.mark.parametrize("text", SIGNED.values(), ids=SIGNED)
def test_what_stands_in_a_signature_is_no_wish_and_what_is_so_already_is_not_told(stage: Stage, text: str) -> None:
    letter = stage.kept("asked: an invitation", lambda: asked_to_come(stage).id)
    before, count = about(stage), len(stage.mails(JANE))
    stage.reply(next(mail for mail in stage.mails(JANE) if mail.id == letter), text)
    assert about(stage) == before
    assert answers(stage, 1)[JANE] == "yes"
    assert not [mail.subject for mail in stage.mails(JANE)[count:] if mail.subject.startswith("Changed")]


def test_a_wish_above_the_name_is_done_and_one_below_it_is_not(stage: Stage) -> None:
    letter = stage.kept("asked: an invitation", lambda: asked_to_come(stage).id)
    text = f"Hi Olive\nYes, I will be there\nI hope to bring the balance.\n\nPLAIN TEXT\n\n{CARD}Working days: Tuesday"
    stage.reply(next(mail for mail in stage.mails(JANE) if mail.id == letter), text)
    after = about(stage)
    assert (after["plain_text"], after["working_days"], answers(stage, 1)[JANE]) == (True, "", "yes")


@pytest.mark.parametrize("word", ["PLAIN TEXT", "WORKING DAYS MON TUE", "KEEP NEWSLETTER", "MY DATA", "STATUS"])
def test_who_has_said_yes_to_being_forgotten_has_no_more_wishes(stage: Stage, word: str) -> None:
    """DP-11: the farewell is the last mail."""
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "FORGET ME")
    count = len(stage.mails(JANE))
    done = stage.outcome(stage.reply(stage.last(JANE), f"YES\n{word}"))
    assert done.outcome.startswith("Asked to be forgotten")
    assert done.outcome.count(".") == 1
    assert len(stage.mails(JANE)) == count + 1


def test_nothing_stays_of_a_wish_that_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had written before it refused is taken back; the answer and the other words stand."""

    def half_done(message: Message, session: Connection, args: Any, now: datetime) -> Receipt:
        preferences.plain_text(session, message.actor, now=now)
        raise Refused("half-done", "It cannot be done.", "Try later.")

    letter = stage.kept("asked: an invitation", lambda: asked_to_come(stage).id)
    monkeypatch.setattr(commands, "COMMANDS", {**commands.COMMANDS, "working-days": half_done})
    stage.reply(next(mail for mail in stage.mails(JANE) if mail.id == letter), "YES\nWORKING DAYS TUE\nDIGEST")
    after = about(stage)
    assert (after["plain_text"], after["digest"], answers(stage, 1)[JANE]) == (False, True, "yes")


@pytest.mark.parametrize(
    ("words", "subject"),
    [("WORKING DAYS", "Did you mean WORKING DAYS TUE THU?"), ("CHANGE ADDRESS TO", "Did you mean CHANGE ADDRESS TO new@school.example?")],
)
def test_half_a_word_is_asked_for_the_rest(stage: Stage, words: str, subject: str) -> None:
    """Contract 2: what is not certain is asked back, and bothers no organiser."""
    done = stage.outcome(stage.mail(JANE, f"mendip-help@{DOMAIN}", "", words))
    assert (done.state, stage.last(JANE).subject) == ("asked", subject)
    assert not stage.mails(OLIVE)
