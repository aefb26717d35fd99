"""DMARC (RFC 9989): the tree walk, alignment, and the three results together (AUTH-9)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.inbound.authenticate import Brought, Checked, check, dmarc
from tests.inbound.authenticate.table import MAIL, Table, key_at, signed

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
IP = "192.0.2.3"
SPF = {("hill.example", "TXT"): [f"v=spf1 ip4:{IP} -all"], ("mail.hill.example", "TXT"): [f"v=spf1 ip4:{IP} -all"]}


def policy(**records: str) -> dict[tuple[str, str], list[str]]:
    return {(f"_dmarc.{name.replace('_', '.')}", "TXT"): [text] for name, text in records.items()}


@pytest.mark.parametrize(
    ("domain", "records", "organisation"),
    [  # RFC 9989 4.10.2 and its examples
        ("mail.hill.example", policy(hill_example="v=DMARC1; p=none"), "hill.example"),
        ("a.b.hill.sch.uk", policy(hill_sch_uk="v=DMARC1; p=reject"), "hill.sch.uk"),
        ("a.hill.sch.uk", policy(sch_uk="v=DMARC1; psd=y; p=reject"), "hill.sch.uk"),
        ("a.hill.sch.uk", policy(sch_uk="v=DMARC1; p=reject"), "sch.uk"),
        (
            "a.b.hill.example",
            policy(b_hill_example="v=DMARC1; psd=n; p=none", hill_example="v=DMARC1; p=none"),
            "b.hill.example",
        ),
        ("hill.example", {}, "hill.example"),
        ("1.2.3.4.5.6.7.8.hill.example", policy(hill_example="v=DMARC1; p=none"), "hill.example"),
        ("hill.example", {("_dmarc.hill.example", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "hill.example"),
    ],
)
def test_organisational_domain(domain: str, records: dict[tuple[str, str], list[str]], organisation: str) -> None:
    names = Table(records)
    assert dmarc.organisation(domain, names) == organisation
    assert names.asked <= 8


def test_policy_is_that_of_the_domain_else_of_the_organisation() -> None:
    names = Table(policy(hill_example="v=DMARC1; p=reject; sp=quarantine; adkim=s"))
    own, below = dmarc.find("hill.example", names), dmarc.find("mail.hill.example", names)
    assert own is not None
    assert below is not None
    assert (own.policy, below.policy, below.strict_dkim, below.domain) == ("reject", "quarantine", True, "hill.example")
    assert dmarc.find("hill.example", Table(policy(hill_example="v=DMARC1; p=nonsense"))) is None


def judged(
    raw: bytes, rows: dict[tuple[str, str], list[str]], ip: str = IP, sender: str = "jane@hill.example", away: str = ""
) -> Checked:
    return check(raw, Brought(ip, "out.hill.example", sender), "hill.example", Table(rows, frozenset({away})), now=NOW)


REJECT = policy(hill_example="v=DMARC1; p=reject")
STRICT = policy(hill_example="v=DMARC1; p=reject; adkim=s; aspf=s")


@pytest.mark.parametrize(
    ("raw", "rows", "ip", "sender", "dmarc_said", "proven", "failed"),
    [
        pytest.param(signed(), key_at() | REJECT, "", "", "pass", True, False, id="signed"),
        pytest.param(signed(), key_at(), "", "", "none", True, False, id="signed, no policy"),
        pytest.param(MAIL, SPF | REJECT, IP, "jane@hill.example", "pass", True, False, id="spf"),
        pytest.param(MAIL, SPF, IP, "jane@hill.example", "none", False, False, id="spf alone is not enough (AUTH-9)"),
        pytest.param(MAIL, SPF | REJECT, IP, "x@mail.hill.example", "pass", True, False, id="spf relaxed"),
        pytest.param(MAIL, SPF | STRICT, IP, "x@mail.hill.example", "fail", False, True, id="spf strict"),
        pytest.param(signed("mail.hill.example"), key_at("mail.hill.example") | REJECT, IP, "", "pass", True, False, id="dkim relaxed"),
        pytest.param(signed("mail.hill.example"), key_at("mail.hill.example") | STRICT, IP, "x@hill.example", "fail", False, True, id="dkim strict"),
        pytest.param(signed("other.example"), key_at("other.example") | REJECT, IP, "x@other.example", "fail", False, True, id="somebody else's"),
        pytest.param(MAIL, REJECT, IP, "x@other.example", "fail", False, True, id="forged"),
        pytest.param(MAIL, REJECT, "127.0.0.1", "jane@hill.example", "none", False, False, id="brought by our own machine"),
        pytest.param(signed().replace(b"spare", b"other"), key_at() | SPF | REJECT, IP, "jane@hill.example", "pass", True, False, id="broken signature, spf passes"),
        pytest.param(signed().replace(b"spare", b"other"), key_at(), IP, "jane@hill.example", "none", False, True, id="broken signature, no policy"),
        pytest.param(signed("list.example").replace(b"spare", b"other"), key_at("list.example"), IP, "", "none", False, False, id="a list's broken signature"),
    ],
)  # fmt: skip
def test_matrix(
    raw: bytes,
    rows: dict[tuple[str, str], list[str]],
    ip: str,
    sender: str,
    dmarc_said: str,
    proven: bool,
    failed: bool,
) -> None:
    found = judged(raw, rows, ip, sender)
    assert (found.results.dmarc, found.results.proven, found.results.failed) == (dmarc_said, proven, failed), (
        found.steps
    )


@pytest.mark.parametrize("away", ["_dmarc.hill.example", "hill.example", "s1._domainkey.hill.example"])
def test_temperror_is_not_fail(away: str) -> None:
    found = judged(signed(), REJECT, away=away)
    assert not found.results.failed
    assert any("temperror" in step for step in found.steps)
