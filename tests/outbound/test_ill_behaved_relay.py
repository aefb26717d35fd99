"""A mailing into a relay that misbehaves: each recipient's state is right, nothing is lost or doubled, and the history says
what happened (V5, V6, OUT-2 to OUT-5, OUT-9, OUT-12, OUT-16, ruling 5).

What one window makes of it stands in transport/test_window.py; here it goes through the outbox to the end of the mailing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from mailer import clock
from mailer.outbound import outbox
from mailer.outbound.copies import message_id
from mailer.outbound.deliver import Courier
from mailer.outbound.lines import Lines
from mailer.outbound.transport import Timeouts, relays
from mailer.store.tables import attempts, networks, occasions, outgoing, rates
from tests.outbound.test_deliver import mailing
from tests.outbound.transport.peer import FULL, Server, Talk, serve
from tests.stage import DOMAIN, MONDAY, Stage

PATIENT = Timeouts(quit=0.1).at_most(20)  # a relay that behaves answers late on a busy machine; only silence is given little time
PEOPLE = 5


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A mailing to five, written down and not begun; every case begins there."""
    stage = Stage(tmp_path_factory.mktemp("relay"))
    stage.network()
    stage.member("jane@hill.school.example", "Jane Doe")
    mailing(stage, PEOPLE - 1)
    yield stage
    stage.close()


@pytest.fixture
def stage(written: Stage) -> Stage:
    written.at(MONDAY)
    fresh = {"state": "queued", "reason": "", "attempts": 0, "next_attempt_at": MONDAY, "finished_at": None, "lease_owner": "", "lease_until": None}
    with written.house.store.write() as session:
        session.execute(delete(attempts))
        session.execute(delete(rates))
        session.execute(update(outgoing).values(**fresh, dated_at=None, sha256=""))
        session.execute(update(occasions).where(occasions.c.kind == "invitation").values(state="queued", finished_at=None))
    return written


def first(times: int, trouble: Callable[[Talk], Any]) -> Callable[[Talk], None]:
    """A server that does this to its first callers, and behaves then."""
    left, behaved = [times], Server()

    def script(talk: Talk) -> None:
        left[0] -= 1
        if left[0] >= 0:
            trouble(talk)
        else:
            behaved(talk)

    script.behaved = behaved  # type: ignore[attr-defined]
    return script


def cut(talk: Talk) -> bytes | None:
    """In the middle of the letter."""
    talk.say(b"354 go on\r\n")
    talk.take(2000)
    talk.reset()
    return None


def deaf(talk: Talk) -> bytes | None:
    """PIPELINING was offered; everything behind the first command is thrown away."""
    talk.say(b"250 Ok\r\n")
    talk.silent()
    return None


BYE = b"421 4.3.2 Too busy, come back\r\n"
ALL = {"accepted": PEOPLE}
ONE_LATER = {"accepted": PEOPLE - 1, "deferred": 1}
ONE_UNSURE = {"accepted": PEOPLE - 1, "uncertain": 1}
ALL_LATER = {"deferred": PEOPLE}
NONE_YET = {"deferred": 1, "queued": PEOPLE - 1}
SPARED = {"accepted": 1, "deferred": 1, "queued": PEOPLE - 2}

# name: the server, the states when it has been tried once, the reason of those that are not accepted or queued
CASES: dict[str, tuple[Callable[[], Any], dict[str, int], str]] = {
    "behaves": (lambda: Server(), ALL, ""),
    "lacks PIPELINING": (lambda: Server(tuple(w for w in FULL if w != "PIPELINING")), ALL, ""),
    "lacks 8BITMIME and SMTPUTF8": (lambda: Server(("PIPELINING", "SIZE 50000000")), ALL, ""),
    "offers nothing": (lambda: Server(()), ALL, ""),
    "knows no EHLO": (lambda: Server(trouble={("EHLO", 1): b"502 5.5.1 what\r\n"}), ALL, ""),
    "offers half an extension": (lambda: Server(("PIPELINING", "SIZE x", "AUTH", "STARTTLS", "DSN=maybe", "")), ALL, ""),
    "offers PIPELINING and is deaf to it": (lambda: Server(trouble={("MAIL", 1): deaf}), ONE_LATER, "no-answer"),
    "dies before the banner": (lambda: first(1, Talk.hang_up), ALL_LATER, "connection-lost"),
    "is silent before the banner": (lambda: first(1, Talk.silent), ALL_LATER, "no-answer"),
    "drips its banner": (lambda: first(1, lambda talk: talk.drip(b"220 slow.example\r\n", 0.1)), ALL_LATER, "no-answer"),
    "speaks something else": (lambda: first(1, lambda talk: talk.say(b"HTTP/1.1 400 Bad Request\r\n")), ALL_LATER, "nonsense"),
    "421 as banner": (lambda: first(1, lambda talk: talk.say(BYE)), ALL_LATER, "closing"),
    "554 as banner": (lambda: first(1, lambda talk: talk.say(b"554 5.7.1 Go away\r\n")), ALL_LATER, "refused"),
    "421 to EHLO": (lambda: Server(trouble={("EHLO", 1): BYE}), ALL_LATER, "closing"),
    "421 to MAIL": (lambda: Server(trouble={("MAIL", 2): BYE}), SPARED, "closing"),
    "421 to RCPT": (lambda: Server(trouble={("RCPT", 2): BYE}), SPARED, "closing"),
    "421 to DATA": (lambda: Server(trouble={("DATA", 2): BYE}), SPARED, "closing"),
    "421 after the dot": (lambda: Server(trouble={("DOT", 2): BYE}), SPARED, "closing"),
    "dies at MAIL": (lambda: Server(trouble={("MAIL", 2): Talk.hang_up}), ALL, ""),
    "dies at RCPT": (lambda: Server(trouble={("RCPT", 2): Talk.hang_up}), ONE_LATER, "connection-lost"),
    "a new line dies at RCPT": (lambda: Server(trouble={("RCPT", 1): Talk.hang_up}), NONE_YET, "connection-lost"),
    "a new line dies at DATA": (lambda: Server(trouble={("DATA", 1): Talk.hang_up}), NONE_YET, "connection-lost"),
    "dies at DATA": (lambda: Server(trouble={("DATA", 2): Talk.hang_up}), ONE_LATER, "connection-lost"),
    "dies in the middle of the letter": (lambda: Server(trouble={("DATA", 2): cut}), ONE_UNSURE, "lost-answer"),
    "dies after the dot": (lambda: Server(trouble={("DOT", 2): Talk.hang_up}), ONE_UNSURE, "lost-answer"),
    "dies after each dot": (lambda: Server(trouble={("DOT", n): Talk.hang_up for n in range(1, 6)}), {"uncertain": PEOPLE}, "lost-answer"),
    "drips after the dot": (lambda: Server(trouble={("DOT", 2): lambda talk: talk.drip(b"250 2.0.0 Ok\r\n", 0.3)}), ONE_UNSURE, "lost-answer"),
    "nonsense after the dot": (lambda: Server(trouble={("DOT", 2): b"\xff\xfe what\r\n"}), ONE_UNSURE, "lost-answer"),
    "354 after the dot": (lambda: Server(trouble={("DOT", 2): b"354 again\r\n"}), ONE_UNSURE, "nonsense"),
    "nonsense to RCPT": (lambda: Server(trouble={("RCPT", 2): b"lorem ipsum\r\n"}), ONE_LATER, "nonsense"),
    "two answers to RCPT": (lambda: Server(trouble={("RCPT", 2): b"250 Ok\r\n250 Ok\r\n"}), ONE_LATER, ""),
    "451 to one": (lambda: Server(trouble={("DOT", 2): b"451 4.3.0 Later\r\n"}), ONE_LATER, "relay-trouble"),
    "550 to one": (lambda: Server(trouble={("RCPT", 2): b"550 5.1.1 No such user\r\n"}), {"accepted": PEOPLE - 1, "failed": 1}, "no-such-address"),
    "4.7.1 of one domain": (lambda: Server(trouble={("RCPT", n): b"451 4.7.1 Slow down\r\n" for n in range(1, 6)}), ALL_LATER, "throttled"),
    "452 for all": (lambda: Server(trouble={("RCPT", n): b"452 4.5.3 Too many\r\n" for n in range(1, 6)}), ALL_LATER, "too-many-recipients"),
    "dies at QUIT": (lambda: Server(trouble={("QUIT", 1): Talk.hang_up}), ALL, ""),
}  # fmt: skip
# the one step that is short, longer where letters before and behind are answered within it
SHORT = {
    "offers PIPELINING and is deaf to it": replace(PATIENT, rcpt=2),
    "is silent before the banner": replace(PATIENT, greeting=0.4),
    "drips its banner": replace(PATIENT, greeting=0.4),
    "drips after the dot": replace(PATIENT, content=2),
}


def rows(stage: Stage) -> list[Any]:
    with stage.house.store.read() as session:
        query = select(outgoing, networks.c.domain, networks.c.slug).join(networks, networks.c.id == outgoing.c.network_id)
        return list(session.execute(query.order_by(outgoing.c.id)))


def history(stage: Stage) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    with stage.house.store.read() as session:
        for row in session.execute(select(attempts).order_by(attempts.c.id)):
            found.setdefault(row.outgoing_id, []).append(row.state)
    return found


def to_the_end(stage: Stage, courier: Courier) -> None:
    """It behaves from now on; the calendar brings what was put off."""
    for _ in range(6):
        with stage.house.store.write() as session:
            session.execute(update(rates).values(rests_until=clock.lease_now() - timedelta(seconds=1)))
        courier.lines._away.clear()
        while courier.deliver("bulk"):
            pass
        if not any(row.state in (*outbox.OPEN, "sending") for row in rows(stage)):
            return
        stage.at(stage.now + timedelta(hours=2))
    raise AssertionError([(row.id, row.state, row.reason) for row in rows(stage)])


@pytest.mark.parametrize("name", CASES)
def test_v5_v6_out_3_each_state_is_true_and_nothing_is_lost_or_doubled(stage: Stage, name: str) -> None:
    build, states, reason = CASES[name]
    script = build()
    server: Server = getattr(script, "behaved", script)
    courier = Courier(stage.house, "stage")
    with serve(script) as peer:
        courier.lines = Lines(relays(peer.url, timeouts=SHORT.get(name, PATIENT)))
        while courier.deliver("bulk"):
            pass
        after = rows(stage)
        assert Counter(row.state for row in after) == states
        if reason:
            assert {row.reason for row in after if row.state not in ("accepted", "queued")} == {reason}
        server.trouble.clear()
        if name in SHORT:
            courier.lines.close()
            courier.lines = Lines(relays(peer.url, timeouts=PATIENT))
        to_the_end(stage, courier)
        courier.close()
        done = rows(stage)
        for thread in peer.threads:
            thread.join(2)
    ids = [re.search(rb"(?im)^message-id: *(\S+)", content)[1].decode() for content in server.taken]  # type: ignore[index]
    came = Counter(ids)
    tried = history(stage)
    for row in done:
        arrived = came[message_id(row, DOMAIN, stage.house)]
        assert arrived <= 1, "V5: never twice"
        assert row.state in ("accepted", "failed", "uncertain"), "V6: the mailing comes to its end"
        assert row.state == "uncertain" or arrived == (row.state == "accepted"), f"said {row.state}, arrived {arrived}"
        assert tried[row.id][-1] == row.state
        assert len(tried[row.id]) == row.attempts
    assert Counter(row.state for row in done)["uncertain"] == states.get("uncertain", 0), "what is unsure stays so until somebody says"


def test_v6_resolving_what_is_uncertain_sends_it_again_with_the_same_bytes(stage: Stage) -> None:
    server = Server(trouble={("DOT", 2): Talk.hang_up})
    courier = Courier(stage.house, "stage")
    with serve(server) as peer:
        courier.lines = Lines(relays(peer.url, timeouts=PATIENT))
        while courier.deliver("bulk"):
            pass
        (unsure,) = [row for row in rows(stage) if row.state == "uncertain"]
        stage.at(stage.now + timedelta(days=1))
        with stage.house.store.write() as session:
            assert outbox.resolve(session, unsure.id, "resend", stage.now)
        to_the_end(stage, courier)
        courier.close()
    same = [content for content in server.stored if message_id(unsure, DOMAIN, stage.house).encode() in content]
    assert len(same) == 2
    assert same[0] == same[1]
    assert history(stage)[unsure.id] == ["uncertain", "queued", "accepted"]
