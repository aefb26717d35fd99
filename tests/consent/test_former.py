"""Who gets nothing any more is kept for a time that ends: who left, who never agreed, who was taken back (Art 5(1)(e), DP-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailer.acts import import_members, import_undo, retained
from mailer.acts.import_lines import Wish
from mailer.consent import ledger, standing, suppression
from mailer.people import addresses, networks, sheet
from mailer.settings.kept import DAYS
from mailer.store import tables as t
from tests.conversations.scenes import DAWN, JANE, OLIVE, PETER
from tests.databases import columns_with
from tests.stage import DOMAIN, Stage, staged

CARA = "cara@vale.example"
HELP = f"mendip-help@{DOMAIN}"
TIME = DAYS["former"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path)


def listed(stage: Stage, who: str, name: str, evidence: str = "") -> tuple[int, str]:
    """Somebody of an import: its id, and what became of their line."""
    rows = sheet.read(f"email,name\n{who},{name}\n".encode()).rows
    with stage.house.store.write() as session:
        wish = Wish(stage.network_id, stage.house.hasher, evidence=evidence, sha256="ab" * 32)
        import_id = import_members.begin(session, wish, file="list.csv", lines=1, now=stage.now)
        (line,) = import_members.carry_out(session, wish, import_id, rows, stage.now)
    return import_id, line.result


def days_later(stage: Stage, days: int) -> None:
    """The scheduler's rounds: what hung on a thing may go a day after it."""
    stage.at(stage.now + timedelta(days=days))
    for _ in range(2):
        with stage.house.store.write() as session:
            retained.run(session, stage.settings.retention, stage.now)


def known(stage: Stage, who: str) -> bool:
    with stage.house.store.read() as session:
        return addresses.find(session, who) is not None


def sound(stage: Stage) -> None:
    with stage.house.store.write() as session:
        ledger.seal(session, stage.now)
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []


def test_who_left_is_forgotten_after_the_time_and_stays_out(stage: Stage) -> None:
    """DP-8: the hash keeps a list from bringing them back. DP-1: the proof has a time of its own."""
    stage.mail(f"Jane Doe <{JANE}>", f"mendip@{DOMAIN}", "Balances", "Who has a spare balance for a week?")
    stage.mail(JANE, HELP, "", "STOP")
    with stage.house.store.read() as session:
        one = addresses.find(session, JANE)
        assert one is not None
        proofs = select(func.count()).select_from(t.ledger_fields.join(t.ledger)).where(t.ledger.c.address_id == one.id)
        proven = session.execute(proofs).scalar_one()
    days_later(stage, TIME - 1)
    assert known(stage, JANE)
    days_later(stage, 3)
    assert not known(stage, JANE)
    assert columns_with(stage.house.store, "jane@hill", "jane doe") == set()
    assert known(stage, DAWN)
    assert known(stage, OLIVE)
    with stage.house.store.read() as session:
        assert suppression.reasons(session, macs=[one.mac], network_id=stage.network_id)[one.mac] == {"left"}
        assert session.execute(proofs).scalar_one() == proven > 0
    sound(stage)
    assert listed(stage, JANE, "Jane Doe", "paper form")[1] == "stays-out"


def test_who_was_listed_and_never_agreed_is_forgotten(stage: Stage) -> None:
    assert listed(stage, CARA, "Cara Vale")[1] == "pending"
    days_later(stage, TIME - 1)
    assert known(stage, CARA)
    days_later(stage, 3)
    assert columns_with(stage.house.store, "cara@vale", "cara vale") == set()
    sound(stage)
    assert listed(stage, CARA, "Cara Vale", "paper form")[1] == "added"  # nobody asked for it: nothing is suppressed


def test_what_an_undone_import_brought_is_forgotten(stage: Stage) -> None:
    import_id, _ = listed(stage, CARA, "Cara Vale", "the wrong list")
    with stage.house.store.write() as session:
        undo_id, after = import_undo.begin(session, import_id, stage.now, network_id=stage.network_id), 0
        while after is not None:
            _, after = import_undo.step(session, undo_id, after, stage.now)
    days_later(stage, TIME + 2)
    assert columns_with(stage.house.store, "cara@vale", "cara vale") <= {"ledger_fields.fields"}
    assert not known(stage, CARA)
    sound(stage)


def test_who_still_gets_something_or_was_heard_of_stays(stage: Stage) -> None:
    stage.mail(JANE, HELP, "", "STOP NEWSLETTER")
    stage.mail(PETER, HELP, "", "STOP")
    stage.mail(DAWN, HELP, "", "STOP")
    stage.at(stage.now + timedelta(days=TIME - 30))
    stage.mail(DAWN, HELP, "", "STATUS")
    days_later(stage, 40)
    assert [known(stage, who) for who in (JANE, DAWN, PETER)] == [True, True, False]


def test_who_holds_an_office_stays(stage: Stage) -> None:
    """N30: an office has no end of itself; a contact who gets no mail speaks for their school all the same."""
    stage.member(CARA, "Cara Vale", roles=("member", "named-contact"), purposes=(), organisation="Hill School")
    stage.member("gwen@library.example", "Gwen Guest", roles=("guest",), purposes=())
    days_later(stage, TIME + 3)
    assert [known(stage, who) for who in (CARA, "gwen@library.example")] == [True, False]
    stage.mail(CARA, HELP, "", "STOP")
    days_later(stage, TIME + 3)
    assert not known(stage, CARA)


def test_a_closed_network_is_forgotten_by_name(stage: Stage) -> None:
    """What is kept stays until retention takes it (docs/commands.md)."""
    with stage.house.store.write() as session:
        networks.close(session, stage.network_id, stage.now)
    days_later(stage, TIME - 1)
    assert known(stage, JANE)
    days_later(stage, 3)
    assert not any(known(stage, who) for who in (JANE, DAWN, OLIVE, PETER))
    sound(stage)
