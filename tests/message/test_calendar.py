"""Calendar bodies we write (CAL-1 to CAL-4) and read (CAL-5, CAL-7, CAL-8; RFC 5546)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message import calendar, read
from mailer.message.calendar import Invite, fold_calendar

INVITE = Invite(
    uid="itag@lists.example.org",
    sequence=2,
    stamped=datetime(2027, 1, 4, 9, 0, tzinfo=UTC),
    starts=datetime(2027, 3, 28, 12, 0, tzinfo=UTC),
    ends=datetime(2027, 3, 28, 14, 0, tzinfo=UTC),
    summary="Spring meeting; prep room, bring\\share 🎉",
    description="Line one\nLine two, with everything " + "é" * 100,
    location="Hall 1, Example School",
    organizer_name='Mendip "Technicians"',
    organizer="mendip-committee@lists.example.org",
    attendee_name="Siân",
    attendee="sian@ysgol.example",
)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_cal_1_an_independent_reader_reads_the_same(method: str) -> None:
    octets = calendar.body(INVITE, method)
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    seen = icalendar.Calendar.from_ical(octets)
    event = seen.walk("VEVENT")[0]
    assert (seen["METHOD"], str(event["UID"]), event["SEQUENCE"]) == (method, INVITE.uid, 2)
    assert str(event["SUMMARY"]) == INVITE.summary
    assert str(event["DESCRIPTION"]) == INVITE.description
    assert event["DTSTART"].dt == INVITE.starts
    assert str(event["ORGANIZER"]) == "mailto:mendip-committee@lists.example.org"
    assert str(event["ATTENDEE"]) == "mailto:sian@ysgol.example"  # CAL-2: one attendee
    assert str(event["STATUS"]) == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs")), max_size=400))
def test_cal_1_folding_cuts_no_character(text: str) -> None:
    folded = fold_calendar("X-TEXT:" + text)
    assert folded.endswith(b"\r\n")
    for line in folded[:-2].split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    assert folded.replace(b"\r\n ", b"") == ("X-TEXT:" + text).encode() + b"\r\n"


@pytest.mark.parametrize(
    "change",
    [
        {"starts": datetime(2027, 1, 1)},
        {"uid": "a\r\nX:1"},
        {"attendee": "a b@x"},
        {"ends": datetime(2027, 3, 1, tzinfo=UTC)},
    ],
    ids=["no zone", "line end in uid", "space in address", "ends first"],
)
def test_what_would_break_a_calendar_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        calendar.body(replace(INVITE, **change))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="control"):
        fold_calendar("A:b\nC:d")


def mail(kind: str, payload: str, head: str = "From: Jane <jane@school.example>\nSubject: Accepted\n") -> bytes:
    return f"{head}MIME-Version: 1.0\nContent-Type: {kind}\n\n{payload}".replace("\n", "\r\n").encode()


def answer(attendees: str, method: str = "METHOD:REPLY\n") -> str:
    return (
        f"BEGIN:VCALENDAR\n{method}BEGIN:VTIMEZONE\nTZID:GMT Standard Time\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:itag@lists.example.org\n{attendees}\n"
        "SEQUENCE:1\nDTSTAMP:20270105T101500Z\nCOMMENT:Late\\, sorry\nBEGIN:VALARM\nATTENDEE:mailto:alarm@school.example\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    )


JANE = "ATTENDEE;PARTSTAT=ACCEPTED;CN=Jane:MAILTO:Jane@school.example"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("text/calendar; method=REPLY; charset=utf-8", answer(JANE)),
        ("application/ics; name=answer.ics", answer(JANE)),
        ("text/x-vcalendar", answer(JANE)),
        ("application/octet-stream; name=invite.ics", answer(JANE)),
        ("text/plain", answer(JANE)),
        ("text/calendar; method=REQUEST", answer(JANE)),
        ("text/calendar; method=REPLY", answer(JANE, "")),
        ("text/calendar", answer("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@school.example\n" + JANE)),
        ("text/calendar", answer(JANE.replace(";CN", ";\n CN"))),
        ("text/calendar", answer(JANE.replace("PARTSTAT", "STATUS"))),
    ],
    ids=[
        "text/calendar",
        "application/ics",
        "x-vcalendar",
        "octet-stream .ics",
        "bare body",
        "label lies",
        "label alone",
        "two attendees",
        "folded",
        "vCalendar 1.0",
    ],
)
def test_calendar_answers_in_all_their_wrappings(kind: str, payload: str) -> None:
    seen = read(mail(kind, payload))
    assert seen.kind == "calendar-reply"
    assert seen.calendar is not None
    assert (seen.calendar.attendee.lower(), seen.calendar.partstat, seen.calendar.uid) == (
        "jane@school.example",
        "ACCEPTED",
        "itag@lists.example.org",
    )
    assert (seen.calendar.comment, seen.calendar.sequence) == ("Late, sorry", 1)
    assert seen.calendar.dtstamp == datetime(2027, 1, 5, 10, 15, tzinfo=UTC)


def test_v3_an_acceptance_marked_automatic_is_still_an_answer() -> None:
    head = "From: jane@school.example\nAuto-Submitted: auto-generated\nSubject: Accepted: Spring meeting\n"
    seen = read(mail("text/calendar; method=REPLY", answer(JANE), head))
    assert (seen.kind, seen.automatic) == ("calendar-reply", True)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "COUNTER", "REFRESH"])
def test_cal_7_other_methods_are_no_answer(method: str) -> None:
    seen = read(mail("text/calendar", answer(JANE, f"METHOD:{method}\n")))
    assert seen.kind == "calendar-other"
    assert seen.calendar is not None
    assert seen.calendar.method == method


def test_delegation_is_told() -> None:
    seen = read(
        mail(
            "text/calendar",
            answer('ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@school.example":mailto:jane@school.example'),
        )
    )
    assert seen.calendar is not None
    assert (seen.calendar.partstat, seen.calendar.delegated_to) == ("DELEGATED", "bob@school.example")


@pytest.mark.timeout(10)
def test_cal_8_a_huge_calendar_is_capped() -> None:
    read(mail("text/calendar", answer("RRULE:FREQ=SECONDLY\n" + "X-A;B=c:d\n" * 100_000 + JANE)))


@pytest.mark.parametrize(
    "attendee",
    [
        'ATTENDEE;PARTSTAT=ACCEPTED;EMAIL="jane@school.example":/principals/jane/',
        "ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=jane@school.example:invalid:nomail",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:jane%40school.example",
    ],
    ids=["a principal", "no mail", "percent"],
)
def test_rfc_7986_6_2_the_address_beside_a_value_that_is_none(attendee: str) -> None:
    raw = f"From: x@school.example\nMIME-Version: 1.0\nContent-Type: text/calendar\n\n{answer(attendee)}"
    seen = read(raw.encode())
    assert seen.calendar is not None
    assert (seen.calendar.attendee, seen.calendar.partstat) == ("jane@school.example", "ACCEPTED")


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_a_calendar_behind_a_byte_order_mark(charset: str) -> None:
    head = f"From: jane@school.example\nMIME-Version: 1.0\nContent-Type: text/calendar; charset={charset[:6].rstrip('-')}\nContent-Transfer-Encoding: base64\n\n"
    seen = read(head.encode() + base64.encodebytes(answer(JANE).encode(charset)))
    assert seen.kind == "calendar-reply"
