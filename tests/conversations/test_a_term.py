"""A term in conversations: who writes what, what the house answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, answers, invited
from tests.hosted import staged_on_postgres
from tests.stage import DOMAIN, Stage, staged


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """The same conversations on both databases."""
    if request.param == "sqlite":
        yield from staged(tmp_path)
        return
    yield from staged_on_postgres(request.getfixturevalue("postgres"), tmp_path)


def send_proof(stage: Stage, who: str = OLIVE, word: str = "SEND") -> None:
    stage.reply(stage.proof(who), word)


def test_an_organiser_makes_a_meeting_by_mail(stage: Stage) -> None:
    asked = stage.mail(
        OLIVE,
        f"mendip-organise@{DOMAIN}",
        "Meeting",
        "Date: Wednesday 20 January 2027\nTime: 2pm to 4pm\nPlace: Hill School\nHost: Hill School",
    )
    assert stage.outcome(asked).state == "asked"  # ruling 1: all of -organise@ waits for a tagged YES
    question = stage.last(OLIVE)
    assert "Reply YES" in question.words
    done = stage.reply(question, "YES")
    assert stage.outcome(done).state == "done"
    plan = next(
        mail
        for mail in stage.mails(OLIVE)
        if "invitation" in mail.text.lower() and not mail.subject.startswith("Proof")
    )
    assert "Hill School" in plan.text
    again = stage.reply(question, "YES")
    assert stage.occasion("invitation") is not None
    assert "already" in stage.outcome(again).outcome.lower()


def test_nothing_goes_to_members_without_send(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    assert not [mail for mail in stage.mails(JANE) if "Save the date" in mail.subject]
    assert "SEND NOW" in stage.proof(OLIVE).text
    send_proof(stage)
    assert not stage.mails(JANE)  # the undo time runs
    stage.later(minutes=11)
    assert stage.last(JANE).subject.startswith("Save the date")
    assert len(stage.mails(JANE)) == 1


def test_hold_stops_what_was_approved(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    send_proof(stage)
    receipt = stage.last(OLIVE)
    assert "HOLD" in receipt.text
    assert "SEND" not in receipt.text.replace("SENDS", "")
    stage.reply(receipt, "HOLD")
    stage.later(hours=3)
    assert not stage.mails(JANE)
    assert stage.occasion("save-the-date").state == "held"


def test_an_invitation_is_personal_and_its_answer_is_recorded(stage: Stage) -> None:
    meeting_id = invited(stage)
    mail = stage.last(JANE)
    assert "are you coming" in mail.subject
    assert DAWN not in mail.raw.decode()  # OUT-10
    assert OLIVE not in mail.raw.decode()
    calendar = next(part for part in mail.message.walk() if part.get_content_type() == "text/calendar")
    assert "METHOD:REQUEST" in calendar.get_content()
    stage.reply(mail, "Yes, bringing Karen, vegetarian")
    assert answers(stage, meeting_id)[JANE] == "yes"
    receipt = stage.last(JANE)
    assert "Karen" in receipt.text or "vegetarian" in receipt.text
    stage.reply(stage.last(DAWN), "sorry, teaching")
    assert answers(stage, meeting_id)[DAWN] == "no"
    stage.reply(receipt, "UNDO")
    assert answers(stage, meeting_id)[JANE] == "none"


def test_only_who_has_not_answered_is_asked_again(stage: Stage) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "YES")
    stage.at(datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    stage.settle()
    send_proof(stage)
    stage.at(datetime(2027, 1, 6, 9, 0, tzinfo=UTC))
    stage.settle()
    asked, spared = stage.last(DAWN), stage.last(JANE)
    assert asked.subject == spared.subject
    assert "YES" in asked.words
    assert "YES" not in spared.words


def test_an_item_is_numbered_corrected_and_withdrawn(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    item = stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances that drift", "Ten minutes, please.\n\nJane")
    assert stage.outcome(item).handler == "agenda"
    receipt = stage.last(JANE)
    assert "number 1" in receipt.words
    stage.reply(receipt, "title: Balances")
    assert "Balances" in stage.last(JANE).text
    stage.reply(stage.last(JANE), "WITHDRAW")
    assert "withdraw" in stage.last(JANE).subject.lower() or "taken" in stage.last(JANE).words.lower()


def test_an_auto_reply_to_a_confirmation_confirms_nothing(stage: Stage) -> None:
    """LOOP-5."""
    new = "new@far.school.example"
    stage.mail(new, f"mendip-join@{DOMAIN}", "join", "please")
    question = stage.last(new)
    away = stage.reply(question, "I am out of the office until 3 January.", Auto_Submitted="auto-replied")
    assert stage.outcome(away).state == "noted"
    assert len(stage.mails(new)) == 1
    stage.reply(question, "Yes please")
    assert "welcome" in (stage.last(new).subject + stage.last(new).text).lower()


def test_stop_ends_everything_at_once_and_undo_brings_it_back(stage: Stage) -> None:
    invited(stage)
    stage.reply(stage.last(JANE), "STOP")
    farewell = stage.last(JANE)
    count = len(stage.mails(JANE))
    stage.mail(DAWN, f"mendip@{DOMAIN}", "Agar", "How do you store agar plates? Ours dry out in a week.")
    assert len(stage.mails(JANE)) == count
    stage.reply(farewell, "UNDO")
    stage.mail(DAWN, f"mendip@{DOMAIN}", "Agar again", "And how do you label them? Ours fall off in the fridge.")
    assert any("Agar again" in mail.subject for mail in stage.mails(JANE))


def test_a_private_answer_never_becomes_a_post(stage: Stage) -> None:
    """V14."""
    meeting_id = invited(stage)
    before = len(stage.mails(DAWN))
    wrong = stage.mail(JANE, f"mendip@{DOMAIN}", "Re: are you coming?", "Yes, I'll be there.")
    assert len(stage.mails(DAWN)) == before
    assert answers(stage, meeting_id)[JANE] == "yes" or stage.outcome(wrong).state == "asked"


def test_a_bounce_comes_back_to_the_right_row(stage: Stage) -> None:
    """BNC-2: known by the envelope tag alone."""
    invited(stage)
    mail = stage.last(JANE)
    report = (
        b"From: MAILER-DAEMON@relay.example\r\nTo: " + mail.mail_from.encode() + b"\r\nSubject: Undelivered\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; jane@hill.school.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--x--\r\n"
    )
    done = stage.raw(report, mail.mail_from, "")
    assert stage.outcome(done).handler == "bounce"
    row = next(row for row in stage.copies() if row.id == mail.outgoing_id)
    assert row.state == "failed"
    assert "user-unknown" in row.reason


def test_a_forged_tag_changes_nothing(stage: Stage) -> None:
    invited(stage)
    mail = stage.last(JANE)
    forged = mail.reply_to[:-20] + "a" * 3 + mail.reply_to[-17:]
    done = stage.mail(JANE, forged, "Re:", "STOP")
    assert stage.outcome(done).state == "held"


def test_another_persons_tag_changes_nothing_but_leaving(stage: Stage) -> None:
    """Ruling 1."""
    meeting_id = invited(stage)
    mail = stage.last(JANE)
    stage.reply(mail, "YES", sender=DAWN)
    assert answers(stage, meeting_id) == {JANE: "none", DAWN: "none", OLIVE: "none", PETER: "none"}
    assert "Jane" in stage.last(DAWN).text


def test_the_newsletter_goes_to_every_subscriber_after_send(stage: Stage) -> None:
    from mailer.acts import Actor, Strength, issue

    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2026, 12, 14, 9, 0, tzinfo=UTC), now=stage.now)
    stage.mail(
        JANE,
        f"mendip-news@{DOMAIN}",
        "A day at Mill Academy",
        "I went to see their prep room. They have shelves for everything.",
    )
    assert "number 1" in stage.last(JANE).words or "piece" in stage.last(JANE).words.lower()
    stage.later(days=15)
    proof = stage.proof(OLIVE)
    assert "shelves for everything" in proof.text
    stage.reply(proof, "SEND")
    stage.at(datetime(2026, 12, 14, 9, 0, tzinfo=UTC))
    stage.settle()
    for someone in (JANE, DAWN, OLIVE, PETER):
        mail = stage.last(someone)
        assert "shelves for everything" in mail.text
        assert str(mail.message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"  # UNS-1
    row = stage.occasion("issue")
    assert row.state == "sent"
    assert row.audience_count == 4  # V6
