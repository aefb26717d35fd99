"""A network that loses its last reachable organiser, by whichever way, is held and the operator told (contract 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer.acts import forget_me, hold, leave_by_tag, vacancy
from mailer.consent import gate, standing, suppression
from mailer.errors import Refused
from mailer.people import addresses, membership, networks
from mailer.store.tables import addresses as address_table
from mailer.store.tables import roles
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.stage import DOMAIN, Stage, staged

IT = "it@college.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path, operator=IT)


def address_id(stage: Stage, address: str) -> int:
    with stage.house.store.read() as session:
        return int(session.execute(select(address_table.c.id).filter_by(key=address)).scalar_one())


def network(stage: Stage) -> networks.Network:
    with stage.house.store.read() as session:
        return networks.by_id(session, stage.network_id)


def stops(stage: Stage, address: str) -> None:
    stage.mail(address, f"mendip-help@{DOMAIN}", "", "STOP")


def writes_to_leave(stage: Stage, address: str) -> None:
    stage.mail(address, f"mendip-leave@{DOMAIN}", "unsubscribe", "")


def clicks(stage: Stage, address: str) -> None:
    with stage.house.store.write() as session:
        desk = standing.find(session, stage.network_id, address_id(stage, address), "desk")
        leave_by_tag.by_standing(session, desk, channel="web", now=stage.now)


def complains(stage: Stage, address: str) -> None:
    with stage.house.store.write() as session:
        desk = standing.find(session, stage.network_id, address_id(stage, address), "desk")
        leave_by_tag.complaint(session, desk, now=stage.now)


def dies(stage: Stage, address: str) -> None:
    with stage.house.store.write() as session:
        mac = addresses.get(session, address_id(stage, address)).mac
        suppression.add(session, mac=mac, network_id=None, reason=gate.BAD_ADDRESS, now=stage.now)


def is_forgotten(stage: Stage, address: str) -> None:
    with stage.house.store.write() as session:
        erasure = forget_me.by_operator(session, stage.network_id, address_id(stage, address), now=stage.now)
    forget_me.carry_out(stage.house, erasure, stage.now)


def loses_the_role(stage: Stage, address: str) -> None:
    with stage.house.store.write() as session:
        member = membership.of_address(session, stage.network_id, address_id(stage, address))
        assert member is not None
        session.execute(
            update(roles).where(roles.c.membership_id == member.id, roles.c.role == "organiser").values(active=False)
        )


WAYS = (stops, writes_to_leave, clicks, complains, dies, is_forgotten, loses_the_role)


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__.replace("_", " ") for way in WAYS])
def test_the_last_organiser_goes_and_the_operator_is_told(stage: Stage, way: Callable[[Stage, str], None]) -> None:
    way(stage, OLIVE)
    stage.settle()
    assert (network(stage).held_at, stage.mails(IT)) == (None, [])
    way(stage, PETER)
    stage.settle()
    assert network(stage).held_reason == vacancy.NO_ORGANISER
    [letter] = stage.mails(IT)
    assert letter.subject == "Held: no organiser can be reached (mendip)"
    assert "termpost member add mendip EMAIL --roles organiser" in letter.words
    assert "termpost release mendip" in letter.words
    stage.mail(JANE, f"mendip@{DOMAIN}", "Spare balance", "Has anyone a spare balance for the spring term?")
    assert not [mail for mail in stage.mails(DAWN) if "Spare balance" in mail.subject]
    stage.settle()
    assert len(stage.mails(IT)) == 1  # V5: however often time ticks


def test_reminded_once_a_week_until_somebody_is_there_and_then_released(stage: Stage) -> None:
    stops(stage, OLIVE)
    stops(stage, PETER)
    for days in (3, 3, 3):
        stage.later(days=days)
    assert len(stage.mails(IT)) == 2
    with stage.house.store.write() as session, pytest.raises(Refused, match="No organiser of mendip"):
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.organiser("nia@hill.school.example", "Nia New")
    stage.settle()
    assert network(stage).held_at is not None  # a person looks at what waits first
    assert stage.last(IT).subject == "An organiser can be reached again (mendip)"
    with stage.house.store.write() as session:
        hold.release_network(session, stage.network_id, now=stage.now)
    stage.later(days=30)
    assert (network(stage).held_at, len(stage.mails(IT))) == (None, 3)


def test_undo_of_the_leave_releases_at_once(stage: Stage) -> None:
    stops(stage, OLIVE)
    stops(stage, PETER)
    farewell = stage.last(PETER)
    stage.reply(farewell, "UNDO")
    assert network(stage).held_at is None


def test_a_network_that_was_held_by_hand_loses_its_organisers(stage: Stage) -> None:
    with stage.house.store.write() as session:
        hold.hold_network(session, stage.network_id, "half-term", now=stage.now)
    stage.later(days=20)
    stops(stage, OLIVE)
    stops(stage, PETER)
    assert network(stage).held_reason == "half-term"
    assert len(stage.mails(IT)) == 1


def test_a_network_that_never_had_an_organiser_is_left_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, operator=IT)
    stage.network()
    stage.member(JANE)
    stage.settle()
    assert (network(stage).held_at, stage.mails(IT)) == (None, [])
    stage.close()


def test_without_an_operator_the_log_says_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stage in staged(tmp_path):
        stops(stage, OLIVE)
        stops(stage, PETER)
        stage.settle()
        assert network(stage).held_reason == vacancy.NO_ORGANISER
        stage.at(stage.now + timedelta(hours=1))
        vacancy.watch(stage.house, stage.now)
        assert stage.mails(IT) == []
    said = capsys.readouterr()
    assert (said.err + said.out).count("TERMPOST_OPERATOR is not set") == 1


def test_the_operator_gets_every_mail_to_postmaster_not_one_a_day(stage: Stage) -> None:
    for subject in ("one", "two", "three", "four"):
        row = stage.mail("abuse-desk@isp.example", f"postmaster@{DOMAIN}", subject, "About your server.")
        assert stage.outcome(row).state == "done"
    assert len(stage.mails(IT)) == 4
