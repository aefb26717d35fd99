"""winmail.dat, .docx and .odt by way of the limited child (MIME-9, SAFE-4, ruling 11). The streams are made here (MS-OXTNEF 2.1)."""

from __future__ import annotations

import io
import struct
import zipfile
from base64 import encodebytes

import pytest

from mailer.message import read
from mailer.message.unpacked import document_text, open_tnef


def attribute(level: int, ident: int, kind: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, ident, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def stream(message_class: str, text: str = "", files: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    out = (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
        + attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    )
    out += attribute(1, 0x8008, 7, message_class.encode() + b"\x00")
    if text:
        out += attribute(1, 0x800C, 2, text.encode("cp1252"))
    for name, content in files:
        out += (
            attribute(2, 0x9002, 6, b"\x01\x00" + b"\xff" * 12)
            + attribute(2, 0x800F, 6, content)
            + attribute(2, 0x8010, 1, name.encode() + b"\x00")
        )
    return out


def mail(content: bytes) -> bytes:
    head = "From: Jane Doe <jane@school.example>\r\nSubject: Accepted: Spring meeting\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + encodebytes(content)


def test_mime_9_files_and_class_of_winmail_come_out() -> None:
    seen = read(mail(stream("IPM.Note", files=(("../a.pdf", b"ABC"),))))
    assert seen.error is None
    assert [(a.name, a.size) for a in seen.attachments][1:] == [("a.pdf", 3)]
    assert seen.kind == "person"


@pytest.mark.parametrize(
    ("message_class", "partstat"),
    [
        ("IPM.Schedule.Meeting.Resp.Pos", "ACCEPTED"),
        ("IPM.Schedule.Meeting.Resp.Neg", "DECLINED"),
        ("IPM.Schedule.Meeting.Resp.Tent", "TENTATIVE"),
        ("IPM.Microsoft Schedule.MtgRespP", "ACCEPTED"),
    ],
)
def test_an_exchange_response_is_a_calendar_answer(message_class: str, partstat: str) -> None:
    seen = read(mail(stream(message_class)))
    assert seen.kind == "calendar-reply"
    assert seen.calendar is not None
    assert (seen.calendar.method, seen.calendar.attendee, seen.calendar.partstat) == (
        "REPLY",
        "jane@school.example",
        partstat,
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x78\x9f\x3e\x22",
        b"\x78\x9f\x3e\x22" + b"\x00" * 100_000,
        b"\x78\x9f\x3e\x22" + b"\xff" * 10_000,
        stream("IPM.Note")[:-3],
    ],
    ids=["head only", "zeros", "ones", "cut off"],
)
def test_broken_winmail_does_no_harm(content: bytes) -> None:
    open_tnef(content)
    seen = read(mail(content))
    assert seen.error is None
    assert seen.attachments[0].name == "winmail.dat"


def packed(member: str, xml: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, xml)
    return out.getvalue()


def test_documents_give_their_words_a_line_for_each_paragraph() -> None:
    docx = packed(
        "word/document.xml",
        b"<w:document><w:p><w:r><w:t>My trip &amp; more</w:t></w:r></w:p><w:p><w:r><w:t>Two</w:t></w:r></w:p></w:document>",
    )
    assert document_text(docx, "Piece.DOCX") == "My trip & more\nTwo"
    assert document_text(packed("content.xml", b"<text:p>One</text:p><text:p>Two</text:p>"), "piece.odt") == "One\nTwo"


@pytest.mark.timeout(20)
def test_safe_4_bombs_entities_and_other_files_give_nothing() -> None:
    assert document_text(packed("word/document.xml", b"<w:t>" + b" " * 60_000_000), "bomb.docx") in (None, "")
    assert (
        document_text(packed("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><w:t>&b;</w:t>'), "entity.docx") == ""
    )
    assert document_text(packed("other.xml", b"x"), "a.docx") is None
    assert document_text(b"PK\x03\x04 broken", "a.docx") is None
    assert document_text(b"MZ", "a.exe") is None


def test_a_report_with_words_of_its_own_costs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchange hangs a winmail.dat on its delivery reports too."""
    monkeypatch.setattr("mailer.message.unpacked.subprocess.run", lambda *_, **__: pytest.fail("a process was started"))
    packed = encodebytes(stream("REPORT.IPM.Note.NDR")).decode()
    raw = (
        "From: postmaster@school.example\nSubject: Undeliverable: Agenda\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nYour message could not be delivered to:\n\nbob@school.example\n550 5.1.1 user unknown\n"
        f"--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{packed}\n--b--\n"
    )
    seen = read(raw.encode())
    assert (seen.kind, [a.name for a in seen.attachments]) == ("bounce", ["winmail.dat"])
