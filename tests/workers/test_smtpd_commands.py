"""What the doors say to commands (SMTP-1, SMTP-2, SMTP-9, SMTP-10, SMTP-12 to SMTP-16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.inbound.receive import Intake
from mailer.settings import Settings
from tests.workers.conftest import MAIL, MENDIP, House
from workers.smtpd.commands import NotAPath, NotParameters, parse_argument
from workers.smtpd.listen import Door
from workers.smtpd.session import Smtp

Build = Callable[..., House]

GREETED = [
    ("VRFY", "VRFY jane", "252 2.1.5"),
    ("EXPN", "EXPN mendip", "502 5.5.1"),
    ("BDAT", "BDAT 10 LAST", "502 5.5.1"),
    ("STARTTLS", "STARTTLS", "502 5.5.1"),
    ("AUTH", "AUTH PLAIN AGEAYg==", "502 5.5.1"),
    ("NOOP", "NOOP anything", "250 2.0.0"),
    ("HELP", "HELP", "214 2.0.0"),
    ("RSET", "RSET", "250 2.0.0"),
    ("RSET with an argument", "RSET now", "501 5.5.4"),
    ("small letters", "rset", "250 2.0.0"),
    ("unknown", "FROBNICATE", "500 5.5.1"),
    ("empty line", "", "500 5.5.1"),
    ("8-bit verb", b"\xc3\xa9HLO x", "500 5.5.2"),
    ("bare LF in a command", b"NOOP\nMAIL FROM:<a@b.example>", "500 5.5.2"),
    ("bare CR in a command", b"NOOP x\rRSET", "500 5.5.2"),
    ("NUL", b"NOOP \0", "500 5.5.2"),
    ("EHLO without a host", "EHLO", "501 5.5.4"),
    ("RCPT before MAIL", f"RCPT TO:<{MENDIP}>", "503 5.5.1"),
    ("DATA before MAIL", "DATA", "503 5.5.1"),
    ("null sender", "MAIL FROM:<>", "250 2.1.0"),
    ("spaces after the colon", "MAIL FROM: <jane@school.example>", "250 2.1.0"),
    ("no brackets", "MAIL FROM:jane@school.example", "250 2.1.0"),
    ("source route", "MAIL FROM:<@a.example,@b.example:jane@school.example>", "250 2.1.0"),
    ("quoted local part", 'MAIL FROM:<"jane doe"@school.example>', "250 2.1.0"),
    ("address literal", "MAIL FROM:<jane@[192.0.2.1]>", "250 2.1.0"),
    ("a VERP sender of 65 octets and more", "MAIL FROM:<" + "v" * 100 + "@lists.example>", "250 2.1.0"),
    ("BODY and SIZE", "MAIL FROM:<jane@school.example> BODY=8BITMIME SIZE=1000", "250 2.1.0"),
    ("SMTPUTF8", "MAIL FROM:<jane@school.example> SMTPUTF8", "250 2.1.0"),
    ("not a path", "MAIL FROM:<jane doe@school.example>", "501 5.1.7"),
    ("two addresses", "MAIL FROM:<a@b.example><c@d.example>", "501 5.1.7"),
    ("no FROM", "MAIL <jane@school.example>", "501 5.1.7"),
    ("bad parameter", "MAIL FROM:<jane@school.example> SIZE=much", "501 5.5.4"),
    ("twice a parameter", "MAIL FROM:<jane@school.example> SIZE=1 SIZE=2", "501 5.5.4"),
    ("BODY=BINARYMIME", "MAIL FROM:<jane@school.example> BODY=BINARYMIME", "501 5.5.4"),
    ("a parameter we do not name", "MAIL FROM:<jane@school.example> RET=HDRS", "555 5.5.4"),
    ("beyond ASCII without SMTPUTF8", "MAIL FROM:<jané@school.example>", "553 5.6.7"),
    ("beyond ASCII with it", "MAIL FROM:<jané@école.example> SMTPUTF8", "250 2.1.0"),
    ("SIZE at the limit", "MAIL FROM:<jane@school.example> SIZE=25000000", "250 2.1.0"),
    ("SIZE over the limit", "MAIL FROM:<jane@school.example> SIZE=25000001", "552 5.3.4"),
    ("a path of 256 octets", "MAIL FROM:<" + "a" * 246 + "@b.co.uk>", "250 2.1.0"),
    ("a path of 257 octets", "MAIL FROM:<" + "a" * 247 + "@b.co.uk>", "501 5.1.7"),
]


@pytest.mark.parametrize(("command", "reply"), [c[1:] for c in GREETED], ids=[c[0] for c in GREETED])
def test_after_the_greeting(house: Build, command: str | bytes, reply: str) -> None:
    client = house().dial()
    client.hello()
    assert client.say(command).startswith(reply)
    assert client.say("NOOP").startswith("250")  # the session lives


AFTER_MAIL = [
    ("known", MENDIP, "250 2.1.5"),
    ("unknown role", "mendip-nonsense@lists.example.org", "550 5.1.1"),
    ("unknown network", "quantock@lists.example.org", "550 5.1.1"),
    ("foreign domain", "jane@school.example", "550 5.7.1"),
    ("forged tag", "mendip+raaaa@lists.example.org", "250 2.1.5"),
    ("postmaster alone", "postmaster", "250 2.1.5"),
    ("null", "", "501 5.1.3"),
    ("beyond ASCII", "méndip@lists.example.org", "553 5.6.7"),
]


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
@pytest.mark.parametrize(("rcpt", "reply"), [c[1:] for c in AFTER_MAIL], ids=[c[0] for c in AFTER_MAIL])
def test_recipients(house: Build, protocol: str, rcpt: str, reply: str) -> None:
    """SMTP-15."""
    client = house().dial(protocol)
    client.hello("EHLO" if protocol == "smtp" else "LHLO")
    client.say("MAIL FROM:<jane@school.example>")
    assert client.say(f"RCPT TO:<{rcpt}>").startswith(reply)


def test_a_recipient_beyond_ascii_with_smtputf8_is_unknown(house: Build) -> None:
    """SMTP-12: none of our addresses is."""
    client = house().dial()
    client.hello()
    client.say("MAIL FROM:<> SMTPUTF8")
    assert client.say("RCPT TO:<méndip@lists.example.org>").startswith("550 5.1.1")


def test_recipient_parameters_are_not_known(house: Build) -> None:
    client = house().dial()
    client.hello()
    client.say("MAIL FROM:<>")
    assert client.say(f"RCPT TO:<{MENDIP}> NOTIFY=NEVER").startswith("555 5.5.4")


def test_ehlo_names_what_holds(house: Build) -> None:
    """SMTP-2, SMTP-9, SMTP-10."""
    client = house().dial()
    lines = client.hello().splitlines()
    assert {line[4:] for line in lines[1:]} == {
        "PIPELINING",
        "SIZE 25000000",
        "8BITMIME",
        "ENHANCEDSTATUSCODES",
        "SMTPUTF8",
    }
    assert all(line[:4] == "250-" for line in lines[:-1])
    assert lines[-1][:4] == "250 "


def test_helo_takes_no_parameters(house: Build) -> None:
    client = house().dial()
    assert "\n" not in client.hello("HELO")
    assert client.say("MAIL FROM:<a@b.example> SIZE=1").startswith("555")
    client.envelope(sender="a@b.example")


def test_lmtp_knows_only_lhlo(house: Build) -> None:
    """SMTP-1, SMTP-2."""
    client = house().dial("lmtp")
    assert "LMTP" in client.reply()
    assert client.say("EHLO client.example").startswith("500 5.5.1")
    assert client.say("HELO client.example").startswith("500 5.5.1")
    assert client.say("MAIL FROM:<>").startswith("503")
    keywords = {line[4:] for line in client.say("LHLO client.example").splitlines()}
    assert {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME"} <= keywords


def test_smtp_does_not_know_lhlo(house: Build) -> None:
    client = house().dial()
    client.reply()
    assert client.say("LHLO client.example").startswith("500 5.5.1")


LENGTHS = [("NOOP ", 512, "250"), ("NOOP ", 513, "500 5.5.2"), ("MAIL FROM:<> SIZE=", 600, "500 5.5.2")]


@pytest.mark.parametrize(("start", "octets", "reply"), LENGTHS)
def test_length_of_a_command_line(house: Build, start: str, octets: int, reply: str) -> None:
    """SMTP-13: with its CRLF."""
    client = house().dial()
    client.hello()
    assert client.say(start + "1" * (octets - len(start) - 2)).startswith(reply)


def test_a_command_line_without_end_costs_no_memory_and_the_session_lives(house: Build) -> None:
    client = house().dial()
    client.hello()
    assert client.say("NOOP " + "x" * 3_000_000).startswith("500 5.5.2")
    assert client.say("NOOP").startswith("250")


@pytest.mark.parametrize(("limit", "extra"), [(100, 1), (120, 5)])
def test_recipient_limit(house: Build, limit: int, extra: int) -> None:
    """SMTP-13: 452 for those over it, the accepted ones stay."""
    opened = house(smtp_max_recipients=limit)
    client = opened.dial()
    client.hello()
    client.say("MAIL FROM:<>")
    codes = [client.say(f"RCPT TO:<mendip+t{n}@lists.example.org>")[:9] for n in range(limit + extra)]
    assert codes == ["250 2.1.5"] * limit + ["452 4.5.3"] * extra
    client.say("DATA")
    assert client.say(MAIL + b".").startswith("250 2.0.0")
    assert len(opened.rows()) == limit


def test_a_new_hello_and_rset_forget_the_envelope(house: Build) -> None:
    client = house().dial()
    client.hello()
    for command in ("EHLO other.example", "RSET"):
        client.say("MAIL FROM:<>")
        client.say(f"RCPT TO:<{MENDIP}>")
        assert client.say("MAIL FROM:<>").startswith("503")
        assert client.say(command).startswith("250")
        assert client.say("DATA").startswith("503")


def test_pipelined_commands_are_answered_in_order(house: Build) -> None:
    """SMTP-2, RFC 2920."""
    opened = house()
    client = opened.dial("lmtp")
    client.hello("LHLO")
    bad = "quantock@lists.example.org"
    client.send(
        f"MAIL FROM:<>\r\nRCPT TO:<{MENDIP}>\r\nRCPT TO:<{bad}>\r\nRCPT TO:<mendip-news@lists.example.org>\r\n"
        f"RCPT TO:<{MENDIP}>\r\nDATA\r\n".encode()
    )
    assert [client.reply()[:3] for _ in range(6)] == ["250", "250", "550", "250", "250", "354"]
    client.send(MAIL + b".\r\nNOOP\r\nQUIT\r\n")
    assert [client.reply()[:9] for _ in range(5)] == ["250 2.0.0"] * 4 + ["221 2.0.0"]  # three recipients, NOOP, QUIT
    assert len(opened.rows()) == 2


def test_too_many_bad_commands(house: Build) -> None:
    """SMTP-14."""
    client = house().dial()
    client.hello()
    replies = [client.say("WHAT")[:3] for _ in range(20)]
    assert replies == ["500"] * 20
    assert client.reply().startswith("421 4.7.0")
    assert client.reply() == ""


@pytest.mark.parametrize("verb", ["GET / HTTP/1.1", "POST /x HTTP/1.1"])
def test_a_browser_is_sent_away(house: Build, verb: str) -> None:
    opened = house()
    client = opened.dial()
    client.reply()
    client.send(f"{verb}\r\n\r\nEHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<{MENDIP}>\r\n".encode())
    assert [reply[:9] for reply in client.rest()] == ["421 4.7.0"]


def test_a_stranger_is_refused(house: Build) -> None:
    """SMTP-16."""
    client = house(smtp_peers="192.0.2.0/24").dial()
    assert client.reply().startswith("554 5.7.1")
    assert client.reply() == ""


def test_a_unix_socket_needs_no_peer_and_goes_when_the_door_closes(house: Build, tmp_path: Path) -> None:
    opened = house(lmtp_listen=str(tmp_path / "doors" / "lmtp"), smtp_peers="192.0.2.0/24")
    client = opened.dial("lmtp")
    client.hello("LHLO")
    client.envelope()
    assert client.say(MAIL + b".").startswith("250")
    assert opened.rows()[0].client == "unix"
    assert (tmp_path / "doors" / "lmtp").stat().st_mode & 0o777 == 0o660


def test_what_a_refused_mail_asked_for_is_forgotten(house: Build) -> None:
    client = house().dial()
    client.hello()
    assert client.say("MAIL FROM:<jane@school.example> SMTPUTF8 OTHER=1").startswith("555 5.5.4")
    assert client.say("MAIL FROM:<jané@école.example>").startswith("553 5.6.7")


def test_a_session_has_no_hooks_that_would_be_looked_for() -> None:
    """aiosmtpd reads every name of a new session, which took as long as all its commands do."""

    async def opened() -> Smtp:
        door = Door(Settings(), cast(Intake, None), Smtp)
        return Smtp(door, asyncio.get_running_loop())

    session = asyncio.run(opened())
    assert (session._smtp_methods, session._handle_hooks, session._auth_methods) == ({}, {}, {})


def test_connection_limit(house: Build) -> None:
    """SMTP-14."""
    opened = house(smtp_connections=2)
    first, second = opened.dial(), opened.dial()
    first.hello()
    second.hello()
    assert opened.dial().reply().startswith("421 4.3.2")
    assert first.say("QUIT").startswith("221 2.0.0")
    assert first.reply() == ""
    opened.dial().hello()


def test_a_silent_client_is_told_and_closed(house: Build) -> None:
    """SMTP-14."""
    client = house(smtp_idle="4s").dial()  # and EHLO is in time on a busy machine
    client.hello()
    assert client.reply().startswith("421 4.4.2")
    assert client.reply() == ""


def test_a_session_ends_even_when_the_client_keeps_talking(house: Build) -> None:
    """SMTP-14: one octet at a time does not hold a connection for ever."""
    opened = house(smtp_session="4s")  # and all before is in time on a busy machine
    client = opened.dial()
    client.hello()
    client.envelope()
    client.send(b"Subject: x\r\n")
    assert client.reply().startswith("421 4.4.2")
    assert opened.rows() == []


@given(st.text(max_size=300))
def test_an_argument_is_read_or_refused(text: str) -> None:
    try:
        found = parse_argument("FROM", "FROM:" + text)
    except (NotAPath, NotParameters):
        return
    assert not set("<> \r\n\0") & set(found.address) or '"' in found.address or "\\" in found.address


@given(st.emails())
def test_every_plain_address_is_read(address: str) -> None:
    assert parse_argument("TO", f"to:<{address}>").address == address
