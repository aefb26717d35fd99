"""Whatever a server does, what we say of each letter is true (V5, V6, OUT-3, ruling 5)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.outbound.transport import RelayDown, Reply, Timeouts, Wire, relays
from tests.outbound.transport.certificates import Authority
from tests.outbound.transport.peer import FULL, Server, Talk, Trouble, serve

PATIENT = Timeouts(quit=0.2).at_most(20)  # a willing server answers late on a busy machine
QUICK = Timeouts(connect=2, greeting=1, hello=1, mail=1, rcpt=1, data=1, block=1, content=1, quit=0.2, window=10)

TROUBLES: dict[str, Trouble] = {
    "450": b"450 4.3.0 later\r\n",
    "550": b"550 5.1.1 no\r\n",
    "421": b"421 4.3.2 bye\r\n",
    "421 in the air": b"250 2.0.0 Ok\r\n421 4.4.2 bye\r\n",
    "250": b"250 Ok\r\n",
    "354": b"354 go on\r\n",
    "two answers": b"250 Ok\r\n250 Ok\r\n",
    "many lines": b"250-a\r\n250-b\r\n250 c\r\n",
    "nonsense": b"\xff\xfe\r\n",
    "LF only": b"250 Ok\n",
    "hangs up": Talk.hang_up,
    "resets": Talk.reset,
}
VERBS = ["MAIL", "RCPT", "DATA", "DOT", "RSET"]
plans = st.dictionaries(
    st.tuples(st.sampled_from(VERBS), st.integers(1, 6)), st.sampled_from(sorted(TROUBLES)), max_size=4
)


def letter(number: int) -> Wire:
    return Wire(number, "mendip+b@lists.example.org", "p@school.example", b"Subject: %d\r\n\r\nhello\r\n" % number)


def numbers(contents: list[bytes]) -> list[int]:
    return [
        int(content.split(b"\r\n")[0].removeprefix(b"Subject: "))
        for content in contents
        if content.startswith(b"Subject: ")
    ]


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(plans, st.booleans())
def test_what_we_say_is_true(plan: dict[tuple[str, int], str], pipelined: bool) -> None:
    features = FULL if pipelined else tuple(word for word in FULL if word != "PIPELINING")
    server = Server(features, {at: TROUBLES[name] for at, name in plan.items()})
    said: dict[int, str] = {}
    with serve(server) as peer:
        relay = relays(peer.url, timeouts=QUICK)[0]
        fresh = itertools.count(1)
        for _ in range(3):
            try:
                connection = relay.connect()
            except RelayDown:
                continue
            for _ in range(2):
                window = [letter(next(fresh)) for _ in range(3)]
                replies = connection.send(window)
                check(window, replies, connection.usable)
                said.update((reply.id, reply.state) for reply in replies)
            connection.close()
        for thread in peer.threads:
            thread.join(5)
    taken = numbers(server.taken)
    assert len(taken) == len(set(taken)), "V5: never twice"
    for number, state in said.items():
        if state == "accepted":
            assert number in taken
        elif state != "uncertain":
            assert number not in taken, f"said {state}, and it went"


def check(window: list[Wire], replies: list[Reply], usable: bool) -> None:
    states = [reply.state for reply in replies]
    assert [reply.id for reply in replies] == [wire.id for wire in window]
    assert states.count("uncertain") <= 1, "one letter a connection is between its dot and its answer"
    if "uncertain" in states:
        assert not usable
    if "unsent" in states:
        assert not usable
        assert set(states[states.index("unsent") :]) == {"unsent"}


class Encrypted(Server):
    """TLS from the first octet."""

    wrap: Callable[[Talk], None]

    def __call__(self, talk: Talk) -> None:
        self.wrap(talk)
        super().__call__(talk)


def over_tls(trouble: dict[tuple[str, int], Trouble], tmp_path: Path, window: list[Wire]) -> list[str]:
    authority = Authority(tmp_path)
    context = authority.server("localhost")
    server = Encrypted(trouble=trouble)
    server.wrap = lambda talk: talk.encrypt(context)
    with serve(server) as peer:
        url = f"smtps://localhost:{peer.port}"
        connection = relays(url, timeouts=PATIENT, context=authority.trusted())[0].connect()
        states = [reply.state for reply in connection.send(window)]
        connection.close()
    return states


def test_out_3_over_tls_dies_after_the_dot(tmp_path: Path) -> None:
    assert over_tls({("DOT", 2): Talk.hang_up}, tmp_path, [letter(1), letter(2), letter(3)]) == [
        "accepted",
        "uncertain",
        "unsent",
    ]


def test_over_tls_a_line_in_use_is_closed_without_a_word(tmp_path: Path) -> None:
    """What is in hand is honest, and nothing of it goes in clear."""
    authority = Authority(tmp_path)
    context = authority.server("localhost")
    close: list[Callable[[], None]] = []
    server = Encrypted(trouble={("DOT", 2): lambda _talk: close[0]()})
    server.wrap = lambda talk: talk.encrypt(context)
    with serve(server) as peer:
        url = f"smtps://localhost:{peer.port}"
        connection = relays(url, timeouts=PATIENT, context=authority.trusted())[0].connect()
        close.append(connection.close)
        replies = connection.send([letter(1), letter(2), letter(3)])
        connection.close()
    assert [reply.state for reply in replies] == ["accepted", "uncertain", "unsent"]
    assert "QUIT" not in server.commands


def test_out_3_over_tls_dies_in_the_middle(tmp_path: Path) -> None:
    """Far from the dot it surely did not go; what was in the last piece that could not be written counts as written."""

    def dies(talk: Talk) -> bytes | None:
        talk.say(b"354 go on\r\n")
        talk.take(20_000)
        talk.reset()
        return None

    big = Wire(1, "a@b.example", "c@d.example", b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 400_000)
    assert over_tls({("DATA", 1): dies}, tmp_path, [big, letter(2)]) == ["deferred", "unsent"]
