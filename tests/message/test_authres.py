"""Authentication-Results: AUTH-9, AUTH-10, AUTH-12; `temperror` is not `fail`."""

from __future__ import annotations

import pytest

from mailer.message import AuthResults, read

OURS = "Received: from a.example by mx.school.example; now\n"


def auth(head: str, configured: str | None = "mx.school.example") -> AuthResults:
    return read(f"{head}From: Jane <jane@ysgol.example>\nSubject: x\n\nHello".encode(), authserv_id=configured).auth


@pytest.mark.parametrize(
    ("field", "dkim", "dmarc", "proven", "failed"),
    [
        ("mx.school.example; dmarc=pass header.from=ysgol.example", "none", "pass", True, False),
        ("mx.school.example; dkim=pass header.d=ysgol.example", "pass", "none", True, False),
        ("mx.school.example 1; dkim=pass (ok) header.i=@mail.ysgol.example", "pass", "none", True, False),
        ("MX.School.example; DKIM=Pass header.d=YSGOL.example", "pass", "none", True, False),
        ("mx.school.example; dkim=pass header.d=other.example", "pass", "none", False, False),
        ("mx.school.example; spf=pass smtp.mailfrom=ysgol.example", "none", "none", False, False),
        (
            "mx.school.example; dmarc=fail header.from=ysgol.example; dkim=pass header.d=ysgol.example",
            "pass",
            "fail",
            False,
            True,
        ),
        ("mx.school.example; dkim=fail header.d=ysgol.example", "fail", "none", False, True),
        ("mx.school.example; dkim=temperror; dmarc=temperror", "temperror", "temperror", False, False),
        ("mx.school.example; arc=pass; dmarc=fail", "none", "fail", False, True),
        ("mx.school.example 2; dmarc=pass", "none", "none", False, False),
        ("other.example; dmarc=pass", "none", "none", False, False),
        ("(x) mx.school.example; dmarc=pass (a (b) c) header.from=ysgol.example", "none", "pass", True, False),
        (
            "mx.school.example; dkim=fail header.d=x.example; dkim=pass header.d=ysgol.example",
            "pass",
            "none",
            True,
            False,
        ),
    ],
)
def test_auth_9_what_proves_a_sender(field: str, dkim: str, dmarc: str, proven: bool, failed: bool) -> None:
    found = auth(f"{OURS}Authentication-Results: {field}\n")
    assert (found.dkim, found.dmarc, found.proven, found.failed) == (dkim, dmarc, proven, failed)


PASS = "Authentication-Results: mx.school.example; dmarc=pass header.from=ysgol.example\n"


def test_auth_10_nothing_is_believed_unless_configured() -> None:
    assert auth(PASS, None) == AuthResults()


def test_auth_10_only_above_the_first_foreign_hop() -> None:
    assert auth(f"{OURS}{PASS}").proven
    assert auth(f"{PASS}{OURS}").proven
    assert not auth(f"{OURS}Received: from x by mail.evil.example; now\n{PASS}").proven


def test_auth_10_the_topmost_of_ours_counts() -> None:
    assert auth(f"Authentication-Results: mx.school.example; dmarc=fail\n{PASS}").failed


def test_auth_10_a_returned_message_proves_nothing() -> None:
    raw = f"From: jane@ysgol.example\nContent-Type: message/rfc822\n\n{PASS}From: jane@ysgol.example\n\nHello"
    assert not read(raw.encode(), authserv_id="mx.school.example").auth.proven


def test_auth_11_two_authors_are_never_proven() -> None:
    raw = f"{PASS}From: jane@ysgol.example\nFrom: bob@ysgol.example\n\nHello"
    seen = read(raw.encode(), authserv_id="mx.school.example")
    assert seen.sender is None
    assert not seen.auth.proven
