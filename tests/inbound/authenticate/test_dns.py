"""The DNS as it answers on the wire: a name server on a port of this machine, real packets over UDP (design ruling 1).

An answer that is not there is no answer; one that could not be had is `temperror`, which is never `fail`.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from mailer.inbound.authenticate.names import Dns, Temporary

ZONE = {
    ("school.example.", "TXT"): ['"v=spf1 ip4:192.0.2.1 " "include:" "relay.example -all"', '"another=record"'],
    ("school.example.", "MX"): ["20 second.school.example.", "10 first.school.example."],
    ("first.school.example.", "A"): ["192.0.2.7"],
    ("_dmarc.school.example.", "TXT"): ['"v=DMARC1; p=reject"'],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mail.school.example."],
}


@dataclass
class Server:
    """Answers from ZONE; `says` gives another answer for a name: a return code, or None for silence."""

    port: int = 0
    says: dict[str, dns.rcode.Rcode | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def resolver(self) -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], self.port
        made.timeout = 20  # it asks once, however late we answer within the time of the question
        return made

    def answer(self, packet: bytes) -> bytes | None:
        question = dns.message.from_wire(packet)
        name, kind = question.question[0].name.to_text(), dns.rdatatype.to_text(question.question[0].rdtype)
        self.asked.append(f"{name} {kind}")
        reply = dns.message.make_response(question)
        if name in self.says:
            code = self.says[name]
            if code is None:
                return None
            reply.set_rcode(code)
        elif rows := ZONE.get((name.lower(), kind)):
            reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, rows))
        elif not any(known == name.lower() for known, _ in ZONE):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.1)
        made = Server(line.getsockname()[1])
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    packet, who = line.recvfrom(4096)
                except TimeoutError:
                    continue
                reply = made.answer(packet)
                if reply is not None:
                    line.sendto(reply, who)

        thread = threading.Thread(target=serve)
        thread.start()
        yield made
        over.set()
        thread.join()


def test_strings_of_a_record_are_one_and_mail_hosts_come_in_their_order(server: Server) -> None:
    names = Dns(resolver=server.resolver())
    texts = names.ask("school.example", "TXT")  # in no order: a set of records has none (RFC 2181 section 5)
    assert sorted(texts) == ["another=record", "v=spf1 ip4:192.0.2.1 include:relay.example -all"]
    assert names.ask("School.Example.", "MX") == ["first.school.example", "second.school.example"]
    assert names.ask("first.school.example", "A") == ["192.0.2.7"]
    assert names.ask("1.2.0.192.in-addr.arpa", "PTR") == ["mail.school.example"]


def test_what_is_not_there_is_nothing_and_is_asked_once(server: Server) -> None:
    names = Dns(resolver=server.resolver())
    assert names.ask("nowhere.example", "TXT") == names.ask("nowhere.example", "TXT") == []
    assert names.ask("first.school.example", "TXT") == []
    assert server.asked == ["nowhere.example. TXT", "first.school.example. TXT"]


@pytest.mark.parametrize("says", [dns.rcode.SERVFAIL, dns.rcode.REFUSED], ids=dns.rcode.to_text)
def test_a_server_in_trouble_is_temporary(server: Server, says: dns.rcode.Rcode) -> None:
    server.says["school.example."] = says
    with pytest.raises(Temporary):
        Dns(seconds=2, resolver=server.resolver()).ask("school.example", "TXT")


def test_silence_is_temporary_and_ends_with_the_time_of_the_message(server: Server) -> None:
    server.says |= {"school.example.": None, "_dmarc.school.example.": None}
    names = Dns(seconds=1, resolver=server.resolver())
    began = time.monotonic()
    for name in ("school.example", "_dmarc.school.example"):
        with pytest.raises(Temporary):
            names.ask(name, "TXT")
    assert time.monotonic() - began < 10  # a wide bound: both questions share one second
