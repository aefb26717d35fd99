"""Compiled and filled letters read back by the standard parser and by icalendar.

FMT-1, FMT-2, FMT-5 to FMT-8, UNS-1, MIME-6, CAL-1, CAL-2, OUT-11, OUT-12, ruling 6.
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.message.calendar import fold_calendar
from mailer.outbound.dkim import relaxed_body
from mailer.outbound.letter import Draft, LetterError, Marks, Picture, Skeleton, compile, fill
from mailer.outbound.transport.envelope import dotted, sound

NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
MESSAGE_ID = "<q7c2.x5@lists.example.org>"
TAG = "u1" + "a" * 35
VALUES = {
    "from_name": "Mendip Technicians",
    "from_address": "mendip-committee@lists.example.org",
    "to_name": "Dawn Oduya",
    "to_address": "dawn@school.example",
    "reply_to": f"mendip+{TAG}@lists.example.org",
    "greeting": "Hello Dawn,",
    "leave_url": f"https://lists.example.org/u/{TAG}",
    "leave_mailto": f"mailto:mendip+{TAG}@lists.example.org",
    "preferences_url": f"https://lists.example.org/p/{TAG}",
    "uid": f"{TAG}@lists.example.org",
}


def issue(marks: Marks, **more: object) -> Draft:
    """A letter with everything in it."""
    mark = marks.mark
    text = f"{mark('greeting', 'text')}\n\nThe agenda is  below.\n.\n\nPreferences: {mark('preferences_url', 'url')}\nStop: {mark('leave_url', 'url')}\n"
    html = (
        f"<html lang='en'><body><p>{mark('greeting', 'html')}</p>\n\t<p>The agenda is below: “tea”.</p>\n"
        f'<a href="{mark("preferences_url", "url")}?a=1&amp;b=2">Preferences</a> <a href="{mark("leave_url", "url")}">Stop</a></body></html>'
    )
    headers = (
        ("List-Id", '"Mendip" <mendip.lists.example.org>'),
        ("List-Help", "<mailto:mendip-help@lists.example.org>"),
        ("List-Owner", "<mailto:mendip-committee@lists.example.org>"),
        ("List-Post", "NO"),
        ("List-Unsubscribe", f"<{mark('leave_url', 'url')}>, <{mark('leave_mailto', 'url')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
    )
    return Draft(**{"subject": "Agenda for Thursday", "text": text, "html": html, "headers": headers, **more})  # type: ignore[arg-type]


def made(draft: Draft, marks: Marks, values: dict[str, str] | None = None, **more: object) -> bytes:
    skeleton = compile(draft, marks, boundary_seed="letter 7")
    assert Skeleton.from_bytes(skeleton.to_bytes()) == skeleton
    message = fill(skeleton, {**VALUES, **(values or {})}, **{"date": NOW, "message_id": MESSAGE_ID, **more})  # type: ignore[arg-type]
    clean(message)
    return message


def clean(message: bytes) -> None:
    """What fill() promises, and OUT-11, OUT-12."""
    assert sound(message)
    assert dotted(message) == message, "no line begins with a dot"
    assert all(len(line) <= 998 for line in message.split(b"\r\n"))
    body = message.partition(b"\r\n\r\n")[2]
    assert relaxed_body(body) == (body.rstrip(b"\r\n") + b"\r\n" if body.strip() else b"")


def read(message: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not list(parsed.defects)
    return parsed


def text_of(message: bytes, kind: str = "plain") -> str:
    part = read(message).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def plain(text: str, marks: Marks | None = None, values: dict[str, str] | None = None, **more: object) -> bytes:
    return made(Draft(subject="x", text=text, **more), marks or Marks(), values)  # type: ignore[arg-type]


def test_everything_in_its_place() -> None:
    marks = Marks()
    message = made(issue(marks), marks)
    assert message.isascii()
    parsed = read(message)
    assert str(parsed["From"]) == "Mendip Technicians <mendip-committee@lists.example.org>"
    assert str(parsed["To"]) == "Dawn Oduya <dawn@school.example>"
    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(message) == (
        "Hello Dawn,\n\nThe agenda is  below.\n.\n\n"
        f"Preferences: https://lists.example.org/p/{TAG}\nStop: https://lists.example.org/u/{TAG}\n"
    )
    html = text_of(message, "html")
    assert "<p>Hello Dawn,</p>\n\t<p>The agenda is below: “tea”.</p>" in html
    assert f'href="https://lists.example.org/p/{TAG}?a=1&amp;b=2"' in html


def test_fmt_1_one_each_in_order() -> None:
    marks = Marks()
    head = made(issue(marks), marks).partition(b"\r\n\r\n")[0].decode()
    names = re.findall(r"^([A-Za-z-]+):", head, re.MULTILINE)
    assert names == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Help", "List-Owner", "List-Post",
        "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_uns_1_fmt_5_list_unsubscribe_as_octets() -> None:
    marks = Marks()
    message = made(issue(marks), marks, {"leave_url": "https://lists.example.org/u/" + "z" * 400})
    assert b"\r\nList-Unsubscribe: <https://lists.example.org/u/" + b"z" * 400 + b">,\r\n <mailto:mendip+" in message
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in message


def test_mime_6_links_are_the_same_in_text_and_html() -> None:
    marks = Marks()
    message = made(issue(marks), marks)
    link = r"https://[^\s\"'?]+"
    assert set(re.findall(link, text_of(message))) == set(re.findall(link, text_of(message, "html")))


def test_same_values_same_octets_whatever_the_marks() -> None:
    first, second = Marks(), Marks()
    assert made(issue(first), first) == made(issue(second), second)


def test_ruling_6_6_a_slot_stands_between_soft_breaks() -> None:
    marks = Marks()
    message = plain(f"Hello {marks.mark('greeting', 'text')}, welcome.\n", marks, {"greeting": "Élodie"})
    assert b"Hello =\r\n=C3=89lodie=\r\n, welcome.\r\n" in message


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sun, 29 Mar 2026 00:59:00 +0000"),
        (datetime(2026, 3, 29, 2, 1, tzinfo=timezone(timedelta(hours=1))), "Sun, 29 Mar 2026 02:01:00 +0100"),
        (datetime(2026, 10, 25, 1, 30, 5, 999, timezone(timedelta(0))), "Sun, 25 Oct 2026 01:30:05 +0000"),
    ],
)
def test_fmt_2_date_has_a_numeric_zone(when: datetime, expected: str) -> None:
    message = made(Draft("x", "y"), Marks(), date=when)
    assert f"\r\nDate: {expected}\r\n".encode() in message


def test_fmt_2_the_same_moment_in_two_zones_is_not_mixed_up() -> None:
    """Equal datetimes are one key in a cache; their written forms differ."""
    east = NOW.astimezone(timezone(timedelta(hours=1)))
    assert b"Date: Thu, 12 Nov 2026 09:00:00 +0000\r\n" in made(Draft("x", "y"), Marks(), date=NOW)
    assert b"Date: Thu, 12 Nov 2026 10:00:00 +0100\r\n" in made(Draft("x", "y"), Marks(), date=east)


NAMES = ["Dawn", "", "Doe, Jane", 'Jo "the lab" Doe', "Élodie Bücher", "Ŵyn ap Siôn", "🎉" * 30, "a" * 200, "=?utf-8?q?x?=", "back\\slash", "Jo (lab) Doe", "Dr. Doe"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_fmt_6_names_come_back(name: str) -> None:
    message = made(Draft("x", "y"), Marks(), {"to_name": name})
    raw = email.message_from_bytes(message)["To"]
    coded, address = email.utils.parseaddr(raw)
    assert address == read(message)["To"].addresses[0].addr_spec == "dawn@school.example"
    assert str(make_header(decode_header(coded))) == name
    head = message.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if b"=?" in line)


SUBJECTS = [
    "Agenda",
    "Cyfarfod technegwyr Cymru ddydd Iau nesaf: gwyddoniaeth, iechyd a diogelwch, ac arddangos – dewch â’ch eitemau chi",
    "🎉" * 60,
    "word " * 60,
    "a" * 300,
    "=?utf-8?q?x=0D=0ABcc:_a@b?=",
    "two  spaces",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_fmt_6_subjects_come_back(subject: str) -> None:
    message = made(Draft(subject, "y"), Marks())
    parsed = read(message)
    assert "Bcc" not in parsed
    assert " ".join(str(parsed["Subject"]).split()) == " ".join(subject.split())
    for word in re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", message):
        email.base64mime.decode(word.decode()).decode("utf-8")  # whole characters in each
    lines = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 for line in lines if b" " in line.strip(b" ").removeprefix(b"Subject: "))


def test_a_slot_in_the_subject() -> None:
    marks = Marks()
    draft = Draft(f"For {marks.mark('who', 'header-phrase')}, from us", "y")
    assert str(read(made(draft, marks, {"who": "Élodie"}))["Subject"]) == "For Élodie, from us"
    assert str(read(made(draft, marks, {"who": "Dawn"}))["Subject"]) == "For Dawn, from us"


INJECTIONS = ["Dawn\r\nBcc: x@evil.example", "Dawn\nBcc: x", "Dawn\rBcc: x", "Dawn\0", "\u202eDawn", "Dawn\x0bBcc: x"]


@pytest.mark.parametrize("value", INJECTIONS)
def test_fmt_7_no_name_makes_a_field(value: str) -> None:
    marks = Marks()
    draft = Draft(f"x {marks.mark('who', 'header-phrase')}", "y")
    parsed = read(made(draft, marks, {"to_name": value, "who": value}))
    assert "Bcc" not in parsed
    assert "\u202e" not in str(parsed["To"])


@pytest.mark.parametrize("slot", ["to_address", "reply_to", "from_address"])
@pytest.mark.parametrize(
    "value", ["a@b\r\nBcc: x@y", "a@b, c@d", "<a@b>", "a b@c", "no at", "a@b\n", "a@" + "x" * 300, "a@b>"]
)
def test_fmt_7_no_address_makes_a_field(slot: str, value: str) -> None:
    with pytest.raises(LetterError, match=slot):
        made(Draft("x", "y"), Marks(), {slot: value})


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "https://a.example/ b", "https://a.example/>", "https://a.example/\r\nBcc: x", "", "https://a.example/" + "x" * 950, "https://é.example/"]
)  # fmt: skip
def test_a_link_is_a_link(value: str) -> None:
    marks = Marks()
    with pytest.raises(LetterError, match="leave_url"):
        made(issue(marks), marks, {"leave_url": value})


@pytest.mark.parametrize("value", ["a", "<a@b", "<a@b>\r\nBcc: x", "<é@b.example>", "<a b@c>"])
def test_fmt_3_message_id_has_its_form(value: str) -> None:
    with pytest.raises(LetterError, match="Message-ID"):
        made(Draft("x", "y"), Marks(), message_id=value)


def test_reply_to_is_left_out_where_there_is_none() -> None:
    assert b"Reply-To" not in made(Draft("x", "y"), Marks(), {"reply_to": ""})


def test_out_13_addresses() -> None:
    assert b"<dawn@xn--bcher-kva.example>" in made(Draft("x", "y"), Marks(), {"to_address": "dawn@bücher.example"})
    assert "To: Dawn Oduya <élodie@school.example>\r\n".encode() in made(
        Draft("x", "y"), Marks(), {"to_address": "élodie@school.example"}
    )


def test_given_from_and_to() -> None:
    headers = (
        ("From", "Jane Doe via Mendip <mendip@lists.example.org>"),
        ("Reply-To", "Mendip <mendip@lists.example.org>"),
    )
    parsed = read(made(Draft("x", "y", headers=headers), Marks()))
    assert str(parsed["From"]) == "Jane Doe via Mendip <mendip@lists.example.org>"
    assert str(parsed["Reply-To"]) == "Mendip <mendip@lists.example.org>"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ((("Bcc", "a@b.example"),), "may not have"),
        ((("Date", "today"),), "may not have"),
        ((("X Y", "z"),), "may not have"),
        ((("List-Id", "<a.b>"), ("list-id", "<a.b>")), "twice"),
        ((("List-Id", "<a.b>\r\nBcc: x"),), "line break"),
        ((("From", "not an address"),), "no address"),
        ((("From", "a@b.example, c@d.example"),), "more than one"),
        ((("List-Id", "Gwyddoniaeth é <a.b>"),), "encoded words"),
        ((("References", "x" * 1200),), "longer"),
        ((("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),), "UNS-1"),
    ],
)
def test_fields_that_may_not_stand(headers: tuple[tuple[str, str], ...], words: str) -> None:
    with pytest.raises(LetterError, match=words):
        made(Draft("x", "y", headers=headers), Marks())


def test_fmt_5_references_are_folded_and_never_encoded() -> None:
    references = " ".join(f"<{'m' * 100}.{n}@lists.example.org>" for n in range(12))
    message = made(
        Draft("x", "y", headers=(("References", references), ("In-Reply-To", references.split()[-1]))), Marks()
    )
    assert b"=?" not in message
    assert str(read(message)["References"]).split() == references.split()


BODIES = ["", "\n", " ", "a  b   c    d\t.", "..\n.\n. \n", "From me\nFrom you", "x" * 5000, "é" * 500, "=\n==\n=3D", "a \nb\t\nc  ", "line\r\nline\rline\n\n\n", "." * 400, "From " * 100]  # fmt: skip


@pytest.mark.parametrize("value", BODIES)
def test_out_11_words_come_back_in_text(value: str) -> None:
    marks = Marks()
    draft = f"{value}|{marks.mark('greeting', 'text')}|{marks.mark('greeting', 'text')}\n"
    message = plain(draft, marks, {"greeting": value})
    body = message.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    lines = re.sub(r"\r\n|\r", "\n", value)
    assert text_of(message) == f"{lines}|{lines}|{lines}\n"


words = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=200,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(words, words, st.text(". =\tF\nrom", max_size=200))
def test_any_words_make_a_clean_letter(constant: str, value: str, nasty: str) -> None:
    """SMTP-8, OUT-11: what fill() promises holds for every text and every value."""
    marks = Marks()
    slot = marks.mark("greeting", "text")
    draft = Draft("x", f"{constant}{slot}{nasty}{slot}", f"<p>{nasty}{marks.mark('greeting', 'html')}")
    message = made(draft, marks, {"greeting": value + nasty})
    assert message.isascii()
    body = message.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))


def test_html_slots_escape_and_blocks_do_not() -> None:
    marks = Marks()
    block = marks.mark("questions", "block")
    draft = Draft("x", f"{block}\n", f"<p>{marks.mark('greeting', 'html')}</p>{block}")
    message = made(draft, marks, {"greeting": "<b> & \"Jo\"", "questions.text": "1. a < b", "questions.html": "<ol><li>a &lt; b</li></ol>"})  # fmt: skip
    assert text_of(message) == "1. a < b\n"
    assert text_of(message, "html") == "<p>&lt;b&gt; &amp; &quot;Jo&quot;</p><ol><li>a &lt; b</li></ol>\n"


def test_a_value_that_is_missing_is_named() -> None:
    marks = Marks()
    with pytest.raises(LetterError, match="slot farewell"):
        plain(marks.mark("farewell", "text"), marks)


class TestMarks:
    def test_lost(self) -> None:
        marks = Marks()
        marks.mark("greeting", "text")
        with pytest.raises(LetterError, match="greeting"):
            plain("no mark here", marks)

    @pytest.mark.parametrize("times", [0, 1, 3])
    def test_found_more_or_less_often_than_before_inlining(self, times: int) -> None:
        marks = Marks()
        token = marks.mark("greeting", "html")
        marks.expect(html=f"<p>{token}</p><p>{token}</p>")
        with pytest.raises(LetterError, match="greeting"):
            made(Draft("x", "y", f"<p>{token * times}</p>"), marks)

    def test_found_as_often(self) -> None:
        marks = Marks()
        token = marks.mark("greeting", "html")
        marks.expect(html=token * 2)
        made(Draft("x", "y", f"<p>{token * 2}</p>"), marks)

    @pytest.mark.parametrize(
        ("kind", "part"), [("html", "text"), ("text", "html"), ("calendar-line", "text"), ("header-phrase", "html")]
    )
    def test_wrong_kind_for_its_place(self, kind: str, part: str) -> None:
        marks = Marks()
        token = marks.mark("greeting", kind)
        draft = Draft("x", token if part == "text" else "y", token if part == "html" else None)
        with pytest.raises(LetterError, match="cannot stand"):
            made(draft, marks)

    def test_no_html_in_a_header(self) -> None:
        marks = Marks()
        with pytest.raises(LetterError, match="cannot stand"):
            made(Draft("x", "y", headers=(("List-Id", f"<{marks.mark('a', 'text')}>"),)), marks)

    def test_names_and_kinds(self) -> None:
        with pytest.raises(LetterError, match="kind"):
            Marks().mark("greeting", "words")
        with pytest.raises(LetterError, match="name"):
            Marks().mark("Greeting!", "text")

    def test_are_never_the_same(self) -> None:
        assert len({Marks().mark("greeting", "text") for _ in range(100)}) == 100


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Termpost//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261112T090000Z
DTSTART:20261119T153000Z
DTEND:20261119T170000Z
SEQUENCE:1
SUMMARY:Termly meeting\\, with tea \\; \\\\ and 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉
ORGANIZER;CN="Mendip Technicians":mailto:mendip-committee@lists.example.org
ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{attendee}
DESCRIPTION:{greeting}\\nThe agenda is below.
{extra}
END:VEVENT
END:VCALENDAR
"""


def invitation(marks: Marks, kind: str = "calendar-line") -> Draft:
    calendar = CALENDAR.format(
        uid=marks.mark("uid", kind),
        attendee=marks.mark("to_address", "address"),
        greeting=marks.mark("greeting", "text"),
        extra=marks.mark("extra", "calendar-line"),
    )
    return issue(marks, calendar=calendar)


def event_of(message: bytes) -> tuple[EmailMessage, icalendar.Component]:
    part = next(part for part in read(message).walk() if part.get_content_type() == "text/calendar")
    assert isinstance(part, EmailMessage)
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    return part, next(iter(calendar.walk("VEVENT")))


def test_cal_1_calendar_part() -> None:
    marks = Marks()
    message = made(invitation(marks), marks, {"greeting": "Hello Élodie; Jo, and \\ all,\nwelcome", "extra": ""})
    assert [part.get_content_type() for part in read(message).walk()] == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]  # fmt: skip
    part, event = event_of(message)
    assert part.get_param("method") == "REQUEST"
    assert part.get_param("charset") == "UTF-8"
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode("utf-8") == line.decode("utf-8", "replace") for line in lines), "no character is cut"
    assert b"\n\n" not in raw.replace(b"\r\n", b"\n"), "the empty line is left out"
    assert str(event["UID"]) == VALUES["uid"]
    assert str(event["SUMMARY"]) == "Termly meeting, with tea ; \\ and " + "🎉" * 22
    assert str(event["DESCRIPTION"]) == "Hello Élodie; Jo, and \\ all,\nwelcome\nThe agenda is below."
    assert str(event["ATTENDEE"]) == "mailto:dawn@school.example", "CAL-2: one attendee"


def test_a_name_in_a_calendar_parameter_and_an_invitation_folded_before() -> None:
    """Marks that somebody folded in two are whole again, and a name cannot leave its quotes."""
    marks = Marks()
    calendar = CALENDAR.format(uid="u", attendee="a@b.example", greeting="x", extra=f'X-TERMPOST-WHO;X-AND-SO-ON=AND-SO-ON-AND-SO-ON-AND-SO-ON;CN="{marks.mark("to_name", "header-phrase")}":x')  # fmt: skip
    folded = b"".join(fold_calendar(line) for line in calendar.splitlines()).decode()
    assert "\r\n " in folded.partition("X-TERMPOST-WHO")[2]
    _, event = event_of(made(Draft("x", "y", calendar=folded), marks, {"to_name": 'Jo";X="y\r\nX:z'}))
    assert event["X-TERMPOST-WHO"].params["CN"] == "Jo';X='y X:z"


def test_a_whole_calendar_line_for_one_person() -> None:
    marks = Marks()
    extra = "X-TERMPOST-NOTE:" + "Ŵyn " * 60
    _, event = event_of(made(invitation(marks), marks, {"extra": extra}))
    assert str(event["X-TERMPOST-NOTE"]) == ("Ŵyn " * 60)


@pytest.mark.parametrize("value", ["x\r\nATTENDEE:mailto:a@b", "x\nX:y", "x\0"])
def test_fmt_7_no_value_makes_a_calendar_line(value: str) -> None:
    marks = Marks()
    with pytest.raises(LetterError, match="calendar"):
        made(invitation(marks), marks, {"uid": value, "extra": ""})


@pytest.mark.parametrize("calendar", ["BEGIN:VCALENDAR\nEND:VCALENDAR\n", "METHOD:REQUEST\nMETHOD:CANCEL\n"])
def test_cal_1_one_method(calendar: str) -> None:
    with pytest.raises(LetterError, match="METHOD"):
        made(Draft("x", "y", calendar=calendar), Marks())


PNG = b"\x89PNG" + bytes(range(256)) * 3


def test_pictures_and_attachments() -> None:
    marks = Marks()
    draft = issue(
        marks,
        pictures=(Picture("one@lists.example.org", "image/png", "lab.png", PNG),),
        attachments=(
            Picture("", "application/pdf", "Cofnodion – cyfarfod y gaeaf, gwyddoniaeth a thechnoleg.pdf", b"%PDF"),
            Picture("", "text/plain", "", b""),
        ),
    )
    message = made(draft, marks)
    assert message.isascii()
    parsed = read(message)
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "application/pdf", "text/plain",
    ]  # fmt: skip
    parts = list(parsed.walk())
    assert parts[5].get_payload(decode=True) == PNG
    assert parts[5]["Content-ID"] == "<one@lists.example.org>"
    assert parts[6].get_filename() == "Cofnodion – cyfarfod y gaeaf, gwyddoniaeth a thechnoleg.pdf"
    assert b"=?" not in message


@pytest.mark.parametrize(
    "picture",
    [
        Picture("a b", "image/png", "x", b""),
        Picture("a", "image/png\r\nX: y", "x", b""),
        Picture("a", "message/rfc822", "x", b""),
    ],
)
def test_pictures_that_may_not_stand(picture: Picture) -> None:
    with pytest.raises(LetterError):
        made(Draft("x", "y", "<p>", pictures=(picture,)), Marks())


def test_fmt_7_a_file_name_makes_no_field() -> None:
    draft = Draft("x", "y", attachments=(Picture("", "image/png", 'a"\r\nBcc: x@y.png', b"x"),))
    message = made(draft, Marks())
    assert not re.search(rb"^Bcc", message, re.MULTILINE)


class TestStored:
    def test_unknown_format(self) -> None:
        stored = compile(Draft("x", "y"), Marks(), boundary_seed="1").to_bytes()
        with pytest.raises(LetterError, match="format 2"):
            Skeleton.from_bytes(stored.replace(b"termpost-letter 1\n", b"termpost-letter 2\n"))

    @pytest.mark.parametrize("cut", [0, 10, 17, 40, 300, -1])
    def test_damaged(self, cut: int) -> None:
        stored = compile(Draft("x", "y"), Marks(), boundary_seed="1").to_bytes()
        with pytest.raises(LetterError):
            Skeleton.from_bytes(stored[:cut])

    def test_names(self) -> None:
        marks = Marks()
        names = compile(issue(marks), marks, boundary_seed="1").names
        assert names == set(VALUES) - {"uid"}

    def test_the_seed_changes_only_boundaries(self) -> None:
        marks = Marks()
        draft = issue(marks)
        one, two = (compile(draft, marks, boundary_seed=seed).to_bytes() for seed in "12")
        assert one != two
        assert re.sub(rb"=_[0-9a-f]{26}", b"", one) == re.sub(rb"=_[0-9a-f]{26}", b"", two)
