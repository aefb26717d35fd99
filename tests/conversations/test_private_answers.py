"""What is private stays so (V2, V9, V14): questions without a name, answers that went to everyone's address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from mailer.cli.app import assemble
from mailer.people import archive
from mailer.store.tables import addresses
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, answers, invited
from tests.stage import DOMAIN, Got, Stage, staged

PRIVATE = f"mendip-private@{DOMAIN}"


def question(stage: Stage, who: str) -> Got:
    """The newest private question that an organiser was passed."""
    return next(mail for mail in reversed(stage.mails(who)) if mail.subject.startswith("A private question"))


def test_a_private_question_and_its_answer_cross_without_names(stage: Stage) -> None:
    stage.mail(f"Jane Doe <{JANE}>", PRIVATE, "Pay", "How do others ask for a regrade?")
    asked = {who: question(stage, who) for who in (OLIVE, PETER)}
    for mail in asked.values():
        assert "How do others ask for a regrade?" in mail.words
        assert "jane" not in mail.raw.decode().lower()
    assert stage.last(JANE).subject == "Passed on without your name"
    stage.reply(asked[OLIVE], "Ask for the job description first.")
    answer = stage.last(JANE)
    assert answer.subject == "The committee answers: Pay"
    assert "Ask for the job description first." in answer.words
    assert "olive" not in answer.raw.decode().lower()
    other = stage.last(PETER)
    assert "answered a private question" in other.words
    assert "jane" not in other.raw.decode().lower()
    stage.reply(answer, "Thank you. And who signs it?")
    follow = stage.last(OLIVE)
    assert follow.subject == "A private question: Pay"
    assert "who signs it" in follow.words
    assert "jane" not in follow.raw.decode().lower()


def test_a_strangers_question_is_answered_too(stage: Stage) -> None:
    """A stranger gets one letter a day: it is the committee's answer."""
    stranger = "sam@far.school.example"
    stage.mail(stranger, PRIVATE, "Joining", "Can I come along to a meeting first?")
    assert not stage.mails(stranger)
    stage.reply(question(stage, OLIVE), "Of course, do come.")
    assert "Of course, do come." in stage.last(stranger).words
    again = stage.outcome(stage.reply(question(stage, PETER), "And bring a friend."))
    assert again.state == "refused"
    assert "again today" in stage.last(PETER).words


def test_somebody_who_is_passed_the_question_cannot_answer_it(stage: Stage) -> None:
    stage.mail(JANE, PRIVATE, "Pay", "How do others ask for a regrade?")
    count = len(stage.mails(JANE))
    row = stage.outcome(stage.reply(question(stage, OLIVE), "Who asks this?", sender=DAWN))
    assert row.reason == "other-address"
    assert len(stage.mails(JANE)) == count


def test_the_monday_note_names_no_sender_of_a_private_question(stage: Stage) -> None:
    stage.mail(JANE, PRIVATE, "Pay", "How do others ask for a regrade?")
    brief = [mail for mail in stage.mails(OLIVE) if "week" in mail.subject]
    assert not any(JANE in mail.text for mail in brief)


AWAY = {"Auto_Submitted": "auto-replied", "mail_from": ""}
FORGED = {"Authentication_Results": "mx.example; dmarc=fail header.from=hill.school.example"}
GOES_ON = [
    pytest.param("passed", "I am away until Monday.", AWAY, "automatic", id="away, from what was passed on"),
    pytest.param("answer", "I am away until Monday.", AWAY, "automatic", id="away, from the answer"),
    pytest.param("answer", "Thank you, and who signs?", FORGED, "hold", id="a check that fails"),
    pytest.param("answer", "STATUS", {}, "private", id="a word to us"),
]


@pytest.mark.parametrize(("to", "text", "headers", "handler"), GOES_ON)
def test_nobody_is_shown_who_asked_privately(
    tmp_path: Path, to: str, text: str, headers: dict[str, str], handler: str
) -> None:
    """V2: whatever way a mail of the conversation takes, its writer stands in no list, no note and no archive."""
    for stage in staged(tmp_path, authserv_id="mx.example"):
        stage.mail(f"Jane Doe <{JANE}>", PRIVATE, "Pay", "How do others ask for a regrade?")
        passed = stage.last(JANE)
        stage.reply(question(stage, OLIVE), "Ask for the job description first.")
        row = stage.outcome(stage.reply(passed if to == "passed" else stage.last(JANE), text, **headers))
        assert row.handler == handler
        stage.later(days=7)  # a Monday: the organisers' note
        assert not any("jane" in mail.raw.decode().lower() for who in (OLIVE, PETER) for mail in stage.mails(who))
        with stage.house.store.read() as session:
            archive.write(session, stage.network_id, tmp_path / "archive.json", stage.now)
            mine = session.execute(select(addresses.c.id).where(addresses.c.address == JANE)).scalar_one()
        shown = [listed(stage, "inbox", "list"), listed(stage, "outbox", "list"), listed(stage, "inbox", "show", str(row.id))]
        for text_of in shown:
            assert "jane" not in text_of.lower()
            assert "hill.school" not in text_of.replace(OLIVE, "")
        kept = json.loads((tmp_path / "archive.json").read_text())["tables"]
        assert all(one["from_address"] is None and one["address_id"] is None for one in kept["inbox"])
        answers_to = [one for one in kept["standings"] if one["purpose"] == "answer" and one["scope"].isdigit()]
        assert mine not in {one["address_id"] for one in (*kept["outgoing"], *answers_to)}


def listed(stage: Stage, *words: str) -> str:
    env = {"TERMPOST_DATA_DIR": str(stage.settings.data_dir), "TERMPOST_AUTHSERV_ID": "mx.example"}
    result = CliRunner().invoke(assemble(), [*words, "--json"], env=env)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_letter_to_the_committee_reaches_all_and_their_talk_the_others(stage: Stage) -> None:
    stage.mail(
        f"Jane Doe <{JANE}>",
        f"mendip-committee@{DOMAIN}",
        "Parking",
        "Is there parking at Hill School for the meeting?",
    )
    for who in (OLIVE, PETER):
        assert "Is there parking" in stage.last(who).words
        assert JANE in stage.last(who).words
    count = len(stage.mails(OLIVE))
    stage.reply(stage.last(OLIVE), "I shall ask the caretaker.")
    assert "ask the caretaker" in stage.last(PETER).words
    assert len(stage.mails(OLIVE)) == count  # one's own words do not come back
    assert not any("caretaker" in mail.text for mail in stage.mails(JANE))


PRIVATE_TO_THE_LIST = [
    "Yes, I'll be there.",
    "Sorry, I can't make it, teaching all day.",
    "Apologies for Thursday",
    "Maybe, will let you know",
    "SEND",
    "DONE",
    "unsubscribe",
    "STATUS",
    "Could you take me off the list please",
]


def test_what_reads_as_an_answer_is_not_distributed(stage: Stage) -> None:
    """V14: done as what it is, or asked back."""
    invited(stage)
    before = len(stage.mails(DAWN))
    for text in PRIVATE_TO_THE_LIST:
        row = stage.outcome(stage.mail(JANE, f"mendip@{DOMAIN}", "Re: the meeting", text))
        assert row.state in ("done", "asked", "held"), text  # held: the third question of a day is not asked
        assert len(stage.mails(DAWN)) == before, text
        if row.state == "done" and row.outcome.startswith("Left"):
            stage.reply(stage.last(JANE), "UNDO")


def test_the_third_question_of_a_day_says_who_looks_at_the_mail(stage: Stage) -> None:
    """Its writer is told, once, and can still say where it goes; what comes after it waits as well."""
    invited(stage)
    rows = [stage.outcome(stage.mail(JANE, f"mendip@{DOMAIN}", f"Hm {n}", "Maybe, will let you know my dear")) for n in range(5)]
    assert [row.state for row in rows] == ["asked", "asked", "held", "held", "held"]
    subjects = [mail.subject for mail in stage.mails(JANE) if mail.subject.startswith("For everyone")]
    assert subjects == [f"For everyone, or only the committee? Hm {n}" for n in range(3)]
    third = stage.last(JANE)
    assert "waits for Olive Organiser" in third.words
    assert not stage.mails(DAWN)[-1].subject.endswith("Hm 2")
    stage.reply(third, "COMMITTEE")
    assert "will let you know my dear" in stage.last(PETER).words


def test_whatever_answers_a_letter_of_ours_is_asked_back_at_the_list(stage: Stage) -> None:
    """V14, whatever its words; EVERYONE lets it go, once."""
    invited(stage)
    ours = str(next(m for m in stage.mails(PETER) if "are you coming" in m.subject).message["Message-ID"])
    text = "Has anybody a spare balance to lend us for a week, please? Ours is away for repair until the end of term."
    row = stage.outcome(stage.mail(PETER, f"mendip@{DOMAIN}", "Re: are you coming?", text, In_Reply_To=ours))
    assert row.state == "asked"
    question = stage.last(PETER)
    assert question.subject.startswith("For everyone, or only the committee?")
    assert not any("spare balance" in mail.text for mail in stage.mails(DAWN))
    stage.reply(question, "Everyone please")
    assert "spare balance" in stage.last(DAWN).text
    stage.reply(question, "EVERYONE")
    assert len([mail for mail in stage.mails(DAWN) if "spare balance" in mail.text]) == 1


DOORS = [
    # where it came, what it says, what becomes of it at once
    ("mendip-agenda", "Yes, I'll be there", "answer"),
    ("mendip-news", "Sorry, can't come this time", "answer"),
    ("mendip-committee", "Yes, I'll be there", "answer"),
    ("mendip-exchange", "Yes, I'm coming", "answer"),
    ("mendip-news", "STATUS", "status"),
    ("mendip-agenda", "PLAIN TEXT", "question"),
    ("mendip-help", "Could we discuss balances that drift at the next meeting?", "sort"),
    ("mendip-news", "Could we discuss gas taps at the next meeting please?", "sort"),
]


def test_the_wrong_door_leads_to_the_right_one_or_to_one_question(stage: Stage) -> None:
    """Contract 1."""
    meeting_id = invited(stage)
    for door, text, what in DOORS:
        row = stage.outcome(stage.mail(DAWN, f"{door}@{DOMAIN}", "Hello", text))
        subject = stage.last(DAWN).subject
        if what == "answer":
            assert answers(stage, meeting_id)[DAWN] in ("yes", "no"), (door, text)
            assert "coming" in subject
        elif what == "status":
            assert "What you get" in subject
        elif what == "question":
            assert "Please confirm" in subject
        else:
            assert row.state == "asked"
            assert subject.startswith("Where should this go")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("AGENDA", "Item 1 is on the agenda"),
        ("newsletter please", "Thank you for your piece"),
        ("Committee", "For the committee"),
    ],
)
def test_the_answer_to_the_question_moves_the_message(stage: Stage, word: str, found: str) -> None:
    invited(stage)
    stage.mail(DAWN, f"mendip-help@{DOMAIN}", "Balances", "Could we discuss balances that drift at the next meeting?")
    question = stage.last(DAWN)
    stage.reply(question, word)
    got = stage.last(OLIVE) if word == "Committee" else stage.last(DAWN)
    assert got.subject.startswith(found)
    again = stage.outcome(stage.reply(question, word))
    assert again.reason == "already-done"


@pytest.mark.parametrize(
    "words", ["I shall see what I can do, my head has to agree first.", "Is there parking, and is lunch included?"]
)
def test_v14_an_answer_that_lost_its_references_is_known_by_its_subject(stage: Stage, words: str) -> None:
    """Some programs answer with nothing but `Re:` and our subject; whom it is for is asked before anybody sees it."""
    invited(stage)
    subject = stage.last(JANE).subject
    before = len(stage.mails(DAWN))
    done = stage.outcome(stage.mail(JANE, f"mendip@{DOMAIN}", f"Re: {subject}", words))
    assert done.state == "asked"
    assert len(stage.mails(DAWN)) == before
