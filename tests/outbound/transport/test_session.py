"""Doors that stay closed, and TLS that is never optional (OUT-5, OUT-14, RFC 3207, RFC 4954, RFC 8314)."""

from __future__ import annotations

import base64
import ssl
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.outbound.transport import RelayDown, RelayUrlError, Timeouts, Wire, relays
from tests.outbound.transport.certificates import Authority
from tests.outbound.transport.peer import FULL, Script, Server, Talk, serve
from tests.servers import free_port

PATIENT = Timeouts(quit=0.2).at_most(20)  # a willing server answers late on a busy machine
QUICK = replace(PATIENT, greeting=0.5)  # for one that does not greet
LETTER = Wire(1, "mendip+b1@lists.example.org", "dawn@school.example", b"Subject: x\r\n\r\nhello\r\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def down(
    script: Script,
    scheme: str = "smtp",
    host: str = "127.0.0.1",
    context: ssl.SSLContext | None = None,
    timeouts: Timeouts = PATIENT,
) -> RelayDown:
    began = time.monotonic()
    with serve(script) as peer, pytest.raises(RelayDown) as caught:
        relays(f"{scheme}://{host}:{peer.port}", timeouts=timeouts, context=context)[0].connect()
    assert time.monotonic() - began < 10, "OUT-5"
    assert "secret" not in str(caught.value)
    return caught.value


BANNERS: dict[str, tuple[Script, str, bool]] = {
    "554": (Server(banner=b"554 5.7.1 not you\r\n"), "refused", True),
    "421": (Server(banner=b"421 4.3.2 busy\r\n"), "closing", True),
    "long": (Server(banner=b"220-" + b"x" * 70_000 + b"\r\n"), "nonsense", False),
    "SSH": (Server(banner=b"SSH-2.0-OpenSSH_9.2\r\n"), "nonsense", False),
    "web": (Server(banner=b"HTTP/1.1 400 Bad Request\r\n"), "nonsense", False),
    "354": (Server(banner=b"354 go on\r\n"), "nonsense", False),
    "binary": (Server(banner=bytes(range(256)) + b"\r\n"), "nonsense", False),
    "hangs up": (Talk.hang_up, "connection-lost", False),
    "resets": (Talk.reset, "connection-lost cannot-connect", False),
    "silent": (Talk.silent, "no-answer", True),
    "drips": (lambda talk: talk.drip(b"220 peer.example ESMTP and so on and on\r\n", 0.4), "no-answer", True),
    "EHLO 421": (Server(trouble={("EHLO", 1): b"421 4.3.2 bye\r\n"}), "closing", True),
    "EHLO and HELO 550": (Server(trouble={("EHLO", 1): b"550 no\r\n", ("HELO", 1): b"550 no\r\n"}), "refused", True),
    "EHLO hangs up": (Server(trouble={("EHLO", 1): Talk.hang_up}), "connection-lost", False),
    "speaks before EHLO": (Server(banner=b"220 a\r\n250 b\r\n"), "nonsense", False),
}


@pytest.mark.parametrize("name", BANNERS)
def test_a_door_that_stays_closed(name: str) -> None:
    script, reason, slow = BANNERS[name]
    if isinstance(script, Server):
        script.seen.clear()
    error = down(script, timeouts=QUICK if name in ("silent", "drips") else PATIENT)
    assert error.reason in reason.split()
    assert error.slow == slow


def test_nobody_there() -> None:
    with pytest.raises(RelayDown) as caught:
        relays(f"smtp://127.0.0.1:{free_port()}", timeouts=PATIENT)[0].connect()
    assert caught.value.reason == "cannot-connect"


def test_half_an_extension() -> None:
    """SIZE without a number, in small letters, doubled AUTH, words nobody knows."""
    server = Server(features=("pipelining", "size", "Size abc", "AUTH=LOGIN PLAIN", "AUTH", "XYZ 1 2", "8bitmime"))
    with serve(server) as peer:
        connection = relays(peer.url, timeouts=PATIENT)[0].connect()
        assert [reply.state for reply in connection.send([LETTER])] == ["accepted"]
        connection.close()


class Secure(Server):
    """STARTTLS or TLS from the first octet, with AUTH behind it."""

    def __init__(self, context: ssl.SSLContext, implicit: bool = False, auth: str = "AUTH PLAIN LOGIN") -> None:
        super().__init__(features=(*FULL, auth) if implicit else (*FULL, "STARTTLS"))
        self.context = context
        self.implicit = implicit
        self.auth = auth
        self.passwords: list[bytes] = []
        self.after_tls: list[str] = []

    def __call__(self, talk: Talk) -> None:
        if self.implicit:
            talk.encrypt(self.context)
        else:
            talk.say(b"220 peer.example ESMTP\r\n")
            assert talk.line().startswith(b"EHLO")
            talk.say(b"250-peer.example\r\n250 STARTTLS\r\n")
            assert talk.line() == b"STARTTLS"
            talk.say(b"220 2.0.0 go ahead\r\n")
            talk.encrypt(self.context)
            self.banner = b""
            self.features = (*FULL, self.auth)
        super().__call__(talk)

    def _trouble(self, verb: str, talk: Talk) -> bytes | None:
        if verb != "AUTH":
            return super()._trouble(verb, talk)
        mechanism, *rest = self.commands[-1].split()[1:]
        if mechanism == "PLAIN":
            self.passwords = base64.b64decode(rest[0]).split(b"\0")[1:]
        else:
            for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                talk.say(prompt)
                self.passwords.append(base64.b64decode(talk.line()))
        return b"235 2.7.0 welcome\r\n" if self.passwords == [b"jo@x", b"sec,ret"] else b"535 5.7.8 no\r\n"


WAYS = {"STARTTLS": ("smtp+starttls", False), "TLS": ("smtps", True)}
LOGINS = ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH CRAM-MD5 LOGIN"]


@pytest.mark.parametrize("auth", LOGINS)
@pytest.mark.parametrize("way", WAYS)
def test_out_14_encrypted_and_logged_in(way: str, auth: str, authority: Authority) -> None:
    scheme, implicit = WAYS[way]
    server = Secure(authority.server("localhost"), implicit, auth)
    with serve(server) as peer:
        relay = relays(
            f"{scheme}://jo%40x:sec%2Cret@localhost:{peer.port}", timeouts=PATIENT, context=authority.trusted()
        )[0]
        assert "ret" not in relay.name
        connection = relay.connect()
        replies = connection.send([LETTER] * 3)
        connection.close()
    assert [reply.state for reply in replies] == ["accepted"] * 3
    assert server.passwords == [b"jo@x", b"sec,ret"]
    assert len(server.stored) == 3


def test_a_large_letter_over_tls(authority: Authority) -> None:
    big = Wire(1, "a@b.example", "c@d.example", b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 40_000)
    server = Secure(authority.server("localhost"))
    with serve(server) as peer:
        connection = relays(f"smtp+starttls://localhost:{peer.port}", timeouts=PATIENT, context=authority.trusted())[
            0
        ].connect()
        assert [reply.state for reply in connection.send([big, LETTER])] == ["accepted", "accepted"]
        assert [reply.state for reply in connection.send([LETTER])] == ["accepted"], "a kept TLS line is not stale"
        connection.close()
    assert server.stored[0] == big.content


def test_out_14_password_refused(authority: Authority) -> None:
    server = Secure(authority.server("localhost"))
    with serve(server) as peer, pytest.raises(RelayDown) as caught:
        relays(f"smtp+starttls://jo:wrong@localhost:{peer.port}", timeouts=PATIENT, context=authority.trusted())[
            0
        ].connect()
    assert caught.value.reason == "login-refused"
    assert "wrong" not in str(caught.value)


def test_login_not_offered(authority: Authority) -> None:
    server = Secure(authority.server("localhost"), auth="AUTH GSSAPI")
    with serve(server) as peer, pytest.raises(RelayDown) as caught:
        relays(f"smtp+starttls://jo:x@localhost:{peer.port}", timeouts=PATIENT, context=authority.trusted())[0].connect()
    assert caught.value.reason == "login-not-offered"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", ["self-signed", "another name", "expired"])
def test_out_14_a_certificate_that_does_not_fit(way: str, fault: str, authority: Authority, tmp_path: Path) -> None:
    scheme, implicit = WAYS[way]
    contexts = {
        "self-signed": lambda: Authority(tmp_path).server("localhost"),
        "another name": lambda: authority.server("other.example"),
        "expired": lambda: authority.server("localhost", expired=True),
    }
    server = Secure(contexts[fault](), implicit)
    error = down(server, scheme, "jo:secret@localhost", authority.trusted())
    assert error.reason == "tls-not-trusted"
    assert not server.passwords
    assert not server.stored


def _no_handshake(talk: Talk) -> bytes | None:
    talk.say(b"220 go\r\n")
    talk.hang_up()
    return None


STRIPPED: dict[str, tuple[Script, str]] = {
    "not offered": (Server(), "tls-not-offered"),
    "offered and refused": (Server(features=("STARTTLS",), trouble={("STARTTLS", 1): b"454 4.7.0 not now\r\n"}), "tls-refused"),
    "words injected behind 220": (Server(features=("STARTTLS",), trouble={("STARTTLS", 1): b"220 go\r\n250 PIPELINING\r\n"}), "tls-injected"),
    "no handshake": (Server(features=("STARTTLS",), trouble={("STARTTLS", 1): _no_handshake}), "tls-failed"),
    "HELO only": (Server(trouble={("EHLO", 1): b"502 what\r\n"}), "tls-not-offered"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRIPPED)
def test_out_14_stripped_starttls_sends_nothing(name: str, authority: Authority) -> None:
    script, reason = STRIPPED[name]
    error = down(script, "smtp+starttls", "localhost", authority.trusted())
    assert error.reason == reason
    assert isinstance(script, Server)
    assert not any(command.startswith(("AUTH", "MAIL")) for command in script.commands)


def test_relays_in_order_of_failover() -> None:
    found = relays("smtps://a.example, smtp://127.0.0.1:2525")
    assert [relay.name for relay in found] == ["smtps://a.example:465", "smtp://127.0.0.1:2525"]
    assert [relay.local for relay in found] == [False, True]


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example",
        "smtp://jo:secret@127.0.0.1",
        "smtps://jo@mail.example",
        "tray:,smtps://a.example",
        "lmtp://x",
        "",
    ],
)
def test_settings_that_are_refused(url: str) -> None:
    with pytest.raises(RelayUrlError) as caught:
        relays(url, tray=lambda wires: None)
    assert "secret" not in str(caught.value)


def test_password_from_a_file() -> None:
    assert relays("smtps://jo@mail.example", password="secret")[0].name == "smtps://mail.example:465"


class TestTray:
    def test_keeps_and_accepts(self) -> None:
        kept: list[Wire] = []
        relay = relays("tray:", tray=kept.extend)[0]
        assert relay.name == "tray:"
        assert relay.local
        bad = Wire(2, "a@b.example", "nobody", b"x\r\n")
        bare = Wire(3, "a@b.example", "c@d.example", b"x\n")
        replies = relay.connect().send([LETTER, bad, bare])
        assert [(reply.id, reply.state, reply.reason) for reply in replies] == [
            (1, "accepted", "accepted"),
            (2, "failed", "bad-address"),
            (3, "failed", "bad-content"),
        ]
        assert kept == [LETTER]

    def test_what_keeping_raises_goes_through(self) -> None:
        def keep(wires: object) -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            relays("tray:", tray=keep)[0].connect().send([LETTER])

    def test_needs_a_keeper(self) -> None:
        with pytest.raises(RelayUrlError):
            relays("tray:")
