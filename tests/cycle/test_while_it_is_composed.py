"""Composing a letter takes a moment in which nothing is locked: what happens meanwhile is neither lost nor told wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailer.acts import Actor, Strength, forget_me, meet
from mailer.cycle import due, letters, plan, proofing
from mailer.cycle.table import Row
from mailer.house import House
from mailer.store.tables import addresses, memberships, occasions
from mailer.store.tables import letters as letter_rows
from tests.stage import Stage

OLIVE = "olive@hill.school.example"
JANE = "jane@hill.school.example"
NEW = "new@mill.school.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The day of an invitation that goes without a proof."""
    stage = Stage(tmp_path)
    stage.network()
    stage.organiser(OLIVE, "Olive Organiser")
    stage.member(JANE, "Jane Doe")
    stage.meeting(stage.now + timedelta(days=40))
    with stage.house.store.write() as session:
        invitation = occasions.c.kind == "invitation"
        session.execute(update(occasions).where(~invitation).values(state="cancelled"))
        session.execute(update(occasions).where(invitation).values(mode="auto"))
    stage.at(stage.occasion("invitation").due_at)
    yield stage
    stage.close()


@pytest.fixture
def meanwhile(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Do something while the invitation is composed, and let time bring what it brings."""

    def goes(act: Callable[[], None]) -> None:
        acts, compose = [act], letters.write

        def write(house: House, network: Any, row: Row, *given: Any) -> list[letters.Composed]:
            if acts and row.kind == "invitation":
                acts.pop()()
            return compose(house, network, row, *given)

        monkeypatch.setattr(letters, "write", write)
        for _ in range(3):  # what is not as it was read is left for the next tick
            due.tick(stage.house, stage.now)
        assert not acts

    return goes


def operator(stage: Stage) -> Actor:
    return Actor(stage.network_id, None, None, Strength.OPERATOR, "cli")


def test_who_joins_meanwhile_is_invited(stage: Stage, meanwhile: Callable[[Callable[[], None]], None]) -> None:
    """Their joining saw an invitation that had not gone, and so planned no letter for late joiners."""

    def join() -> None:
        address_id = stage.member(NEW, "New Member")
        with stage.house.store.write() as session:
            membership = select(memberships.c.id).where(memberships.c.address_id == address_id)
            assert plan.joined(session, stage.network_id, session.execute(membership).scalar_one(), stage.now) is None

    meanwhile(join)
    assert {copy.to_address for copy in stage.copies(occasion_id=stage.occasion("invitation").id)} == {OLIVE, JANE, NEW}


def test_dp_11_who_is_erased_meanwhile_is_not_written_down_again(stage: Stage, meanwhile: Callable[[Callable[[], None]], None]) -> None:
    def erase() -> None:
        with stage.house.store.write() as session:
            jane = session.execute(select(addresses.c.id).where(addresses.c.address == JANE)).scalar_one()
            erasure_id = forget_me.by_operator(session, stage.network_id, jane, now=stage.now)
        assert forget_me.carry_out(stage.house, erasure_id, stage.now)

    meanwhile(erase)
    assert [copy.to_address for copy in stage.copies(occasion_id=stage.occasion("invitation").id)] == [OLIVE]
    assert not [copy for copy in stage.copies() if copy.to_address == JANE or "Jane" in copy.to_name + copy.greeting]


def test_a_place_that_changes_meanwhile_is_the_one_they_are_told(stage: Stage, meanwhile: Callable[[Callable[[], None]], None]) -> None:
    """Nobody had been told of the meeting, so no letter would have told them of the change."""

    def move() -> None:
        with stage.house.store.write() as session:
            meet.move(session, operator(stage), stage.occasion("invitation").thing_id, venue="Elsewhere Hall", now=stage.now)

    meanwhile(move)
    invitation = stage.occasion("invitation")
    with stage.house.store.read() as session:
        assert session.execute(select(occasions.c.id).where(occasions.c.kind == "meeting-changed")).first() is None
        fields = select(letter_rows.c.fields).where(letter_rows.c.occasion_id == invitation.id)
        assert all("Elsewhere Hall" in str(one) for one in session.execute(fields).scalars().all())
    assert len(stage.copies(occasion_id=invitation.id)) == 2


def test_what_is_given_another_time_meanwhile_goes_then(stage: Stage, meanwhile: Callable[[Callable[[], None]], None]) -> None:
    def later() -> None:
        with stage.house.store.write() as session:
            session.execute(
                update(occasions).where(occasions.c.kind == "invitation").values(due_at=stage.now + timedelta(days=1))
            )

    meanwhile(later)
    assert (stage.occasion("invitation").state, stage.copies(occasion_id=stage.occasion("invitation").id)) == ("planned", [])


def test_a_change_to_a_proof_that_is_being_composed_is_in_the_next(
    stage: Stage, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    """Its receipt says that a new proof goes out."""
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "invitation").values(mode="proof", proof_at=stage.now))

    def note() -> None:
        stage.at(stage.now + timedelta(seconds=1))
        with stage.house.store.write() as session:
            session.execute(update(occasions).where(occasions.c.kind == "invitation").values(extra={"note": "Bring a cup"}))
            proofing.new_version(session, stage.occasion("invitation").id, changed_by=None, now=stage.now)

    meanwhile(note)
    stage.settle()
    assert "Bring a cup" in stage.proof(OLIVE).words


def test_a_place_that_changes_while_its_proof_is_composed_is_in_the_next(
    stage: Stage, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    """Organisers would approve the old place, and nobody would be told of the change."""
    with stage.house.store.write() as session:
        session.execute(update(occasions).where(occasions.c.kind == "invitation").values(mode="proof", proof_at=stage.now))

    def move() -> None:
        stage.at(stage.now + timedelta(seconds=1))
        with stage.house.store.write() as session:
            meet.move(session, operator(stage), stage.occasion("invitation").thing_id, venue="Elsewhere Hall", now=stage.now)

    meanwhile(move)
    stage.settle()
    assert "Elsewhere Hall" in stage.proof(OLIVE).text
