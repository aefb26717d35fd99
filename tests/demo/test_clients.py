"""Mail as real programs write it, read by our own reader: what was newly written comes out, and nothing else."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from mailer.cli.demo import cast, clients, pictures
from mailer.cli.demo.clients import Client, Picture, Writer
from mailer.message import read

AT = datetime(2026, 9, 22, 14, 5, tzinfo=ZoneInfo("Europe/London"))
PROGRAMS = [
    clients.AppleMail,
    clients.Gmail,
    clients.Outlook,
    clients.OutlookWeb,
    clients.Phone,
    clients.Thunderbird,
    clients.WelshPhone,
]
NAMES = [program.__name__ for program in PROGRAMS]
TEXTS = ["YES", "Yes please, vegetarian", "Sorry, teaching all day.\n\nCould somebody take notes?"]


def _client(program: type[Client], language: str = "en") -> Client:
    signature = ("Kind regards,", "Karen Lee", "Senior Technician", "Hillcrest School", "Tel: 01632 960100")
    if program in (clients.Phone, clients.WelshPhone, clients.Gmail):
        signature = ()
    disclaimer = cast.SCHOOLS["hillcrest"].disclaimer
    return program(Writer("Karen Lee", "k.lee@hillcrest.school.example", signature, disclaimer, language))


@pytest.mark.parametrize("text", TEXTS, ids=["one word", "one line", "two paragraphs"])
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_reply_is_read_as_it_was_written(program: type[Client], language: str, text: str, letter: bytes) -> None:
    found = read(_client(program, language).reply(letter, text, at=AT), own_hosts=["lists.example.org"])
    assert found.error is None
    assert found.kind == "person"
    assert found.reply.strip() == text
    assert "You are invited" in found.quoted


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_reply_goes_where_the_mail_asks_for(program: type[Client], letter: bytes) -> None:
    """FMT-4: In-Reply-To and References name what is answered; To is its Reply-To."""
    mail = message_from_bytes(_client(program).reply(letter, "YES", at=AT), policy=policy.default)
    assert mail["To"].addresses[0].username.startswith("mendip+r")
    assert mail["In-Reply-To"].strip() == "<m1234@lists.example.org>"
    assert mail["References"].split()[-1] == "<m1234@lists.example.org>"
    assert mail["Subject"].lower().startswith(("re: ", "atb: "))
    assert not mail.defects


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_mails_have_ids_of_their_own_and_lines_that_fit(program: type[Client], letter: bytes) -> None:
    client = _client(program)
    mails = [client.reply(letter, "Zoë says YES", at=AT) for _ in range(3)]
    assert len({message_from_bytes(mail)["Message-ID"] for mail in mails}) == 3
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in mails[0].split(b"\r\n"))


@pytest.mark.parametrize(
    "program", [clients.Outlook, clients.Gmail, clients.AppleMail], ids=["Outlook", "Gmail", "AppleMail"]
)
def test_picture_comes_along(program: type[Client]) -> None:
    mail = _client(program).compose(
        "mendip-news@lists.example.org", "A shelf", "Look", at=AT, pictures=[Picture("shelf.png", pictures.flasks())]
    )
    found = read(mail, own_hosts=["lists.example.org"])
    assert found.reply.strip() == "Look"
    images = [part for part in message_from_bytes(mail).walk() if part.get_content_maintype() == "image"]
    assert [part.get_payload(decode=True) for part in images] == [pictures.flasks()]


def test_out_of_office_is_automatic(letter: bytes) -> None:
    """LOOP-5"""
    writer = _client(clients.Outlook).writer
    found = read(clients.out_of_office(writer, letter, "I am away until Monday. YES", at=AT))
    assert (found.kind, found.automatic) == ("auto-reply", True)


def test_report_is_a_bounce(letter: bytes) -> None:
    """BNC-1"""
    gone = "k.lee@hillcrest.school.example"
    found = read(
        clients.undeliverable("mail.hillcrest.school.example", letter, gone, verp="mendip+b@lists.example.org", at=AT)
    )
    assert found.kind == "bounce"
    assert [(b.address, b.status, b.action) for b in found.bounces] == [(gone, "5.1.1", "failed")]


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_calendar_button(partstat: str, letter: bytes) -> None:
    """CAL-5"""
    writer = _client(clients.Outlook).writer
    found = read(clients.exchange_answer(writer, letter, partstat, at=AT, note="only if, well; there is cover"))
    assert found.kind == "calendar-reply"
    assert found.calendar is not None
    assert (found.calendar.partstat, found.calendar.uid) == (partstat, "uid-1@lists.example.org")
    assert found.calendar.attendee == "k.lee@hillcrest.school.example"
    assert (found.calendar.comment or "").strip() == "only if, well; there is cover"


def test_mail_without_a_request_has_no_button() -> None:
    plain = _client(clients.Gmail).compose("mendip@lists.example.org", "Hello", "Hello", at=AT)
    with pytest.raises(ValueError, match="no calendar request"):
        clients.exchange_answer(_client(clients.Outlook).writer, plain, "ACCEPTED", at=AT)
