"""Retention: each class goes when its time is over and not before (DP-12), pending requests after seven days (CMD-7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from mailer.consent import ledger, retention, standing
from mailer.outbound import outbox
from mailer.people import addresses
from mailer.settings import Settings
from mailer.settings.kept import DAYS
from mailer.store import tables as t
from tests.stage import DOMAIN, Stage

JANE, STRANGER = "jane@hill.school.example", "sam@far.school.example"


@pytest.fixture
def stage(tmp_path: Any) -> Any:
    from tests.stage import staged

    yield from staged(tmp_path)


def run(stage: Stage, now: datetime, **days: int) -> dict[str, int]:
    with stage.house.store.write() as session:
        return retention.run(session, now, copies=outbox, days={**DAYS, **days})


def scalar(stage: Stage, query: Any) -> Any:
    with stage.house.store.read() as session:
        return session.execute(query).scalar()


def lived(stage: Stage) -> None:
    stage.meeting(datetime.fromisoformat("2027-01-20T14:00:00+00:00"), venue="Hill School")
    stage.mail(f"Jane Doe <{JANE}>", f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes, please.")
    stage.reply(stage.last(JANE), "WITHDRAW")
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "PLAIN TEXT")
    stage.mail(JANE, f"mendip-help@{DOMAIN}", "", "MY DATA")
    stage.reply(stage.last(JANE), "YES")


def test_each_class_has_a_limit_and_a_meaning() -> None:
    assert len({row.name for row in retention.TABLE}) == len(retention.TABLE)
    assert {row.name for row in retention.TABLE} == set(DAYS) == set(Settings().retention)
    assert all(row.days > 0 and row.meaning for row in retention.TABLE)


def test_the_setting_overrides_some() -> None:
    """DP-12: each class has a limit, or the start is refused."""
    assert Settings(retention="raw-mail=30, tray=7").retention == {**DAYS, "raw-mail": 30, "tray": 7}  # type: ignore[arg-type]
    assert Settings(retention={"letters": 60}).retention["letters"] == 60
    for wrong in ("raw-mail", "raw-mail=0", "raw-mail=never", "mails=30", "undo=3"):
        with pytest.raises(ValueError, match="retention"):
            Settings(retention=wrong)  # type: ignore[arg-type]


# class -> what is still there before its time and gone after it
LEFT = {
    "raw-mail": select(func.count()).select_from(t.raws).where(t.raws.c.size > 0),
    "tray": select(func.count()).select_from(t.tray),
    "attempts": select(func.count()).select_from(t.attempts).where(t.attempts.c.text != ""),
    "letters": select(func.count()).select_from(t.letters).where(t.letters.c.skeleton.is_not(None)),
    "deliveries": select(func.count()).select_from(t.outgoing).where(t.outgoing.c.to_address.is_not(None), t.outgoing.c.state == "accepted"),
    "traces": select(func.count()).select_from(t.inbox).where(t.inbox.c.from_address != ""),
    "questions": select(func.count()).select_from(t.confirmations).where(t.confirmations.c.said != ""),
}


@pytest.mark.parametrize("name", LEFT)
def test_goes_when_its_time_is_over(stage: Stage, name: str) -> None:
    lived(stage)
    assert scalar(stage, LEFT[name]) > 0
    row = next(row for row in retention.TABLE if row.name == name)
    everything_else = {other.name: 100_000 for other in retention.TABLE if other.name != name}
    assert run(stage, stage.now + timedelta(days=row.days - 1), **everything_else) == {}
    assert run(stage, stage.now + timedelta(days=row.days + 8), **everything_else)[name] > 0
    assert scalar(stage, LEFT[name]) == 0
    assert run(stage, stage.now + timedelta(days=row.days + 9), **everything_else) == {}  # once is enough
    with stage.house.store.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []


def test_the_name_of_a_machine_goes_with_its_address(stage: Stage) -> None:
    """Who posts straight from their own machine names it in EHLO; rows of which only that is left are taken too."""
    inbox_id = stage.mail(f"Jane Doe <{JANE}>", f"mendip-help@{DOMAIN}", "", "HELP")
    named = select(t.inbox.c.helo).where(t.inbox.c.id == inbox_id)
    with stage.house.store.write() as session:
        emptied = dict.fromkeys(("client", "mail_from", "subject", "from_address"), "")
        session.execute(update(t.inbox).where(t.inbox.c.id == inbox_id).values(helo="Janes-Laptop.local", **emptied))
    run(stage, stage.now + timedelta(days=DAYS["traces"] - 1))
    assert scalar(stage, named) == "Janes-Laptop.local"
    run(stage, stage.now + timedelta(days=DAYS["traces"] + 1))
    assert scalar(stage, named) == ""


def test_what_waits_for_a_person_keeps_its_bytes(stage: Stage) -> None:
    """V2."""
    inbox_id = stage.mail(f"Jane Doe <{JANE}>", f"mendip-help@{DOMAIN}", "", "for my it")
    with stage.house.store.write() as session:
        session.execute(update(t.inbox).where(t.inbox.c.id == inbox_id).values(state="held"))
    run(stage, stage.now + timedelta(days=200))
    assert scalar(stage, LEFT["raw-mail"]) == 1
    run(stage, stage.now + timedelta(days=400))
    assert scalar(stage, LEFT["raw-mail"]) == 0


def test_a_request_nobody_confirmed_is_forgotten_after_seven_days(stage: Stage) -> None:
    stage.mail(STRANGER, f"mendip-join@{DOMAIN}", "", "")
    run(stage, stage.now + timedelta(days=6))
    with stage.house.store.read() as session:
        known = addresses.find(session, STRANGER)
        assert known is not None
        assert standing.of(session, stage.network_id, known.id)["meetings"] == "pending"
    assert run(stage, stage.now + timedelta(days=8))["unconfirmed"] == 1
    with stage.house.store.write() as session:
        assert addresses.find(session, STRANGER) is None
        assert standing.of(session, stage.network_id, known.id)["meetings"] == "none"
        assert standing.rebuild(session) == []
    with stage.house.store.read() as session:
        for table in (t.addresses, t.outgoing, t.inbox):
            for row in session.execute(select(table)).all():
                assert STRANGER not in str(row)
    stage.later(days=9)
    stage.mail(STRANGER, f"mendip-join@{DOMAIN}", "", "")  # and may ask afresh
    stage.reply(stage.last(STRANGER), "YES")
    with stage.house.store.read() as session:
        again = addresses.find(session, STRANGER)
        assert again is not None
        assert standing.of(session, stage.network_id, again.id)["meetings"] == "active"


def test_a_member_who_asks_again_and_does_not_confirm_stays(stage: Stage) -> None:
    stage.mail(JANE, f"mendip-join@{DOMAIN}", "", "")
    run(stage, stage.now + timedelta(days=8))
    with stage.house.store.read() as session:
        known = addresses.find(session, JANE)
        assert known is not None
        assert standing.of(session, stage.network_id, known.id)["meetings"] == "active"


def test_who_wrote_once_is_forgotten(stage: Stage) -> None:
    stage.mail(STRANGER, f"mendip-help@{DOMAIN}", "", "HELP")
    with stage.house.store.read() as session:
        assert addresses.find(session, STRANGER) is not None
    run(stage, stage.now + timedelta(days=91))
    with stage.house.store.read() as session:
        assert addresses.find(session, STRANGER) is None
        assert addresses.find(session, JANE) is not None


def test_the_scheduler_does_it_once_a_day(stage: Stage) -> None:
    from workers import scheduler

    lived(stage)
    scheduler.retain(stage.house, stage.now)
    due = select(t.leases.c.until).where(t.leases.c.name == scheduler.RETENTION)
    assert scalar(stage, due) == stage.now + timedelta(days=1)
    with stage.house.store.write() as session:
        session.execute(update(t.tray).values(at=stage.now - timedelta(days=60)))
    scheduler.retain(stage.house, stage.now + timedelta(hours=23))
    assert scalar(stage, LEFT["tray"]) > 0
    scheduler.retain(stage.house, stage.now + timedelta(hours=25))
    assert scalar(stage, LEFT["tray"]) == 0


def test_what_a_clock_that_was_ahead_put_off_is_done_once_the_clock_is_right(stage: Stage) -> None:
    """A machine without a battery begins in any year, until it has asked for the time."""
    from workers import scheduler

    for turn, name, every in (
        (scheduler.retain, scheduler.RETENTION, scheduler.DAY),
        (scheduler.each_hour, scheduler.HOURLY, scheduler.HOUR),
    ):
        turn(stage.house, stage.now + timedelta(days=3650))
        turn(stage.house, stage.now)
        assert scalar(stage, select(t.leases.c.until).where(t.leases.c.name == name)) == stage.now + every
