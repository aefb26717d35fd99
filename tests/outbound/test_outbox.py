"""The queue: who may claim what and when, what a brake keeps, and what becomes of a copy (V4, V5, V6, rulings 4 and 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from mailer.outbound import outbox
from mailer.outbound.rates import Budget
from mailer.outbound.transport import Reply
from mailer.store.tables import attempts, networks, occasions, outgoing, standings
from tests.outbound.queue import LEASE, MINUTE, NOW, Queue

# -- claiming ----------------------------------------------------------------------------------------------------------

CLAIMED: dict[str, tuple[dict[str, Any], bool]] = {
    "queued and due": ({}, True),
    "deferred and due again": ({"state": "deferred"}, True),
    "not due yet": ({"after": MINUTE}, False),
    "put off until later": ({"state": "deferred", "next_attempt_at": NOW + MINUTE}, False),
    "of the other lane": ({"lane": "urgent"}, False),
    "leased by a worker": ({"lease_owner": "two", "lease_until": NOW + MINUTE}, False),
    "leased by one that died": ({"lease_owner": "two", "lease_until": NOW - MINUTE}, True),
    "on its way": ({"state": "sending"}, False),
    "uncertain": ({"state": "uncertain"}, False),
    "gone": ({"state": "accepted"}, False),
}


@pytest.mark.parametrize(("values", "claimed"), CLAIMED.values(), ids=CLAIMED)
def test_what_may_be_claimed(queue: Queue, values: dict[str, Any], claimed: bool) -> None:
    copy = queue.copy(**values)
    before = queue.row(copy).state
    assert queue.claim() == ([copy] if claimed else [])
    with queue.store.read() as session:
        assert ("bulk" in outbox.waiting_lanes(session, NOW, NOW)) is False  # what was claimed is not waiting
    assert queue.row(copy).state == before  # a claim is a lease and no state


def test_oldest_due_first_whichever_state_it_waits_in(queue: Queue) -> None:
    third = queue.copy()
    first = queue.copy(state="deferred", next_attempt_at=NOW - 3 * MINUTE)
    second = queue.copy(after=-2 * MINUTE)
    assert queue.claim(limit=2) == [first, second]
    assert queue.claim(limit=2) == [third]


CANCELLED: dict[str, tuple[dict[str, Any], str]] = {
    "OUT-8 who left": ({"standing": "left"}, "left"),
    "who never confirmed": ({"standing": "pending"}, "not-confirmed"),
    "OUT-7 past its deadline": ({"deadline": NOW - MINUTE}, "too-late"),
    "V11 a receipt of last week, after a long silence": ({"purpose": "answer", "created_at": NOW - timedelta(days=6), "not_before": NOW - timedelta(days=6)}, "too-late"),
}


@pytest.mark.parametrize(("values", "reason"), CANCELLED.values(), ids=CANCELLED)
def test_v4_a_claim_cancels_what_the_gate_refuses(queue: Queue, values: dict[str, Any], reason: str) -> None:
    copy = queue.copy(**values)
    assert queue.claim() == []
    row = queue.row(copy)
    assert (row.state, row.reason, row.finished_at) == ("cancelled", reason, NOW)


def test_what_a_person_wrote_is_passed_on_however_late(queue: Queue) -> None:
    """A private question to the organisers, after the service was away for a week: who wrote it was told that it was passed on."""
    week = NOW - timedelta(days=7)
    copy = queue.copy(purpose="desk", created_at=week, not_before=week)
    assert queue.claim() == [copy]


def test_a_held_network_keeps_all_but_service_mail(queue: Queue) -> None:
    kept = queue.copy()
    answer = queue.copy(purpose="answer")
    queue.change(networks, queue.network, held_at=NOW)
    assert queue.claim() == [answer]
    with queue.store.read() as session:
        assert outbox.waiting_lanes(session, NOW, NOW) == set()  # and nobody is woken for it
    queue.change(networks, queue.network, held_at=None)
    assert queue.claim() == [kept]


def test_a_held_mailing_keeps_its_copies_and_no_others(queue: Queue) -> None:
    held = queue.add_mailing(state="held", held_at=NOW)
    kept, other = queue.copy(occasion_id=held), queue.copy(occasion_id=queue.add_mailing())
    assert queue.claim() == [other]
    queue.change(occasions, held, state="queued", held_at=None)
    assert queue.claim() == [kept]


def test_a_network_with_a_speed_of_its_own_does_not_slow_the_others(queue: Queue) -> None:
    slow = queue.add_network("exmoor")
    first, second = queue.copy(network=slow), queue.copy(network=slow)
    ours = queue.copy()
    assert queue.claim(budget=Budget(100, networks={slow: 1})) == [first, ours]
    assert queue.claim("two", budget=Budget(100, networks={slow: 0})) == []
    assert queue.claim("two") == [second]


def test_a_claim_reads_the_queue_in_its_order_and_sorts_nothing(queue: Queue) -> None:
    """A long queue costs no more than a short one: no statement of a claim or of the sweep sorts or scans the outbox."""
    queue.copy()
    said: list[tuple[str, Any]] = []

    @event.listens_for(queue.store.writer, "before_cursor_execute")
    @event.listens_for(queue.store.reader, "before_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    queue.claim()
    with queue.store.read() as session:
        outbox.waiting_lanes(session, NOW, NOW)
        outbox.has_lapsed(session, NOW)
    plans = []
    with queue.store.reader.connect() as connection:
        for statement, parameters in list(said):
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
            plans += [row.detail for row in plan]
    assert any("ix_outgoing_queue" in line for line in plans)
    assert not [line for line in plans if "TEMP B-TREE FOR ORDER BY" in line or line == "SCAN outgoing"]


def test_a_window_finds_its_copies_by_their_ids(queue: Queue) -> None:
    """What is said before and after the bytes costs the same however many copies wait: no index of a state is walked."""
    copies = [queue.copy() for _ in range(4)]
    said: list[tuple[str, Any]] = []

    @event.listens_for(queue.store.writer, "before_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if " outgoing" in statement and not statement.startswith("INSERT"):
            said.append((statement, parameters[0] if many else parameters))

    queue.claim()
    said.clear()
    queue.mark(copies[:2])
    answered(queue, copies[0], "accepted", "accepted")
    with queue.store.write() as session:
        outbox.release(session, copies[2:3], "one")
        outbox.put_off(session, copies[3:], "one", reason="no-answer", detail="", slow=False, now=NOW)
    asked = list(said)
    with queue.store.writer.connect() as connection:
        for statement, parameters in asked:
            plan = [row.detail for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)]
            looked = [line for line in plan if " outgoing" in line]
            assert looked == ["SEARCH outgoing USING INTEGER PRIMARY KEY (rowid=?)"], statement
    assert len(asked) == 5


# -- before the bytes go -----------------------------------------------------------------------------------------------

TAKEN_BACK: dict[str, Callable[[Queue, int, int], None]] = {
    "held": lambda q, mailing, _: q.change(occasions, mailing, state="held", held_at=NOW),
    "network held": lambda q, _m, _c: q.change(networks, q.network, held_at=NOW),
    "cancelled": lambda q, _, copy: q.change(outgoing, copy, state="cancelled"),
    "lease lost": lambda q, _, copy: q.change(outgoing, copy, lease_owner="two"),
}


@pytest.mark.parametrize("take_back", TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_what_is_taken_back_after_the_claim_does_not_go(queue: Queue, take_back: Callable[[Queue, int, int], None]) -> None:
    mailing = queue.add_mailing()
    goes, stays = queue.copy(), queue.copy(occasion_id=mailing)
    goes = goes if take_back is not TAKEN_BACK["network held"] else queue.copy(purpose="answer")
    queue.claim()
    take_back(queue, mailing, stays)
    assert queue.mark([goes, stays]) == {goes}
    assert queue.row(stays).state != "sending"
    assert queue.row(goes).attempts == 1


def redirected(queue: Queue, copy: int) -> None:
    before, other = queue.row(copy), queue.row(queue.copy(after=MINUTE))
    with queue.store.write() as session:
        pairs = {before.standing_id: other.standing_id}
        assert outbox.redirect(session, before.address_id, other.address_id, other.to_address, pairs, NOW) == ([before.id], [])


def renamed(queue: Queue, copy: int) -> None:
    with queue.store.write() as session:
        outbox.rename(session, [queue.row(copy).address_id], "Somebody New", "", "")


def cut(queue: Queue, copy: int) -> None:
    queue.change(outgoing, copy, greeting="Dear Jane,")
    with queue.store.write() as session:
        assert outbox.forget_mentions(session, "jane", lambda said: said.replace("Jane", "") if isinstance(said, str) else said) == 1


CHANGED: dict[str, Callable[[Queue, int], None]] = {"redirected": redirected, "renamed": renamed, "somebody cut out": cut}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_dp_10_what_is_changed_after_the_claim_does_not_go_as_it_was_read(queue: Queue, change: Callable[[Queue, int], None]) -> None:
    """It is free at once, for who reads it as it is now: each thread leases in a name of its own."""
    goes, stays = queue.copy(), queue.copy()
    queue.claim()
    change(queue, stays)
    assert stays in queue.claim("two")
    assert queue.mark([goes, stays]) == {goes}
    assert queue.mark([stays], "two") == {stays}


def test_what_a_hold_took_back_goes_at_once_when_it_is_let_go(queue: Queue) -> None:
    copy = queue.copy(occasion_id=queue.add_mailing())
    queue.claim()
    with queue.store.write() as session:
        outbox.take_back(session, outgoing.c.id == copy)
    assert queue.mark([copy]) == set()
    assert queue.claim() == [copy]


# -- after -------------------------------------------------------------------------------------------------------------

AFTER: dict[str, tuple[tuple[str, str], tuple[str, str, int]]] = {  # reply -> state, reason, tries
    "accepted": (("accepted", "accepted"), ("accepted", "accepted", 1)),
    "deferred": (("deferred", "busy"), ("deferred", "busy", 1)),
    "failed": (("failed", "user-unknown"), ("failed", "user-unknown", 1)),
    "uncertain": (("uncertain", "line-dropped"), ("uncertain", "line-dropped", 1)),
    "never begun": (("unsent", ""), ("queued", "", 0)),
}


def answered(queue: Queue, copy: int, state: str, reason: str, now: Any = NOW, *, resend: bool = False) -> None:
    with queue.store.write() as session:
        reply = Reply(copy, state, 250, None, "said", reason)  # type: ignore[arg-type]
        outbox.write_results(session, [reply], owner="one", relay="smtp://sink", now=now, resend=resend)


def test_what_was_on_its_way_when_its_reader_left_goes_after_undo(queue: Queue) -> None:
    """The relay put it off, and a claim found that they had left; UNDO knows of it all the same (V5)."""
    copy = queue.copy()
    queue.mark(queue.claim())
    queue.change(standings, queue.row(copy).standing_id, standing="left")
    with queue.store.write() as session:
        stopped = outbox.cancel_refused(session, queue.row(copy).address_id, None, NOW)
        assert outbox.revive(session, stopped, NOW) == [], "it may arrive as it is"
    answered(queue, copy, "deferred", "4.2.2")
    later = queue.row(copy).next_attempt_at
    assert queue.claim(now=later) == []
    assert (queue.row(copy).state, queue.row(copy).reason) == ("cancelled", "left")
    queue.change(standings, queue.row(copy).standing_id, standing="active")
    with queue.store.write() as session:
        assert outbox.revive(session, stopped, later) == [copy]
    assert queue.claim(now=later) == [copy]


@pytest.mark.parametrize(("reply", "after"), AFTER.values(), ids=AFTER)
def test_what_a_reply_leaves_behind(queue: Queue, reply: tuple[str, str], after: tuple[str, str, int]) -> None:
    copy = queue.copy()
    queue.mark(queue.claim())
    answered(queue, copy, *reply)
    row = queue.row(copy)
    assert (row.state, row.reason, row.attempts, row.lease_until) == (*after, None)
    assert (row.finished_at is not None) is (row.state in outbox.FINAL)


@pytest.mark.parametrize(
    ("tries", "slow", "away", "minutes"),
    [(1, False, False, 15), (2, False, False, 30), (2, True, False, 60), (3, False, False, 120), (99, False, False, 160), (1, False, True, 1), (9, True, True, 120)],
)
def test_out_6_out_16_the_retry_clock(tries: int, slow: bool, away: bool, minutes: int) -> None:
    assert outbox.retry_at(tries, NOW, slow=slow, away=away) == NOW + timedelta(minutes=minutes)


def test_out_6_tries_are_spread_a_little_so_that_not_all_come_back_at_once() -> None:
    moments = [NOW + timedelta(microseconds=n) for n in (1, 250_000, 500_000, 999_999)]
    waits = [outbox.retry_at(tries, now) - now for tries in (1, 2, 3, 99) for now in moments]
    assert len(set(waits)) == len(waits)
    assert all(timedelta(minutes=15) <= wait < timedelta(minutes=16.5) for wait in waits[:4])
    assert waits[3] + waits[7] < timedelta(hours=1)  # two more tries in the first hour
    assert all(timedelta(hours=2) <= wait < timedelta(hours=3) for wait in waits[8:])


LEFT: dict[str, tuple[int, int | None]] = {  # minutes until the deadline -> until the next try; None: given up
    "an hour": (60, 15),
    "less than the wait": (14, 13),
    "next to nothing": (5, None),
}


@pytest.mark.parametrize(("left", "wait"), LEFT.values(), ids=LEFT)
def test_out_7_what_is_greylisted_is_tried_once_more_before_its_deadline(queue: Queue, left: int, wait: int | None) -> None:
    copy = queue.copy(deadline=NOW + left * MINUTE)
    queue.mark(queue.claim())
    answered(queue, copy, "deferred", "busy")
    row = queue.row(copy)
    assert (row.state, row.reason) == (("deferred", "busy") if wait else ("failed", "gave-up"))
    if wait:
        assert row.next_attempt_at == NOW + wait * MINUTE
    assert history(queue, copy) == ["deferred", "failed"][: 1 if wait else 2]


def put_off(queue: Queue, copy: int, now: Any) -> Any:
    """As when no relay can be had. Returns when the copy goes next."""
    assert queue.claim(now=now) == [copy]
    with queue.store.write() as session:
        outbox.put_off(session, [copy], "one", reason="cannot-connect", detail="", slow=False, now=now)
    return queue.row(copy).next_attempt_at


def test_out_6_a_relay_that_was_away_says_nothing_of_the_letter(queue: Queue) -> None:
    """Ten tries without a relay, then the first answer: greylisted, so it goes again in a quarter of an hour."""
    copy, now = queue.copy(), NOW
    for _ in range(10):
        now = put_off(queue, copy, now)
    queue.mark(queue.claim(now=now))
    answered(queue, copy, "deferred", "greylisted", now=now)
    assert queue.row(copy).next_attempt_at == now + 15 * MINUTE
    now = put_off(queue, copy, now + 15 * MINUTE) - 60 * MINUTE  # and its being away again goes on where it was
    assert now == NOW + (1 + 5 + 15 + 30 + 6 * 60 + 15) * MINUTE


def test_a_relay_that_is_away_counts_as_a_try_until_five_days_have_passed(queue: Queue) -> None:
    copy = queue.copy()
    now, tries = NOW, 0
    while queue.row(copy).state != "failed":
        now = queue.row(copy).next_attempt_at
        put_off(queue, copy, now)
        tries += 1
        assert queue.row(copy).attempts == tries
    assert now - NOW > timedelta(days=4, hours=22)
    assert queue.row(copy).reason == "gave-up"


@pytest.mark.parametrize("then", ["put off by the relay", "no relay"])
def test_v6_what_may_have_gone_has_not_failed_when_it_is_given_up(queue: Queue, then: str) -> None:
    """The answer to its first try was lost, and until its end no relay took or refused the next: nobody knows whether it arrived."""
    copy = queue.copy(deadline=NOW + 16 * MINUTE)
    queue.mark(queue.claim())
    answered(queue, copy, "uncertain", "lost-answer", resend=True)
    again = queue.row(copy).next_attempt_at
    if then == "no relay":
        put_off(queue, copy, again)
    else:
        queue.mark(queue.claim(now=again), now=again)
        answered(queue, copy, "deferred", "try-later", again)
    assert (queue.row(copy).state, queue.row(copy).reason) == ("uncertain", "gave-up")
    with queue.store.read() as session:
        said = session.execute(select(attempts.c.state).where(attempts.c.outgoing_id == copy).order_by(attempts.c.id)).scalars().all()
    assert said[-1] == "uncertain"


REFUSED_LATER: dict[str, str] = {  # why the second try was refused for good -> what is known of the copy
    "no-such-address": "failed",
    "mailbox-closed": "failed",
    "relay-denied": "uncertain",
    "needs-smtputf8": "uncertain",
    "refused-policy": "uncertain",
    "too-large": "uncertain",
}


@pytest.mark.parametrize(("reason", "state"), REFUSED_LATER.items(), ids=REFUSED_LATER)
def test_v6_a_refusal_says_nothing_of_the_try_before_whose_answer_was_lost(queue: Queue, reason: str, state: str) -> None:
    """Unless it says that nobody is there. Without that try before it the copy has failed."""
    for lost in (True, False):
        copy, at = queue.copy(), NOW
        if lost:
            queue.mark(queue.claim())
            answered(queue, copy, "uncertain", "lost-answer", resend=True)
            at = queue.row(copy).next_attempt_at
        queue.mark(queue.claim(now=at), now=at)
        answered(queue, copy, "failed", reason, at)
        row = queue.row(copy)
        assert (row.state, row.reason, row.finished_at) == (state if lost else "failed", reason, at)


@pytest.mark.parametrize(("late", "resend"), [("deferred", False), ("deferred", True), ("unsent", False)])
def test_v6_a_late_answer_leaves_no_doubt_of_its_try(queue: Queue, late: str, resend: bool) -> None:
    """It was taken for lost, and had not gone, as is known since: refused for good or called off later, it is no longer uncertain."""
    for then in ("refused", "called off"):
        copy = queue.copy()
        queue.mark(queue.claim())
        lapse(queue, resend=resend)
        answered(queue, copy, late, "try-later")
        again = queue.row(copy).next_attempt_at
        if then == "refused":
            queue.mark(queue.claim(now=again), now=again)
            answered(queue, copy, "failed", "refused-policy", again)
            assert queue.row(copy).state == "failed"
        else:
            with queue.store.write() as session:
                assert outbox.cancel(session, copy, "cancelled-by-hand", NOW) == "cancelled"


def test_v6_a_copy_that_cannot_be_made_again_may_have_gone_before(queue: Queue) -> None:
    copy, other = queue.copy(), queue.copy()
    assert queue.claim() == [copy, other]
    queue.mark([copy])
    answered(queue, copy, "uncertain", "lost-answer", resend=True)
    again = queue.row(copy).next_attempt_at
    assert queue.claim(now=again) == [copy]
    with queue.store.write() as session:
        outbox.fail_unfilled(session, {copy: "letter-KeyError", other: "letter-KeyError"}, "one", again)
    assert [queue.row(each).state for each in (copy, other)] == ["uncertain", "failed"]
    assert history(queue, copy) == ["uncertain", "uncertain"]


LOST: dict[str, tuple[bool, str, int, str]] = {  # setting says resend, the network says, minutes to the deadline -> state
    "held by default": (False, "", 60, "uncertain"),
    "the setting says resend": (True, "", 60, "deferred"),
    "the network says resend": (False, "resend", 60, "deferred"),
    "the network says hold": (True, "hold", 60, "uncertain"),
    "no time is left": (True, "", 4, "uncertain"),
}


@pytest.mark.parametrize(("resend", "own", "left", "state"), LOST.values(), ids=LOST)
def test_out_3_what_a_lost_answer_leaves_behind(queue: Queue, resend: bool, own: str, left: int, state: str) -> None:
    """The line broke after the final dot: by policy it is held or goes again by the retry clock, and its history says so."""
    queue.change(networks, queue.network, uncertain=own)
    copy = queue.copy(deadline=NOW + left * MINUTE)
    queue.mark(queue.claim())
    answered(queue, copy, "uncertain", "lost-answer", resend=resend)
    row = queue.row(copy)
    assert (row.state, row.reason) == (state, "lost-answer")
    assert (row.next_attempt_at, row.finished_at) == ((NOW + 15 * MINUTE, None) if state == "deferred" else (NOW, NOW))
    with queue.store.read() as session:
        assert [line.state for line in session.execute(attempts.select())] == ["uncertain"]


# -- leases ------------------------------------------------------------------------------------------------------------

REAPED: dict[str, tuple[bool, str, str]] = {  # setting says resend, the network says -> state
    "held by default": (False, "", "uncertain"),
    "the setting says resend": (True, "", "queued"),
    "the network says resend": (False, "resend", "queued"),
    "the network says hold": (True, "hold", "uncertain"),
}


@pytest.mark.parametrize(("resend", "own", "state"), REAPED.values(), ids=REAPED)
def test_ruling_5_what_a_dead_worker_was_sending(queue: Queue, resend: bool, own: str, state: str) -> None:
    queue.change(networks, queue.network, uncertain=own)
    sending, claimed, living = queue.copy(), queue.copy(), queue.copy()
    queue.claim("dead", limit=2)
    queue.mark([sending], "dead")
    queue.claim("alive")
    queue.mark([living], "alive")
    later = NOW + LEASE + MINUTE
    with queue.store.write() as session:
        outbox.renew(session, [living], "alive", later + LEASE)
        assert outbox.has_lapsed(session, later)
        assert outbox.reap(session, lease_now=later, now=NOW, resend=resend) == 1
        assert not outbox.has_lapsed(session, later)
    assert queue.row(sending).state == state
    assert (queue.row(claimed).state, queue.row(living).state) == ("queued", "sending")


LATE = {name: case for name, case in AFTER.items() if name not in ("uncertain",)}


@pytest.mark.parametrize(
    ("reply", "after", "resend"),
    [
        pytest.param(*case, resend, id=f"{name}, {'to be sent again' if resend else 'held'}")
        for name, case in LATE.items()
        for resend in (False, True)
        if not (resend and name == "never begun")  # that may be said of the second try, which was not begun
    ],
)
def test_v6_what_a_relay_said_counts_though_its_sender_was_taken_for_dead(
    queue: Queue, reply: tuple[str, str], after: tuple[str, str, int], resend: bool
) -> None:
    copy = queue.copy()
    queue.mark(queue.claim())
    lapse(queue, resend=resend)
    if resend:
        assert queue.claim("two") == [copy]  # about to be sent again, and not begun
    answered(queue, copy, *reply)
    row = queue.row(copy)
    assert (row.state, row.reason, row.attempts, row.lease_owner) == (*after, "")
    assert queue.mark([copy], "two") == set()
    assert history(queue, copy) == ["uncertain", reply[0]][: 1 if reply[0] == "unsent" else 2]


def test_v5_v6_an_answer_to_an_earlier_try_does_not_count(queue: Queue) -> None:
    """The copy was sent again meanwhile, and of that nobody knows."""
    held, sent_again, doubted = queue.copy(), queue.copy(), queue.copy()
    queue.mark(queue.claim())
    lapse(queue)
    with queue.store.write() as session:
        assert all(outbox.resolve(session, copy, "resend", NOW) for copy in (held, sent_again))
    answered(queue, held, "failed", "user-unknown")
    assert queue.row(held).reason == "resent-by-hand"  # a person has said what is to become of it
    queue.claim("two")
    queue.mark([sent_again], "two")
    answered(queue, sent_again, "unsent", "")
    assert queue.row(sent_again).state == "sending"
    lapse(queue)
    answered(queue, sent_again, "unsent", "")
    assert (queue.row(sent_again).state, queue.row(sent_again).attempts) == ("uncertain", 2)
    queue.change(outgoing, doubted, reason="restored")
    answered(queue, doubted, "accepted", "accepted")
    assert queue.row(doubted).state == "uncertain"


def away(queue: Queue, copy: int) -> None:
    put_off(queue, copy, NOW + 30 * MINUTE)


def put_off_again(queue: Queue, copy: int) -> None:
    queue.mark(queue.claim(now=NOW + 30 * MINUTE))
    answered(queue, copy, "deferred", "try-later", NOW + 30 * MINUTE)


def tried_by_hand(queue: Queue, copy: int) -> None:
    with queue.store.write() as session:
        assert outbox.retry_now(session, copy, NOW)


SINCE: dict[str, Callable[[Queue, int], None]] = {
    "nothing": lambda _q, _c: None,
    "tried again by hand": tried_by_hand,
    "its relay is away": away,
    "put off at the next try": put_off_again,
}


@pytest.mark.parametrize("since", SINCE.values(), ids=SINCE)
def test_v6_what_may_have_gone_is_never_said_to_be_called_back(queue: Queue, since: Callable[[Queue, int], None]) -> None:
    """Whatever became of it after the try of which nobody knows."""
    copy = queue.copy()
    queue.mark(queue.claim())
    answered(queue, copy, "uncertain", "lost-answer", resend=True)
    since(queue, copy)
    with queue.store.write() as session:
        assert outbox.cancel(session, copy, "cancelled-by-hand", NOW) == "uncertain"
    assert (queue.row(copy).state, queue.row(copy).reason) == ("uncertain", "cancelled-by-hand")


def test_v6_a_try_that_was_not_begun_says_nothing_of_the_one_that_was_lost(queue: Queue) -> None:
    """What marks the second one failed, and nobody knows better of the first."""
    copy = queue.copy()
    queue.mark(queue.claim())
    lapse(queue, resend=True)
    assert queue.claim() == [copy]
    answered(queue, copy, "unsent", "")
    assert (queue.row(copy).state, queue.row(copy).reason, queue.row(copy).attempts) == ("queued", "interrupted", 1)


def lapse(queue: Queue, *, resend: bool = False) -> None:
    """Whoever is sending is taken for dead."""
    with queue.store.write() as session:
        assert outbox.reap(session, lease_now=NOW + LEASE + MINUTE, now=NOW, resend=resend)


def history(queue: Queue, copy: int) -> list[str]:
    with queue.store.read() as session:
        return list(session.execute(select(attempts.c.state).where(attempts.c.outgoing_id == copy).order_by(attempts.c.id)).scalars())


def test_a_start_ends_every_lease(queue: Queue) -> None:
    claimed, sending = queue.copy(), queue.copy()
    queue.claim("dead")
    queue.mark([sending], "dead")
    with queue.store.write() as session:
        outbox.end_all_leases(session)
        assert outbox.reap(session, lease_now=NOW, now=NOW, resend=False) == 1
    assert queue.claim("new") == [claimed]


# -- by hand -----------------------------------------------------------------------------------------------------------

STATES = ("queued", "deferred", "sending", "accepted", "failed", "cancelled", "uncertain")
BY_HAND: dict[str, tuple[Callable[[Any, int], bool], dict[str, str]]] = {
    "cancel": (lambda s, i: bool(outbox.cancel(s, i, "by-hand", NOW)), {"queued": "cancelled", "deferred": "cancelled"}),
    "retry": (lambda s, i: outbox.retry_now(s, i, NOW), {"deferred": "queued", "failed": "queued"}),
    "it arrived": (lambda s, i: outbox.resolve(s, i, "arrived", NOW), {"uncertain": "accepted"}),
    "resend it": (lambda s, i: outbox.resolve(s, i, "resend", NOW), {"uncertain": "queued"}),
    "it was lost": (lambda s, i: outbox.resolve(s, i, "lost", NOW), {"uncertain": "failed"}),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("act", "changes"), BY_HAND.values(), ids=BY_HAND)
def test_what_a_person_may_make_of_a_copy(queue: Queue, act: Callable[[Any, int], bool], changes: dict[str, str], state: str) -> None:
    copy = queue.copy(state=state, next_attempt_at=NOW + MINUTE)
    with queue.store.write() as session:
        assert act(session, copy) is (state in changes)
    row = queue.row(copy)
    assert row.state == changes.get(state, state)
    if row.state == "queued" and state != "queued":
        assert row.next_attempt_at == NOW


BOUNCED = dict.fromkeys(("queued", "deferred", "sending", "accepted", "uncertain"), "failed")


@pytest.mark.parametrize("permanent", [True, False], ids=["for good", "for now"])
@pytest.mark.parametrize("state", STATES)
def test_bnc_8_a_report_counts_whenever_it_comes(queue: Queue, state: str, permanent: bool) -> None:
    """A relay on the same host may report before we have written down that it took the copy."""
    copy = queue.copy()
    queue.mark(queue.claim())
    if state != "sending":
        queue.change(outgoing, copy, state=state)
    with queue.store.write() as session:
        outbox.bounced(session, copy, reason="user-unknown", diagnostic="550 no", permanent=permanent, now=NOW)
    if state == "sending" and permanent:
        answered(queue, copy, "accepted", "accepted")
    row = queue.row(copy)
    assert row.state == (BOUNCED.get(state, state) if permanent else state)
    assert (row.reason == "bounce-user-unknown") == (permanent and state in BOUNCED)
    assert history(queue, copy) == ["failed" if permanent else "deferred"]


def test_v5_a_key_is_written_once(queue: Queue) -> None:
    copy = queue.row(queue.copy())
    again = outbox.Row(
        key=copy.key, network_id=copy.network_id, letter_id=copy.letter_id, address_id=copy.address_id,
        standing_id=copy.standing_id, purpose=copy.purpose, to_address="other@school.example",
    )  # fmt: skip
    with queue.store.write() as session:
        assert outbox.add_rows(session, [again, again], now=NOW) == 0
        assert session.execute(text("SELECT count(*) FROM outgoing")).scalar() == 1


def test_v4_no_copy_without_a_decided_standing(queue: Queue) -> None:
    copy = queue.row(queue.copy())
    with pytest.raises(Exception, match="FOREIGN KEY"), queue.store.write() as session:
        session.execute(standings.delete().where(standings.c.id == copy.standing_id))


def test_every_try_is_history(queue: Queue) -> None:
    copy = queue.copy()
    for state in ("deferred", "accepted"):
        queue.mark(queue.claim(now=NOW + timedelta(days=1)))
        answered(queue, copy, state, state)
    with queue.store.read() as session:
        assert [row.state for row in session.execute(attempts.select().order_by(attempts.c.id))] == ["deferred", "accepted"]


def test_a_letter_that_cannot_be_filled_is_nobodys_business_but_its_owners(queue: Queue) -> None:
    """Somebody else may have claimed it since, and fill it as it stands now."""
    copy = queue.copy()
    assert queue.claim("one") == [copy]
    assert queue.claim("two", lease_now=NOW + 2 * LEASE) == [copy]
    with queue.store.write() as session:
        outbox.fail_unfilled(session, {copy: "letter-ValueError"}, "one", NOW)
    assert (queue.row(copy).state, queue.row(copy).lease_owner) == ("queued", "two")


def test_a_copy_that_was_emptied_is_not_tried_again_by_hand(queue: Queue) -> None:
    copy = queue.copy(state="failed", to_address=None)
    with queue.store.write() as session:
        assert not outbox.retry_now(session, copy, NOW)
    assert queue.row(copy).state == "failed"
