"""A network for the live tests, put into the database before the service starts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from mailer.acts import Actor, Strength, meet
from mailer.consent import standing
from mailer.consent.standing import Proof
from mailer.cycle import plan
from mailer.house import House
from mailer.people import addresses, holding, membership, networks, people
from mailer.store.tables import addresses as addresses_table
from mailer.store.tables import memberships, occasions, standings
from mailer.store.tables import people as people_table

DOMAIN = "lists.example.org"
OLIVE, PETER = "olive@hill.school.example", "peter@mill.school.example"
JANE, DAWN = "jane@hill.school.example", "dawn@mill.school.example"
_NAMES = {OLIVE: "Olive Organiser", PETER: "Peter Mill", JANE: "Jane Doe", DAWN: "Dawn Day"}


def mendip(
    house: House, now: datetime, organisers: tuple[str, ...] = (OLIVE, PETER), members: tuple[str, ...] = (JANE, DAWN)
) -> int:
    """A network with these people, all of whom agreed on paper. Returns its id."""
    proof = Proof("imported-evidence", "import", "cli", fields={"evidence": "paper form"})
    with house.store.write() as session:
        made = networks.add(session, slug="mendip", domain=DOMAIN, name="Mendip Technicians", now=now)
        network_id = int(getattr(made, "id", made))
        for address in (*organisers, *members):
            person_id = people.add(session, name=_NAMES.get(address, ""), now=now)
            one = addresses.find_or_add(session, address, hasher=house.hasher, now=now, person_id=person_id)
            addresses.confirm(session, one.id, now)
            member_id = membership.add(session, network_id=network_id, address_id=one.id, person_id=person_id, now=now)
            roles = ("member", "organiser") if address in organisers else ("member",)
            holding.give(session, member_id, roles, active=True, proof=proof, now=now)
            for purpose in ("meetings", "newsletter", "discussion"):
                standing.change(
                    session,
                    network_id=network_id,
                    address_id=one.id,
                    purpose=purpose,
                    to="active",
                    proof=proof,
                    now=now,
                )
    return network_id


def many(house: House, network_id: int, count: int, now: datetime) -> list[str]:
    """So many members more, straight into the tables. Returns their addresses."""
    with house.store.write() as session:
        first = (
            session.execute(select(addresses_table.c.id).order_by(addresses_table.c.id.desc()).limit(1)).scalar() or 0
        ) + 1001
        numbers = range(first, first + count)
        written = {n: f"p{n}@school.example" for n in numbers}
        session.execute(insert(people_table), [{"id": n, "name": f"Person {n}", "created_at": now} for n in numbers])
        session.execute(
            insert(addresses_table),
            [
                {
                    "id": n,
                    "address": a,
                    "key": a,
                    "mac": n.to_bytes(32, "big"),
                    "person_id": n,
                    "created_at": now,
                    "confirmed_at": now,
                }
                for n, a in written.items()
            ],
        )
        session.execute(
            insert(memberships),
            [{"network_id": network_id, "address_id": n, "person_id": n, "joined_at": now} for n in numbers],
        )
        session.execute(
            insert(standings),
            [
                {
                    "network_id": network_id,
                    "address_id": n,
                    "purpose": "meetings",
                    "standing": "active",
                    "updated_at": now,
                }
                for n in numbers
            ],
        )
    return list(written.values())


def meeting(house: House, network_id: int, starts: datetime, now: datetime, **values: object) -> int:
    """A meeting with its plan, made at the command line."""
    actor = Actor(network_id, None, None, Strength.OPERATOR, "cli")
    with house.store.write() as session:
        receipt = meet.make(session, actor, starts_at=starts, ends_at=starts + timedelta(hours=2), now=now, **values)  # type: ignore[arg-type]
        plan.refresh(session, network_id, now)
    return int(receipt.fields["meeting"]["id"])


def approve(house: House, kind: str, now: datetime) -> int:
    """Have the newest mailing of a kind go at once, as if an organiser had said SEND NOW before. Returns its id."""
    o = occasions.c
    with house.store.write() as session:
        newest = select(o.id).where(o.kind == kind).order_by(o.id.desc()).limit(1)
        occasion_id = int(session.execute(newest).scalar_one())
        session.execute(
            update(occasions)
            .where(o.id == occasion_id)
            .values(state="queued", version=1, approved_version=1, cursor=0, goes_at=now)
        )
    return occasion_id
