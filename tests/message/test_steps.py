"""Each reading says in words which row decided: what `termpost read` and `termpost inbox show` print for every kind."""

from __future__ import annotations

import pytest

from mailer.message import read
from mailer.message.understood import KINDS

CALENDAR = "BEGIN:VCALENDAR\nMETHOD:{}\nBEGIN:VEVENT\nUID:u1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:dawn@mill.example\nEND:VEVENT\nEND:VCALENDAR\n"
REPORT = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; dawn@mill.example\nAction: failed\n{}\n--b--\n"
# kind, what came, what the steps say of it
CASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("person", "\nYes\n\n-- \nDawn\n", ("kind: a person, as nothing else fits", "new words: a signature after its delimiter")),
    ("list", "List-Id: <lab.example>\n\nHello\n", ("kind: by way of a list, as list-id is there (RFC 2369, RFC 2919)",)),
    ("auto-reply", "Auto-Submitted: auto-replied\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n\nI am away until 9 November.\n", ("kind: automatic: auto-submitted: auto-replied (RFC 3834 5)", "away until 9 November 2026")),
    ("bounce", REPORT.format("Status: 5.1.1\n"), ("kind: a delivery report (RFC 3464)", "recipient 1: failed, 5.1.1, user-unknown by the code x.1.1, counts against the address")),
    ("bounce", REPORT.format("Status: 5.1.1\nDiagnostic-Code: smtp; 550 over quota\n"), ("recipient 1: failed, 5.1.1, mailbox-full by the kinder words “over quota”, held against nobody",)),
    ("bounce", REPORT.format("Status: 5.0.0\nDiagnostic-Code: smtp; 550 no such user\n"), ("recipient 1: failed, 5.0.0, user-unknown by the words “no such user”, counts against the address",)),
    ("bounce", REPORT.format("Status: 5.4.0\n"), ("recipient 1: failed, 5.4.0, network by the class of the code, x.4, held against nobody",)),
    ("complaint", "X-HmXmrOriginalRecipient: dawn@mill.example\n\nHello\n", ("kind: a complaint of type abuse, by Outlook.com's own form",)),
    ("calendar-reply", "Content-Type: text/calendar\n\n" + CALENDAR.format("REPLY"), ("kind: a text/calendar part with METHOD REPLY (RFC 5546 3.2.3)", "answer: ACCEPTED, of the only attendee")),
    ("calendar-other", "Content-Type: text/calendar\n\n" + CALENDAR.format("REQUEST"), ("kind: a text/calendar part with METHOD REQUEST",)),
    ("read-receipt", "Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n", ("kind: a disposition notification (RFC 8098 3)",)),
    ("challenge", "X-TMDA-Fingerprint: x\n\nPlease confirm.\n", ("kind: a challenge: x-tmda-fingerprint is there",)),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "came", "said"), CASES, ids=[f"{n} {row[0]}" for n, row in enumerate(CASES)])
def test_the_steps_name_the_row_that_decided(kind: str, came: str, said: tuple[str, ...]) -> None:
    seen = read(f"From: dawn@mill.example\nMIME-Version: 1.0\n{came}".encode())
    assert seen.kind == kind, seen.steps
    assert seen.steps[0].startswith("kind: ")
    assert set(said) <= set(seen.steps), seen.steps


def test_every_kind_is_shown() -> None:
    assert {row[0] for row in CASES} == set(KINDS)
