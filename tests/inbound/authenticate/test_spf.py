"""SPF (RFC 7208) against a table of records."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from mailer.inbound.authenticate.macros import Client, expand
from mailer.inbound.authenticate.spf import evaluate
from tests.inbound.authenticate.table import Table

ROWS = {
    ("hill.example", "A"): ["192.0.2.10"],
    ("hill.example", "MX"): ["mx1.hill.example", "mx2.hill.example"],
    ("mx1.hill.example", "A"): ["192.0.2.20"],
    ("mx2.hill.example", "AAAA"): ["2001:db8::25"],
    ("_spf.host.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 -all"],
    ("loop.example", "TXT"): ["v=spf1 include:loop.example -all"],
    ("192.0.2.3.x.example", "A"): ["127.0.0.2"],
    ("3.2.0.192.in-addr.arpa", "PTR"): ["out.hill.example"],
    ("out.hill.example", "A"): ["192.0.2.3"],
}
IP = "192.0.2.3"


@pytest.mark.parametrize(
    ("record", "ip", "result"),
    [
        ("v=spf1 -all", IP, "fail"),
        ("v=spf1 ~all", IP, "softfail"),
        ("v=spf1 ?all", IP, "neutral"),
        ("v=spf1", IP, "neutral"),
        ("v=spf1 ip4:192.0.2.0/24 -all", IP, "pass"),
        ("v=spf1 ip4:192.0.2.0/33 -all", IP, "permerror"),
        ("V=SPF1 IP4:192.0.2.3 -ALL", IP, "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::1", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", IP, "fail"),
        ("v=spf1 a -all", "192.0.2.10", "pass"),
        ("v=spf1 a/24 -all", IP, "pass"),
        ("v=spf1 mx -all", "192.0.2.20", "pass"),
        ("v=spf1 mx//64 -all", "2001:db8::99", "pass"),
        ("v=spf1 a:out.hill.example -all", IP, "pass"),
        ("v=spf1 include:_spf.host.example -all", "198.51.100.7", "pass"),
        ("v=spf1 include:_spf.host.example ~all", IP, "softfail"),
        ("v=spf1 include:nothing.example -all", IP, "permerror"),
        ("v=spf1 redirect=_spf.host.example", "198.51.100.7", "pass"),
        ("v=spf1 redirect=nothing.example", IP, "permerror"),
        ("v=spf1 exists:%{i}.x.example -all", IP, "pass"),
        ("v=spf1 ptr -all", IP, "pass"),
        ("v=spf1 ptr:other.example -all", IP, "fail"),
        ("v=spf1 include:loop.example -all", IP, "permerror"),
        ("v=spf1 a:v1.example a:v2.example a:v3.example -all", IP, "permerror"),
        ("v=spf1 nonsense -all", IP, "permerror"),
        ("v=spf1 unknown=modifier -all", IP, "fail"),
        ("v=spf1 include:away.example -all", IP, "temperror"),
        ("v=spf10 -all", IP, "none"),
    ],
)
def test_record(record: str, ip: str, result: str) -> None:
    names = Table(ROWS | {("hill.example", "TXT"): ["other text", record]}, frozenset({"away.example"}))
    assert evaluate(Client(ip_address(ip), "out.hill.example", "jane@hill.example"), "hill.example", names) == result


def test_two_records_are_an_error_and_a_record_can_cost_ten_look_ups_only() -> None:
    client = Client(ip_address(IP), "h.example", "jane@hill.example")
    two = Table({("hill.example", "TXT"): ["v=spf1 -all", "v=spf1 +all"]})
    assert evaluate(client, "hill.example", two) == "permerror"
    many = Table({("hill.example", "TXT"): ["v=spf1 " + " ".join(f"a:a{n}.hill.example" for n in range(50)) + " -all"]}
                 | {(f"a{n}.hill.example", "A"): ["203.0.113.1"] for n in range(50)})  # fmt: skip
    assert evaluate(client, "hill.example", many) == "permerror"
    assert many.asked <= 12


@pytest.mark.parametrize(
    ("text", "result"),
    [  # RFC 7208 7.4
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%%%_%-", "% %20"),
    ],
)
def test_macro(text: str, result: str) -> None:
    client = Client(ip_address(IP), "h.example", "strong-bad@email.example.com")
    assert expand(text, client, "email.example.com") == result


def test_macro_of_ip6() -> None:
    client = Client(ip_address("2001:db8::cb01"), "h.example", "strong-bad@email.example.com")
    assert expand("%{ir}.%{v}.%{d2}", client, "email.example.com") == (
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.example.com"
    )
