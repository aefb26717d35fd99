"""Windows of letters against servers that misbehave: every answer reaches its letter, and the states are honest.

OUT-2, OUT-3, OUT-4, OUT-5, OUT-9, OUT-10, OUT-11, OUT-13, OUT-16, SMTP-8, ruling 5.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence

import pytest

from mailer.outbound.transport import Connection, Timeouts, Wire, relays, smtp
from tests.outbound.transport.peer import FULL, Server, Talk, Trouble, serve

QUICK = Timeouts(
    connect=2, greeting=1, hello=1, tls=2, login=1, mail=1, rcpt=1, data=1, block=1, content=1, quit=0.2, window=20
)
HANG_UP, RESET, SILENT = Talk.hang_up, Talk.reset, Talk.silent


def letter(n: int, content: bytes | None = None) -> Wire:
    return Wire(
        n, f"mendip+b{n}@lists.example.org", f"p{n}@school.example", content or b"Subject: %d\r\n\r\n.dot\r\n" % n
    )


def letters(count: int) -> list[Wire]:
    return [letter(n) for n in range(1, count + 1)]


def connect(url: str) -> Connection:
    return relays(url, hostname="sender.example", timeouts=QUICK)[0].connect()


def deliver(server: Server, window: Sequence[Wire]) -> tuple[list[str], list[str], bool]:
    """(states, reasons, whether the line is still usable)"""
    with serve(server) as peer:
        connection = connect(peer.url)
        replies = connection.send(window)
        usable = connection.usable
        connection.close()
    assert [reply.id for reply in replies] == [wire.id for wire in window]
    return [reply.state for reply in replies], [reply.reason for reply in replies], usable


WAYS = {
    "pipelined": FULL,
    "step by step": tuple(word for word in FULL if word != "PIPELINING"),
    "nothing offered": (),
}


@pytest.mark.parametrize("features", WAYS.values(), ids=WAYS)
def test_a_window_arrives_whole_and_dot_stuffed(features: tuple[str, ...]) -> None:
    """OUT-11, RFC 5321 4.5.2"""
    server = Server(features)
    states, reasons, usable = deliver(server, letters(5))
    assert states == ["accepted"] * 5
    assert reasons == ["accepted"] * 5
    assert usable
    assert server.stored == [b"Subject: %d\r\n\r\n..dot\r\n" % n for n in range(1, 6)]


def test_helo_only() -> None:
    server = Server(trouble={("EHLO", 1): b"502 5.5.1 what\r\n"})
    states, _, usable = deliver(server, letters(3))
    assert states == ["accepted"] * 3
    assert usable
    assert server.commands[:2] == ["EHLO sender.example", "HELO sender.example"]
    assert server.commands[2] == "MAIL FROM:<mendip+b1@lists.example.org>"


def test_out_10_one_recipient_a_transaction() -> None:
    server = Server()
    deliver(server, letters(3))
    verbs = [command.split(" ")[0] for command in server.commands[1:-1]]
    assert verbs == ["MAIL", "RCPT", "DATA"] * 3


A, D, F, U, N = "accepted", "deferred", "failed", "uncertain", "unsent"
NO_USER = b"550 5.1.1 User unknown\r\n"

# id: (trouble, states pipelined, states step by step, reason of the letter in trouble, usable after)
TROUBLES: dict[str, tuple[dict[tuple[str, int], Trouble], list[str], list[str], str, bool]] = {
    "RCPT 550": ({("RCPT", 2): NO_USER}, [A, F, A], [A, F, A], "no-such-address", True),
    "RCPT 550, DATA 354 all the same": ({("RCPT", 2): NO_USER, ("DATA", 2): b"354 go\r\n"}, [A, F, A], [A, F, A], "no-such-address", True),
    "every RCPT 550": ({("RCPT", n): NO_USER for n in (1, 2, 3)}, [F, F, F], [F, F, F], "no-such-address", True),
    "RCPT 452": ({("RCPT", 2): b"452 4.5.3 too many\r\n"}, [A, D, A], [A, D, A], "too-many-recipients", True),
    "MAIL 451": ({("MAIL", 2): b"451 hm\r\n"}, [A, D, A], [A, D, A], "try-later", True),
    "MAIL 451 4.3.0": ({("MAIL", 2): b"451 4.3.0 hm\r\n"}, [A, D, N], [A, D, N], "relay-trouble", False),
    "MAIL 530": ({("MAIL", 2): b"530 5.7.0 log in\r\n"}, [A, D, N], [A, D, N], "relay-wants-login", False),
    "MAIL 550": ({("MAIL", 2): b"550 5.1.8 who\r\n"}, [A, D, A], [A, D, A], "sender-refused", True),
    "MAIL 452 4.3.1, RCPT and DATA taken": ({("MAIL", 2): b"452 4.3.1 full\r\n", ("RCPT", 2): b"250 Ok\r\n", ("DATA", 2): b"354 go\r\n"}, [A, D, N], [A, D, N], "relay-trouble", False),
    "dies at the first MAIL": ({("MAIL", 1): HANG_UP}, [D, N, N], [D, N, N], "", False),
    "silent at the first MAIL": ({("MAIL", 1): SILENT}, [D, N, N], [D, N, N], "", False),
    "DATA 451": ({("DATA", 2): b"451 4.3.0 hm\r\n"}, [A, D, A], [A, D, A], "relay-trouble", True),
    "content 554": ({("DOT", 2): b"554 5.7.1 spam\r\n"}, [A, F, A], [A, F, A], "refused-policy", True),
    "content 451 4.7.0": ({("DOT", 2): b"451 4.7.0 slow down\r\n"}, [A, D, A], [A, D, A], "throttled", True),
    "421 to MAIL": ({("MAIL", 2): b"421 4.3.2 bye\r\n"}, [A, D, N], [A, D, N], "closing", False),
    "421 to RCPT": ({("RCPT", 2): b"421 4.3.2 bye\r\n"}, [A, D, N], [A, D, N], "closing", False),
    "421 to DATA": ({("DATA", 2): b"421 4.3.2 bye\r\n"}, [A, D, N], [A, D, N], "closing", False),
    "421 after the dot": ({("DOT", 2): b"421 4.3.2 bye\r\n"}, [A, D, N], [A, D, N], "closing", False),
    "dies at MAIL": ({("MAIL", 2): HANG_UP}, [A, N, N], [A, N, N], "", False),
    "dies at RCPT": ({("RCPT", 2): HANG_UP}, [A, D, N], [A, D, N], "connection-lost", False),
    "dies at DATA": ({("DATA", 2): HANG_UP}, [A, D, N], [A, D, N], "connection-lost", False),
    "dies after the dot": ({("DOT", 2): HANG_UP}, [A, U, N], [A, U, N], "lost-answer", False),
    "resets after the dot": ({("DOT", 2): RESET}, [A, U, N], [A, U, N], "lost-answer", False),
    "silent after the dot": ({("DOT", 2): SILENT}, [A, U, N], [A, U, N], "lost-answer", False),
    "silent at RCPT": ({("RCPT", 2): SILENT}, [A, D, N], [A, D, N], "no-answer", False),
    "drips after the dot": ({("DOT", 2): lambda talk: talk.drip(b"250 2.0.0 Ok and so on for ever and ever\r\n", 0.3)}, [A, U, N], [A, U, N], "lost-answer", False),
    "nonsense after the dot": ({("DOT", 2): b"HTTP/1.1 200 OK\r\n"}, [A, U, N], [A, U, N], "lost-answer", False),
    "354 after the dot": ({("DOT", 2): b"354 again\r\n"}, [A, U, N], [A, U, N], "nonsense", False),
    "nonsense at RCPT": ({("RCPT", 2): b"lorem ipsum\r\n"}, [A, D, N], [A, D, N], "nonsense", False),
    "endless line at RCPT": ({("RCPT", 2): b"250 " + b"x" * 9000}, [A, D, N], [A, D, N], "nonsense", False),
    "endless reply at RCPT": ({("RCPT", 2): b"250-x\r\n" * 900}, [A, D, N], [A, D, N], "nonsense", False),
    "250 to DATA": ({("DATA", 2): b"250 Ok\r\n"}, [A, D, N], [A, D, N], "nonsense", False),
    "two answers to RCPT": ({("RCPT", 2): b"250 Ok\r\n250 Ok\r\n"}, [A, D, N], [A, D, N], "", False),
    "codes never seen": ({("RCPT", 2): b"599 what\r\n"}, [A, F, A], [A, F, A], "refused", True),
}  # fmt: skip


@pytest.mark.parametrize("way", ["pipelined", "step by step"])
@pytest.mark.parametrize("name", TROUBLES)
def test_honest_states(name: str, way: str) -> None:
    trouble, pipelined, stepwise, reason, usable = TROUBLES[name]
    server = Server(WAYS[way], trouble)
    began = time.monotonic()
    states, reasons, still = deliver(server, letters(3))
    assert states == (pipelined if way == "pipelined" else stepwise)
    assert still == usable
    if reason and states[1] != N:
        assert reasons[1] == reason
    assert time.monotonic() - began < 4, "OUT-5: a step has its time and no more"
    accepted = [n for n, state in enumerate(states, 1) if state in (A, U)]
    for n in accepted:
        assert any(content.startswith(b"Subject: %d\r\n" % n) for content in server.stored)
    for n, state in enumerate(states, 1):
        if state in (D, F, N) and not name.startswith(("content", "421 after")):
            assert not any(content.startswith(b"Subject: %d\r\n" % n) for content in server.stored)


def test_ruling_6_5_lone_dot_when_every_rcpt_failed_and_data_got_354() -> None:
    server = Server(trouble={("RCPT", 1): NO_USER, ("DATA", 1): b"354 go\r\n"})
    states, _, _ = deliver(server, letters(2))
    assert states == [F, A]
    assert server.stored == [b"Subject: 2\r\n\r\n..dot\r\n"]


@pytest.mark.parametrize("way", ["pipelined", "step by step"])
def test_v5_a_transaction_left_open_by_a_refusal_is_ended_before_the_next_window(way: str) -> None:
    """Else MAIL is nested (503), the next recipient is taken for the sender before, and a lone dot gives them an empty letter."""
    server = Server(WAYS[way], {("RCPT", 2): NO_USER})
    with serve(server) as peer:
        connection = connect(peer.url)
        assert [reply.state for reply in connection.send(letters(2))] == [A, F]
        assert [reply.state for reply in connection.send(letters(2))] == [A, A]
        connection.close()
    assert b"" not in server.stored
    assert len(server.stored) == 3


def test_v5_no_lone_dot_where_the_server_has_somebody_to_give_it_to() -> None:
    server = Server(trouble={("MAIL", 1): b"503 5.5.1 nested MAIL\r\n", ("RCPT", 1): b"250 Ok\r\n", ("DATA", 1): b"354 go\r\n"})
    states, _, usable = deliver(server, letters(2))
    assert states == [D, N]
    assert not usable
    assert not server.stored


def test_out_3_dies_in_the_middle_of_the_content() -> None:
    """Never got the dot: surely not taken, so it may be tried again."""

    def dies(talk: Talk) -> bytes | None:
        talk.say(b"354 go on\r\n")
        talk.take(20_000)
        talk.reset()
        return None

    big = letter(1, b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 400_000)
    server = Server(trouble={("DATA", 1): dies})
    states, reasons, usable = deliver(server, [big, letter(2)])
    assert states == [D, N]
    assert reasons[0] == "connection-lost"
    assert not usable


def test_a_refusal_in_the_middle_of_the_content_counts() -> None:
    def refuses(talk: Talk) -> bytes | None:
        talk.say(b"354 go on\r\n")
        talk.take(20_000)
        talk.say(b"552 5.3.4 too big\r\n")
        talk.silent()
        return None

    big = letter(1, b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 400_000)
    server = Server(features=("PIPELINING",), trouble={("DATA", 1): refuses})
    states, reasons, _ = deliver(server, [big, letter(2)])
    assert states == [F, N]
    assert reasons[0] == "too-large"


def test_out_5_a_peer_that_stops_reading() -> None:
    def stops(talk: Talk) -> bytes | None:
        talk.say(b"354 go on\r\n")
        talk.silent()
        return None

    big = letter(1, b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 400_000)
    states, reasons, _ = deliver(Server(trouble={("DATA", 1): stops}), [big])
    assert states == [D]
    assert reasons == ["no-answer"]


def test_out_9_421_asks_to_be_spared() -> None:
    with serve(Server(trouble={("MAIL", 1): b"421 4.7.0 too fast\r\n"})) as peer:
        replies = connect(peer.url).send(letters(2))
    assert replies[0].slow == "relay"
    assert (replies[0].code, replies[0].enhanced) == (421, "4.7.0")
    assert not replies[1].slow


SPEAKS_OF_ITSELF: dict[str, tuple[dict[tuple[str, int], Trouble], str, str]] = {
    "452 4.3.1": ({("MAIL", 1): b"452 4.3.1 full\r\n"}, "relay-trouble", "4.3.1 full"),
    "dies at MAIL": ({("MAIL", 1): HANG_UP}, "connection-lost", "the peer hung up"),
    "resets at MAIL": ({("MAIL", 1): RESET}, "connection-lost", ""),
    "mute at MAIL": ({("MAIL", 1): SILENT}, "no-answer", ""),
    "nonsense at MAIL": ({("MAIL", 1): b"lorem ipsum\r\n"}, "nonsense", "lorem ipsum"),
    "dies at RCPT": ({("RCPT", 1): HANG_UP}, "connection-lost", "the peer hung up"),
    "resets at RCPT": ({("RCPT", 1): RESET}, "connection-lost", ""),
    "nonsense at RCPT": ({("RCPT", 1): b"lorem ipsum\r\n"}, "nonsense", "lorem ipsum"),
    "dies at DATA": ({("DATA", 1): HANG_UP}, "connection-lost", "the peer hung up"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("trouble", "reason", "said"), SPEAKS_OF_ITSELF.values(), ids=SPEAKS_OF_ITSELF)
def test_out_9_a_new_line_that_takes_no_letter_speaks_of_the_relay(
    trouble: dict[tuple[str, int], Trouble], reason: str, said: str, way: tuple[str, ...]
) -> None:
    """The letter in hand is put off, lest it be the letter that a relay breaks at and stand in front of all others."""
    with serve(Server(way, trouble)) as peer:
        replies = connect(peer.url).send(letters(3))
    assert [reply.state for reply in replies] == [D, N, N]
    assert (replies[0].reason, replies[0].slow) == (reason, "relay")
    assert said in replies[0].text


def test_what_comes_behind_nonsense_is_not_taken_for_the_answer() -> None:
    """It answers the next command: 503 says only that the server did not take ours for a MAIL."""

    def a_moment_later(talk: Talk) -> bytes:
        talk.stop.wait(0.05)
        return b"503 5.5.1 need MAIL\r\n"

    server = Server(trouble={("MAIL", 1): b"lorem ipsum\r\n", ("RCPT", 1): a_moment_later})
    with serve(server) as peer:
        reply = connect(peer.url).send(letters(1))[0]
    assert (reply.state, reply.reason, reply.slow, reply.text) == (D, "nonsense", "relay", "lorem ipsum")


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
@pytest.mark.parametrize("said", [None, NO_USER], ids=["taken", "refused"])
def test_a_line_that_has_dealt_with_a_letter_and_breaks_at_the_next_does_not_speak_of_the_relay(said: bytes | None, at: str) -> None:
    """It may be that letter which the relay breaks at."""
    trouble: dict[tuple[str, int], Trouble] = {(at, 2): HANG_UP} | ({("RCPT", 1): said} if said else {})
    with serve(Server(trouble=trouble)) as peer:
        replies = connect(peer.url).send(letters(3))
    assert [(reply.state, reply.slow) for reply in replies] == [(F if said else A, ""), (D, ""), (N, "")]


@pytest.mark.parametrize(("way", "slow"), [("pipelined", ""), ("step by step", "relay")])
def test_silence_behind_the_first_answer_speaks_of_the_relay_only_where_nothing_was_pipelined(way: str, slow: str) -> None:
    """PIPELINING may have been offered in vain: the next line goes without and may be well."""
    with serve(Server(WAYS[way], {("RCPT", 1): SILENT})) as peer:
        replies = connect(peer.url).send(letters(2))
    assert [(reply.state, reply.reason, reply.slow) for reply in replies] == [(D, "no-answer", slow), (N, "not-begun", "")]


def test_who_asks_to_be_spared_is_left_with_a_quit() -> None:
    """RFC 5321 4.1.1.10"""
    server = Server(trouble={("MAIL", 1): b"452 4.3.1 full\r\n"})
    deliver(server, letters(3))
    assert [command.split(" ")[0] for command in server.commands] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


LAST_WORDS = {
    "421": (b"421 4.7.0 Too many connections\r\n", "closing", "421 4.7.0 Too many connections"),
    "554": (b"554 5.7.1 Go away\r\n", "refused", "554 5.7.1 Go away"),
    "nothing": (b"", "connection-lost", "the peer hung up"),
    "nonsense": (b"bye\r\n", "nonsense", "bye"),
}


@pytest.mark.parametrize(("words", "reason", "said"), LAST_WORDS.values(), ids=LAST_WORDS)
def test_out_9_a_new_line_that_is_closed_at_once_speaks_of_the_relay_and_its_last_words_are_read(words: bytes, reason: str, said: str) -> None:
    """Nothing was begun, so nothing counts against a letter; whoever calls is told, or would knock without end."""

    def closes(talk: Talk) -> bytes | None:
        talk.say(b"250 peer.example\r\n")
        talk.say(words)
        talk.hang_up()
        return None

    with serve(Server(trouble={("EHLO", 1): closes})) as peer:
        connection = connect(peer.url)
        peer.threads[0].join(5)
        replies = connection.send(letters(2))
    assert [(reply.state, reply.reason, reply.text, reply.slow) for reply in replies] == [(N, reason, said, "relay")] * 2
    assert not connection.usable


def test_a_line_that_was_closed_while_idle_costs_nothing() -> None:
    """The server says 421 and hangs up between windows: nothing was begun, nothing is counted against a letter."""

    def idle(talk: Talk) -> bytes | None:
        talk.say(b"250 2.0.0 Ok\r\n421 4.4.2 idle too long\r\n")
        talk.hang_up()
        return None

    with serve(Server(trouble={("DOT", 1): idle})) as peer:
        connection = connect(peer.url)
        assert [r.state for r in connection.send(letters(1))] == [A]
        peer.threads[0].join(5)
        replies = connection.send(letters(2))
        assert [(r.state, r.slow) for r in replies] == [(N, "")] * 2
        assert not connection.usable
        again = connect(peer.url)
        assert [r.state for r in again.send(letters(2))] == [A, A]
        again.close()


def test_many_windows_on_one_line() -> None:
    server = Server()
    with serve(server) as peer:
        connection = connect(peer.url)
        for _ in range(10):
            assert [r.state for r in connection.send(letters(4))] == [A] * 4
        connection.close()
    assert len(server.stored) == 40
    assert len(peer.talks) == 1


def test_a_line_is_left_politely_before_the_server_tires_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST", 8)
    server = Server()
    with serve(server) as peer:
        connection = connect(peer.url)
        assert [r.state for r in connection.send(letters(4))] == [A] * 4
        assert connection.usable
        assert [r.state for r in connection.send(letters(4))] == [A] * 4
        assert not connection.usable
        assert [r.state for r in connection.send(letters(2))] == [N, N]
    assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize(
    ("hostname", "said"),
    [
        ("127.0.0.1", "[127.0.0.1]"),
        ("::1", "[IPv6:::1]"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("a b", "localhost"),
        ("x\r\nMAIL", "localhost"),
    ],
)
def test_what_we_call_ourselves(hostname: str, said: str) -> None:
    """RFC 5321 4.1.3"""
    server = Server()
    with serve(server) as peer:
        relays(peer.url, hostname=hostname, timeouts=QUICK)[0].connect().close()
    assert server.commands[0] == f"EHLO {said}"


def test_v6_the_time_of_a_window_ends_no_wait_for_a_dot() -> None:
    """A slow scanner: each answer comes in good time, all of them do not. What is begun is waited for, the rest is not begun."""

    def scans(talk: Talk) -> None:
        talk.stop.wait(0.5)

    server = Server(trouble={("DOT", n): scans for n in range(1, 9)})
    patient = dataclasses.replace(QUICK, content=15, window=1.5)
    with serve(server) as peer:
        connection = relays(peer.url, timeouts=patient)[0].connect()
        replies = connection.send(letters(8))
        connection.close()
    states = [reply.state for reply in replies]
    assert (states[0], states[-1]) == (A, N)
    assert states.count(A) == len(server.taken)
    assert "uncertain" not in states


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("unasked", [b"250 Ok\r\n", b"450 4.2.0 hm\r\n"], ids=["good", "bad"])
def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_dots(unasked: bytes, way: tuple[str, ...]) -> None:
    """V6: else a refused letter would be said to be accepted, or one that was taken would go again."""
    server = Server(way, {("DATA", 2): b"354 go on\r\n" + unasked, ("DOT", 2): b"554 5.7.1 spam\r\n"})
    states, reasons, usable = deliver(server, letters(3))
    assert (states, reasons[1], usable) == ([A, D, N], "out-of-step", False)
    assert len(server.stored) == 1


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("unasked", [b"250 2.0.0 and again\r\n", NO_USER], ids=["good", "bad"])
def test_an_answer_between_two_letters_that_nobody_asked_for_is_not_the_next_ones(unasked: bytes, way: tuple[str, ...]) -> None:
    server = Server(way, {("DOT", 1): b"250 2.0.0 Ok\r\n" + unasked})
    states, reasons, usable = deliver(server, letters(3))
    assert (states[0], usable) == (A, False)
    assert states[1] in (D, N)
    assert reasons[1] in ("out-of-step", "nonsense")  # and not what it would say of the letter's sender
    assert len(server.stored) == 1


def test_who_leaves_behind_its_refusal_is_heard_out() -> None:
    """The letter was refused for good, and is not asked for again."""
    server = Server(trouble={("RCPT", 2): NO_USER, ("DATA", 2): b"554 5.5.1 nobody\r\n421 4.7.0 too many errors\r\n"})
    states, reasons, usable = deliver(server, letters(3))
    assert (states, reasons[1], usable) == ([A, F, N], "no-such-address", False)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_leaves_behind_its_354_gets_no_content(way: tuple[str, ...]) -> None:
    server = Server(way, {("DATA", 2): b"354 go on\r\n421 4.3.2 going down\r\n"})
    with serve(server) as peer:
        replies = connect(peer.url).send(letters(3))
    assert [reply.state for reply in replies] == [A, D, N]
    assert (replies[1].reason, replies[1].slow) == ("closing", "relay")
    assert len(server.stored) == 1


def test_v6_a_refusal_without_an_end_is_not_joined_to_the_next_answer() -> None:
    states, reasons, _ = deliver(Server(trouble={("DOT", 1): b"550-5.7.1 spam\r\n"}), letters(2))
    assert (states[0], reasons[0]) == ("uncertain", "lost-answer")


def test_an_uncertain_letter_is_not_told_of_as_not_handed_over() -> None:
    with serve(Server(trouble={("DOT", 1): HANG_UP})) as peer:
        reply = connect(peer.url).send(letters(1))[0]
    assert (reply.state, reply.text) == ("uncertain", "the peer hung up")


def test_one_slow_answer_on_a_line_that_has_served_is_no_word_about_pipelining() -> None:
    with serve(Server(trouble={("RCPT", 3): SILENT})) as peer:
        relay = relays(peer.url, timeouts=QUICK)[0]
        assert [reply.state for reply in relay.connect().send(letters(3))] == [A, A, D]
        second = relay.connect()
        peer_talks = len(peer.talks)
        assert [reply.state for reply in second.send(letters(2))] == [A, A]
    assert peer_talks == 2
    assert relay.pipelining  # type: ignore[attr-defined]


def test_pipelining_that_is_offered_and_does_not_work_is_left_alone_next_time() -> None:
    """Half an extension: everything behind the first command is thrown away."""

    def deaf(talk: Talk) -> bytes | None:
        talk.say(b"250 Ok\r\n")
        talk.silent()
        return None

    with serve(Server(trouble={("MAIL", 1): deaf})) as peer:
        relay = relays(peer.url, timeouts=QUICK)[0]
        first = relay.connect()
        assert [r.state for r in first.send(letters(2))] == [D, N]
        second = relay.connect()
        assert [r.state for r in second.send(letters(2))] == [A, A]
        second.close()
    assert len(peer.talks) == 2


def test_out_4_quit_without_an_answer_changes_nothing() -> None:
    states, _, usable = deliver(Server(trouble={("QUIT", 1): HANG_UP}), letters(2))
    assert states == [A, A]
    assert usable


@pytest.mark.parametrize("features", WAYS.values(), ids=WAYS)
def test_told_to_finish_the_letter_in_hand_is_finished_and_none_begun_after_it(features: tuple[str, ...]) -> None:
    """Another thread says so while the second letter waits for its answer; what is said later is for nothing, too."""
    finish: list[Callable[[], None]] = []
    server = Server(features, trouble={("DOT", 2): lambda _talk: finish[0]()})
    with serve(server) as peer:
        connection = connect(peer.url)
        finish.append(connection.finish)
        replies = connection.send(letters(4))
        later = connection.send(letters(2))
        connection.close()
    assert [reply.state for reply in replies] == [A, A, N, N]
    assert [reply.state for reply in later] == [N, N]
    assert len(server.taken) == len(server.stored) == 2
    if "PIPELINING" not in features:  # else the third had its MAIL behind the second's dot, and the line is cut there
        assert server.commands[-1] == "QUIT"


def test_told_to_finish_before_a_window_nothing_is_begun() -> None:
    server = Server()
    with serve(server) as peer:
        connection = connect(peer.url)
        connection.finish()
        assert [reply.state for reply in connection.send(letters(2))] == [N, N]
        connection.close()
    assert [command.partition(" ")[0] for command in server.commands] == ["EHLO", "QUIT"]


# what the server is at when another thread closes the line -> the states
CLOSED: dict[str, tuple[tuple[str, int], list[str]]] = {
    "before it took anything": (("MAIL", 1), [D, N, N]),
    "before RCPT is answered": (("RCPT", 2), [A, D, N]),
    "before DATA is answered": (("DATA", 2), [A, D, N]),
    "before the dot is answered": (("DOT", 2), [A, U, N]),
}


@pytest.mark.parametrize(("at", "states"), CLOSED.values(), ids=CLOSED)
def test_out_4_a_line_in_use_is_closed_without_a_word(at: tuple[str, int], states: list[str]) -> None:
    """A QUIT that another thread writes would be read as the first line of a letter."""
    close: list[Callable[[], None]] = []
    server = Server(trouble={at: lambda _talk: close[0]()})
    with serve(server) as peer:
        connection = connect(peer.url)
        close.append(connection.close)
        replies = connection.send(letters(3))
        connection.close()
    assert [reply.state for reply in replies] == states
    assert not connection.usable
    assert "QUIT" not in server.commands
    assert not any(b"QUIT" in content for content in server.stored)


REFUSED_HERE: dict[str, tuple[Wire, tuple[str, ...], str]] = {
    "a line break in the sender": (dataclasses.replace(letter(1), mail_from="a@b\r\nRCPT TO:<x@y>"), FULL, "bad-address"),
    "a line break in the recipient": (dataclasses.replace(letter(1), rcpt="a@b>\r\nDATA\r\n"), FULL, "bad-address"),
    "no domain": (dataclasses.replace(letter(1), rcpt="dawn"), FULL, "bad-address"),
    "a bare LF": (letter(1, b"Subject: x\r\n\r\nsmuggled\n.\r\nMAIL FROM:<a@b>\r\n"), FULL, "bad-content"),
    "a bare CR": (letter(1, b"Subject: x\r\n\r\nsmuggled\r.\r\n"), FULL, "bad-content"),
    "no line end": (letter(1, b"Subject: x\r\n\r\nhello"), FULL, "bad-content"),
    "SMTP-8 NUL": (letter(1, b"Subject: x\r\n\r\nhel\0lo\r\n"), FULL, "bad-content"),
    "OUT-13 local part": (dataclasses.replace(letter(1), rcpt="élodie@school.example"), ("PIPELINING", "8BITMIME"), "needs-smtputf8"),
    "OUT-12 8-bit content": (letter(1, "Subject: x\r\n\r\né\r\n".encode()), ("PIPELINING",), "needs-8bitmime"),
    "too large": (letter(1, b"x\r\n" * 500), ("PIPELINING", "SIZE 1000"), "too-large"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED_HERE)
def test_what_cannot_be_written_fails_alone(name: str) -> None:
    wire, features, reason = REFUSED_HERE[name]
    server = Server(features)
    states, reasons, usable = deliver(server, [letter(7), wire, letter(8)])
    assert states == [A, F, A]
    assert reasons[1] == reason
    assert usable
    assert len(server.stored) == 2


def test_out_13_out_17_parameters_only_when_offered() -> None:
    server = Server()
    wires = [
        dataclasses.replace(letter(1), rcpt="jane@bücher.example"),
        dataclasses.replace(letter(2), rcpt="élodie@bücher.example"),
        dataclasses.replace(letter(3), notify="FAILURE", rcpt="a+b=c@school.example"),
        dataclasses.replace(letter(4), mail_from="", notify="NEVER"),
        letter(5, "Subject: x\r\n\r\né\r\n".encode()),
    ]
    states, _, _ = deliver(server, wires)
    assert states == [A] * 5
    mails = [c for c in server.commands if c.startswith("MAIL")]
    rcpts = [c for c in server.commands if c.startswith("RCPT")]
    assert rcpts[0] == "RCPT TO:<jane@xn--bcher-kva.example>"
    assert rcpts[1] == "RCPT TO:<élodie@xn--bcher-kva.example>"
    assert mails[1].split()[2:4] == ["BODY=8BITMIME", "SMTPUTF8"]
    assert "RET=HDRS ENVID=3" in mails[2]
    assert rcpts[2] == "RCPT TO:<a+b=c@school.example> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb+3Dc@school.example"
    assert mails[3].startswith("MAIL FROM:<> ")
    assert "BODY=8BITMIME" in mails[4]
