"""An invitation as a member has it in their mailbox."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailer.message.calendar import Invite, body

TAG = "mendip+r" + "a" * 36


@pytest.fixture
def letter() -> bytes:
    mail = EmailMessage()
    mail["From"] = "Mendip Technicians <mendip-committee@lists.example.org>"
    mail["To"] = "Karen Lee <k.lee@hillcrest.school.example>"
    mail["Reply-To"] = f"Mendip Technicians <{TAG}@lists.example.org>"
    mail["Subject"] = "Meeting, Thursday 22 October: are you coming?"
    mail["Date"] = "Tue, 22 Sep 2026 09:00:00 +0100"
    mail["Message-ID"] = "<m1234@lists.example.org>"
    mail.set_content("Hello Karen,\n\nYou are invited. Reply with YES, NO or MAYBE.\n\nTo stop, reply STOP.\n")
    mail.add_alternative(
        "<html><body><p>Hello Karen,</p><p>You are invited. Reply with <b>YES</b>, NO or MAYBE.</p>"
        "<p>To stop, reply STOP.</p></body></html>",
        subtype="html",
    )
    invite = Invite(
        uid="uid-1@lists.example.org",
        sequence=0,
        stamped=datetime(2026, 9, 22, 8, tzinfo=UTC),
        starts=datetime(2026, 10, 22, 12, 30, tzinfo=UTC),
        ends=datetime(2026, 10, 22, 15, tzinfo=UTC),
        summary="Mendip Technicians",
        description="You are invited.",
        location="Science block; Hillcrest",
        organizer_name="Mendip Technicians",
        organizer="mendip-committee@lists.example.org",
        attendee_name="Karen Lee",
        attendee="k.lee@hillcrest.school.example",
    )
    mail.add_alternative(body(invite, "REQUEST").decode(), subtype="calendar", params={"method": "REQUEST"})
    return mail.as_bytes()
