"""Yesterday's backup, restored today: nothing is mailed twice (V5, OPS-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mailer.acts import Actor, Strength, hold, restored
from mailer.message.tags import LEAVE
from mailer.outbound import outbox
from mailer.people import networks as networks_of
from mailer.store import Store, add, snapshot
from mailer.store.tables import addresses, confirmations, networks, occasions, outgoing, standings
from mailer.web import application
from tests.conversations.scenes import JANE, OLIVE, STARTS
from tests.servers import NewDatabase
from tests.stage import DOMAIN, Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def went(stage: Stage) -> Counter[tuple[str, str]]:
    return Counter((mail.to, mail.subject) for who in (JANE, OLIVE) for mail in stage.mails(who))


def restore(stage: Stage, backup: bytes) -> restored.Doubtful:
    """What `termpost db restore` and then `termpost release mendip` do."""
    stage._shut()
    file = stage.settings.data_dir / "backup.db"
    file.write_bytes(backup)
    (stage.settings.data_dir / "termpost.db").unlink()
    store = Store(stage.settings.database_url)
    with snapshot.load(file, store, stage.settings.data_dir) as session:
        doubtful = restored.doubt(session, stage.now)
    store.close()
    stage._open()
    with stage.house.store.write() as session:
        networks_of.release(session, stage.network_id, stage.now)
    return doubtful


def states(stage: Stage, kind: str) -> list[str]:
    with stage.house.store.read() as session:
        return list(session.execute(select(occasions.c.state).where(occasions.c.kind == kind)).scalars())


def copies(stage: Stage, kind: str) -> int:
    joined = select(outgoing.c.id).join(occasions, occasions.c.id == outgoing.c.occasion_id)
    with stage.house.store.read() as session:
        return len(session.execute(joined.where(occasions.c.kind == kind, outgoing.c.purpose != "desk")).all())


def test_what_went_since_the_backup_does_not_go_again(stage: Stage) -> None:
    """The backup is of the day before SEND."""
    stage.meeting(STARTS, venue="Hill School", host="Hill School")
    stage.settle()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.later(minutes=11)
    stage.at(datetime(2026, 12, 16, 9, 0, tzinfo=UTC))
    stage.settle()
    backup = stage._octets()
    stage.reply(stage.proof(OLIVE), "SEND")
    stage.at(datetime(2026, 12, 18, 10, 0, tzinfo=UTC))
    stage.settle()
    assert copies(stage, "invitation")

    assert restore(stage, backup).letters >= 1
    stage.later(hours=3)
    assert states(stage, "invitation") == ["held"]
    assert copies(stage, "invitation") == 0
    assert states(stage, "final-agenda") == ["planned"]
    with stage.house.store.write() as session:  # it did not go after all: let go, it is shown again first
        operator = Actor(stage.network_id, None, None, Strength.OPERATOR, "cli", name="operator")
        hold.release(session, operator, stage.occasion("invitation").id, now=stage.now)
    stage.settle()
    assert copies(stage, "invitation") == 0
    assert states(stage, "invitation") in (["proofed"], ["waiting"])


def test_copies_that_waited_are_uncertain_and_go_only_by_hand(stage: Stage) -> None:
    """Replies too, which a held network would let through; under `resend` as well."""
    with stage.house.store.write() as session:
        session.execute(networks.update().values(uncertain="resend"))
    stage.mail(JANE, f"mendip-agenda@{DOMAIN}", "Balances", "Ten minutes on balances, please.")
    with stage.house.store.write() as session:
        session.execute(outgoing.update().values(state="queued", finished_at=None))
    backup = stage._octets()
    before = went(stage)
    doubtful = restore(stage, backup)
    assert doubtful.copies >= 1
    stage.settle()
    assert went(stage) == before
    with stage.house.store.read() as session:
        rows = session.execute(select(outgoing.c.id, outgoing.c.state, outgoing.c.reason)).all()
    assert {(row.state, row.reason) for row in rows} == {("uncertain", "restored")}
    with stage.house.store.write() as session:
        assert outbox.resolve(session, rows[0].id, "resend", stage.now)
    stage.settle()
    with stage.house.store.read() as session:
        assert session.execute(select(outgoing.c.state).where(outgoing.c.id == rows[0].id)).scalar_one() == "accepted"


def test_what_is_still_to_come_goes_on(stage: Stage) -> None:
    stage.meeting(STARTS, venue="Hill School")
    backup = stage._octets()
    restore(stage, backup)
    with stage.house.store.read() as session:
        rows = session.execute(select(occasions.c.state, occasions.c.due_at)).all()
    assert {row.state for row in rows if row.due_at > stage.now} == {"planned"}


KAREN = "karen@new.school.example"


def ask_karen(stage: Stage) -> None:
    stage.mail(OLIVE, f"mendip-organise@{DOMAIN}", "Invite people", f"Karen Price <{KAREN}>")
    stage.reply(stage.last(OLIVE), "YES")


def days_later(stage: Stage) -> None:
    stage.later(days=1)
    stage.later(days=3)


def test_who_was_reminded_since_the_backup_is_not_reminded_again(stage: Stage) -> None:
    """CMD-6: one letter and one reminder, whatever was restored."""
    ask_karen(stage)
    assert len(stage.mails(KAREN)) == 1
    backup = stage._octets()
    stage.later(days=12)
    assert len(stage.mails(KAREN)) == 2
    assert restore(stage, backup).askings == 1
    assert len(stage.mails(KAREN)) == 1  # the tray is the backup's
    days_later(stage)
    assert len(stage.mails(KAREN)) == 1
    stage.reply(stage.last(KAREN), "YES")  # the first letter still works
    assert "Welcome" in stage.last(KAREN).subject


def test_whom_the_backup_had_not_asked_yet_is_asked_at_an_organisers_wish_only(stage: Stage) -> None:
    """Their letter was put off as the network was held; it may have gone since."""
    with stage.house.store.write() as session:
        networks_of.hold(session, stage.network_id, "a pause", stage.now)
    ask_karen(stage)
    assert not stage.mails(KAREN)
    backup = stage._octets()
    stage.later(hours=7)
    assert restore(stage, backup).askings == 1
    with stage.house.store.write() as session:
        networks_of.release(session, stage.network_id, stage.now)
    days_later(stage)
    assert not stage.mails(KAREN)
    ask_karen(stage)
    assert len(stage.mails(KAREN)) == 1


BEA, CYRIL = "bea@north.school.example", "cyril@south.school.example"
JOIN = f"mendip-join@{DOMAIN}"


def newsletter(stage: Stage, address: str) -> tuple[int, str]:
    """The id of what somebody gets as a newsletter, and how it stands."""
    query = select(standings.c.id, standings.c.standing).join(addresses, addresses.c.id == standings.c.address_id)
    with stage.house.store.read() as session:
        row = session.execute(query.where(addresses.c.address == address, standings.c.purpose == "newsletter")).one()
    return row.id, row.standing


def press(stage: Stage, path: str, **fields: str) -> None:
    with TestClient(application(stage.house), base_url="http://testserver") as client:
        assert client.post(path, data=fields).status_code < 500


def test_v10_a_link_of_after_the_backup_confirms_nobody_else(stage: Stage) -> None:
    """Bea was asked after the backup, Cyril after the restore."""
    backup = stage._octets()
    stage.mail(BEA, JOIN, "", "Please add me")
    link = stage.last(BEA).link("c")
    restore(stage, backup)
    stage.mail(CYRIL, JOIN, "", "Please add me")
    press(stage, f"/c/{link}")
    assert newsletter(stage, CYRIL)[1] == "pending"


def test_uns2_a_leave_button_of_after_the_backup_ends_nobody_elses_newsletter(stage: Stage) -> None:
    backup = stage._octets()
    stage.member(BEA)
    tag = stage.house.keys.tag(LEAVE, newsletter(stage, BEA)[0])
    restore(stage, backup)
    stage.member(CYRIL)
    press(stage, f"/u/{tag}", **{"List-Unsubscribe": "One-Click"})
    assert newsletter(stage, CYRIL)[1] == "active"


def test_no_mail_has_a_message_id_that_one_of_after_the_backup_has(stage: Stage) -> None:
    backup = stage._octets()
    stage.mail(OLIVE, f"mendip-help@{DOMAIN}", "", "HELP")
    before = stage.last(OLIVE).message["Message-ID"]
    restore(stage, backup)
    stage.mail(OLIVE, f"mendip-help@{DOMAIN}", "", "STATUS")
    assert stage.last(OLIVE).message["Message-ID"] != before


def moves(stage: Stage, *urls: str) -> None:
    """The newest row was old enough to be deleted, and its tag is in somebody's mail; each database is moved to the next."""
    stage.mail(BEA, JOIN, "", "Please add me")
    with stage.house.store.write() as session:
        row = dict(session.execute(select(confirmations).order_by(confirmations.c.id.desc())).mappings().first() or {})
        session.execute(confirmations.delete())
    newest = row.pop("id")
    source = stage.house.store
    for url in urls:
        target = Store(url)
        snapshot.move(source, target)
        source = target
    with source.write() as session:
        assert add(session, confirmations, **row) == newest + 1
    source.close()


def test_an_id_whose_row_is_gone_is_not_given_again_after_a_move(stage: Stage, tmp_path: Path) -> None:
    moves(stage, f"sqlite:///{tmp_path}/moved.db")


@pytest.mark.postgres
def test_an_id_whose_row_is_gone_is_not_given_again_by_postgresql_nor_after_it(stage: Stage, tmp_path: Path, postgres: NewDatabase) -> None:
    moves(stage, postgres(), f"sqlite:///{tmp_path}/back.db")


@pytest.mark.postgres
def test_v10_postgresql_gives_no_id_of_after_the_backup(stage: Stage, tmp_path: Path, postgres: NewDatabase) -> None:
    file = tmp_path / "backup.db"
    snapshot.copy(stage.house.store, file)
    stage.member(BEA)
    hosted = Store(postgres())
    with snapshot.load(file, hosted, tmp_path) as session:
        row = dict(session.execute(select(standings)).mappings().first() or {}) | {"scope": "another"}
        assert add(session, standings, **{name: value for name, value in row.items() if name != "id"}) > newsletter(stage, BEA)[0]
    hosted.close()
