"""What members write about their agenda items, and about other people's."""

from __future__ import annotations

import email.policy
import io
import zipfile
from email.message import EmailMessage

import pytest

from mailer.meetings import agenda, meetings
from mailer.meetings.agenda import Item
from tests.conversations.scenes import DAWN, JANE, OLIVE, STARTS
from tests.stage import DOMAIN, Got, Stage

AGENDA = f"mendip-agenda@{DOMAIN}"


def sent_in(stage: Stage) -> Got:
    """Jane's item and the receipt she got."""
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, AGENDA, "Balances that drift", "Ten minutes, please. Ours drift in the cold.")
    return stage.last(JANE)


def stands(stage: Stage, number: int = 1) -> Item:
    with stage.house.store.read() as session:
        meeting = meetings.upcoming(session, stage.network_id, stage.now)
        assert meeting is not None
        return agenda.numbered(session, meeting.id, number)


@pytest.mark.parametrize(
    ("words", "title", "minutes"),
    [
        ("15 minutes and title: Scales", "Scales", 15),
        ("make it 20 mins please, and call it Balances\n\nJane Doe\nHill School", "Balances", 20),
        ("Hi Olive, could you make it half an hour? Thanks", "Balances that drift", 30),
    ],
)
def test_several_corrections_in_one_line(stage: Stage, words: str, title: str, minutes: int) -> None:
    stage.reply(sent_in(stage), words)
    item = stands(stage)
    assert (item.title, item.minutes) == (title, minutes)
    assert item.text == "Ten minutes, please. Ours drift in the cold."


def test_what_is_plainly_meant_for_the_item_is_added(stage: Stage) -> None:
    stage.reply(sent_in(stage), "15 minutes please.\nPlease add: ours are ten years old")
    item = stands(stage)
    assert item.minutes == 15
    assert item.text.endswith("\n\nours are ten years old")


def test_what_is_left_over_is_asked_about_and_added_by_a_word(stage: Stage) -> None:
    stage.reply(sent_in(stage), "15 minutes please. The ones in lab 3 are worst")
    told = stage.last(JANE)
    assert "This part we did not take up:" in told.words
    assert stands(stage).text == "Ten minutes, please. Ours drift in the cold."
    stage.reply(told, "ADD")
    assert stands(stage).text.endswith("\n\nThe ones in lab 3 are worst")


def test_words_that_name_nothing_are_asked_about(stage: Stage) -> None:
    asked = stage.reply(sent_in(stage), "The ones in lab 3 are the worst of all.")
    assert stage.outcome(asked).state == "asked"
    assert "What should we change in item 1" in stage.last(JANE).subject
    assert stands(stage).text == "Ten minutes, please. Ours drift in the cold."
    stage.reply(stage.last(JANE), "Yes, add it please")
    assert stands(stage).text.endswith("The ones in lab 3 are the worst of all.")


def test_a_question_goes_to_the_organisers(stage: Stage) -> None:
    stage.reply(sent_in(stage), "20 minutes. Is there a projector?")
    assert stands(stage).minutes == 20
    assert "Is there a projector?" in stage.last(OLIVE).words
    assert "the organisers have it" in stage.last(JANE).words


def numbered(stage: Stage) -> list[tuple[int, str, int | None, str]]:
    with stage.house.store.read() as session:
        meeting = meetings.upcoming(session, stage.network_id, stage.now)
        found = agenda.items(session, meeting.id) if meeting else agenda.waiting(session, stage.network_id)
    return [(item.number, item.title, item.minutes, item.state) for item in found]


THREE = "Hi Olive,\n\n1. Balances that drift (10 minutes)\n2. Who has a spare centrifuge?\n3. Show and tell: my test tube rack, 5 mins\n\nThanks\nJane"


def test_three_items_in_one_mail_are_three(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    before = len(stage.mails(JANE))
    stage.mail(JANE, AGENDA, "Items for the agenda", THREE)
    assert numbered(stage) == [
        (1, "Balances that drift", 10, "open"),
        (2, "Who has a spare centrifuge?", None, "open"),
        (3, "Show and tell: my test tube rack", 5, "open"),
    ]
    assert len(stage.mails(JANE)) == before + 1  # one receipt names all
    told = stage.last(JANE)
    assert told.subject == "3 items on the agenda: 1, 2, 3"
    assert all(title in told.words for _, title, _, _ in numbered(stage))
    stage.reply(told, "item 2: 15 minutes")
    assert stage.last(JANE).subject == "Item 2, corrected: Who has a spare centrifuge?"
    stage.reply(told, "WITHDRAW 3")
    assert [state for *_, state in numbered(stage)] == ["open", "open", "withdrawn"]
    stage.reply(told, "UNDO")
    assert [state for *_, state in numbered(stage)] == ["withdrawn"] * 3


def test_withdraw_alone_takes_all_of_them_back(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, AGENDA, "Agenda items", "- Gas taps that leak\n- Goggles")
    stage.reply(stage.last(JANE), "WITHDRAW")
    assert [state for *_, state in numbered(stage)] == ["withdrawn"] * 2


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Prep room refit", "What we need to settle:\n1. paint\n2. benches\n3. who pays"),
        ("Two questions on radon", "We have had our source since 1974.\n- who checks it?"),
    ],
    ids=["a list under a title", "a list of one"],
)
def test_a_list_about_one_matter_is_one_item(stage: Stage, subject: str, text: str) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, AGENDA, subject, text)
    assert [(number, title) for number, title, *_ in numbered(stage)] == [(1, subject)]


def test_an_item_that_is_passed_on_keeps_the_words_it_is_about(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    head = "---------- Forwarded message ---------\nFrom: News <news@cleapss.example>\nDate: Mon, 16 Nov 2026 at 10:00\nSubject: Radon source storage\nTo: Jane Doe <jane@hill.school.example>\n\n"
    stage.mail(JANE, AGENDA, "Fwd: Radon source storage", f"FYI, could we have this on the agenda?\n\n{head}Storage rules for sources change in January.\n")
    item = stands(stage)
    assert item.title == "Radon source storage"
    assert item.text == "Storage rules for sources change in January."


def test_an_item_in_an_attached_document(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = JANE, AGENDA, "Agenda item"
    mail["Date"], mail["Message-ID"] = "Mon, 23 Nov 2026 10:00:00 +0000", "<document@school.example>"
    mail.set_content("Please see attached.\n\nJane")
    content = docx("Fume cupboard tests", "Who does yours, and what does it cost? 15 minutes please.")
    mail.add_attachment(content, maintype="application", subtype="vnd.openxmlformats-officedocument.wordprocessingml.document", filename="item.docx")
    stage.raw(mail.as_bytes(policy=email.policy.SMTP), AGENDA, JANE)
    item = stands(stage)
    assert (item.title, item.minutes) == ("Fume cupboard tests", 15)
    assert "Who does yours, and what does it cost?" in item.text


def docx(*paragraphs: str) -> bytes:
    words = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    open_xml = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{open_xml}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{open_xml}/package/2006/relationships"><Relationship Id="rId1" Type="{open_xml}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{open_xml}/wordprocessingml/2006/main"><w:body>{words}</w:body></w:document>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0"?>' + content)
    return file.getvalue()


def test_without_a_meeting_it_is_kept_for_the_next_and_its_sender_told_so(stage: Stage) -> None:
    stage.mail(JANE, AGENDA, "Gas taps", "10 minutes, please.")
    told = stage.last(JANE)
    assert told.subject == "Item 1 is kept for the next meeting: Gas taps"
    stage.reply(told, "15 minutes")
    stage.meeting(STARTS, venue="Hill School")
    assert numbered(stage) == [(1, "Gas taps", 15, "open")]


def test_two_hours_are_two_hours(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    stage.mail(JANE, AGENDA, "Review", "We need two hours for the review of the policy.")
    assert "Minutes: 120" in stage.last(JANE).words
    stage.reply(stage.last(JANE), "make it an hour and a half")
    assert stands(stage).minutes == 90


def test_a_correction_by_somebody_else_changes_nothing_and_is_asked_about(stage: Stage) -> None:
    receipt = sent_in(stage)
    row = stage.outcome(stage.reply(receipt, "title: Gas taps", sender=DAWN))
    assert row.state == "asked"
    assert stage.last(DAWN).subject == "Are you answering for Jane Doe, or for yourself?"
    assert stands(stage).title == "Balances that drift"
