"""Whom the doors take mail for (contract 1, SMTP-15)."""

from __future__ import annotations

import pytest

from mailer.inbound.receive import Intake
from mailer.message.roles import ROLES
from mailer.store import Store
from mailer.store.tables import networks
from tests.inbound.conftest import NOW, add_network

D = "@lists.example.org"
CASES = [
    ("the discussion list", "mendip" + D, 250),
    ("in capitals", "Mendip-Agenda@LISTS.Example.ORG", 250),
    ("role with a plus", "mendip+agenda" + D, 250),
    ("a tag that cannot be ours is judged later", "mendip+nonsense" + D, 250),
    ("a tag of the right form", "mendip+" + "r" + "a" * 36 + D, 250),
    ("an empty plus-form", "mendip+" + D, 550),
    ("an unknown role", "mendip-nonsense" + D, 550),
    ("an unknown network", "quantock" + D, 550),
    ("a tag of an unknown network", "quantock+agenda" + D, 550),
    ("a network of another domain", "exmoor" + D, 550),
    ("its own domain", "exmoor-news@exmoor.example.org", 250),
    ("postmaster", "postmaster" + D, 250),
    ("abuse, in capitals", "ABUSE@exmoor.example.org", 250),
    ("postmaster without a domain", "Postmaster", 250),
    ("no domain", "mendip", 550),
    ("beyond ASCII", "méndip" + D, 550),
    ("a local part of 65 octets", "mendip+" + "a" * 58 + D, 550),
    ("the domain with a dot at its end", "mendip@lists.example.org.", 250),
    ("quoted, with a space", '"mendip+a b"' + D, 550),
]


@pytest.mark.parametrize(("rcpt", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_verdict(intake: Intake, rcpt: str, code: int) -> None:
    verdict = intake.verdict(rcpt)
    assert (verdict.code, verdict.ok) == (code, code == 250)
    assert verdict.text[:6] == ("2.1.5 " if verdict.ok else "5.1.1 ")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_in_both_forms(intake: Intake, role: str) -> None:
    assert intake.verdict(f"mendip-{role}{D}").ok
    assert intake.verdict(f"mendip+{role}{D}").ok


@pytest.mark.parametrize(
    "rcpt", ["jane@school.example", "mendip@example.org", "postmaster@elsewhere.example", "x@[127.0.0.1]"]
)
def test_foreign_domain(intake: Intake, rcpt: str) -> None:
    verdict = intake.verdict(rcpt)
    assert (verdict.code, verdict.text[:6]) == (550, "5.7.1 ")


def test_a_network_added_by_another_process_is_there_at_once(intake: Intake, store: Store) -> None:
    assert not intake.verdict("quantock@hills.example").ok
    intake.knows._read_at -= 0.2
    add_network(store, "quantock", "hills.example")
    assert intake.verdict("quantock@hills.example").ok


def test_a_closed_network_is_refused_within_a_second(intake: Intake, store: Store) -> None:
    assert intake.verdict("mendip" + D).ok
    with store.write() as session:
        session.execute(networks.update().where(networks.c.slug == "mendip").values(closed_at=NOW))
    intake.knows._read_at -= 1.0
    assert not intake.verdict("mendip" + D).ok
