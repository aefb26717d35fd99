"""Two acts of the same moment on PostgreSQL, in steps: what the one read before the other was kept does not stand against it, and
neither waits for the other in a ring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import (
    Actor,
    Strength,
    change_address,
    confirm,
    forget_me,
    hold,
    import_members,
    leave,
    leave_rows,
    merge,
    questions,
    undo,
)
from mailer.acts.import_lines import Wish
from mailer.consent import ledger, standing
from mailer.cycle import due, enqueue
from mailer.cycle import letters as letter_pages
from mailer.meetings import meetings
from mailer.newsletters import issues
from mailer.outbound import outbox
from mailer.outbound.answers import Answers, Heard
from mailer.outbound.transport import Reply
from mailer.people import addresses, merging
from mailer.people.sheet.row import Row as SheetRow
from mailer.store import add
from mailer.store.tables import addresses as address_rows
from mailer.store.tables import confirmations, letters, outgoing, standings, undos
from mailer.store.tables import issues as issue_rows
from mailer.store.tables import meetings as meeting_rows
from tests.databases import new_on_postgres
from tests.hosted import somebody_waits, staged_on_postgres, waits_for_a_lock
from tests.outbound.queue import LEASE, NOW, Queue
from tests.outbound.test_at_one_moment import approved, until_its_commit
from tests.outbound.test_deliver import actor
from tests.people.entries import id_of
from tests.servers import NewDatabase, until
from tests.stage import Stage

pytestmark = pytest.mark.postgres

JANE, HOME, NEW = "jane@hill.school.example", "jane@home.example", "jane@new.school.example"


@pytest.fixture
def stage(postgres: NewDatabase, tmp_path: Path) -> Iterator[Stage]:
    yield from staged_on_postgres(postgres, tmp_path)


def once(monkeypatch: pytest.MonkeyPatch, room: Any, name: str, before: Any) -> None:
    real, done = getattr(room, name), []

    def then(*given: Any, **named: Any) -> Any:
        if not done:
            done.append(True)
            before()
        return real(*given, **named)

    monkeypatch.setattr(room, name, then)


def beside(stage: Stage, act: Any) -> threading.Thread:
    """Somebody else's act in a thread of its own; returns when it is done, or waits for us."""
    thread = threading.Thread(target=act)
    thread.start()

    def there() -> bool:
        return not thread.is_alive() or somebody_waits(stage.house.store)

    until(there, within=20)
    return thread


def to_its_end(stage: Stage) -> None:
    for _ in range(5):  # one that finds it changed leaves it to the next
        due.tick(stage.house, stage.now)
    while stage.courier.deliver("bulk"):
        pass


def me(stage: Stage, address_id: int, session: Any) -> Actor:
    return Actor(stage.network_id, address_id, addresses.get(session, address_id).person_id, Strength.CONFIRM, "mail")


def test_dp_10_who_changes_address_while_a_page_is_composed_gets_the_letter(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = "rose@hill.school.example", "rose@new.school.example"
    stage.member(old, "Rose Reader")
    stage.mail(old, "mendip-help@lists.example.org", "", f"CHANGE ADDRESS TO {new}")
    with stage.house.store.read() as session:
        asked = list(session.execute(select(confirmations.c.id).order_by(confirmations.c.id)).scalars())
    with stage.house.store.write() as session:
        confirm.redeem(session, asked[0], channel="mail", now=stage.now)
    mailing = approved(stage, "invitation", 40)

    def yes() -> None:
        with stage.house.store.write() as session:
            assert confirm.redeem(session, asked[1], channel="mail", now=stage.now).state == "done"

    once(monkeypatch, enqueue.states, "still", yes)
    to_its_end(stage)
    found = [(copy.to_address, copy.state, copy.reason) for copy in stage.copies(occasion_id=mailing) if "rose" in copy.to_address]
    assert [(new, "accepted", "accepted")] == found


def test_dp_11_who_is_forgotten_while_a_page_is_composed_is_on_none(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    rose = stage.member("rose@hill.school.example", "Rose Reader")
    approved(stage, "invitation", 40)

    def erase() -> None:
        with stage.house.store.write() as session:
            erasure = forget_me.by_operator(session, stage.network_id, rose, now=stage.now)
        assert forget_me.carry_out(stage.house, erasure, stage.now)

    once(monkeypatch, enqueue.states, "still", erase)
    to_its_end(stage)
    assert [(copy.state, copy.reason, copy.to_address) for copy in stage.copies(address_id=rose) if copy.to_address] == []


def test_dp_11_who_is_forgotten_while_a_page_is_written_down_is_on_none(stage: Stage) -> None:
    rose = stage.member("rose@hill.school.example", "Rose Reader")
    mailing = approved(stage, "invitation", 40)
    hers = select(outgoing.c.id).where(outgoing.c.address_id == rose)
    page, goes_on = until_its_commit(stage, due.steps, lambda session: session.execute(hers).first() is not None)
    done: list[bool] = []

    def erase() -> None:
        with stage.house.store.write() as session:
            erasure = forget_me.by_operator(session, stage.network_id, rose, now=stage.now)
        done.append(forget_me.carry_out(stage.house, erasure, stage.now))

    erasing = beside(stage, erase)
    goes_on.set()
    page.join(20)
    erasing.join(20)
    assert done == [True], done
    while stage.courier.deliver("bulk"):
        pass
    copies = stage.copies(address_id=rose)
    assert [(copy.state, copy.reason) for copy in copies if copy.occasion_id == mailing and copy.to_address] == []


@pytest.mark.parametrize("when", ["before it writes", "before its commit"])
def test_dp_3_who_leaves_while_their_two_entries_are_merged_gets_nothing_more(stage: Stage, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    kept = stage.member("rose@new.school.example", "Rose Reader", purposes=("newsletter",))
    other = stage.member("rose@hill.school.example", "Rose Reader")
    left: list[Any] = []
    others: list[threading.Thread] = []

    def stop() -> None:
        with stage.house.store.write() as session:
            left.append(leave.everything(session, me(stage, other, session), now=stage.now))

    leaving = threading.Thread(target=stop)
    if when == "before it writes":
        once(monkeypatch, merging, "carry_out", lambda: others.append(beside(stage, stop)))
    with stage.house.store.write() as session:
        merge.merge(session, actor(stage), kept, other, now=stage.now)
        if when == "before its commit":
            leaving.start()
            waits_for_a_lock(stage.house.store, leaving)
    for thread in others:
        thread.join(20)
    if when == "before its commit":
        leaving.join(20)
    assert len(left) == 1
    with stage.house.store.read() as session:
        gets = {one: standing.of(session, stage.network_id, one)["meetings"] for one in (kept, other)}
    assert "active" not in gets.values(), gets


def test_undo_of_a_stop_and_a_merge_do_not_wait_for_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """UNDO goes by the order in which she got her standings, the merge by that of the purposes."""
    kept = stage.member("rose@new.school.example", "Rose Reader")
    other = stage.member("rose@hill.school.example", "Rose Reader", purposes=("newsletter", "meetings"))
    with stage.house.store.write() as session:
        left = leave.everything(session, me(stage, other, session), now=stage.now)
    raised: list[Exception] = []
    others: list[threading.Thread] = []

    def one() -> None:
        try:
            with stage.house.store.write() as session:
                merge.merge(session, actor(stage), kept, other, now=stage.now)
        except Exception as error:
            raised.append(error)

    once(monkeypatch, leave_rows, "_member_again", lambda: others.append(beside(stage, one)))
    try:
        with stage.house.store.write() as session:
            undo.redeem(session, me(stage, other, session), left.fields["undo"], now=stage.now)
    except Exception as error:
        raised.append(error)
    others[0].join(20)
    assert raised == []
    with stage.house.store.read() as session:
        assert standing.of(session, stage.network_id, kept)["meetings"] == "active"


def _moves(stage: Stage, jane: int, _: int) -> None:
    with stage.house.store.write() as session:
        new = addresses.find_or_add(session, NEW, hasher=stage.house.hasher, now=stage.now)
        first, second = (questions.write_down(session, stage.network_id, one, change_address.ACT, {}, None, stage.now) for one in (jane, new.id))
        args = {"from": jane, "to": new.id, "this": second, "twin": first, "yes": True}
        session.execute(update(confirmations).where(confirmations.c.id == first).values(args=args))
    with stage.house.store.write() as session:
        change_address.confirmed(session, me(stage, new.id, session), args, now=stage.now)


def _merges(stage: Stage, jane: int, home: int) -> None:
    with stage.house.store.write() as session:
        merge.merge(session, actor(stage), jane, home, now=stage.now)


def _parts(stage: Stage, *_: int) -> None:
    with stage.house.store.read() as session:
        merged = session.execute(select(undos.c.id).where(undos.c.act == merge.ACT)).scalar_one()
    with stage.house.store.write() as session:
        merge.split(session, actor(stage), merged, now=stage.now)


# the act, whose turn it is when it comes, and who has a copy in the end
MEANWHILE = {
    "moves": (_moves, JANE, {NEW, HOME}),
    "moves, and was reached": (_moves, HOME, {NEW, HOME}),
    "is one with another": (_merges, JANE, {JANE}),
    "is one with another that is reached": (_merges, HOME, {JANE}),
    "is two again, with their turn over": (_parts, HOME, {JANE, HOME}),
}


@pytest.mark.parametrize(("act", "turn", "get_it"), MEANWHILE.values(), ids=MEANWHILE)
@pytest.mark.parametrize("when", ["before it has its readers", "before its commit"])
def test_v5_who_becomes_another_reader_and_a_page_do_not_wait_for_each_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, when: str, act: Any, turn: str, get_it: set[str]
) -> None:
    """Both ask for the mailing before the standings of its readers, and it comes once to each."""
    monkeypatch.setattr(letter_pages, "PAGE", 1)
    jane, home = id_of(stage, JANE), stage.member(HOME, "J Doe")
    stage.member("last@hill.school.example", "Last Reader")
    if act is _parts:
        _merges(stage, jane, home)
    mailing = approved(stage, "invitation", 40)
    while (stage.occasion("invitation").cursor or 0) < id_of(stage, turn) - 1:
        assert due.step(stage.house, mailing, stage.now)
    raised: list[Exception] = []
    others: list[threading.Thread] = []

    def meanwhile() -> None:
        try:
            act(stage, jane, home)
        except Exception as error:
            raised.append(error)

    def begin() -> None:
        others.append(beside(stage, meanwhile))
        assert others[0].is_alive(), "it did not wait"

    if when == "before its commit":
        page, goes_on = until_its_commit(stage, lambda house, now: due.step(house, mailing, now))
        begin()
        goes_on.set()
        page.join(20)
    else:
        once(monkeypatch, enqueue, "_as_read", begin)
        due.step(stage.house, mailing, stage.now)
    others[0].join(20)
    assert raised == []
    to_its_end(stage)
    to_its_end(stage)
    copies = [copy for copy in stage.copies(occasion_id=mailing) if copy.to_address in (JANE, HOME, NEW) and copy.state != "cancelled"]
    assert sorted((copy.to_address, copy.state) for copy in copies) == sorted((one, "accepted") for one in get_it)
    ended = stage.occasion("invitation")
    assert (ended.state, ended.audience_count) == ("sent", len(stage.copies(occasion_id=mailing)))  # V6


def test_dp_8_who_stops_a_purpose_while_a_list_is_imported_does_not_get_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    rose = stage.member("rose@hill.school.example", "Rose Reader", purposes=("meetings",))
    wish = Wish(stage.network_id, stage.house.hasher, ("newsletter",), "paper forms", "aa" * 32)
    rows = [SheetRow(1, "rose@hill.school.example", "Rose Reader")]

    def stop() -> None:
        with stage.house.store.write() as session:
            leave.some(session, me(stage, rose, session), ("newsletter",), now=stage.now)

    with stage.house.store.write() as session:
        import_id = import_members.begin(session, wish, file="x", lines=1, now=stage.now)
    others: list[threading.Thread] = []
    once(monkeypatch, import_members, "place", lambda: others.append(beside(stage, stop)))
    with stage.house.store.write() as session:
        import_members.carry_out(session, wish, import_id, rows, stage.now)
    others[0].join(20)
    with stage.house.store.read() as session:
        assert standing.of(session, stage.network_id, rose)["newsletter"] == "left"


def test_a_form_on_a_page_and_a_seal_do_not_wait_for_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """record_many: audit, then ledger; seal: ledger, then audit."""
    jane = stage.member("rose@hill.school.example", "Rose Reader")
    said: list[Any] = []

    def seal() -> None:
        try:
            with stage.house.store.write() as session:
                said.append(ledger.seal(session, stage.now))
        except Exception as error:
            said.append(error)

    others: list[threading.Thread] = []
    once(monkeypatch, ledger, "add_many", lambda: others.append(beside(stage, seal)))
    with stage.house.store.write() as session:
        who = Actor(stage.network_id, jane, addresses.get(session, jane).person_id, Strength.TAG, "web", evidence_sha256="ab" * 32)
        leave.some(session, who, ("newsletter",), now=stage.now, act="one-click")
    others[0].join(20)
    assert [type(one) for one in said] == [int], said


@pytest.mark.parametrize("first", ["leave", "merge"])
def test_one_after_the_other_a_leave_and_a_merge_hold(stage: Stage, first: str) -> None:
    kept = stage.member("rose@new.school.example", "Rose Reader", purposes=("newsletter",))
    other = stage.member("rose@hill.school.example", "Rose Reader")
    for act in (first, "merge" if first == "leave" else "leave"):
        with stage.house.store.write() as session:
            if act == "leave":
                leave.everything(session, me(stage, other, session), now=stage.now)
            else:
                merge.merge(session, actor(stage), kept, other, now=stage.now)
    with stage.house.store.read() as session:
        gets = {one: standing.of(session, stage.network_id, one)["meetings"] for one in (kept, other)}
    assert "active" not in gets.values(), gets


@pytest.mark.parametrize("first", ["stop", "import"])
def test_one_after_the_other_a_stop_and_an_import_hold(stage: Stage, first: str) -> None:
    rose = stage.member("rose@hill.school.example", "Rose Reader", purposes=("meetings",))
    wish = Wish(stage.network_id, stage.house.hasher, ("newsletter",), "paper forms", "aa" * 32)
    rows = [SheetRow(1, "rose@hill.school.example", "Rose Reader")]
    for act in (first, "import" if first == "stop" else "stop"):
        with stage.house.store.write() as session:
            if act == "stop":
                leave.some(session, me(stage, rose, session), ("newsletter",), now=stage.now)
            else:
                import_id = import_members.begin(session, wish, file="x", lines=1, now=stage.now)
                import_members.carry_out(session, wish, import_id, rows, stage.now)
    with stage.house.store.read() as session:
        assert standing.of(session, stage.network_id, rose)["newsletter"] == "left"


def _both(store: Any, first: Any, then: Any, second: Any) -> list[Any]:
    """`first` and then `then` in one transaction; `second` in another, begun between the two. What each raised."""
    raised: list[Any] = []

    def other() -> None:
        try:
            with store.write() as session:
                second(session)
        except Exception as error:
            raised.append(("second", type(error.orig).__name__ if hasattr(error, "orig") else error))

    thread = threading.Thread(target=other)
    try:
        with store.write() as session:
            first(session)
            thread.start()
            waits_for_a_lock(store, thread)
            then(session)
    except Exception as error:
        raised.append(("first", type(error.orig).__name__ if hasattr(error, "orig") else error))
    thread.join(20)
    return raised


@pytest.fixture
def queue(postgres: NewDatabase, tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path, new_on_postgres(postgres))
    yield queue
    queue.store.close()


def test_who_leaves_at_two_addresses_and_a_window_do_not_wait_for_each_other(stage: Stage) -> None:
    """STOP ALL NETWORKS of who reads at one address here and at another there, as the two copies stand in one window."""
    here = stage.member("rose@new.school.example", "Rose Reader")
    there = stage.member("rose@hill.school.example", "")
    with stage.house.store.write() as session:
        session.execute(address_rows.update().where(address_rows.c.id == there).values(person_id=addresses.get(session, here).person_id))
        letter = add(session, letters, network_id=stage.network_id, template="replies/help", fields={}, created_at=NOW)
        stands = dict(session.execute(select(standings.c.address_id, standings.c.id).where(standings.c.purpose == "newsletter")).all())
        rows = [
            outbox.Row(key=f"k{one}", network_id=stage.network_id, letter_id=letter, address_id=one, standing_id=stands[one], purpose="newsletter",
                       to_address="x@school.example", lane="bulk", not_before=stage.now - timedelta(minutes=before))
            for one, before in ((there, 9), (here, 1))
        ]  # fmt: skip
        outbox.add_rows(session, rows, now=stage.now)
    window = {row.address_id: row.id for row in stage.copies(lane="bulk")}
    said = _both(
        stage.house.store,
        lambda session: session.execute(select(outgoing.c.id).where(outgoing.c.id == window[there]).with_for_update()),
        lambda session: session.execute(select(outgoing.c.id).where(outgoing.c.id == window[here]).with_for_update()),
        lambda session: leave.everything(session, me(stage, here, session), now=stage.now, everywhere=True),
    )
    assert said == []


def test_a_copy_that_was_taken_for_lost_is_leased_to_nobody(queue: Queue) -> None:
    """Its worker lives, and keeps its leases: who resolves it by hand would wait for a minute, and more."""
    copy = queue.copy()
    with queue.store.write() as session:
        session.execute(outgoing.update().values(state="sending", lease_owner="w", lease_until=NOW - LEASE))
        assert outbox.reap(session, lease_now=NOW, now=NOW, resend=False) == 1
        outbox.renew(session, [copy], "w", NOW + LEASE)
        assert outbox.resolve(session, copy, "resend", NOW)
        ids, _ = outbox.claim(session, lane="bulk", owner="x", limit=9, now=NOW, lease_now=NOW, lease_until=NOW + LEASE)
    assert ids == [copy]


def test_who_writes_answers_down_and_who_reaps_do_not_wait_for_each_other(queue: Queue) -> None:
    """Two answers of two kinds, the later copy first; both leases have lapsed."""
    one, two = queue.copy(), queue.copy()
    with queue.store.write() as session:
        session.execute(outgoing.update().values(state="sending", lease_owner="w", lease_until=NOW - LEASE))
    said = {copy: [Reply(copy, state, code, None, "", "x")] for copy, state, code in ((two, "failed", 550), (one, "accepted", 250))}
    done: list[Any] = []

    def reap() -> None:
        try:
            with queue.store.write() as session:
                outbox.reap(session, lease_now=NOW, now=NOW, resend=False)
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=reap)
    try:
        with queue.store.write() as session:
            outbox.write_results(session, said[two], owner="w", relay="r", now=NOW, resend=False)
            thread.start()
            until(lambda: not thread.is_alive() or somebody_waits(queue.store), within=20)
            outbox.write_results(session, said[one], owner="w", relay="r", now=NOW, resend=False)
    except Exception as error:
        done.append(error)
    thread.join(20)
    assert done == []


def test_who_settles_a_batch_and_who_holds_its_mailing_do_not_wait_for_each_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers.settle: what was not begun is given back, then an answer to what was taken for lost opens the mailing again."""
    mailing = approved(stage, "invitation", 40)
    stage.member("rose@hill.school.example", "Rose Reader")
    assert due.steps(stage.house, stage.now)
    lost, unbegun, *_ = (copy.id for copy in stage.copies(occasion_id=mailing))
    with stage.house.store.write() as session:
        owner = stage.courier.owner
        session.execute(outgoing.update().values(lease_owner=owner, lease_until=stage.now + LEASE))
        values = {"state": "uncertain", "reason": "interrupted", "lease_until": None}
        session.execute(outgoing.update().where(outgoing.c.id == lost).values(**values))
    raised: list[Exception] = []
    others: list[threading.Thread] = []

    def stop() -> None:
        try:
            with stage.house.store.write() as session:
                hold.hold(session, actor(stage), mailing, now=stage.now)
        except Exception as error:
            raised.append(error)

    once(monkeypatch, outbox, "write_results", lambda: others.append(beside(stage, stop)))
    tries: list[int] = []
    real = outbox.release
    monkeypatch.setattr(outbox, "release", lambda *given: (tries.append(1), real(*given)))
    answers = Answers(stage.house.store.queue, resend=False, stopped=threading.Event())
    answers.settle(Heard(owner, "r", [Reply(lost, "deferred", 450, None, "", "try-later")], [unbegun]))
    others[0].join(20)
    assert (raised, len(tries)) == ([], 1)


@pytest.mark.parametrize("what", ["meeting", "issue"])
def test_two_that_are_made_at_one_moment_have_two_numbers(stage: Stage, what: str) -> None:
    day = stage.now + timedelta(days=40)

    def make(session: Any) -> None:
        if what == "meeting":
            meetings.add(session, stage.network_id, starts_at=day, ends_at=day + timedelta(hours=2), now=stage.now)
        else:
            issues.add(session, stage.network_id, publishes_at=day, now=stage.now)

    def another() -> None:
        with stage.house.store.write() as session:
            make(session)

    with stage.house.store.write() as session:
        make(session)
        other = beside(stage, another)
    other.join(20)
    table = meeting_rows if what == "meeting" else issue_rows
    with stage.house.store.read() as session:
        assert session.execute(select(table.c.number).order_by(table.c.number)).scalars().all() == [1, 2]
