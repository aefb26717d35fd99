"""Pieces as people mail them: a document with a covering note, somebody else's mail passed on, a signature below."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

from mailer.inbound.pieces import prepared
from mailer.message import read

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(*lines: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
    return held.getvalue()


def mail(subject: str, text: str, **files: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Jane Doe <jane@school.example>", subject
    message.set_content(text)
    for name, content in files.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message


def piece(message: EmailMessage) -> tuple[str, str, tuple[str, ...]]:
    found = prepared(read(message.as_bytes()), [])
    return found.title, found.text, found.missing


def test_mime_9_the_words_of_a_document_are_the_piece() -> None:
    """MIME-9: and the covering note is not."""
    note = "Hi Olive,\n\nPlease find attached my article.\n\nJane"
    attached = docx("What I saw at BETT", "There were a hundred stands.", "I liked the last one best.")
    title, text, missing = piece(mail("Article for the newsletter", note, bett_docx=attached))
    assert title == "What I saw at BETT"
    assert "I liked the last one best." in text
    assert "Please find attached" not in text
    assert missing == ()


def test_a_document_that_cannot_be_read_is_asked_for() -> None:
    _, text, missing = piece(mail("Our trip", "My piece is in the file.", trip_pdf=b"%PDF-1.4"))
    assert text == "My piece is in the file."
    assert missing == ("unread: trip.pdf",)


def test_v9_a_mail_passed_on_is_printed_without_its_head() -> None:
    """Its writer's leave is asked for, and no address stands in it."""
    text = (
        "For the newsletter?\n\n-----Original Message-----\nFrom: Ann Lee <ann@lee.example>\nSent: 20 November 2026 10:00\n"
        "To: Jane\nSubject: Hoses\n\nBunsen hoses should be checked each term for cracks.\n"
    )
    title, printed, missing = piece(mail("FW: Hoses", text))
    assert (title, printed) == ("Hoses", "Bunsen hoses should be checked each term for cracks.")
    assert missing == ("agreed: Ann Lee",)


def test_v9_a_signature_with_its_telephone_is_not_printed() -> None:
    text = "Sam Kean writes well. Four stars.\n\nPeter Mill\nSenior Technician | Mill Academy\nTel 01234 567890\n"
    _, printed, _ = piece(mail("Book review: The Spoon", text))
    assert "01234" not in printed
