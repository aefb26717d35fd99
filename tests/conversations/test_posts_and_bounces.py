"""A post goes round once; what comes back is counted by its tag; guests wait at the door; one mailbox gets one copy."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy import select, update

from mailer.people import membership
from mailer.store.tables import agenda_items, memberships, suppressions
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER, STARTS, answers, invited
from tests.newsletters import images
from tests.stage import DOMAIN, Got, Stage

LIST = f"mendip@{DOMAIN}"
QUESTION = "How does everyone store agar plates? Ours dry out in a week."


def report(
    stage: Stage, mail: Got, status: str = "5.1.1", action: str = "failed", said: str = "550 5.1.1 user unknown"
) -> str:
    content = (
        f"From: MAILER-DAEMON@relay.example\r\nTo: {mail.mail_from}\r\nSubject: Undelivered {mail.id} {action}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; {mail.to}\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {said}\r\n\r\n--x--\r\n"
    )
    return str(stage.outcome(stage.raw(content.encode(), mail.mail_from, "")).outcome)


def rests(stage: Stage) -> bool:
    with stage.house.store.read() as session:
        found = session.execute(select(suppressions.c.id).where(suppressions.c.reason == "bad-address"))
        return found.first() is not None


def test_a_post_goes_once_to_everyone_and_its_author(stage: Stage) -> None:
    """FMT-4, FMT-12, AUTH-7: own Message-ID, `via` in From, threading, no address of the author."""
    stage.mail(f"Jane Doe <{JANE}>", LIST, "Agar", QUESTION)
    for who in (JANE, DAWN, OLIVE, PETER):
        copies = [mail for mail in stage.mails(who) if "Agar" in mail.subject]
        assert len(copies) == 1
        message = copies[0].message
        assert str(message["From"]).startswith("Jane Doe via Mendip Technicians <mendip@")
        assert str(message["Message-ID"]).endswith("@school.example>")
        assert "mendip.lists.example.org" in str(message["List-Id"])
        assert message["Auto-Submitted"] is None
        assert JANE not in copies[0].raw.decode().replace(f"To: Jane Doe <{JANE}>", "")
    got = next(mail for mail in stage.mails(DAWN) if "Agar" in mail.subject)
    stage.mail(
        DAWN, LIST, f"Re: {got.subject}", f"Ours lie upside down in a box.\n\nOn Monday, Jane Doe via Mendip wrote:\n> {QUESTION}\n> {got.link('u')}",
        In_Reply_To=str(got.message["Message-ID"]), References=str(got.message["Message-ID"]),
    )  # fmt: skip
    answer = stage.last(JANE)
    assert answer.subject == "Re: [mendip] Agar"
    assert str(answer.message["In-Reply-To"]) == str(got.message["Message-ID"])
    assert got.link("u") not in answer.raw.decode()
    again = stage.raw(got.raw, LIST, DAWN)  # the list subscribed to itself: LOOP-4
    assert stage.outcome(again).state in ("held", "noted")


def test_a_digest_reader_gets_one_mail_a_day(stage: Stage) -> None:
    with stage.house.store.write() as session:
        member = membership.of_address(session, stage.network_id, 4)
        assert member is not None
        session.execute(update(memberships).where(memberships.c.id == member.id).values(digest=True))
    stage.settle()
    stage.mail(JANE, LIST, "Agar", QUESTION)
    stage.mail(PETER, LIST, "Balances", "Which balances do you all use for A level work? Ours are worn out.")
    assert not [mail for mail in stage.mails(DAWN) if "Agar" in mail.subject]
    stage.at(datetime(2026, 11, 23, 17, 1, tzinfo=UTC))
    stage.settle()
    digests = [mail for mail in stage.mails(DAWN) if QUESTION in mail.words]
    assert len(digests) == 1
    assert "worn out" in digests[0].words
    assert not [mail for mail in stage.mails(JANE) if QUESTION in mail.words and "worn out" in mail.words]


def test_an_address_is_put_to_rest_by_evidence_over_two_mailings(stage: Stage) -> None:
    """BNC-4, BNC-5 and ruling 11: a delay, a full mailbox and one report are not enough."""
    invited(stage)
    first, second = (
        next(m for m in stage.mails(DAWN) if word in m.subject) for word in ("Save the date", "are you coming")
    )
    assert "for now" in report(stage, first, "4.2.2", "delayed", "452 4.2.2 mailbox full")
    report(stage, first, "5.2.2", "failed", "552 5.2.2 mailbox full")
    assert not rests(stage)
    report(stage, second)
    assert not rests(stage)
    stage.mail(JANE, LIST, "Agar", QUESTION)
    outcome = report(stage, next(m for m in stage.mails(DAWN) if "Agar" in m.subject))
    assert rests(stage)
    assert "no more mail" in outcome
    count = len(stage.mails(DAWN))
    stage.mail(JANE, LIST, "Gas taps", "Ours leak. Does anyone know a good fitter near Wells?")
    assert len(stage.mails(DAWN)) == count


def test_a_report_without_our_tag_counts_for_nothing(stage: Stage) -> None:
    """BNC-2."""
    invited(stage)
    mail = stage.last(DAWN)
    wrong = mail.mail_from.replace("+b", "+r")
    report(stage, Got(mail.id, mail.outgoing_id, wrong, mail.to, mail.raw))
    assert next(row for row in stage.copies() if row.id == mail.outgoing_id).state == "accepted"


def test_a_complaint_ends_the_purpose_of_that_mail_without_a_word(stage: Stage) -> None:
    """BNC-11."""
    invited(stage)
    mail, count = stage.last(DAWN), len(stage.mails(DAWN))
    content = (
        f"From: fbl@provider.example\r\nTo: {mail.mail_from}\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nspam\r\n"
        "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\n\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {mail.message['Message-ID']}\r\nSubject: x\r\n\r\nx\r\n--x--\r\n"
    )
    row = stage.outcome(stage.raw(content.encode(), mail.mail_from, "fbl@provider.example"))
    assert row.handler == "complaint"
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, 4) == ["newsletter", "discussion"]
    assert len(stage.mails(DAWN)) == count


def test_a_guest_is_acknowledged_once_and_admitted_by_a_yes(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    guest = "sam@far.school.example"
    row = stage.outcome(
        stage.mail(guest, f"mendip-agenda@{DOMAIN}", "Gas taps", "Ours leak. Does anyone know a fitter?")
    )
    assert (row.state, row.held_for) == ("held", "Olive Organiser")
    asked = next(mail for mail in stage.mails(OLIVE) if mail.subject.startswith("A guest has an item"))
    assert "Reply YES to put it on the agenda" in asked.words
    assert "You asked us" not in asked.words
    stage.mail(guest, f"mendip-agenda@{DOMAIN}", "Fume cupboards", "Who tests yours, and how often?")
    assert len(stage.mails(guest)) == 1
    assert "member" not in stage.last(guest).words
    with stage.house.store.read() as session:
        assert not session.execute(select(agenda_items.c.id)).first()
    stage.reply(asked, "Yes")
    with stage.house.store.read() as session:
        assert session.execute(select(agenda_items.c.title)).scalars().all() == ["Gas taps"]
    assert "Admitted by Olive Organiser" in stage.outcome(row.id).outcome


def test_an_item_after_the_freeze_is_for_the_day_and_offered_the_next_time(stage: Stage) -> None:
    stage.meeting(datetime(2026, 12, 1, 14, 0, tzinfo=UTC), venue="Hill School")
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ours drift in the cold. Ten minutes, please.")
    receipt = stage.last(JANE)
    assert receipt.subject.startswith("Your item came after the agenda closed")
    assert "NEXT TIME" in receipt.words
    stage.reply(receipt, "NEXT TIME")
    assert "corrected" in stage.last(JANE).subject or "kept" in stage.last(JANE).words


def test_a_shared_mailbox_gets_one_copy_and_answers_by_name(stage: Stage) -> None:
    mailbox = "science.technicians@moor.school.example"
    stage.member(mailbox, shared=True, organisation="Moor School")
    meeting_id = invited(stage)
    copies = [mail for mail in stage.mails(mailbox) if "are you coming" in mail.subject]
    assert len(copies) == 1
    assert "Dear science technicians" in copies[0].words
    stage.reply(copies[0], "Karen and I yes, Joe no")
    receipt = stage.last(mailbox)
    assert "Karen" in receipt.words
    assert "Joe: no" in receipt.words
    assert answers(stage, meeting_id)[mailbox] == "yes"


def test_two_letters_due_on_one_day_are_spread(stage: Stage) -> None:
    """V13: of two counted letters the less pressing waits for the next working day."""
    from mailer.acts import Actor, Strength, issue

    stage.meeting(STARTS, venue="Hill School")
    with stage.house.store.write() as session:
        actor = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")
        issue.make(session, actor, publishes_at=datetime(2026, 12, 18, 9, 0, tzinfo=UTC), now=stage.now)
    stage.mail(
        JANE, f"mendip-news@{DOMAIN}", "A visit", "I went to see their prep room. They have shelves for everything."
    )
    for day in (10, 16):
        stage.at(datetime(2026, 12, day, 9, 30, tzinfo=UTC))
        stage.settle()
    proofs = {mail.subject: mail for mail in stage.mails(OLIVE) if mail.subject.startswith("Proof")}
    for subject, mail in proofs.items():
        if "Save the date" not in subject:
            stage.reply(mail, "SEND")
    stage.at(datetime(2026, 12, 18, 9, 0, tzinfo=UTC))
    stage.settle()
    friday = [mail for mail in stage.mails(DAWN) if "shelves" in mail.text or "are you coming" in mail.subject]
    assert len(friday) == 1
    assert "are you coming" in friday[0].subject
    stage.at(datetime(2026, 12, 21, 9, 1, tzinfo=UTC))
    stage.settle()
    assert "shelves" in stage.last(DAWN).text


def test_a_member_who_does_not_get_the_list_is_let_through_by_an_organiser(stage: Stage) -> None:
    stage.member("tom@far.school.example", "Tom Far", purposes=("meetings",))
    held = stage.mail(
        "tom@far.school.example",
        f"mendip@{DOMAIN}",
        "Glassware",
        "We have a box of old burettes to show at the next meeting.",
    )
    assert stage.outcome(held).state == "held"
    question = next(mail for mail in stage.mails(OLIVE) if "burettes" in mail.text)
    stage.reply(question, "YES")
    assert any("burettes" in mail.text for mail in stage.mails(JANE))


def test_a_post_says_what_came_with_it(stage: Stage) -> None:
    """The file itself is not sent round to everyone, and a signature's logo is not named."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = JANE, f"mendip@{DOMAIN}", "Is this crack safe?"
    message["Message-ID"] = "<crack@hill.school.example>"
    message.set_content("Has anyone seen a crack like this in the glass of a fume cupboard? The picture shows it.\n")
    message.add_attachment(images.jpeg(1600, 1200), maintype="image", subtype="jpeg", filename="crack.jpg")
    message.add_attachment(images.png(90, 30), maintype="image", subtype="png", filename="logo.png")
    came = stage.raw(message.as_bytes(policy=email.policy.SMTP), "mendip", JANE)
    assert stage.outcome(came).state == "done", stage.outcome(came).outcome
    words = stage.last(DAWN).words
    assert "Came with it: crack.jpg" in words
    assert "logo.png" not in words
