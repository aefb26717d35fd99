"""Calendar buttons: whatever the client does with METHOD REPLY, its answer arrives, and nothing else changes (CAL-5 to CAL-10)."""

from __future__ import annotations

import pytest

from tests.conversations.scenes import DAWN, JANE, OLIVE, answers, invited
from tests.stage import DOMAIN, Got, Stage


def uid_of(mail: Got) -> str:
    part = next(part for part in mail.message.walk() if part.get_content_type() == "text/calendar")
    lines = part.get_content().replace("\r\n ", "").splitlines()
    return next(line.partition(":")[2] for line in lines if line.startswith("UID:"))


def press(stage: Stage, mail: Got, partstat: str, **ways: str) -> int:
    """The calendar of `who` (else of the one invited) answers."""
    who = ways.get("who", mail.to)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", f"METHOD:{ways.get('method', 'REPLY')}", "BEGIN:VEVENT",
        f"UID:{ways.get('uid') or uid_of(mail)}", f"DTSTAMP:{ways.get('stamp', '20261218T100000Z')}", "DTSTART:20270120T140000Z",
        f"SEQUENCE:{ways.get('sequence', '0')}", *(["ORGANIZER:mailto:mendip-committee@" + DOMAIN] if ways.get("organizer", "yes") else []),
        f"ATTENDEE;PARTSTAT={partstat};CN=x:mailto:{ways.get('attendee', who)}", *([f"COMMENT:{ways['comment']}"] if "comment" in ways else []),
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    head = "".join(f"{line}\r\n" for line in ways.get("head", "").splitlines())
    number = len(stage.mails()) * 1000 + sum(map(ord, partstat + ways.get("stamp", "") + who))
    content = (
        f"From: {who}\r\nTo: mendip-committee@{DOMAIN}\r\nSubject: Accepted: Meeting\r\nMessage-ID: <cal{number}@x.example>\r\n{head}"
        f"MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method={ways.get('method', 'REPLY')}\r\n\r\n"
        + "\r\n".join(lines)
        + "\r\n"
    )
    return stage.raw(content.encode(), f"mendip-committee@{DOMAIN}", ways.get("mail_from", who))


WAYS = [
    ("google", {"head": "Auto-Submitted: auto-generated\nX-Google-Calendar: yes"}, "done"),
    ("exchange", {"organizer": ""}, "done"),
    ("null sender", {"mail_from": ""}, "done"),
    ("an alias of Exchange as the attendee", {"attendee": "j.doe@hill.onmicrosoft.example"}, "done"),
    ("somebody else's calendar", {"who": DAWN}, "held"),
    ("an unknown UID", {"uid": "abc@elsewhere.example"}, "noted"),
    ("an altered UID", {"uid": "iaaaaaaaaadxk43qiuetccmztaztccilcpqbm@" + DOMAIN}, "noted"),
]


@pytest.mark.parametrize(("ways", "state"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS])
def test_the_button(stage: Stage, ways: dict[str, str], state: str) -> None:
    meeting_id = invited(stage)
    mail, count = stage.last(JANE), len(stage.mails())
    row = stage.outcome(press(stage, mail, "ACCEPTED", **ways))
    assert (row.handler, row.state) == ("calendar", state)
    assert answers(stage, meeting_id)[JANE] == ("yes" if state == "done" else "none")
    assert answers(stage, meeting_id)[DAWN] == "none"
    assert len(stage.mails()) == count  # ruling 7: a bare button gets no receipt


def test_the_last_valid_answer_wins_and_an_older_one_changes_nothing(stage: Stage) -> None:
    """CAL-6, CAL-10: mail, calendar and page in mixed order."""
    meeting_id = invited(stage)
    mail = stage.last(JANE)
    press(stage, mail, "TENTATIVE", stamp="20261218T100000Z")
    assert answers(stage, meeting_id)[JANE] == "maybe"
    press(stage, mail, "DECLINED", stamp="20261218T110000Z")
    assert answers(stage, meeting_id)[JANE] == "no"
    stale = stage.outcome(press(stage, mail, "ACCEPTED", stamp="20261218T103000Z"))
    assert stale.state == "noted"
    assert answers(stage, meeting_id)[JANE] == "no"
    stage.reply(mail, "YES after all")
    assert answers(stage, meeting_id)[JANE] == "yes"


def test_a_proposed_other_time_is_shown_to_the_organisers_and_changes_nothing(stage: Stage) -> None:
    """CAL-7."""
    meeting_id = invited(stage)
    mail = stage.last(JANE)
    row = stage.outcome(press(stage, mail, "TENTATIVE", method="COUNTER", comment="Could we start at three?"))
    assert row.reason == "counter"
    assert answers(stage, meeting_id)[JANE] == "none"
    assert "proposes another time" in stage.last(OLIVE).words
    assert "Could we start at three?" in stage.last(OLIVE).words
    for method in ("REQUEST", "CANCEL", "PUBLISH", "REFRESH"):
        row = stage.outcome(press(stage, mail, "ACCEPTED", method=method, stamp=f"2026121{len(method) % 9}T100000Z"))
        assert row.handler in ("calendar-other", "committee"), method
    assert answers(stage, meeting_id)[JANE] == "none"
    assert stage.occasion("meeting-cancelled") is None
