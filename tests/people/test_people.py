"""People, addresses, organisations, roles: names as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.consent import standing
from mailer.consent.standing import Proof
from mailer.errors import Conflict, NotFound, Refused
from mailer.people import addresses, committee, greeting, holding, membership, networks, organisations, people, roles
from mailer.store import Store
from mailer.store.tables import ledger
from tests.databases import lay_empty

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = b"h" * 32
CLI = Proof("imported-evidence", "import", "cli")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    lay_empty(tmp_path / "t.db")
    return Store(f"sqlite:///{tmp_path}/t.db")


GREETINGS = [
    ("Jane Doe", "Jane"),
    ("Doe, Jane", "Jane"),
    ("JANE DOE", "Jane"),
    ("jane", "Jane"),
    ("Dr Jane Doe", "Jane"),
    ("Dr. Smith", "Dr. Smith"),
    ("Mrs Jones", "Mrs Jones"),
    ("J. Doe", "J. Doe"),
    ("J", "J"),
    ("McKenzie Ward", "McKenzie"),
    ("Siân ap Rhys", "Siân"),
    ("", ""),
    ("  ", ""),
]


@pytest.mark.parametrize(("name", "greeted"), GREETINGS)
def test_greeting(name: str, greeted: str) -> None:
    assert greeting.for_person(name) == greeted


MAILBOXES = [
    ("science.technicians@school.example", "Hill School", "science technicians at Hill School"),
    ("technicians@hillschool.example", "Hill School", "technicians at Hill School"),
    ("hill.technicians@school.example", "Hill School", "technicians at Hill School"),
    ("prep-room2@school.example", "", "prep room"),
    ("hilltop.physics@school.example", "", "hilltop physics"),
    ("k.price@school.example", "Hill School", "all at Hill School"),
]


@pytest.mark.parametrize(("address", "organisation", "greeted"), MAILBOXES)
def test_greeting_of_a_shared_mailbox(address: str, organisation: str, greeted: str) -> None:
    assert greeting.for_mailbox(address, organisation) == greeted


@pytest.mark.parametrize(
    ("address", "name", "shared"),
    [
        ("science.technicians@s.example", "", True),
        ("technicians@s.example", "Science Technicians", True),
        ("technicians@s.example", "Karen Price", False),
        ("karen.price@s.example", "", False),
    ],
)
def test_a_shared_mailbox_is_seen(address: str, name: str, shared: bool) -> None:
    assert greeting.looks_shared(address, name) is shared


def test_organisations_are_one_however_they_are_written() -> None:
    assert organisations.key("St. Mary's  School") == organisations.key("st marys school")


def test_roles_are_read_and_strange_ones_named() -> None:
    assert roles.read("Organiser; named contact;member") == ("member", "named-contact", "organiser")
    with pytest.raises(ValueError, match="boss"):
        roles.read("member;boss")


BAD_NETWORKS = [
    ("mendip-agenda", "lists.example.org", "Europe/London", "bad-slug"),
    ("postmaster", "lists.example.org", "Europe/London", "bad-slug"),
    ("mendip", "not a domain", "Europe/London", "bad-domain"),
    ("mendip", "lists.example.org", "Europe/Mendip", "bad-timezone"),
]


@pytest.mark.parametrize(("slug", "domain", "zone", "reason"), BAD_NETWORKS)
def test_networks_that_cannot_be(store: Store, slug: str, domain: str, zone: str, reason: str) -> None:
    with store.write() as session, pytest.raises(Refused) as refused:
        networks.add(session, slug=slug, domain=domain, name="M", timezone=zone, now=NOW)
    assert refused.value.slug == reason


def test_a_network_lives(store: Store) -> None:
    with store.write() as session:
        network_id = networks.add(session, slug="mendip", domain="Lists.Example.ORG.", name=" Mendip  T ", now=NOW)
        with pytest.raises(Conflict):
            networks.add(session, slug="mendip", domain="lists.example.org", name="M", now=NOW)
        networks.change(session, network_id, {"timezone": "Europe/Dublin"}, NOW)
        found = networks.get(session, "MENDIP")
        assert (found.domain, found.name, found.timezone) == ("lists.example.org", "Mendip T", "Europe/Dublin")
        networks.close(session, network_id, NOW)
        assert networks.every(session, closed=False) == []
        with pytest.raises(NotFound):
            networks.get(session, "quantock")


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({"notice_version": "2"}, 2),
        ({"notice_version": "1"}, None),
        ({"notice_version": "two"}, None),
        ({"controller": "Mendip Schools Trust"}, 2),
        ({"controller": "Mendip Schools Trust", "notice_version": "5"}, 5),
        ({"timezone": "Europe/Dublin"}, 1),
    ],
    ids=["raised", "not below", "no number", "another controller", "both", "something else"],
)
def test_dp15_a_changed_notice_is_a_new_version_that_consent_names(
    store: Store, changes: dict[str, str], version: int | None
) -> None:
    """What was agreed to before keeps the version it was under (DP-1)."""
    with store.write() as session:
        network_id = networks.add(session, slug="mendip", domain="lists.example.org", name="M", now=NOW)
        who = addresses.find_or_add(session, "jane@school.example", hasher=HASHER, now=NOW)

        def agree(purpose: str) -> None:
            proof = Proof("consent", "join", "mail")
            standing.change(
                session, network_id=network_id, address_id=who.id, purpose=purpose, to="active", proof=proof, now=NOW
            )

        agree("meetings")
        if version is None:
            with pytest.raises(Refused) as refused:
                networks.change(session, network_id, dict(changes), NOW)
            assert refused.value.slug == "bad-version"
        else:
            networks.change(session, network_id, dict(changes), NOW)
        agree("newsletter")
        rows = session.execute(select(ledger.c.purpose, ledger.c.notice_version).order_by(ledger.c.id)).all()
    assert [tuple(row) for row in rows] == [("meetings", 1), ("newsletter", version or 1)]


def test_addresses_are_found_however_they_are_written(store: Store) -> None:
    with store.write() as session:
        networks.add(session, slug="mendip", domain="lists.example.org", name="M", now=NOW)
        first = addresses.find_or_add(session, "Jane.Doe@School.Example", hasher=HASHER, now=NOW)
        again = addresses.find_or_add(session, " jane.doe@school.example", hasher=HASHER, now=NOW)
        assert again == first
        assert first.address == "Jane.Doe@School.Example"
        for wrong in ("jane", "jane@localhost", "a@b@c.example", "mendip-join@lists.example.org"):
            with pytest.raises(Refused):
                addresses.find_or_add(session, wrong, hasher=HASHER, now=NOW)


def test_roles_count_once_active_and_open_the_desk(store: Store) -> None:
    with store.write() as session:
        network_id = networks.add(session, slug="mendip", domain="lists.example.org", name="M", now=NOW)
        jane = people.add(session, name="Doe, Jane", now=NOW)
        known = addresses.find_or_add(session, "jane@school.example", hasher=HASHER, now=NOW, person_id=jane)
        other = addresses.find_or_add(session, "jane@home.example", hasher=HASHER, now=NOW, person_id=jane)
        member = membership.add(session, network_id=network_id, address_id=known.id, person_id=jane, now=NOW)
        holding.give(session, member, ("organiser",), active=False, proof=CLI, now=NOW)
        assert committee.organisers(session, network_id) == []
        holding.activate(session, member, CLI, NOW)
        assert [o.name for o in committee.organisers(session, network_id)] == ["Jane Doe"]
        assert [o.address_id for o in committee.reachable(session, network_id, NOW)] == [known.id]
        assert committee.is_organiser(session, network_id, other.id)
        assert membership.main_address(session, network_id, other.id) == known.id
        assert membership.greeting_of("Doe, Jane", "jane@school.example", shared=False, organisation="") == "Jane"
        membership.end(session, member, NOW)
        holding.settle_desk(session, member, CLI, NOW)
        assert committee.organisers(session, network_id) == []
        assert committee.reachable(session, network_id, NOW) == []
