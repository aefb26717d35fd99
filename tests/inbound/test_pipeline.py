"""The walk of a stored message: every one to one outcome, whatever raises, dies or comes twice (V1, V2, V3)."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from mailer import clock, log
from mailer.errors import Unavailable
from mailer.inbound import pipeline, trouble, turns
from mailer.inbound.receive import Envelope
from mailer.store.tables import inbox
from tests.stage import DOMAIN, Stage, staged

JANE, OLIVE = "jane@hill.school.example", "olive@hill.school.example"
HOSTILE = sorted((Path(__file__).parents[1] / "mail" / "hostile").glob("*.eml"))
DOORS = [f"mendip{door}@{DOMAIN}" for door in ("", "-agenda", "-news", "-join", "-leave", "-help", "-exchange", "-committee", "-private", "-organise")]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def stored(stage: Stage, content: bytes, rcpt: str, sender: str = JANE) -> int:
    """A message that nobody has handled yet."""
    return stage.intake.store(Envelope(sender, (rcpt,), content, "smtp", "127.0.0.1", stage.now))[0]


def item(number: int, sender: str = JANE) -> bytes:
    return f"From: {sender}\r\nSubject: Balances {number}\r\nMessage-ID: <{number}@hill.school.example>\r\n\r\nTen minutes.\r\n".encode()


def leases_end(stage: Stage, inbox_id: int) -> None:
    """As if the time of the back-off or the lease were over."""
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == inbox_id, inbox.c.lease_until.is_not(None)).values(lease_until=clock.lease_now() - timedelta(seconds=1)))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """For tests that leave nothing behind that another would see."""
    yield from staged(tmp_path_factory.mktemp("shared"))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_v2_hostile_mail_comes_to_an_outcome_at_every_door(shared: Stage, path: Path) -> None:
    place = HOSTILE.index(path) % len(DOORS)
    for door in (DOORS[place], DOORS[place - 3]):
        one = stored(shared, path.read_bytes(), door)
        assert pipeline.handle_next(shared.house, "stage")
        row = shared.outcome(one)
        assert row.state in ("done", "asked", "held", "refused", "noted")
        assert row.outcome.strip(" .")
        assert row.attempts == 1


FAR = f"mendip+{{}}@{DOMAIN}"
TAGS = {
    "forged": "raaaaaaaab" + "c" * 27,
    "cut off": "raaaaaaaab",
    "of a use that does not exist": "zaaaaaaaab" + "c" * 27,
    "no tag at all": "anything",
}


@pytest.mark.parametrize("word", ["YES", "SEND", "STOP", "UNDO", "DONE"])
@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS)
def test_v8_a_tag_that_is_not_ours_changes_nothing(shared: Stage, tag: str, word: str) -> None:
    before = snapshot(shared)
    row = shared.outcome(shared.mail(JANE, FAR.format(tag), "Re: Mendip", word))
    assert row.state in ("held", "asked", "refused")
    assert row.reason
    assert snapshot(shared) == before


@pytest.mark.parametrize("use", list("rbuipcshmw"))
def test_v8_a_tag_of_one_use_does_nothing_of_another(shared: Stage, use: str) -> None:
    """Ours, but for a row that does not exist or is not Jane's: it neither raises nor changes anything."""
    before = snapshot(shared)
    row = shared.outcome(shared.mail(JANE, FAR.format(shared.house.keys.tag(use, 9_999)), "Re: Mendip", "YES"))
    assert row.state in ("held", "asked", "refused", "noted", "done")
    assert row.outcome.strip(" .")
    assert snapshot(shared) == before


def snapshot(stage: Stage) -> list[Any]:
    """What people decided."""
    with stage.house.store.read() as session:
        found = []
        for table in ("responses", "agenda_items", "pieces", "proofs", "memberships", "meetings", "actions"):
            found.append((table, session.execute(text(f"SELECT count(*) FROM {table}")).scalar()))
        subscribed = "SELECT address_id, purpose, standing FROM standings WHERE purpose IN ('meetings', 'newsletter', 'discussion') ORDER BY id"
        return [*found, *map(tuple, session.execute(text(subscribed)))]


def break_items(stage: Stage, broken: bool) -> None:
    """A table that the handler needs is away: it raises, as any bug would."""
    names = ("agenda_items", "agenda_items_away")
    before, after = names if broken else reversed(names)
    with stage.house.store.write() as session:
        session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


def test_a_handler_that_raises_three_times_fails_the_message_and_a_replay_does_it(stage: Stage) -> None:
    log.setup("error")  # as IT sees it; drawing each traceback for a terminal takes seconds
    break_items(stage, True)
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    other = stored(stage, item(2), f"mendip-help@{DOMAIN}")
    for attempt in (1, 2, 3):
        assert stage.outcome(one).attempts == attempt - 1
        while pipeline.handle_next(stage.house, "stage"):
            pass
        leases_end(stage, one)
    row = stage.outcome(one)
    assert (row.state, row.attempts) == ("failed", 3)
    assert "replay" in row.outcome
    assert row.reason == "OperationalError"
    assert stage.outcome(other).state == "done"  # one bad message keeps nobody
    stage.settle()
    (told,) = [mail for mail in stage.mails(OLIVE) if "could not deal with" in mail.subject]
    assert "Balances 1" in told.text
    assert JANE in told.text
    assert not [mail for mail in stage.mails(JANE) if "Balances 1" in mail.text]
    break_items(stage, False)
    with stage.house.store.write() as session:
        assert turns.replay(session, one)
    stage.settle()
    row = stage.outcome(one)
    assert (row.state, row.handler) == ("done", "agenda")
    assert "Balances 1" in stage.last(JANE).text
    with stage.house.store.write() as session:
        assert not turns.replay(session, one)  # what is done is not done again


def room(stage: Stage, pages: int | None) -> None:
    """The disk is full at so many pages of the database, or as it is now."""
    with stage.house.store.writer.connect() as connection:
        pages = pages or connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_v1_a_full_database_fails_no_message_and_none_of_its_network_overtakes_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room to take it, and not for what it says. It is handled once there is room again."""
    monkeypatch.setattr(turns, "BACK_OFF", timedelta(hours=1))
    one = stored(stage, item(1) + b"And more on balances.\r\n" * 2000, f"mendip-agenda@{DOMAIN}")
    other = stored(stage, item(2), f"mendip-help@{DOMAIN}")
    room(stage, None)
    for attempt in range(1, pipeline.TRIES + 3):
        leases_end(stage, one)
        assert pipeline.handle_next(stage.house, "stage")
        row = stage.outcome(one)
        assert (row.state, row.reason, row.attempts) == ("handling", "trouble-here", attempt)
        assert not pipeline.handle_next(stage.house, "stage")
    room(stage, 1_000_000)
    leases_end(stage, one)
    stage.settle()
    row = stage.outcome(one)
    assert (row.state, row.handler, row.reason) == ("done", "agenda", "")
    assert stage.outcome(other).state == "done"


def test_v2_trouble_that_one_message_meets_each_time_does_not_hold_its_network_for_ever(stage: Stage) -> None:
    one = stored(stage, item(1) + b"And more on balances.\r\n" * 2000, f"mendip-agenda@{DOMAIN}")
    room(stage, None)
    assert pipeline.handle_next(stage.house, "stage")
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == one).values(attempts=pipeline.PATIENT_TRIES))
    room(stage, 1_000_000)  # for the letter to the organisers
    leases_end(stage, one)
    assert pipeline.handle_next(stage.house, "stage")
    assert stage.outcome(one).state == "failed"
    assert f"after {pipeline.PATIENT_TRIES} tries" in stage.outcome(one).outcome


def test_v2_the_tries_that_passed_in_trouble_are_none_of_a_fault(stage: Stage) -> None:
    """A message waits long for the disk, and meets a fault once: it is tried again, as any that meets its first."""
    log.setup("error")
    one = stored(stage, item(1) + b"And more on balances.\r\n" * 2000, f"mendip-agenda@{DOMAIN}")
    room(stage, None)
    for _ in range(pipeline.TRIES + 1):
        leases_end(stage, one)
        assert pipeline.handle_next(stage.house, "stage")
    room(stage, 1_000_000)
    break_items(stage, True)
    for tried in range(1, pipeline.TRIES):
        leases_end(stage, one)
        assert pipeline.handle_next(stage.house, "stage")
        row = stage.outcome(one)
        assert (row.state, row.reason, row.attempts) == ("handling", "", tried)
    leases_end(stage, one)
    assert pipeline.handle_next(stage.house, "stage")
    assert f"after {pipeline.TRIES} tries" in stage.outcome(one).outcome


TROUBLES: dict[str, tuple[Exception, bool]] = {
    "PostgreSQL has no room": (OperationalError("", {}, psycopg.errors.DiskFull()), True),
    "PostgreSQL is stopped": (OperationalError("", {}, psycopg.errors.AdminShutdown()), True),
    "PostgreSQL says nothing more": (OperationalError("", {}, psycopg.OperationalError("the connection is closed")), True),
    "PostgreSQL only reads": (InternalError("", {}, psycopg.errors.ReadOnlySqlTransaction()), True),
    "no connection is free": (NoConnectionFree("30 seconds"), True),
    "somebody else writes": (Unavailable("For too long."), True),
    "the disk": (OSError(errno.EIO, "Input/output error"), True),
    "no such table": (ProgrammingError("", {}, psycopg.errors.UndefinedTable()), False),
    "what no column takes": (DataError("", {}, psycopg.DataError("NUL")), False),
    "what is there already": (IntegrityError("", {}, psycopg.errors.UniqueViolation()), False),
    "no such file": (FileNotFoundError(errno.ENOENT, "No such file"), False),
    "the memory": (MemoryError(), False),
    "a fault of ours": (KeyError("said"), False),
}


@pytest.mark.parametrize(("error", "passing"), TROUBLES.values(), ids=TROUBLES)
def test_what_says_nothing_of_the_message(error: Exception, passing: bool) -> None:
    assert trouble.is_passing(error) == passing


@pytest.mark.parametrize("door", ["mendip-private", "mendip-ask", "mendip+private", "mendip+ask"])
def test_v2_a_private_question_that_fails_is_listed_without_its_sender(stage: Stage, door: str) -> None:
    one = stored(stage, item(1), f"{door}@{DOMAIN}")
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == one).values(attempts=3))  # it took the process down three times
    pipeline.handle_next(stage.house, "stage")
    assert stage.outcome(one).state == "failed"
    stage.settle()
    told = stage.last(OLIVE)
    assert JANE not in told.raw.decode()
    assert "Jane" not in told.text
    assert "Balances" not in told.text


def test_a_message_whose_worker_died_is_handled_by_the_next_one_once(stage: Stage) -> None:
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    assert turns.take(stage.house, "dead", likely=False) is not None
    assert not pipeline.handle_next(stage.house, "alive")  # its lease holds
    leases_end(stage, one)
    assert pipeline.handle_next(stage.house, "alive")
    assert (stage.outcome(one).state, stage.outcome(one).attempts) == ("done", 2)


def test_who_has_just_handled_one_takes_the_next_without_a_look_and_may_find_none(stage: Stage) -> None:
    """In the order of ids, and of one network one at a time, as with a look."""
    one, other = (stored(stage, item(number), f"mendip-agenda@{DOMAIN}") for number in (1, 2))
    assert pipeline.handle_next(stage.house, "stage", likely=True)
    assert [stage.outcome(each).state for each in (one, other)] == ["done", "stored"]
    assert turns.take(stage.house, "another", likely=True) is not None
    assert turns.take(stage.house, "stage", likely=True) is None
    leases_end(stage, other)
    assert pipeline.handle_next(stage.house, "stage", likely=True)
    assert stage.outcome(other).state == "done"
    assert not pipeline.handle_next(stage.house, "stage", likely=True)


def test_a_start_takes_over_at_once(stage: Stage) -> None:
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    assert turns.take(stage.house, "dead", likely=False) is not None
    with stage.house.store.write() as session:
        turns.end_all_leases(session)
    assert pipeline.handle_next(stage.house, "alive")
    assert stage.outcome(one).state == "done"


def test_a_start_waits_for_no_moment_that_a_clock_named_which_went_ahead(stage: Stage) -> None:
    """The host's clock was put right between two starts: a message that was put back for seconds would wait for an hour."""
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    with stage.house.store.write() as session:
        session.execute(update(inbox).where(inbox.c.id == one).values(attempts=1, lease_until=clock.lease_now() + timedelta(hours=1)))
    assert not pipeline.handle_next(stage.house, "alive")
    with stage.house.store.write() as session:
        turns.end_all_leases(session)
    assert pipeline.handle_next(stage.house, "alive")
    assert (stage.outcome(one).state, stage.outcome(one).attempts) == ("done", 2)


def test_a_worker_that_lost_its_lease_undoes_what_it_began(stage: Stage) -> None:
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    taken = turns.take(stage.house, "slow", likely=False)
    assert taken is not None
    leases_end(stage, one)
    assert pipeline.handle_next(stage.house, "quick")
    with pytest.raises(turns.LeaseLost):
        pipeline._handle(stage.house, *taken, None)
    with stage.house.store.read() as session:
        assert session.execute(text("SELECT count(*) FROM agenda_items")).scalar() == 1
    assert len([copy for copy in stage.copies() if copy.inbox_id == one]) == 1


def test_messages_are_handled_in_the_order_in_which_they_were_stored(stage: Stage) -> None:
    ids = [stored(stage, item(n), f"mendip-agenda@{DOMAIN}") for n in range(5)]
    for expected in ids:
        pipeline.handle_next(stage.house, "stage")
        with stage.house.store.read() as session:
            assert session.execute(select(inbox.c.id).where(inbox.c.state != "stored").order_by(inbox.c.id.desc()).limit(1)).scalar() == expected


def test_v3_our_own_address_is_never_answered(stage: Stage) -> None:
    for door in DOORS:
        one = stage.raw(item(1, f"mendip@{DOMAIN}"), door, f"mendip@{DOMAIN}")
        assert stage.outcome(one).state in ("held", "noted", "refused", "done")
    assert not [mail for mail in stage.mails() if mail.to.endswith(DOMAIN)]


def test_a_network_that_is_gone_refuses_with_a_sentence(stage: Stage) -> None:
    one = stored(stage, item(1), f"mendip-agenda@{DOMAIN}")
    with stage.house.store.write() as session:
        session.execute(text("UPDATE networks SET closed_at = received_at FROM inbox"))
    pipeline.handle_next(stage.house, "stage")
    row = stage.outcome(one)
    assert (row.state, row.reason) == ("refused", "no-network")
    assert row.outcome


@pytest.mark.parametrize("rcpt", [f"postmaster@{DOMAIN}", f"abuse@{DOMAIN}", "Postmaster"], ids=["postmaster", "abuse", "without a domain"])
def test_smtp_19_the_operator_gets_what_is_for_the_postmaster(tmp_path: Path, rcpt: str) -> None:
    """RFC 5321 4.5.1: <Postmaster>, without a domain and in any case, too."""
    for stage in staged(tmp_path, operator="it@uni.example"):
        one = stored(stage, item(1), rcpt)
        stage.settle()
        assert (stage.outcome(one).state, stage.outcome(one).handler) == ("done", "operator")
        assert "Ten minutes." in stage.last("it@uni.example").text


def test_a_long_backlog_costs_no_more_a_message(stage: Stage) -> None:
    """Taking the next message reads by index: no scan of what was ever received."""
    for n in range(3):
        stored(stage, item(n), f"mendip-help@{DOMAIN}")
    said: list[tuple[str, Any]] = []
    @event.listens_for(stage.house.store.reader, "before_cursor_execute")
    @event.listens_for(stage.house.store.writer, "before_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "FROM inbox" in statement:
            said.append((statement, parameters))

    turns.take(stage.house, "one", likely=False)
    with stage.house.store.reader.connect() as connection:
        plans = [
            row.detail for statement, parameters in list(said)
            for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        ]  # fmt: skip
    assert not [line for line in plans if line.startswith("SCAN inbox") or "TEMP B-TREE" in line], plans
