"""Addresses: AUTH-11 (strict, groups, CVE-2023-27043), FMT-7 (encoded line ends), MIME-10 (NFC), OUT-13 (IDN)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message.address import Mailbox, ascii_domain, domain_of, key, parse_address, parse_mailboxes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Doe <jane@school.example>", [("Jane Doe", "jane@school.example")]),
        (
            '"Doe, Jane" <jane@school.example>, Bob <bob@school.example>',
            [("Doe, Jane", "jane@school.example"), ("Bob", "bob@school.example")],
        ),
        ("Doe, Jane <jane@school.example>", [("Doe, Jane", "jane@school.example")]),
        ("jane@school.example (Jane Doe)", [("Jane Doe", "jane@school.example")]),
        (
            "Team: a@school.example, b@school.example; c@school.example",
            [("", "a@school.example"), ("", "b@school.example"), ("", "c@school.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?Si=C3=A2n?= <sian@ysgol.example>", [("Siân", "sian@ysgol.example")]),
        ("jane@school.example <jane@school.example>", [("jane@school.example", "jane@school.example")]),
        ('"jane doe"@school.example', [("", '"jane doe"@school.example')]),
        ("x@münchen.example", [("", "x@münchen.example")]),
        ("<@relay.example:jane@school.example>", [("", "jane@school.example")]),
    ],
)
def test_auth_11_what_parses(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(m.name, m.address) for m in parse_mailboxes(value)] == expected


@pytest.mark.parametrize(
    "value",
    [
        "alice@a.example)bob@b.example",
        "alice@a.example <bob@b.example>",
        '"Jane" <jane@school.example> trailing',
        "a b@school.example",
        "a@b@c.example",
        "<[abc@x]>",
        '"unclosed <a@b.example>',
        "<a@b.example> <c@d.example>",
        "Jane <jane@school.example",
        "a@x.example b@y.example",
    ],
)
def test_auth_11_what_is_no_address_has_none(value: str) -> None:
    assert [m.address for m in parse_mailboxes(value)] == [""]


def test_fmt_7_an_encoded_line_end_makes_no_field() -> None:
    assert parse_mailboxes("=?utf-8?q?x=0D=0ABcc:_a@b.example?= <q@school.example>") == (
        Mailbox("x Bcc: a@b.example", "q@school.example"),
    )


def test_auth_11_comparison_is_blind_to_case_form_and_label() -> None:
    assert key("E\u0301va@MÜNCHEN.example") == key("éva@xn--mnchen-3ya.example")
    assert key("Jane+x@School.Example") == "jane+x@school.example"
    assert domain_of("jane@MÜNCHEN.example") == ascii_domain("münchen.example") == "xn--mnchen-3ya.example"


@given(st.text(max_size=300))
def test_any_text_gives_mailboxes_whose_addresses_parse_again(value: str) -> None:
    for mailbox in parse_mailboxes(value):
        assert mailbox.address == "" or parse_address(mailbox.address) == mailbox.address


@pytest.mark.parametrize("piece", ["(", '"', "<", "a@b,", "@:", ":", "a:", " ", "=?utf-8?q?", "\\"])
@pytest.mark.timeout(10)
def test_long_fields_take_linear_time(piece: str) -> None:
    parse_mailboxes(piece * 100_000)
