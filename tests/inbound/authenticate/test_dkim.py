"""DKIM as verified here, against signatures made by another library; and in bounded time."""

from __future__ import annotations

import time

import pytest

from mailer.inbound.authenticate.dkim import signatures
from tests.inbound.authenticate.table import MAIL, Table, key, key_at, signed

TODAY = 1_796_000_000.0


def results(raw: bytes, rows: dict[tuple[str, str], list[str]] | None = None, away: str = "") -> list[str]:
    names = Table(key_at() if rows is None else rows, frozenset({away}))
    return [each.result for each in signatures(raw, names, author="hill.example", today=TODAY)]


WAYS = [(a, b) for a in (b"relaxed", b"simple") for b in (b"relaxed", b"simple")]


@pytest.mark.parametrize("ways", WAYS, ids=lambda w: b"/".join(w).decode())
@pytest.mark.parametrize("tail", [b"", b"\r\n", b" \r\n\r\n", b"x", b"a\tb  c \r\n\t\r\n"], ids=repr)
def test_every_canonicalisation_verifies(ways: tuple[bytes, bytes], tail: bytes) -> None:
    assert results(signed(ways=ways, mail=MAIL + tail)) == ["pass"]


@pytest.mark.parametrize("ways", WAYS, ids=lambda w: b"/".join(w).decode())
def test_an_empty_body_verifies(ways: tuple[bytes, bytes]) -> None:
    assert results(signed(ways=ways, mail=MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")) == ["pass"]


def test_a_pipe_may_have_taken_the_cr() -> None:
    assert results(signed().replace(b"\r\n", b"\n")) == ["pass"]


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (lambda raw: raw.replace(b"spare", b"stolen"), "fail"),
        (lambda raw: raw.replace(b"Subject: A", b"Subject: B"), "fail"),
        (lambda raw: raw.replace(b"Subject: A  question", b"SUBJECT:  A question"), "pass"),  # relaxed
        (lambda raw: raw.replace(b"a=rsa-sha256", b"a=rsa-sha1"), "policy"),
        (lambda raw: raw.replace(b"v=1;", b"v=1; l=10;"), "policy"),
        (lambda raw: raw.replace(b"v=1;", b"v=1; x=1000;"), "policy"),
        (lambda raw: raw.replace(b"v=1;", b"v=2;"), "permerror"),
        (lambda raw: raw.replace(b"i=@hill.example", b"i=@other.example"), "permerror"),
        (lambda raw: raw.replace(b"d=hill.example", b"d=other.example"), "permerror"),
        (lambda raw: raw.replace(b"bh=", b"bh=!"), "permerror"),
    ],
)
def test_what_was_changed_does_not_pass(change: object, result: str) -> None:
    assert results(change(signed())) == [result]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ([], "permerror"),
        (["v=DKIM1; p="], "permerror"),
        (["v=spf1 -all", key(2048)[1]], "pass"),
        ([key(2048)[1].replace("k=rsa", "k=rsa; t=y")], "neutral"),
        ([key(2048)[1].replace("k=rsa", "k=ed25519")], "permerror"),
        ([key(2048)[1].replace("k=rsa", "k=rsa; h=sha1")], "permerror"),
        ([key(2048)[1].replace("k=rsa", "k=rsa; s=tls")], "permerror"),
        (["v=DKIM1; p=AAAA"], "permerror"),
    ],
)
def test_key_record(record: list[str], result: str) -> None:
    assert results(signed(), {("s1._domainkey.hill.example", "TXT"): record}) == [result]


def test_a_name_server_that_is_away_is_no_fail() -> None:
    assert results(signed(), away="s1._domainkey.hill.example") == ["temperror"]


def test_ed25519_of_rfc_8463_appendix_a() -> None:
    raw = (
        b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\n d=football.example.com; i=@football.example.com;\n"
        b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\n subject : date : message-id : from : subject : date;\n"
        b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n"
        b" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\n Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\n"
        b"From: Joe SixPack <joe@football.example.com>\nTo: Suzie Q <suzie@shopping.example.net>\n"
        b"Subject: Is dinner ready?\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\n"
        b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\n\n"
        b"Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n"
    )
    key_record = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    rows = {("brisbane._domainkey.football.example.com", "TXT"): [key_record]}
    assert results(raw, rows) == ["pass"]
    assert results(raw.replace(b"hungry", b"thirsty"), rows) == ["fail"]


def test_the_authors_domain_is_looked_at_first_and_five_at_most() -> None:
    raw = MAIL
    for number in range(7):
        raw = signed(f"list{number}.example", mail=raw)
    raw = raw.partition(b"From:")[0] + signed().partition(b"From:")[0] + MAIL
    found = signatures(raw, Table(key_at()), author="hill.example", today=TODAY)
    assert len(found) == 5
    assert (found[0].domain, found[0].result) == ("hill.example", "pass")


@pytest.mark.parametrize(
    "filler",
    [b" " * 3_000_000, b"\t \r\n" * 400_000, b"\r\n" * 1_000_000],
    ids=["blanks", "blank lines", "empty lines"],
)
def test_blanks_cost_no_square(filler: bytes) -> None:
    raw = signed().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + filler + b"x"
    began = time.process_time()
    assert results(raw) == ["fail"]
    assert time.process_time() - began < 1.5
