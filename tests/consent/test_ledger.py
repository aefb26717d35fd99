"""V10: ledger and audit trail only grow, and a change to either shows (design ruling 9)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from mailer.consent import ledger, standing, wordings
from mailer.consent.standing import Proof
from mailer.store import Store, add
from mailer.store.tables import addresses, audit, ledger_fields, networks, seals
from mailer.store.tables import ledger as rows

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAID = Proof("consent", "join", "mail", inbox_id=7, evidence_sha256="ab" * 32, fields={"name": "Jane Doe"})


def a_place(session: Connection) -> tuple[int, int]:
    network_id = add(session, networks, slug="mendip", domain="lists.example.org", name="Mendip", created_at=NOW)
    address_id = add(
        session, addresses, address="j@school.example", key="j@school.example", mac=b"m" * 32, created_at=NOW
    )
    return network_id, address_id


def three_seals(session: Connection) -> None:
    network_id, address_id = a_place(session)
    for minute, to in enumerate(("pending", "active", "left")):
        at = NOW + timedelta(minutes=minute, microseconds=17)
        standing.change(
            session, network_id=network_id, address_id=address_id, purpose="newsletter", to=to, proof=SAID, now=at
        )
        ledger.audit(session, actor="cli", how="cli", act="join", network_id=network_id, fields={"n": minute}, now=at)
        assert ledger.seal(session, at) is not None


def test_sealing_is_idle_when_nothing_is_new_and_the_chain_verifies(store: Store) -> None:
    with store.write() as session:
        assert ledger.seal(session, NOW) is None
        three_seals(session)
        assert ledger.seal(session, NOW) is None
        assert len(session.execute(select(seals)).all()) == 3
    with store.read() as session:
        assert ledger.verify(session) == []


TAMPERING: list[tuple[str, Callable[[], object], str]] = [
    ("a standing rewritten", lambda: update(rows).where(rows.c.id == 2).values(standing="left"), "seal 2"),
    ("evidence swapped", lambda: update(rows).where(rows.c.id == 2).values(inbox_id=8), "ledger row 2"),
    ("a commitment rewritten", lambda: update(rows).where(rows.c.id == 1).values(commitment=b"x" * 32), "seal 1"),
    ("a personal field rewritten", lambda: update(ledger_fields).values(fields={"name": "Jo"}), "ledger row 1"),
    ("an audit row taken out", lambda: delete(audit).where(audit.c.id == 2), "seal 2"),
    ("an audit field rewritten", lambda: update(audit).where(audit.c.id == 3).values(fields={"n": 9}), "seal 3"),
    ("a seal taken out", lambda: delete(seals).where(seals.c.id == 2), "seal 3"),
]


@pytest.mark.parametrize(("change", "named"), [t[1:] for t in TAMPERING], ids=[t[0] for t in TAMPERING])
def test_v10_a_change_shows(store: Store, change: Callable[[], object], named: str) -> None:
    with store.write() as session:
        three_seals(session)
        session.execute(change())  # type: ignore[call-overload]
    with store.read() as session:
        assert any(named in sentence for sentence in ledger.verify(session))


# what somebody with the file and its tools may do; each shows in the chain or, where a tail goes with its seal, in the standings
BY_HAND = [
    ("the last row taken out", ("DELETE FROM ledger WHERE id = 3",), "seal 3"),
    ("the last row and its seal", ("DELETE FROM ledger WHERE id = 3", "DELETE FROM seals WHERE id = 3", "DELETE FROM audit WHERE id = 3"), "the ledger says active"),
    ("two rows in each other's place", ("UPDATE ledger SET id = 9 WHERE id = 1", "UPDATE ledger SET id = 1 WHERE id = 2", "UPDATE ledger SET id = 2 WHERE id = 9"), "seal 1"),
    ("two audit rows in each other's place", ("UPDATE audit SET id = 9 WHERE id = 1", "UPDATE audit SET id = 1 WHERE id = 2", "UPDATE audit SET id = 2 WHERE id = 9"), "seal 1"),
    ("a row forged at the end", ("INSERT INTO ledger SELECT 4, at, network_id, address_id, purpose, scope, 'active', basis, act, channel, wording_id, notice_version, inbox_id, evidence_sha256, commitment FROM ledger WHERE id = 2",), "the standing is left"),
    ("a row forged below", ("UPDATE ledger SET id = 4 WHERE id = 3",), "seal 3"),
    ("its notice version", ("UPDATE ledger SET notice_version = 2 WHERE id = 1",), "ledger row 1"),
    ("its evidence", ("UPDATE ledger SET evidence_sha256 = '00' WHERE id = 1",), "ledger row 1"),
    ("its channel, where the personal part is gone", ("DELETE FROM ledger_fields WHERE ledger_id = 1", "UPDATE ledger SET channel = 'web' WHERE id = 1"), "seal 1"),
    ("a salt swapped", ("UPDATE ledger_fields SET salt = x'00' WHERE ledger_id = 1",), "ledger row 1"),
    ("a seal forged", ("UPDATE seals SET hash = x'00' WHERE id = 3",), "seal 3"),
    ("a standing of which the ledger knows nothing", ("UPDATE standings SET standing = 'active'",), "the standing is active"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "named"), [t[1:] for t in BY_HAND], ids=[t[0] for t in BY_HAND])
def test_v10_what_is_done_to_the_file_shows(store: Store, tmp_path: Path, statements: tuple[str, ...], named: str) -> None:
    with store.write() as session:
        three_seals(session)
    with closing(sqlite3.connect(tmp_path / "t.db")) as other:  # no foreign keys are checked here
        for statement in statements:
            other.execute(statement)
        other.commit()
    with store.read() as session:
        found = ledger.verify(session) + standing.rebuild(session)
    assert any(named in sentence for sentence in found), found


def test_erasing_the_personal_part_leaves_the_chain_whole(store: Store) -> None:
    with store.write() as session:
        three_seals(session)
        session.execute(delete(ledger_fields))
    with store.read() as session:
        assert ledger.verify(session) == []


def without_jane(value: Any) -> Any:
    return {name: word.replace("Jane Doe", "[erased]") for name, word in value.items()}


def test_dp1_what_is_left_of_cut_fields_is_still_proven(store: Store) -> None:
    """V10, DP-11: the rows stay as they are, and what is changed beyond what the trail says shows."""
    with store.write() as session:
        three_seals(session)
        before = session.execute(select(rows)).all()
        salts = set(session.execute(select(ledger_fields.c.salt)).scalars())
        ledger.cut(session, [1, 2], without_jane, NOW)
        ledger.seal(session, NOW)
    with store.read() as session:
        assert session.execute(select(ledger_fields.c.fields).order_by(ledger_fields.c.ledger_id)).scalars().all() == [
            {"name": "[erased]"},
            {"name": "[erased]"},
            {"name": "Jane Doe"},
        ]
        assert session.execute(select(rows)).all() == before
        assert len(salts & set(session.execute(select(ledger_fields.c.salt)).scalars())) == 1
        assert ledger.verify(session) == []
        assert standing.rebuild(session) == []
        (said,) = session.execute(select(audit.c.fields).where(audit.c.act == ledger.CUT)).scalars()
        assert "Jane" not in str(said)
    with store.write() as session:
        session.execute(update(ledger_fields).where(ledger_fields.c.ledger_id == 2).values(fields={"name": "Jo"}))
        assert ledger.verify(session) == ["ledger row 2 does not match its commitment: it or its fields were changed"]
        forged = {**said, "2": said["1"]}
        session.execute(update(audit).where(audit.c.act == ledger.CUT).values(fields=forged))
        assert any("seal 4" in sentence for sentence in ledger.verify(session))


def test_dp1_a_wording_is_kept_to_the_letter_and_a_new_one_is_a_new_version(store: Store) -> None:
    shown = wordings.text("join", "en", network="Mendip Technicians", purposes=("meetings", "newsletter"))
    assert "Mendip Technicians" in shown
    assert "newsletter" in shown
    assert wordings.text("join", "cy", network="M", purposes=("newsletter",)) != shown
    assert wordings.text("join", "fr", network="M", purposes=()) == wordings.text(
        "join", "en", network="M", purposes=()
    )
    with store.write() as session:
        first = wordings.keep(session, key="join", language="en", text=shown, now=NOW)
        assert wordings.keep(session, key="join", language="en", text=shown, now=NOW) == first
        second = wordings.keep(session, key="join", language="en", text=shown + " Really.", now=NOW)
        assert (wordings.version(session, first), wordings.version(session, second)) == (1, 2)


def test_standing_is_rebuilt_from_the_ledger(store: Store) -> None:
    from mailer.store.tables import standings

    with store.write() as session:
        three_seals(session)
        network_id, address_id = 1, 1
        standing.open_class(session, network_id=1, address_id=1, klass="answer", until=NOW, now=NOW)
        assert standing.rebuild(session) == []
        session.execute(update(standings).where(standings.c.purpose == "newsletter").values(standing="active"))
        assert len(standing.rebuild(session)) == 1
        standing.rebuild(session, mend=True)
        assert standing.rebuild(session) == []
        newsletter = standings.c.purpose == "newsletter"
        session.execute(update(standings).where(newsletter).values(until=NOW))  # an end that nobody set: the gate would refuse
        (found,) = standing.rebuild(session, mend=True)
        assert f"until {NOW:%d.%m.%Y}" in found
        assert session.execute(select(standings.c.until).where(newsletter)).scalar_one() is None
        assert standing.of(session, network_id, address_id)["newsletter"] == "left"


def test_a_purpose_without_basis_gets_no_standing(store: Store) -> None:
    with store.write() as session:
        network_id, address_id = a_place(session)
        with pytest.raises(ValueError, match="no such purpose"):
            standing.change(
                session, network_id=network_id, address_id=address_id, purpose="ads", to="active", proof=SAID, now=NOW
            )


def test_classes_that_acts_open_are_never_opened_by_a_letter(store: Store) -> None:
    """A letter that asks for `desk` or `event` finds what an act decided, or `none`, which the gate refuses."""
    from mailer.consent import gate

    with store.write() as session:
        network_id, address_id = a_place(session)
        for klass in ("desk", "event"):
            opened = standing.open_class(
                session, network_id=network_id, address_id=address_id, klass=klass, until=None, now=NOW
            )
            assert gate.ask(session, standing_id=opened, purpose=klass, now=NOW).reason == "no-standing"
