"""Notifications of Amazon SES by mail: bounces and complaints as JSON in the text (BNC-9, BNC-11)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailer.message import Reading, read

MAIL = {"messageId": "0101", "headers": [{"name": "Message-ID", "value": "<mtag@lists.example.org>"}]}


def mail(said: dict[str, Any] | str, sender: str = "no-reply@sns.amazonaws.com") -> Reading:
    text = said if isinstance(said, str) else json.dumps(said)
    head = f"From: AWS Notifications <{sender}>\nTo: mendip+b@lists.example.org\nSubject: AWS Notification Message\n\n"
    return read(f"{head}{text}\n\n--\nIf you wish to stop receiving these, please contact help@aws.example\n".encode())


def bounce(kind: str, **one: str) -> dict[str, Any]:
    recipient = {"emailAddress": "bob@school.example", **one}
    return {"notificationType": "Bounce", "bounce": {"bounceType": kind, "bouncedRecipients": [recipient]}, "mail": MAIL}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            bounce("Permanent", action="failed", status="5.1.1", diagnosticCode="smtp; 550 5.1.1 user unknown"),
            ("5.1.1", True, "user-unknown"),
        ),
        (bounce("Permanent"), ("5.0.0", True, "other")),
        (bounce("Transient", action="failed", status="5.2.2"), ("5.2.2", False, "mailbox-full")),
        (bounce("Transient", action="delayed", status="4.4.7"), ("4.4.7", False, "expired")),
        (bounce("Undetermined"), ("4.0.0", False, "other")),
    ],
    ids=["permanent", "permanent, no more said", "transient", "delayed", "undetermined"],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "wrapped by the topic"])
def test_bnc_9_bounce_notifications(said: dict[str, Any], expected: tuple[str, bool, str], wrapped: bool) -> None:
    seen = mail({"Type": "Notification", "Message": json.dumps(said)} if wrapped else said)
    assert (seen.kind, seen.original_ids) == ("bounce", ("mtag@lists.example.org",))
    assert [(b.address, b.status, b.permanent, b.reason, b.hint) for b in seen.bounces] == [
        ("bob@school.example", *expected, True)
    ]


def test_bnc_11_complaint_notifications() -> None:
    told = {"complainedRecipients": [{"emailAddress": "bob@school.example"}], "complaintFeedbackType": "abuse"}
    seen = mail({"notificationType": "Complaint", "complaint": told, "mail": MAIL})
    assert (seen.kind, seen.original_ids) == ("complaint", ("mtag@lists.example.org",))
    assert seen.complaint is not None
    assert (seen.complaint.type, seen.complaint.address) == ("abuse", "bob@school.example")


@pytest.mark.parametrize(
    "said",
    [
        {"notificationType": "Delivery", "delivery": {"recipients": ["bob@school.example"]}},
        {"notificationType": "Bounce", "bounce": ["bob@school.example"]},
        {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [7, {"emailAddress": "no address"}]}},
        "{" * 5_000,
        '{"notificationType": "Bou',
    ],
    ids=["delivered", "bent", "no address", "deep", "cut off"],
)
def test_what_says_no_more_is_only_automatic(said: dict[str, Any] | str) -> None:
    seen = mail(said)
    assert (seen.kind, seen.bounces, seen.error) == ("auto-reply", (), None)


def test_a_person_who_shows_one_is_a_person() -> None:
    assert mail(bounce("Permanent", status="5.1.1"), sender="jane@school.example").kind == "person"
