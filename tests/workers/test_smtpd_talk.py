"""Whatever a client says, the doors answer in the form of RFC 5321 and go on serving."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.conftest import MAIL, MENDIP, House
from workers.smtpd import replies

SENTENCES = {name: text for name, text in vars(replies).items() if name.isupper()}
REPLY = re.compile(r"(?:220 .*|354 .*|(?:250-[^\n]+\n)*250 [A-Z0-9a-z.\-]+|([245])[0-5]\d \1\.\d\.\d{1,2} .+)")


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_every_reply_has_its_enhanced_code(name: str) -> None:
    """RFC 2034 4: of the same class as the reply; 354 has none."""
    assert REPLY.fullmatch(SENTENCES[name])
    assert len(SENTENCES[name]) + 2 <= 512  # RFC 5321 4.5.3.1.5


PIECES = [
    b"EHLO x", b"LHLO x", b"HELO x", b"MAIL FROM:<>", b"MAIL FROM:<a@b.example> SIZE=5 BODY=8BITMIME", b"RSET", b"DATA",
    b"RCPT TO:<%s>" % MENDIP.encode(), b"RCPT TO:<x@y.example>", b"RCPT TO:<", b"NOOP", b"VRFY x", b"BDAT 5", b".", b"..",
    MAIL, MAIL + b".", b"QUIT", b"mail from:<\xc3\xa9@b.example> smtputf8", b"x" * 600, b"\n.\n",
]  # fmt: skip
TALK = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=30)), max_size=30)


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_any_talk(house: Callable[..., House], protocol: str) -> None:
    opened = house()

    @settings(max_examples=80)
    @given(TALK)
    def talk(pieces: list[bytes]) -> None:
        client = opened.dial(protocol)
        client.send(b"".join(piece + b"\r\n" for piece in pieces))
        client.socket.shutdown(1)
        said = client.rest()
        client.close()
        assert said[0].startswith("220 ")
        assert [reply for reply in said if not REPLY.fullmatch(reply)] == []
        assert not any(reply.startswith("451") for reply in said)

    talk()
    client = opened.dial(protocol)
    client.hello("EHLO" if protocol == "smtp" else "LHLO")
    client.envelope()
    assert client.say(MAIL + b"one more\r\n.").startswith("250 2.0.0")
