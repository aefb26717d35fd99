"""Two relays, the first of them not well: what it says of itself is no letter's fault, and the second takes over at once
(V5, V6, OUT-9, OUT-13, OUT-16)."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer import clock
from mailer.cli.checking import Place
from mailer.cli.checking import rows as check
from mailer.outbound import lines, rates, results
from mailer.outbound.deliver import STRIDE
from mailer.outbound.lines import Lines
from mailer.outbound.transport import RelayDown, Timeouts, relays
from mailer.store.tables import attempts, outgoing
from mailer.store.tables import rates as rates_table
from tests.live.sink import Sink
from tests.outbound.test_deliver import mailing, passed
from tests.outbound.transport.peer import FULL, Script, Server, Talk, Trouble, serve
from tests.servers import until
from tests.stage import Stage

PATIENT = Timeouts(quit=0.1).at_most(20)  # a willing relay answers late on a busy machine; only silence is given little time
PEOPLE = 40  # and the organiser
SMALL = ("PIPELINING", "SIZE 1000")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    made.network()
    made.member("jane@hill.school.example", "Jane Doe")
    yield made
    made.close()


def send_over(stage: Stage, first: str, *others: str, lane: str = "bulk", timeouts: Timeouts = PATIENT) -> None:
    """`timeouts` are those of the first relay."""
    reserve = relays(",".join(others), timeouts=PATIENT) if others else ()
    stage.courier.lines = Lines((*relays(first, timeouts=timeouts), *reserve))
    while stage.courier.deliver(lane):
        pass


def over_again(stage: Stage, **later: float) -> None:
    """Every rest is over, and so much of the calendar."""
    with stage.house.store.write() as session:
        session.execute(update(rates_table).values(rests_until=clock.lease_now() - timedelta(seconds=1)))
    stage.at(stage.now + timedelta(**later))
    while stage.courier.deliver("bulk"):
        pass


def states(stage: Stage) -> dict[tuple[str, str], int]:
    return dict(Counter((copy.state, copy.reason) for copy in stage.copies(purpose="meetings")))


def resting(stage: Stage) -> list[str]:
    with stage.house.store.read() as session:
        known = rates.read(session, now=clock.lease_now())
        return [name for name in known.rows if known.rests(name)]


def history(stage: Stage, outgoing_id: int) -> list[tuple[str, str, str]]:
    query = select(attempts).where(attempts.c.outgoing_id == outgoing_id).order_by(attempts.c.id)
    with stage.house.store.read() as session:
        return [(row.state, row.reason, row.relay) for row in session.execute(query)]


def after_ehlo(talk: Talk, words: bytes) -> None:
    talk.say(b"220 peer.example ESMTP\r\n")
    talk.line()
    talk.say(b"250-peer.example\r\n250 PIPELINING\r\n")
    talk.say(words)
    talk.hang_up()


def always(verb: str, said: Trouble) -> Server:
    return Server(trouble={(verb, n): said for n in range(1, 99)})


# name: the first relay, how many copies meet it and are put off, with the reason
NOT_WELL: dict[str, tuple[Script, int, str]] = {
    "hangs up before the banner": (Talk.hang_up, 0, ""),
    "is silent before the banner": (Talk.silent, 0, ""),
    "421 as banner": (Server(banner=b"421 4.3.2 busy\r\n"), 0, ""),
    "hangs up after EHLO": (lambda talk: after_ehlo(talk, b""), 1, "connection-lost"),
    "421 after EHLO": (lambda talk: after_ehlo(talk, b"421 4.7.0 Too many connections\r\n"), 1, "closing"),
    "hangs up at MAIL": (always("MAIL", Talk.hang_up), 1, "connection-lost"),
    "hangs up at RCPT": (always("RCPT", Talk.hang_up), 1, "connection-lost"),
    "hangs up at DATA": (always("DATA", Talk.hang_up), 1, "connection-lost"),
    "is mute at MAIL": (always("MAIL", Talk.silent), 1, "no-answer"),
    "421 at MAIL": (always("MAIL", b"421 4.3.2 bye\r\n"), 0, "closing"),
    "disk full": (always("MAIL", b"452 4.3.1 Insufficient system storage\r\n"), 0, "relay-trouble"),
    "throttled": (always("MAIL", b"451 4.7.1 later\r\n"), 0, "throttled"),
    "relaying denied": (always("MAIL", b"550 5.7.1 relaying denied\r\n"), 0, "relay-denied"),
    "login wanted": (always("MAIL", b"530 5.7.0 Authentication required\r\n"), 0, "relay-wants-login"),
}


# who waits for nothing: the one step that is short then
SILENT = {"is silent before the banner": replace(PATIENT, greeting=0.4), "is mute at MAIL": replace(PATIENT, mail=0.4)}


@pytest.mark.parametrize("name", NOT_WELL)
def test_out_9_a_relay_that_speaks_of_itself_rests_and_the_reserve_takes_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    script, most, reason = NOT_WELL[name]
    monkeypatch.setattr(lines, "AWAY", 60.0)  # longer than a busy machine takes for the mailing
    mailing(stage, PEOPLE)
    with serve(script) as peer, Sink() as reserve:
        send_over(stage, peer.url, reserve.url, timeouts=SILENT.get(name, PATIENT))
        assert len(peer.talks) == 1
        found = states(stage)
        assert found.pop(("accepted", "accepted")) == len(reserve.got) >= PEOPLE + 1 - most
        assert set(found) <= {("deferred", reason)}
        if reason:
            assert resting(stage) == [rates.relay(peer.url)]
        if most:
            over_again(stage, hours=1)  # it still is not well: whoever was put off there meets it again, or the reserve
            over_again(stage, hours=3)
        assert set(reserve.counts().values()) == {1}


def test_a_relay_that_is_closed_after_ehlo_is_not_knocked_at_without_end(stage: Stage) -> None:
    """There is no reserve: nothing counts against a letter, and all goes once the relay is well."""
    mailing(stage, PEOPLE)
    well = Server()
    calls = iter(range(3))

    def script(talk: Talk) -> None:
        if next(calls, None) is not None:
            after_ehlo(talk, b"421 4.7.0 Too many connections\r\n")
        well(talk)

    with serve(script) as peer:
        send_over(stage, peer.url)
        for n in (1, 2, 3):
            assert len(peer.talks) == n
            assert resting(stage) == [rates.relay(peer.url)]
            assert not stage.courier.deliver("bulk")  # it rests
            over_again(stage, hours=1)
        over_again(stage, hours=3)
        assert states(stage) == {("accepted", "accepted"): PEOPLE + 1}
        assert len(well.taken) == PEOPLE + 1


@pytest.mark.parametrize(("verb", "left"), [
    ("MAIL", {("queued", ""): 4}),
    ("RCPT", {("deferred", "connection-lost"): 1, ("queued", ""): 3}),
])  # fmt: skip
def test_out_4_our_own_hanging_up_is_no_word_of_the_relay(stage: Stage, verb: str, left: dict[tuple[str, str], int]) -> None:
    """We stop while a new line waits for an answer: what was not begun waits as before, and nobody rests for it."""
    mailing(stage, 3)
    mute = always(verb, Talk.silent)
    with serve(mute) as peer:
        stage.courier.lines = Lines(relays(peer.url))
        courier = threading.Thread(target=stage.courier.deliver, args=("bulk",))
        courier.start()
        until(lambda: verb in mute.seen)
        stage.courier.close()
        courier.join(5)
    assert not courier.is_alive()
    assert states(stage) == left
    assert not resting(stage)


# name: what it offers, or what it says to each, and the reason that is written down
ONLY_HERE: dict[str, tuple[Callable[[], Server], str]] = {
    "SIZE": (lambda: Server(SMALL), "too-large"),
    "552 at MAIL": (lambda: always("MAIL", b"552 5.3.4 Message size exceeds fixed limit\r\n"), "too-large"),
    "552 after the dot": (lambda: always("DOT", b"552 5.3.4 Too big\r\n"), "too-large"),
    "our sender": (lambda: always("MAIL", b"550 5.1.8 Sender address rejected: Domain not found\r\n"), "sender-refused"),
    "relaying": (lambda: always("RCPT", b"554 5.7.1 Relay access denied\r\n"), "relay-denied"),
}


@pytest.mark.parametrize("name", ONLY_HERE)
def test_what_one_relay_alone_does_not_take_is_handed_to_the_next_at_once(stage: Stage, name: str) -> None:
    script, reason = ONLY_HERE[name]
    mailing(stage, PEOPLE)
    with serve(script()) as peer, Sink() as reserve:
        send_over(stage, peer.url, reserve.url)
        assert states(stage) == {("accepted", "accepted"): PEOPLE + 1}
        assert set(reserve.counts().values()) == {1}
        assert not resting(stage)
        for copy in stage.copies(purpose="meetings"):
            assert history(stage, copy.id) == [("deferred", reason, peer.url), ("accepted", "accepted", reserve.url)]
            assert (copy.attempts, copy.relay, copy.lease_owner) == (2, reserve.url, "")
        assert {copy.sha256 for copy in reserve.got} == {copy.sha256 for copy in stage.copies(purpose="meetings")}


PUTS_ALL_OFF = {
    "452 at MAIL": (("MAIL", b"452 no space\r\n"), "try-later"),
    "queue not written": (("DOT", b"451 4.3.0 queue file write error\r\n"), "relay-trouble"),
}


@pytest.mark.parametrize(("said", "reason"), PUTS_ALL_OFF.values(), ids=PUTS_ALL_OFF)
def test_out_9_a_relay_that_puts_off_a_whole_stride_rests_and_the_others_go_to_the_next_without_asking_it(
    stage: Stage, said: tuple[str, bytes], reason: str
) -> None:
    mailing(stage, PEOPLE)
    with serve(always(*said)) as peer, Sink() as reserve:
        send_over(stage, peer.url, reserve.url)
        assert len(peer.talks) == 1
        assert states(stage) == {("accepted", "accepted"): PEOPLE + 1}
        assert set(reserve.counts().values()) == {1}
        assert resting(stage) == [rates.relay(peer.url)]
    told = Counter(tuple(history(stage, copy.id)) for copy in stage.copies(purpose="meetings"))
    taken = ("accepted", "accepted", reserve.url)
    assert told == {(("deferred", reason, peer.url), taken): STRIDE, (taken,): PEOPLE + 1 - STRIDE}


def test_what_the_next_relay_may_not_have_yet_waits_for_it_and_is_not_put_off_by_the_first(stage: Stage) -> None:
    """All that is put off is one stride; the others go as the next one's rate allows."""
    mailing(stage, 2 * PEOPLE)
    with serve(always("MAIL", b"452 no space\r\n")) as peer, Sink() as reserve:
        with stage.house.store.write() as session:
            ago = clock.lease_now() - timedelta(seconds=5)
            rates.set_rate(session, 60, now=ago, name=rates.relay(reserve.url))
        send_over(stage, peer.url, reserve.url)
        went = states(stage)
        assert went[("accepted", "accepted")] == len(reserve.got) >= 5
        assert went[("queued", "")] >= 2 * PEOPLE + 1 - STRIDE - len(reserve.got) > 0
        with stage.house.store.write() as session:
            rates.set_rate(session, 60_000, now=clock.lease_now() - timedelta(seconds=5), name=rates.relay(reserve.url))
        while stage.courier.deliver("bulk"):
            pass
        assert set(states(stage)) == {("accepted", "accepted"), ("deferred", "try-later")}
        assert len(peer.talks) == 1


# what the first relay says to which letter, and how many it does not take
NOT_ALL: dict[str, tuple[dict[tuple[str, int], Trouble], int]] = {
    "one of several": ({("MAIL", 2): b"451 hm\r\n"}, 1),
    "no sender of ours": ({("MAIL", n): b"450 4.1.8 Sender address rejected: Domain not found\r\n" for n in range(1, 9)}, 4),
}


@pytest.mark.parametrize(("trouble", "refused"), NOT_ALL.values(), ids=NOT_ALL)
def test_a_relay_that_may_take_other_letters_does_not_rest(
    stage: Stage, trouble: dict[tuple[str, int], Trouble], refused: int
) -> None:
    mailing(stage, 3)
    with serve(Server(trouble=trouble)) as peer, Sink() as reserve:
        send_over(stage, peer.url, reserve.url)
        assert len(reserve.got) == refused
    assert states(stage) == {("accepted", "accepted"): 4}
    assert not resting(stage)


def test_one_letter_that_is_put_off_alone_shows_nothing_of_the_relay(stage: Stage) -> None:
    mailing(stage, 3)
    (first, *_) = stage.copies(purpose="meetings")
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == first.id).values(lane="urgent"))
    with serve(Server(trouble={("MAIL", 1): b"451 hm\r\n"})) as peer, Sink() as reserve:
        send_over(stage, peer.url, reserve.url, lane="urgent")
        assert len(reserve.got) == 1
        assert not resting(stage)
        send_over(stage, peer.url, reserve.url)
    assert len(reserve.got) == 1
    assert states(stage) == {("accepted", "accepted"): 4}


@pytest.mark.parametrize("name", ["our sender", "relaying"])
def test_what_the_only_relay_does_not_take_from_us_waits_and_check_tells_who_has_to_mend_it(stage: Stage, name: str) -> None:
    script, reason = ONLY_HERE[name]
    place = Place(stage.house.settings, stage.house.store)
    mailing(stage, 3)
    assert not list(check.refused(place))
    with serve(script()) as peer:
        send_over(stage, peer.url)
    assert states(stage) == {("deferred", reason): 4}
    [told] = check.refused(place)
    assert not told.ok
    assert told.what == f"4 copies wait, as the relay {peer.url} did not take them: {results.SENTENCES[reason]}"
    with serve(Server()) as well:
        send_over(stage, well.url)
        over_again(stage, hours=2)
    assert states(stage) == {("accepted", "accepted"): 4}
    assert not list(check.refused(place))


def test_too_large_for_every_relay_has_failed(stage: Stage) -> None:
    mailing(stage, 3)
    with serve(Server(SMALL)) as one, serve(Server(SMALL)) as two:
        send_over(stage, one.url, two.url)
        assert states(stage) == {("failed", "too-large"): 4}
        (first, *_) = stage.copies(purpose="meetings")
        assert [(state, relay) for state, _, relay in history(stage, first.id)] == [("deferred", one.url), ("failed", two.url)]


def test_too_large_for_the_only_relay_has_failed(stage: Stage) -> None:
    mailing(stage, 3)
    with serve(Server(SMALL)) as only:
        send_over(stage, only.url)
    assert states(stage) == {("failed", "too-large"): 4}


def test_too_large_here_waits_for_a_reserve_that_is_away(stage: Stage) -> None:
    mailing(stage, 3)
    with serve(Server(SMALL)) as peer, Sink() as reserve:
        with stage.house.store.write() as session:
            rates.spare(session, rates.relay(reserve.url), now=clock.lease_now())
        send_over(stage, peer.url, reserve.url)
        assert states(stage) == {("deferred", "too-large"): 4}
        over_again(stage, hours=1)
        assert states(stage) == {("accepted", "accepted"): 4}
        assert len(reserve.got) == 4


def test_what_is_handed_on_keeps_to_the_rate_of_the_next_relay(stage: Stage) -> None:
    mailing(stage, PEOPLE)
    with serve(Server(SMALL)) as peer, Sink() as reserve:
        with stage.house.store.write() as session:
            ago = clock.lease_now() - timedelta(seconds=5)
            rates.set_rate(session, 60, now=ago, name=rates.relay(reserve.url))
        send_over(stage, peer.url, reserve.url)
        assert 5 <= len(reserve.got) <= passed(ago)
        assert {copy.state for copy in stage.copies(purpose="meetings")} == {"accepted", "deferred"}
        assert not any(copy.lease_owner for copy in stage.copies(purpose="meetings"))


def test_out_13_an_address_beyond_ascii_goes_over_the_relay_that_can_carry_it(stage: Stage) -> None:
    mailing(stage, 3)
    (first, *_) = stage.copies(purpose="meetings")
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == first.id).values(to_address="élodie@school.example"))
    plain = Server(tuple(word for word in FULL if word != "SMTPUTF8"))
    able = Server()
    with serve(plain) as peer, serve(able) as reserve:
        send_over(stage, peer.url, reserve.url)
    assert states(stage) == {("accepted", "accepted"): 4}
    assert (len(plain.taken), len(able.taken)) == (3, 1)


def test_out_13_where_no_relay_can_carry_it_that_recipient_alone_fails_and_the_operator_is_told(stage: Stage) -> None:
    mailing(stage, 3)
    (first, *_) = stage.copies(purpose="meetings")
    place = Place(stage.house.settings, stage.house.store)
    assert not list(check.unwritable(place))
    with stage.house.store.write() as session:
        session.execute(update(outgoing).where(outgoing.c.id == first.id).values(to_address="élodie@school.example"))
    with serve(Server(("PIPELINING",))) as peer:
        send_over(stage, peer.url)
    assert states(stage) == {("accepted", "accepted"): 3, ("failed", "needs-smtputf8"): 1}
    [told] = check.unwritable(place)
    assert not told.ok
    assert "1 address with letters beyond A to Z" in told.what
    assert "SMTPUTF8" in told.mend


@contextlib.contextmanager
def silent_first(stage: Stage, monkeypatch: pytest.MonkeyPatch, *, reserve: bool, greeting: float) -> Iterator[Any]:
    """How long urgent and bulk mail wait for a first relay that says nothing; in vain after `greeting`, or HURRIED."""
    monkeypatch.setattr(lines, "HURRIED", 0.2)
    monkeypatch.setattr(lines, "AWAY", 60.0)  # longer than a busy machine takes for what is sent here
    slow = Timeouts(greeting=greeting)
    with serve(Talk.silent) as peer, Sink() as second:

        def waits(lane: str) -> float:
            began = clock.monotonic()
            send_over(stage, *([peer.url, second.url] if reserve else [peer.url]), lane=lane, timeouts=slow)
            return clock.monotonic() - began

        yield waits


def test_out_5_urgent_mail_does_not_wait_for_a_silent_relay_where_there_is_a_reserve(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing(stage, 3)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(lane="urgent"))
    with silent_first(stage, monkeypatch, reserve=True, greeting=20.0) as waits:
        assert waits("urgent") < 10
    assert states(stage) == {("accepted", "accepted"): 4}


@pytest.mark.parametrize(("lane", "reserve"), [("bulk", True), ("urgent", False)], ids=["bulk mail", "nobody else to ask"])
def test_out_5_whoever_can_wait_gives_a_busy_relay_its_time(stage: Stage, monkeypatch: pytest.MonkeyPatch, lane: str, reserve: bool) -> None:
    """RFC 5321 4.5.3.2.1"""
    mailing(stage, 3)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(lane=lane))
    with silent_first(stage, monkeypatch, reserve=reserve, greeting=1.0) as waits:
        assert waits(lane) >= 1.0
    assert states(stage) == ({("accepted", "accepted"): 4} if reserve else {("deferred", "no-answer"): 4})


def test_out_5_a_relay_that_stays_silent_costs_an_issue_its_five_minutes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "HURRIED", 0.2)
    monkeypatch.setattr(lines, "AWAY", 0.0)  # asked again each time
    with serve(Talk.silent) as peer, Sink() as second:
        first, reserve = relays(f"{peer.url},{second.url}", timeouts=Timeouts(greeting=2.0))
        asked = Lines((first, reserve))
        waits = []
        for _ in range(3):
            began = clock.monotonic()
            with pytest.raises(RelayDown):
                asked.to(first)
            waits.append(clock.monotonic() - began)
    assert waits[0] >= 2.0
    assert all(0.2 <= again < 2.0 for again in waits[1:])


@pytest.mark.parametrize("words", [b"421 4.3.2 bye\r\n", b"452 4.3.1 full\r\n", b"550 5.1.8 Sender rejected\r\n"], ids=["421", "452", "550"])
@pytest.mark.parametrize("reserve", [True, False], ids=["the reserve takes it", "there is no reserve"])
def test_a_letter_near_its_end_is_for_the_next_relay_too(stage: Stage, words: bytes, reserve: bool) -> None:
    """The retry clock has no time for it any more; the other relay has."""
    mailing(stage, 3)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(deadline=stage.now + timedelta(minutes=4)))
    with serve(always("MAIL", words)) as peer, Sink() as other:
        send_over(stage, peer.url, *([other.url] if reserve else []))
    if reserve:
        assert states(stage) == {("accepted", "accepted"): 4}
        assert set(other.counts().values()) == {1}
    else:
        assert ("failed", "gave-up") in states(stage)


def test_what_no_other_relay_takes_near_its_end_ends(stage: Stage) -> None:
    mailing(stage, 3)
    with stage.house.store.write() as session:
        session.execute(update(outgoing).values(deadline=stage.now + timedelta(minutes=4)))
    with serve(always("MAIL", b"550 5.1.8 Sender rejected\r\n")) as peer, serve(always("MAIL", b"550 5.1.8 Nor here\r\n")) as other:
        send_over(stage, peer.url, other.url)
        over_again(stage, minutes=5)
    assert {state for state, _ in states(stage)} == {"failed"}


def test_what_has_no_end_and_is_past_its_days_is_not_asked_for_over_and_over(stage: Stage) -> None:
    """The reserve rests, and the first relay takes none of it: it is given up, as it would be without a reserve."""
    mailing(stage, 3)
    long_ago = stage.now - timedelta(days=6)
    server = always("MAIL", b"550 5.1.8 Sender rejected\r\n")
    with serve(server) as peer, Sink() as other:
        with stage.house.store.write() as session:
            session.execute(update(outgoing).values(deadline=None, created_at=long_ago, not_before=long_ago))
            rates.spare(session, rates.relay(other.url), now=clock.lease_now())
        send_over(stage, peer.url, other.url)
    assert states(stage) == {("failed", "gave-up"): 4}
    assert server.seen["MAIL"] == 4


def test_out_16_a_relay_that_takes_letters_between_two_421_banners_rests_no_longer_each_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has enough of us for a moment. What it did not hear of waits for it, and no try is counted."""
    monkeypatch.setattr(lines, "AWAY", 0.0)
    mailing(stage, 5 * STRIDE - 1)  # and the organiser
    turn = itertools.count()

    def script(talk: Talk) -> None:
        if next(turn) % 2:
            talk.say(b"421 4.7.0 too many connections\r\n")
        else:
            Server(trouble={("MAIL", STRIDE + 1): Talk.hang_up})(talk)

    rested: list[int] = []
    with serve(script) as peer:
        send_over(stage, peer.url)
        for _ in range(4):
            with stage.house.store.read() as session:
                rested += session.execute(select(rates_table.c.asked)).scalars()
            over_again(stage)
    assert set(rested) == {1}
    assert states(stage) == {("accepted", "accepted"): 5 * STRIDE}
    assert {copy.attempts for copy in stage.copies(purpose="meetings")} == {1}
