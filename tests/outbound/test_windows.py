"""What is written down of a window, on both databases: a list is one parameter of one statement (V6, ruling 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from mailer.outbound import outbox, rates
from mailer.outbound.transport import Reply, relays, unsent
from mailer.store.tables import attempts, outgoing
from tests.databases import new_on_postgres, on_both
from tests.outbound.queue import LEASE, MINUTE, NOW, Queue
from tests.servers import NewDatabase, until

ON_BOTH = on_both("queue")
SINK = "smtp://sink"


def write(queue: Queue, replies: list[Reply], owner: str = "one") -> None:
    with queue.store.write() as session:
        outbox.write_results(session, replies, owner=owner, relay=SINK, now=NOW, resend=False)


def history(queue: Queue, copy: int) -> list[Any]:
    with queue.store.read() as session:
        return list(session.execute(select(attempts).where(attempts.c.outgoing_id == copy)))


# state, code, enhanced, text, reason of a reply -> state and tries of the copy, how many lines its history has
SAID: dict[str, tuple[tuple[Any, ...], tuple[str, int, int]]] = {
    "taken": (("accepted", 250, "2.0.0", "2.0.0 Ok: queued as 4XY", "accepted"), ("accepted", 1, 1)),
    "taken, in other words": (("accepted", 250, None, "Ça “va” \\ ' % {} 🙂", "accepted"), ("accepted", 1, 1)),
    "refused": (("failed", 550, "5.1.1", "5.1.1 No such user", "no-such-address"), ("failed", 1, 1)),
    "put off": (("deferred", 451, "4.3.0", "later", "try-later"), ("deferred", 1, 1)),
    "put off without a word": (("deferred", None, None, "", "connection-lost"), ("deferred", 1, 1)),
    "no answer": (("uncertain", None, None, "the line broke", "lost-answer"), ("uncertain", 1, 1)),
    "not begun": (("unsent", None, None, "", "not-begun"), ("queued", 0, 0)),
}


@ON_BOTH
def test_each_copy_of_a_window_becomes_what_was_said_of_it(queue: Queue) -> None:
    copies = dict(zip(SAID, [queue.copy() for _ in SAID], strict=True))
    queue.claim()
    assert queue.mark(list(copies.values())) == set(copies.values())
    assert {queue.row(copy).sha256 for copy in copies.values()} == {f"{copy:064x}" for copy in copies.values()}
    write(queue, [Reply(copies[name], *said) for name, (said, _) in SAID.items()])
    for name, (said, (state, tries, lines)) in SAID.items():
        copy, noted = queue.row(copies[name]), history(queue, copies[name])
        assert (copy.state, copy.attempts, len(noted), copy.lease_owner) == (state, tries, lines, ""), name
        for line in noted:
            assert (line.state, line.code, line.enhanced, line.text, line.reason) == (*said[:2], said[2] or "", *said[3:]), name
            assert (line.at, line.relay) == (NOW, SINK)
        assert (copy.finished_at is None) == (state in ("queued", "deferred"))
        assert (copy.next_attempt_at > NOW) == (state == "deferred")


@ON_BOTH
def test_what_one_relay_put_off_is_taken_again_for_the_next_unless_it_was_stopped_or_taken_meanwhile(queue: Queue) -> None:
    free, taken, stopped, gone = copies = [queue.copy() for _ in range(4)]
    queue.claim()
    queue.mark(copies)
    write(queue, [Reply(copy, "deferred", None, "5.3.4", "", "too-large", "letter") for copy in copies[:3]])
    write(queue, [Reply(gone, "accepted", 250, None, "Ok", "accepted")])
    queue.change(outgoing, taken, lease_owner="two", lease_until=NOW + MINUTE)
    with queue.store.write() as session:
        outbox.cancel(session, stopped, "by-hand", NOW)
        assert outbox.take_again(session, copies, "one", NOW + LEASE) == [free]
    assert [queue.row(copy).lease_owner for copy in copies] == ["one", "two", "", ""]
    assert queue.mark(copies) == {free}


@ON_BOTH
def test_what_another_worker_has_meanwhile_is_not_written_over(queue: Queue) -> None:
    mine, theirs = queue.copy(), queue.copy()
    queue.claim()
    queue.mark([mine, theirs])
    with queue.store.write() as session:
        outbox.renew(session, [mine], "one", NOW + MINUTE)
    write(queue, [Reply(theirs, "failed", 550, None, "no", "refused")], owner="two")
    assert queue.row(theirs).state == "sending"
    assert history(queue, theirs) == []


@pytest.mark.postgres
def test_leases_are_renewed_past_a_window_that_is_being_written(postgres: NewDatabase, tmp_path: Path) -> None:
    """Who waits for one row while holding others can be waited for in turn: PostgreSQL would end one of the two."""
    queue = Queue(tmp_path, new_on_postgres(postgres))
    going, waiting = queue.copy(), queue.copy()
    queue.claim()
    before = queue.row(going).lease_until
    with queue.store.write() as window:
        outbox.mark_sending(window, [outbox.Sending(going, NOW, None, 1, "a" * 64)], "one", SINK, now=NOW, lease_now=NOW)
        with queue.store.write() as renewal:
            renewal.execute(text("SET LOCAL lock_timeout = '5s'"))
            outbox.renew(renewal, [waiting, going], "one", NOW + 9 * MINUTE)
    assert (queue.row(going).lease_until, queue.row(waiting).lease_until) == (before, NOW + 9 * MINUTE)
    queue.store.close()


ENDPOINT = "vpce-0123456789abcdef0-abcdefgh.email-smtp.eu-west-2.vpce.amazonaws.com"


@ON_BOTH
def test_a_relay_may_have_a_name_of_any_length(queue: Queue) -> None:
    """PostgreSQL refuses what is too long for its column: nothing would leave."""
    copy = queue.copy()
    queue.claim()
    one, other = relays(f"smtp+starttls://u:p@{ENDPOINT}:587,smtp+starttls://u:p@{ENDPOINT}:2587")
    assert one.name != other.name
    assert one.name.startswith("smtp+starttls://vpce-0123456789abcdef0-abcdefgh.email-smtp")
    with queue.store.write() as session:
        outbox.mark_sending(session, [outbox.Sending(copy, NOW, None, 1, "a" * 64)], "one", one.name, now=NOW, lease_now=NOW)
        said = [Reply(copy, "accepted", 250, None, "Ok", "accepted")]
        outbox.write_results(session, said, owner="one", relay=one.name, now=NOW, resend=False)
        for relay in (one, other):
            rates.spare(session, rates.relay(relay.name), now=NOW)
    assert queue.row(copy).relay == history(queue, copy)[0].relay == one.name


@ON_BOTH
def test_a_domain_may_have_a_name_of_any_length_and_shares_no_rest(queue: Queue) -> None:
    college = "school-of-chemistry-and-biological-sciences.faculty-of-natural-science"
    domains = [f"{college}.{end}.example" for end in ("north", "south")]
    copies = [queue.copy() for _ in domains]
    for copy, domain in zip(copies, domains, strict=True):
        queue.change(outgoing, copy, to_address=f"p@{domain}")
    with queue.store.write() as session:
        rates.spare(session, rates.destination(domains[0].upper()), now=NOW)
        known = rates.read(session, now=NOW)
    assert known.rests(rates.destination(domains[0]))
    assert not known.rests(rates.destination(domains[1]))
    assert queue.claim(budget=known.budget(100, "tray:")) == copies[1:]


def test_termpost_rate_names_a_relay_by_its_url_and_the_courier_by_its_name() -> None:
    url = f"smtp://{ENDPOINT}:25"
    assert rates.relay(url) == rates.relay(relays(f"{url}?cleartext=yes")[0].name)
    assert rates.relay("smtp://a:25") == "relay:smtp://a:25"
    assert rates.destination("A.example") == "destination:a.example"


TAKES: dict[str, Callable[[Connection, int, list[int]], Any]] = {
    "who holds": lambda session, mailing, _: outbox.take_back(session, outgoing.c.occasion_id == mailing),
    "who cancels": lambda session, mailing, _: outbox.cancel_occasion(session, mailing, "called-off", NOW),
    "who cancels a few": lambda session, _, copies: [outbox.cancel(session, copy, "by-hand", NOW) for copy in copies],
}


@pytest.mark.postgres
@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_who_stops_a_mailing_sees_what_has_just_left(
    postgres: NewDatabase, tmp_path: Path, take: Callable[[Connection, int, list[int]], Any]
) -> None:
    """Two transactions at the same moment: the receipt of a HOLD names every copy that leaves, and none leaves after it."""
    queue = Queue(tmp_path, new_on_postgres(postgres))
    mailing = queue.add_mailing()
    copies = [queue.copy(occasion_id=mailing) for _ in range(3)]
    queue.claim()
    seen: list[dict[str, int]] = []

    def stop() -> None:
        with queue.store.write() as session:
            take(session, mailing, copies)
            seen.append(outbox.tally(session, mailing))

    with queue.store.write() as window:
        sent = [outbox.Sending(copy, NOW, None, 1, "a" * 64) for copy in copies[:2]]
        assert len(outbox.mark_sending(window, sent, "one", SINK, now=NOW, lease_now=NOW)) == 2
        other = threading.Thread(target=stop)
        other.start()
        until(lambda: waits_for_a_lock(queue))
    other.join()
    assert seen[0]["sending"] == 2
    assert queue.mark(copies[2:]) == set()
    queue.store.close()


@ON_BOTH
def test_what_was_under_way_when_its_mailing_was_called_off_is_not_begun_again(queue: Queue) -> None:
    mailing = queue.add_mailing()
    copies = [queue.copy(occasion_id=mailing) for _ in range(3)]
    goes = queue.copy()
    queue.mark(queue.claim())
    with queue.store.write() as session:
        assert outbox.stop_occasion(session, mailing, "called-off", NOW) == 0
    write(queue, [unsent(copies[0]), unsent(copies[1]), Reply(copies[2], "deferred", 451, None, "Later", "try-later"), unsent(goes)])
    assert queue.claim() == [goes]
    assert [(queue.row(copy).state, queue.row(copy).reason) for copy in copies] == [
        ("cancelled", "too-late"), ("cancelled", "too-late"), ("failed", "gave-up"),
    ]  # fmt: skip


def waits_for_a_lock(queue: Queue) -> bool:
    with queue.store.read() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return bool(session.execute(waiting).scalar())


@ON_BOTH
def test_copies_dated_before_keep_their_own_date(queue: Queue) -> None:
    """A copy that was tried before goes with its first Date, in one window with others that go for the first time."""
    first, second = queue.copy(), queue.copy()
    queue.claim()
    with queue.store.write() as session:
        window = [outbox.Sending(first, NOW - MINUTE, 17, 1, "a" * 64), outbox.Sending(second, NOW, None, 2, "b" * 64)]
        assert outbox.mark_sending(session, window, "one", SINK, now=NOW, lease_now=NOW) == {first, second}
    one, other = queue.row(first), queue.row(second)
    assert (one.dated_at, one.signed_at, one.letterhead_id, one.sha256) == (NOW - MINUTE, 17, 1, "a" * 64)
    assert (other.dated_at, other.signed_at, other.letterhead_id, other.sha256) == (NOW, None, 2, "b" * 64)


# now and the lease's now at the window -> is it begun
WOKEN: dict[str, tuple[timedelta, timedelta, bool]] = {
    "in time": (MINUTE, LEASE, True),
    "at its deadline": (5 * MINUTE, MINUTE, True),
    "past its deadline": (6 * MINUTE, MINUTE, False),
    "past its lease": (MINUTE, 2 * LEASE, False),
}


@ON_BOTH
@pytest.mark.parametrize(("slept", "lease_slept", "begun"), WOKEN.values(), ids=WOKEN)
def test_v11_who_slept_since_the_claim_begins_nothing_stale(queue: Queue, slept: timedelta, lease_slept: timedelta, begun: bool) -> None:
    copy = queue.copy(deadline=NOW + 5 * MINUTE)
    queue.claim()
    assert queue.mark([copy], now=NOW + slept, lease_now=NOW + lease_slept) == ({copy} if begun else set())
    assert queue.row(copy).state == ("sending" if begun else "queued")


@ON_BOTH
def test_a_window_costs_three_statements_however_long_it_is(queue: Queue) -> None:
    """None is made anew for another number of copies, and each names its copies by their ids: PostgreSQL, which cannot know how
    many rows a JSON list has, would read the whole outbox."""
    copies = [queue.copy() for _ in range(9)]
    queue.claim()
    said: list[str] = []

    @event.listens_for(queue.store.writer, "before_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, many: bool) -> None:
        assert not many
        if statement.startswith(("UPDATE", "INSERT", "SELECT")):
            said.append(statement)

    for window in (copies[:2], copies[2:]):
        queue.mark(window)
        write(queue, [Reply(copy, "accepted", 250, None, "Ok", "accepted") for copy in window])
    assert len(said) == 6
    assert said[:3] == said[3:]
    by_id = "outgoing.id IN (SELECT value" if queue.store.is_sqlite else "outgoing.id = ANY ("
    assert all(by_id in statement for statement in said if statement.startswith("UPDATE"))
