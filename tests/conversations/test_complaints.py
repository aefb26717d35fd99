"""What a provider reports of our mail: only a person's complaint ends anything, and it is known by our tags (BNC-11)."""

from __future__ import annotations

import pytest

from mailer.people import membership
from tests.conversations.scenes import DAWN, JANE, invited
from tests.stage import DOMAIN, Got, Stage

EVERYTHING = ["meetings", "newsletter", "discussion"]


def report(original: str, kind: str = "abuse") -> bytes:
    return (
        f"From: fbl@provider.example\r\nTo: abuse@{DOMAIN}\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nspam\r\n"
        f"--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: x\r\nVersion: 1\r\n\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\n{original}Subject: x\r\n\r\nx\r\n--x--\r\n"
    ).encode()


def by_id(mail: Got) -> str:
    return f"Message-ID: {mail.message['Message-ID']}\r\n"


def remaining(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        return membership.remaining(session, stage.network_id, 4)


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("abuse", True),
        ("fraud", True),
        ("opt-out", True),
        ("other", True),
        ("something-new", True),
        ("not-spam", False),
        ("auth-failure", False),
        ("virus", False),
    ],
)
def test_the_type_of_a_report_decides(stage: Stage, kind: str, ends: bool) -> None:
    """RFC 5965 7.3, RFC 6591: who takes a mail out of the spam folder has not complained of it."""
    invited(stage)
    mail = stage.last(DAWN)
    row = stage.outcome(stage.raw(report(by_id(mail), kind), mail.mail_from, "fbl@provider.example"))
    assert remaining(stage) == (["newsletter", "discussion"] if ends else EVERYTHING)
    assert (row.state, row.reason) == (("done", row.reason) if ends else ("noted", kind))


@pytest.mark.parametrize("field", ["Return-Path", "List-Unsubscribe"])
def test_a_post_bears_its_authors_message_id_and_is_known_by_the_rest(stage: Stage, field: str) -> None:
    """FMT-3: the third part of a redacted report still has the tags of the copy."""
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out in a week.")
    mail = next(mail for mail in stage.mails(DAWN) if "Agar" in mail.subject)
    shown = f"<{mail.mail_from}>" if field == "Return-Path" else str(mail.message[field])
    stage.raw(report(f"{by_id(mail)}{field}: {shown}\r\n"), f"abuse@{DOMAIN}", "fbl@provider.example")
    assert remaining(stage) == ["meetings", "newsletter"]


def test_abuse_takes_the_reports_of_every_network_of_its_domain(stage: Stage) -> None:
    first, slug = stage.network_id, stage.slug
    stage.network("quantock")
    stage.organiser("una@moor.school.example", "Una Moor")
    address_id = stage.member("vera@moor.school.example", "Vera Moor")
    stage.mail("una@moor.school.example", f"quantock@{DOMAIN}", "Gas taps", "Ours leak. Does anyone know a good fitter?")
    mail = next(mail for mail in stage.mails("vera@moor.school.example") if "Gas taps" in mail.subject)
    stage.raw(report(f"Return-Path: <{mail.mail_from}>\r\n"), f"abuse@{DOMAIN}", "fbl@provider.example")
    with stage.house.store.read() as session:
        assert membership.remaining(session, stage.network_id, address_id) == ["meetings", "newsletter"]
    stage.network_id, stage.slug = first, slug


def test_a_forged_report_without_a_tag_ends_nothing(stage: Stage) -> None:
    stage.mail(JANE, f"mendip@{DOMAIN}", "Agar", "How does everyone store agar plates? Ours dry out in a week.")
    mail = next(mail for mail in stage.mails(DAWN) if "Agar" in mail.subject)
    came = stage.raw(report(f"{by_id(mail)}To: {DAWN}\r\n"), f"abuse@{DOMAIN}", "fbl@provider.example")
    assert stage.outcome(came).reason == "no-token"
    assert remaining(stage) == EVERYTHING


def test_apples_one_tap_at_the_leave_door_leaves(stage: Stage) -> None:
    """UNS-7: Apple Mail writes the mail for whoever taps Unsubscribe. From is not proof, so the farewell has an UNDO (ruling 1)."""
    row = stage.outcome(
        stage.mail(DAWN, f"mendip-leave@{DOMAIN}", "unsubscribe", "Apple Mail sent this to unsubscribe.", X_Apple_Unsubscribe="true")
    )  # fmt: skip
    assert (row.handler, row.state) == ("leave", "done")
    assert remaining(stage) == []
    assert [mail.message["Auto-Submitted"] for mail in stage.mails(DAWN)] == ["auto-replied"]
    assert "UNDO" in stage.last(DAWN).words


def test_apples_one_tap_of_a_stranger_is_noted(stage: Stage) -> None:
    row = stage.outcome(
        stage.mail("sam@far.school.example", f"mendip-leave@{DOMAIN}", "unsubscribe", "x", X_Apple_Unsubscribe="true")
    )
    assert (row.state, row.reason) == ("noted", "unknown-sender")
