"""V4: the rule written once says the same in Python and in SQL, for every combination of what it looks at."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, and_, false, insert, select, true

from mailer.consent import gate, purposes, suppression
from mailer.consent.gate import Facts, verdict
from mailer.store import Store, add
from mailer.store.tables import addresses, memberships, networks, outgoing, roles, standings, suppressions

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)
BOTH = (False, True)
PURPOSES = (*purposes.ALL, "advertising")


def a_network(session: Connection, slug: str, *, closed: bool = False, held: bool = False) -> int:
    return add(
        session,
        networks,
        slug=slug,
        domain="lists.example.org",
        name=slug,
        created_at=BEFORE,
        closed_at=BEFORE if closed else None,
        held_at=BEFORE if held else None,
    )


def an_address(session: Connection, name: str, *, erased: bool = False, confirmed: bool = True) -> int:
    return add(
        session,
        addresses,
        address=None if erased else f"{name}@school.example",
        key=None if erased else f"{name}@school.example",
        mac=name.encode().ljust(32, b"."),
        created_at=BEFORE,
        erased_at=BEFORE if erased else None,
        confirmed_at=BEFORE if confirmed else None,
    )


def joined() -> object:
    return (
        standings.join(addresses, addresses.c.id == standings.c.address_id)
        .join(networks, networks.c.id == standings.c.network_id)
        .outerjoin(
            memberships,
            and_(
                memberships.c.network_id == standings.c.network_id, memberships.c.address_id == standings.c.address_id
            ),
        )
    )


def test_v4_verdict_and_sql_agree_on_the_full_product(store: Store) -> None:
    expected: dict[int, Facts] = {}
    with store.write() as session:
        nets = {
            (closed, held): a_network(session, f"n{closed:d}{held:d}x", closed=closed, held=held)
            for closed, held in itertools.product(BOTH, BOTH)
        }
        rows = []
        for n, (erased, stopped, bad, paused, standing, expired) in enumerate(
            itertools.product(BOTH, BOTH, BOTH, BOTH, ("none", "pending", "active", "left"), BOTH)
        ):
            address_id = an_address(session, f"a{n}", erased=erased)
            mac = f"a{n}".encode().ljust(32, b".")
            if stopped:
                add(session, suppressions, network_id=None, mac=mac, reason="left", since=BEFORE)
            if bad:
                add(session, suppressions, network_id=None, mac=mac, reason="bad-address", since=BEFORE)
            for (closed, held), network_id in nets.items():
                session.execute(
                    memberships.insert().values(
                        network_id=network_id,
                        address_id=address_id,
                        joined_at=BEFORE,
                        paused_until=date(2026, 12, 1) if paused else date(2026, 11, 20),
                    )
                )
                for purpose, right in itertools.product(PURPOSES, BOTH):
                    rows.append(
                        {
                            "id": len(rows) + 1,
                            "network_id": network_id,
                            "address_id": address_id,
                            "purpose": purpose,
                            "scope": "right" if right else "",
                            "standing": standing,
                            "until": NOW if expired else AFTER,
                            "updated_at": BEFORE,
                        }
                    )
                    expected[len(rows)] = Facts(
                        purpose=purpose,
                        standing=standing,
                        expired=expired,
                        right=right,
                        erased=erased,
                        stopped=stopped,
                        bad_address=bad,
                        paused=paused,
                        closed=closed,
                        held=held,
                    )
        session.execute(insert(standings), rows)
    with store.read() as session:
        for capped in BOTH:
            given = {
                "purpose": standings.c.purpose,
                "network_id": standings.c.network_id,
                "standings": standings,
                "addresses": addresses,
                "networks": networks,
                "memberships": memberships,
                "now": NOW,
                "capped": true() if capped else false(),
            }
            query = select(
                standings.c.id, gate.refusal_sql(**given).label("refusal"), gate.waiting_sql(**given).label("waiting")
            ).select_from(joined())
            seen = 0
            for row in session.execute(query):
                facts = Facts(**{**expected[row.id].__dict__, "capped": capped})
                said = verdict(facts)
                assert (row.refusal, row.waiting) == (
                    None if said.allowed or said.waits else said.reason,
                    said.reason if said.waits else None,
                ), facts
                seen += 1
            assert seen == len(expected)


ROLES = (None, ("member", True), ("guest", True), ("organiser", True), ("organiser", False), ("chair", True))


def test_a_role_opens_nothing_and_closes_nothing(store: Store) -> None:
    """Purpose x standing x suppression x pause x role: the desk is open to organisers by its standing, as any purpose is."""
    expected: dict[int, Facts] = {}
    with store.write() as session:
        network_id = a_network(session, "mendip")
        rows = []
        for n, (role, standing, stopped, paused) in enumerate(
            itertools.product(ROLES, ("none", "pending", "active", "left"), BOTH, BOTH)
        ):
            address_id = an_address(session, f"a{n}")
            if stopped:
                mac = f"a{n}".encode().ljust(32, b".")
                add(session, suppressions, network_id=network_id, mac=mac, reason="objection", since=BEFORE)
            member = {"network_id": network_id, "address_id": address_id, "joined_at": BEFORE}
            membership_id = add(session, memberships, **member, paused_until=date(2026, 12, 1) if paused else None)
            if role is not None:
                add(session, roles, membership_id=membership_id, role=role[0], active=role[1], since=BEFORE)
            for purpose in PURPOSES:
                place = {"network_id": network_id, "address_id": address_id, "purpose": purpose, "scope": ""}
                rows.append({"id": len(rows) + 1, **place, "standing": standing, "until": AFTER, "updated_at": BEFORE})
                expected[len(rows)] = Facts(purpose, standing, stopped=stopped, paused=paused)
        session.execute(insert(standings), rows)
    with store.read() as session:
        given = {"purpose": standings.c.purpose, "network_id": standings.c.network_id, "now": NOW}
        found = session.execute(select(standings.c.id, gate.refusal_sql(**given).label("reason")).select_from(joined()))
        seen = {row.id: row.reason for row in found}
    assert seen == {row_id: verdict(facts).reason or None for row_id, facts in expected.items()}
    assert len(seen) == len(ROLES) * 4 * 2 * 2 * len(PURPOSES)


def test_every_rule_decides_somewhere_and_names_known_facts() -> None:
    flags = ("expired", "right", "erased", "stopped", "bad_address", "paused", "closed", "held", "capped")
    seen = set()
    for purpose in ("meetings", "answer", "event"):
        for standing in ("none", "pending", "active", "left"):
            for truth in itertools.product(BOTH, repeat=len(flags)):
                seen.add(
                    verdict(Facts(purpose=purpose, standing=standing, **dict(zip(flags, truth, strict=True)))).reason
                )
    assert seen == {rule.reason for rule in gate.RULES} | {""}


ACTIVE = {"standing": "active"}
ROWS = [
    ("active subscriber", Facts("newsletter", **ACTIVE), ""),
    ("nobody asked", Facts("newsletter"), "no-standing"),
    ("pending gets nothing", Facts("newsletter", "pending"), "not-confirmed"),
    ("left", Facts("newsletter", "left"), "left"),
    ("purpose without a basis sends nothing (DP-4)", Facts("advertising", **ACTIVE), "no-basis"),
    ("paused newsletter", Facts("newsletter", **ACTIVE, paused=True), "paused"),
    ("a pause lets answers through", Facts("answer", **ACTIVE, paused=True), ""),
    ("a pause lets the desk through", Facts("desk", **ACTIVE, paused=True), ""),
    ("an accepted meeting goes on in a pause", Facts("event", **ACTIVE, paused=True), ""),
    ("stopped: newsletter", Facts("newsletter", **ACTIVE, stopped=True), "suppressed"),
    ("stopped: accepted meetings too", Facts("event", **ACTIVE, stopped=True), "suppressed"),
    ("stopped: the desk too", Facts("desk", **ACTIVE, stopped=True), "suppressed"),
    ("stopped: a plain answer", Facts("answer", **ACTIVE, stopped=True), "suppressed"),
    ("stopped: an answer that carries out a right", Facts("answer", **ACTIVE, stopped=True, right=True), ""),
    ("stopped: the farewell", Facts("farewell", **ACTIVE, stopped=True), ""),
    ("stopped: a confirmation they asked for", Facts("confirm", **ACTIVE, stopped=True), ""),
    ("dead address: not even a right", Facts("answer", **ACTIVE, bad_address=True, right=True), "bad-address"),
    ("dead address: not the farewell", Facts("farewell", **ACTIVE, bad_address=True), "bad-address"),
    ("dead address: a confirmation", Facts("confirm", **ACTIVE, bad_address=True), ""),
    ("erased: nothing at all", Facts("confirm", **ACTIVE, erased=True), "erased"),
    ("closed network: newsletter", Facts("newsletter", **ACTIVE, closed=True), "network-closed"),
    ("closed network: a right", Facts("answer", **ACTIVE, closed=True, right=True), ""),
    ("held network: newsletter waits", Facts("newsletter", **ACTIVE, held=True), "network-held"),
    ("held network: answers go", Facts("answer", **ACTIVE, held=True), ""),
    ("answer a week later", Facts("answer", **ACTIVE, expired=True), "expired"),
    ("one confirmation too many", Facts("confirm", **ACTIVE, capped=True), "too-many"),
]


@pytest.mark.parametrize(("facts", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_ruling_2_rows(facts: Facts, reason: str) -> None:
    said = verdict(facts)
    assert said.reason == reason
    assert said.allowed is (reason == "")
    assert bool(said.sentence) is bool(reason)


SCOPES = [
    ("this network", ["here"], [], "suppressed"),
    ("this host", [None], [], "suppressed"),
    ("another network", ["there"], [], None),
    ("lifted", ["here"], ["here"], None),
    ("this host, lifted here", [None], ["here"], None),
    ("this host, lifted in another network", [None], ["there"], "suppressed"),
    ("both, lifted here", ["here", None], ["here"], None),
    ("this host, lifted here, and again", [None], ["here", None], "suppressed"),
    ("this host, lifted here, then this network", [None], ["here", "and here"], "suppressed"),
]


@pytest.mark.parametrize(("stopped", "then", "reason"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_scope_of_a_suppression(
    store: Store, stopped: list[str | None], then: list[str | None], reason: str | None
) -> None:
    """An opt-in opens its own network and no other (ruling 2); in `then` a network is an opt-in there, anything else a new stop."""
    with store.write() as session:
        ids = {"here": a_network(session, "here"), "there": a_network(session, "there")}
        address_id = an_address(session, "jane")
        mac = session.execute(select(addresses.c.mac)).scalar_one()

        def stop(where: str | None) -> None:
            if where is None:
                suppression.add_on_host(session, mac=mac, reason="left", now=BEFORE)
            else:
                suppression.add(session, mac=mac, network_id=ids[where], reason="left", now=BEFORE)

        for where in stopped:
            stop(where)
        for where in then:
            if where in ids:
                suppression.lift(session, mac=mac, network_id=ids[where], now=NOW)
            else:
                stop(where and where.removeprefix("and "))
        found = suppression.reasons(session, macs=[mac], network_id=ids["here"])
        assert bool(found) is bool(suppression.in_force(session, mac=mac, network_id=ids["here"])) is (reason is not None)
        add(
            session,
            standings,
            network_id=ids["here"],
            address_id=address_id,
            purpose="newsletter",
            standing="active",
            updated_at=BEFORE,
        )
        case = gate.refusal_sql(purpose="newsletter", network_id=ids["here"], now=NOW)
        assert session.execute(select(case).select_from(joined())).scalar_one() == reason


def test_an_audience_without_standing_is_refused_by_the_outer_join(store: Store) -> None:
    with store.write() as session:
        network_id = a_network(session, "mendip")
        an_address(session, "jane")
        case = gate.refusal_sql(purpose="newsletter", network_id=network_id, now=NOW)
        source = (
            addresses.join(networks, networks.c.id == network_id)
            .outerjoin(standings, standings.c.address_id == addresses.c.id)
            .outerjoin(memberships, memberships.c.address_id == addresses.c.id)
        )
        assert session.execute(select(case).select_from(source)).scalar_one() == "no-standing"


def test_ask_counts_what_was_written_and_over_joins_outgoing_rows(store: Store) -> None:
    from mailer.consent import standing
    from mailer.store.tables import letters

    with store.write() as session:
        network_id = a_network(session, "mendip")
        address_id = an_address(session, "jane", confirmed=False)
        opened = standing.open_class(
            session, network_id=network_id, address_id=address_id, klass="confirm", until=AFTER, now=NOW
        )
        assert gate.ask(session, standing_id=opened, purpose="confirm", now=NOW).allowed
        letter_id = add(session, letters, template="replies/join-confirm", created_at=NOW)
        row = {
            "network_id": network_id,
            "letter_id": letter_id,
            "address_id": address_id,
            "standing_id": opened,
            "purpose": "confirm",
            "lane": "urgent",
            "not_before": NOW,
            "next_attempt_at": NOW,
        }
        add(session, outgoing, key="one", created_at=NOW, **row)
        assert gate.ask(session, standing_id=opened, purpose="confirm", now=NOW).reason == "too-many"
        later = NOW + timedelta(hours=23)
        assert gate.ask(session, standing_id=opened, purpose="answer", now=later).reason == "too-many"
        # The claim asks without the cap: a row does not count itself.
        case = gate.refusal_sql(purpose=outgoing.c.purpose, network_id=outgoing.c.network_id, now=NOW)
        assert session.execute(select(case).select_from(gate.over(outgoing))).scalar_one() is None
        for days in (2, 4):
            add(session, outgoing, key=f"day {days}", created_at=NOW + timedelta(days=days), **row)
        after = NOW + timedelta(days=10)
        standing.open_class(
            session,
            network_id=network_id,
            address_id=address_id,
            klass="confirm",
            until=after + timedelta(days=7),
            now=after,
        )
        assert gate.ask(session, standing_id=opened, purpose="confirm", now=after).reason == "too-many"  # 3 in 30 days
