"""A complaint about how personal data is used (DP-16): recognised anywhere, acknowledged at once, tracked, answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailer.inbound.complaining import said
from mailer.meetings import responses
from mailer.people import membership
from mailer.store.tables import audit, outgoing, privacy_complaints, suppressions
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, answers, invited
from tests.stage import DOMAIN, Stage, staged

OPERATOR = "it@uni.example"
STRANGER = "sam@far.school.example"
WORDS = "You have given my address to a supplier without asking. I want to complain about how you use my personal data."


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    for stage in staged(tmp_path, operator=OPERATOR):
        stage.settle()  # this week's brief has nothing to say
        yield stage


def rows(stage: Stage) -> list[Any]:
    with stage.house.store.read() as session:
        return list(session.execute(select(privacy_complaints).order_by(privacy_complaints.c.id)))


IT_IS = [
    "DATA COMPLAINT",
    "Data protection complaint: my address",
    "I want to complain about how you use my personal data.",
    "You are in breach of the GDPR",
    "The network has breached GDPR",
    "I have complained to the ICO about you",
    "I want to complain to someone about how my data was shared.",
    "You've breached data protection law",
    "You have shared my email address with a supplier without my consent.",
    "I'll be reporting this to the ICO",
    "Please treat this as a complaint about my privacy",
    "Hoffwn wneud cwyn am ddiogelu data",
]
IT_IS_NOT = [
    "How do we handle data protection complaints?",
    "Could we discuss GDPR complaints at the next meeting?",
    "I want to complain about the data logger",
    "My complaint is the parking",
    "How did you get my address?",
    "Our data protection officer asked who you are",
    "Our head says that is a breach of data protection so I have taken the photos down.",
    "This breaches GDPR according to our DPO, so we cannot put photos online.",
    "I have contacted the ICO for their guidance on CCTV in labs, will share it here.",
    "I am going to contact the ICO about our registration fee.",
    "I go to the Information Commissioner's talk on Tuesday, anybody coming?",
    "Someone has used our email address to send spam without our knowledge.",
    "Our complaint to the supplier about their privacy notice was upheld.",
    "We complained to the ICO about our caterer.",
]


@pytest.mark.parametrize("words", IT_IS)
def test_is_recognised_by_the_word_and_in_own_words(words: str) -> None:
    assert said(words, "")
    assert said("Hello", f"Hello all,\n\n{words}\n\nJane")


@pytest.mark.parametrize("words", IT_IS_NOT)
def test_is_not_taken_for_one(words: str) -> None:
    assert not said(words, "")
    assert not said("", words)


@pytest.mark.parametrize(
    ("subject", "text", "row"),
    [
        ("DATA COMPLAINT", "Somebody rang me.", "the word"),
        ("GDPR complaint", "The network gave away my address.", "the word"),
        ("GDPR complaint", "We had one from a parent. What do you say to them?", ""),
        ("Hello", "I want to complain about how you share personal data.", "complains of it"),
        ("Hello", "My complaint about the privacy notice of a parents' app went nowhere.", ""),
        ("Hello", "If you put photos online you have breached GDPR.", ""),
    ],
)
def test_on_the_list_only_what_is_plainly_about_the_network_is_one(subject: str, text: str, row: str) -> None:
    assert said(subject, text, told=True, about_us=True) == row


DOORS = ["mendip", "mendip-committee", "mendip-help", "mendip-agenda", "mendip-leave", "postmaster", "abuse", "mendip-organise"]


@pytest.mark.parametrize("door", DOORS)
def test_at_any_address_it_is_acknowledged_at_once_and_shown_to_who_answers(stage: Stage, door: str) -> None:
    row = stage.outcome(stage.mail(f"Jane Doe <{JANE}>", f"{door}@{DOMAIN}", "My address", WORDS))
    assert (row.state, row.reason, row.handler) == ("held", "data-complaint", "privacy-complaint")
    (one,) = rows(stage)
    assert one.acknowledged_at == stage.now
    assert one.due_at == stage.now + timedelta(days=30)
    assert "They have to answer you by Wednesday 23 December 2026" in stage.last(JANE).words
    assert "ico.org.uk" in stage.last(JANE).words
    for reader in (OLIVE, PETER, OPERATOR):
        assert "Jane Doe complains about how personal data is used" in stage.last(reader).words
        assert "supplier without asking" in stage.last(reader).words
    assert stage.mails(DAWN) == []  # nothing of it is a post


def test_an_organisers_reply_answers_and_closes_it(stage: Stage) -> None:
    first = stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    stage.reply(stage.last(OLIVE), "We are sorry. The supplier has deleted it.")
    assert "The supplier has deleted it" in stage.last(JANE).words
    assert "went to its writer" in stage.last(OLIVE).words
    assert "The supplier has deleted it" in stage.last(PETER).words
    assert rows(stage)[0].answered_at == stage.now
    assert stage.outcome(first).state == "done"
    with stage.house.store.read() as session:
        acts = list(session.execute(select(audit.c.act).where(audit.c.thing == "data-complaint:1")).scalars())
        assert acts == ["data-complaint", "data-complaint-answered"]
    closed = stage.last(OLIVE)
    stage.reply(stage.last(JANE), "That is not true, they wrote to me again today.")
    assert "says more about complaint 1" in stage.last(OLIVE).words
    assert rows(stage)[0].answered_at is None
    stage.reply(stage.last(OLIVE), "CLOSED")
    assert "settled in another way" in stage.last(OLIVE).words
    stage.reply(stage.last(OLIVE), "UNDO")
    assert rows(stage)[0].answered_at is None
    assert closed.subject == "Complaint 1 is closed"


def test_the_operator_may_answer_too(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    stage.reply(stage.last(OPERATOR), "We have looked into it.")
    assert "We have looked into it" in stage.last(JANE).words
    assert rows(stage)[0].answered_at is not None


def test_nobody_else_answers_it(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    stage.reply(stage.last(OLIVE), "Nothing to see here.", sender=DAWN)
    assert rows(stage)[0].answered_at is None
    assert "Nothing to see" not in stage.last(JANE).words


def test_a_stranger_is_acknowledged_and_a_machine_is_not(stage: Stage) -> None:
    stage.mail(STRANGER, f"mendip-committee@{DOMAIN}", "GDPR complaint", "Who gave you my address?")
    assert "number 1" in stage.last(STRANGER).subject
    row = stage.mail(STRANGER, f"mendip-committee@{DOMAIN}", "GDPR complaint", "Away", Auto_Submitted="auto-replied")
    assert stage.outcome(row).state == "noted"
    assert len(rows(stage)) == 1


def test_a_private_one_keeps_its_writers_name_to_itself(stage: Stage) -> None:
    """V2."""
    row = stage.outcome(stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "My address", WORDS))
    assert row.handler == "private"
    for reader in (OLIVE, PETER, OPERATOR):
        assert "Somebody who would rather not be named" in stage.last(reader).words
        assert "Jane" not in stage.last(reader).words
        assert JANE not in stage.last(reader).text
    stage.reply(stage.last(OLIVE), "It was a mistake, and is mended.")
    assert "It was a mistake" in stage.last(JANE).words
    more = stage.reply(stage.last(JANE), "And how will you make sure of that?")
    assert "Somebody who would rather not be named says more" in stage.last(OLIVE).words
    assert JANE not in stage.last(OLIVE).text
    away = stage.reply(stage.last(JANE), "I am away.", Auto_Submitted="auto-replied")
    assert [stage.outcome(one).private for one in (more, away)] == [True, True]


def test_a_private_questioner_who_complains_in_reply_is_not_named(stage: Stage) -> None:
    """V2."""
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "Pay", "How do others ask for a regrade?")
    words = "I want to complain about how my data was shared."
    row = stage.outcome(stage.reply(stage.last(JANE), words, sender=f"Jane Doe <{JANE}>"))
    assert (row.handler, row.reason, row.private) == ("private", "data-complaint", True)
    assert rows(stage)[0].hidden
    for reader in (OLIVE, PETER, OPERATOR):
        assert words in stage.last(reader).words
        assert "Somebody who would rather not be named" in stage.last(reader).words
        assert "jane" not in stage.last(reader).raw.decode().lower()


def test_an_organisers_answer_is_no_complaint_of_theirs(stage: Stage) -> None:
    words = "We are sorry: I want to complain to the committee myself about how your data was used."
    words += " You have shared my address without my consent, you wrote."
    words += " I want to complain about our data sharing too."
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    assert stage.outcome(stage.reply(stage.last(OLIVE), words)).handler == "privacy-answer"
    assert "We are sorry" in stage.last(JANE).words
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "Pay", "How do others ask for a regrade?")
    assert stage.outcome(stage.reply(stage.last(OLIVE), words)).handler == "private-answer"
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    assert stage.outcome(stage.reply(stage.proof(OLIVE), words)).handler == "proof"
    assert len(rows(stage)) == 1


def test_a_post_about_others_use_of_data_is_a_post(stage: Stage) -> None:
    words = "We use paper forms in the lab. If you put photos online you have breached GDPR, says our head."
    row = stage.outcome(stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "Photos", words))
    assert row.handler == "post"
    assert not rows(stage)


def test_an_answer_to_an_invitation_that_names_the_regulator_is_an_answer(stage: Stage) -> None:
    meeting_id = invited(stage)
    stage.reply(stage.last(JANE), "Yes, I will come. You have breached GDPR with that photo, says my head.")
    stage.reply(stage.last(DAWN), "Yes, I will come. I have contacted the ICO for guidance on CCTV.")
    assert answers(stage, meeting_id)[JANE] == answers(stage, meeting_id)[DAWN] == "yes"
    assert not rows(stage)


def test_one_who_left_is_acknowledged_and_answered(stage: Stage) -> None:
    """An answer to it carries out a right (ruling 2)."""
    invited(stage)
    stage.reply(stage.last(JANE), "STOP")
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    assert "We have your complaint" in stage.last(JANE).words
    stage.reply(stage.last(OLIVE), "We are sorry.")
    assert "We are sorry" in stage.last(JANE).words


def test_it_stands_in_the_brief_until_it_is_answered(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "My address", WORDS)
    letter = stage.last(OLIVE)
    stage.later(days=7)
    brief = stage.last(OLIVE)
    assert "Complaints about personal data" in brief.text
    assert "23 December" in brief.words
    assert "Jane" not in brief.words
    stage.reply(letter, "We are sorry.")
    stage.later(days=7)
    (complaint,) = rows(stage)
    assert complaint.answered_at is not None
    with stage.house.store.read() as session:
        assert session.execute(select(outgoing.c.id).where(outgoing.c.purpose == "desk")).first() is not None
    assert "Complaints about personal data" not in stage.last(OLIVE).text


BOTH = [
    pytest.param(f"{WORDS} I object to you processing my personal data.", id="complains and objects"),
    pytest.param(f"I object to the processing of my personal data.\n\n{WORDS}", id="objects and complains"),
    pytest.param(f"{WORDS}\n\n{'This has gone on for a long time now, and nobody has answered me. ' * 6}\n\nI also object to your use of my data.", id="at the end of a long letter"),
]  # fmt: skip


@pytest.mark.parametrize("door", ["mendip-committee", "mendip-help", "mendip-private", "mendip"])
@pytest.mark.parametrize("words", BOTH)
def test_who_complains_and_objects_does_both(stage: Stage, door: str, words: str) -> None:
    """DP-7, DP-16: one does not wait for the other; at the private door nobody is told who it was (V2)."""
    done = stage.outcome(stage.mail(JANE, f"{door}@{DOMAIN}", "My data", words))
    assert (done.state, done.reason) == ("held", "data-complaint")
    assert len(rows(stage)) == 1
    told = [mail.subject for mail in stage.mails(JANE)]
    assert len(told) == 2
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 3) == []
        assert session.execute(select(suppressions.c.reason)).scalars().all() == ["objection"]
    shown = next(mail for mail in stage.mails(OLIVE) if "supplier" in mail.text)
    assert (JANE in shown.text) is (door != "mendip-private")
    stage.reply(shown, "It was a mistake, and we are sorry.")
    assert "It was a mistake" in stage.last(JANE).text


def test_who_says_more_of_a_complaint_and_objects_does_both(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-private@{DOMAIN}", "", WORDS)
    stage.reply(stage.last(JANE), "And it happened twice.\nI object to the use of my data.")
    assert "it happened twice" in stage.last(OLIVE).text
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 3) == []
    assert not any(JANE in mail.text for mail in stage.mails(OLIVE))


def test_v2_an_objection_at_the_private_door_is_passed_on_without_its_writer(stage: Stage) -> None:
    words = "I object to you using my data for marketing, and I would like somebody to tell me where you had it from."
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-private@{DOMAIN}", "In confidence", words)
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 3) == []
    assert "where you had it from" in stage.last(OLIVE).text
    assert not any("Jane" in mail.text or JANE in mail.text for mail in stage.mails(OLIVE))


# letter -> what is replied, and what of it counts beside the complaint
WITH_AN_ANSWER = [
    ("YES, but you breached the GDPR", "yes", ""),
    ("No. I want to complain about how you use my personal data.", "no", ""),
    ("Yes please, vegetarian.\n\nYou have shared my email address with a supplier without my consent.", "yes", "vegetarian"),
    ("I can come. My address was shown to everybody in the last mail. This is a data breach.", "yes", ""),
    ("My address was shown to everybody in the last mail, this is a data breach. Maybe, it depends on cover.", "maybe", "it depends on cover"),
]


@pytest.mark.parametrize(("words", "answer", "note"), WITH_AN_ANSWER)
def test_an_answer_with_a_complaint_in_it_is_both(stage: Stage, words: str, answer: str, note: str) -> None:
    """The host reads notes, so what complains does not stand there (V9)."""
    meeting = invited(stage)
    done = stage.outcome(stage.reply(stage.last(JANE), words))
    assert (done.handler, done.state, done.reason) == ("answer", "held", "data-complaint")
    with stage.house.store.read() as session:
        (given,) = [row for row in responses.listing(session, meeting) if row["address"] == JANE]
    assert (given["answer"], given["note"]) == (answer, note)
    (row,) = rows(stage)
    assert row.acknowledged_at is not None
    assert len([mail for mail in stage.mails(JANE) if "ico.org.uk" in mail.words]) == 1
    (shown,) = [mail for mail in stage.mails(OLIVE) if "complaint" in mail.subject.lower()]
    assert " ".join(words.split()) in shown.words
    stage.reply(shown, "We are sorry, and have asked the supplier to take it out.")
    assert stage.outcome(done.id).state == "done"


@pytest.mark.parametrize(
    ("asked", "words"),
    [("MY DATA", "YES, but you have breached the GDPR"), ("MY DATA", "Yes.\n\nI want to complain about how you use my personal data."), ("", "STOP. You have breached the GDPR.")],
)
def test_a_yes_or_a_word_with_a_complaint_beside_it_is_both(stage: Stage, asked: str, words: str) -> None:
    invited(stage)
    if asked:
        stage.mail(JANE, f"mendip-help@{DOMAIN}", "", asked)
    done = stage.outcome(stage.reply(stage.last(JANE), words))
    assert (done.state, done.reason) == ("held", "data-complaint")
    assert len(rows(stage)) == 1
    with stage.house.store.read() as session:
        stopped = session.execute(select(suppressions.c.reason)).scalars().all()
    if asked:
        assert any(list(mail.message.iter_attachments()) for mail in stage.mails(JANE))
    else:
        assert stopped == ["left"]
