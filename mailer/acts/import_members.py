"""Importing people (contract 3): with evidence active at once, roles too; without it pending, and no mail (DP-5).

`import_lines.judge` says of every line what would happen, `carry_out` does it, a chunk of lines a transaction. What the
dry run decided is decided afresh, so that nobody who leaves in between comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.acts.import_lines import Line, Wish, judge
from mailer.consent import ACTIVE, NONE, PENDING, ledger, standing, suppression
from mailer.consent.standing import Proof
from mailer.message.address import key
from mailer.people import addresses as address_rows
from mailer.people import greeting, membership, organisations, people, roles
from mailer.people.sheet import Row
from mailer.store import add
from mailer.store.tables import addresses, import_rows, imports, memberships
from mailer.store.tables import people as people_table
from mailer.store.tables import roles as role_table

CHUNK = 500  # lines a transaction


def begin(session: Connection, wish: Wish, *, file: str, lines: int, now: datetime) -> int:
    """The row that an undo names; returns its id."""
    import_id = add(
        session,
        imports,
        network_id=wish.network_id,
        file=file,
        sha256=wish.sha256,
        evidence=wish.evidence,
        lines=lines,
        at=now,
    )
    ledger.audit(
        session,
        actor="operator",
        how="cli",
        act="import",
        network_id=wish.network_id,
        thing=f"import:{import_id}",
        fields={"lines": lines},
        now=now,
    )
    return import_id


def carry_out(session: Connection, wish: Wish, import_id: int, rows: Sequence[Row], now: datetime) -> list[Line]:
    """Do what the lines say; returns what became of each."""
    lines = judge(session, wish, rows)
    fresh = [line for line in lines if line.result in ("added", "pending") and line.address_id is None]
    before: list[dict[str, Any]] = _make(session, wish, fresh, now)
    for line in lines:
        if line.result in ("added", "pending", "changed") and line.address_id is not None:
            before.append(_grow(session, wish, line, now))
    if before:
        session.execute(import_rows.insert(), [{"import_id": import_id, **one} for one in before])
    return lines


def _proof(wish: Wish, line: Line) -> Proof:
    fields = {"evidence": line.evidence, "line": line.row.line} if line.evidence else {"line": line.row.line}
    return Proof(
        "imported-evidence" if line.evidence else "consent",
        "import",
        "import",
        evidence_sha256=wish.sha256,
        fields=fields,
    )


def _make(session: Connection, wish: Wish, lines: Sequence[Line], now: datetime) -> list[dict[str, Any]]:
    """People nobody knew, in a few statements however many they are; returns what an undo needs."""
    if not lines:
        return []
    shared = [greeting.looks_shared(line.row.email, line.row.name) for line in lines]
    own = [line for line, is_shared in zip(lines, shared, strict=True) if not is_shared]
    person_ids = iter(
        _ids(
            session,
            people_table,
            [{"name": people.tidy(line.row.name), "language": "", "created_at": now} for line in own],
        )
    )
    persons = [None if is_shared else next(person_ids) for is_shared in shared]
    address_ids = _ids(
        session,
        addresses,
        [
            {
                "address": line.row.email,
                "key": key(line.row.email),
                "mac": suppression.mac(line.row.email, wish.hasher),
                "person_id": person,
                "shared": is_shared,
                "confirmed_at": now if line.evidence else None,
                "created_at": now,
            }
            for line, person, is_shared in zip(lines, persons, shared, strict=True)
        ],
    )
    places = {
        name: organisations.find_or_add(session, wish.network_id, name)
        for name in dict.fromkeys(line.row.organisation for line in lines)
    }
    membership_ids = _ids(
        session,
        memberships,
        [
            {
                "network_id": wish.network_id,
                "address_id": address_id,
                "person_id": person,
                "organisation_id": places[line.row.organisation],
                "joined_at": now,
            }
            for line, address_id, person in zip(lines, address_ids, persons, strict=True)
        ],
    )
    session.execute(
        role_table.insert(),
        [
            {"membership_id": member, "role": role, "active": bool(line.evidence), "since": now, "until": None}
            for line, member in zip(lines, membership_ids, strict=True)
            for role in line.roles
        ],
    )
    wanted = [
        ((wish.network_id, address_id, purpose, ACTIVE if line.evidence else PENDING), _proof(wish, line))
        for line, address_id in zip(lines, address_ids, strict=True)
        for purpose in line.purposes
    ]
    standing.begin_many(session, [one[0] for one in wanted], [one[1] for one in wanted], now)
    for line, member in zip(lines, membership_ids, strict=True):
        if line.evidence and roles.ORGANISING & set(line.roles):
            membership.settle_desk(session, member, _proof(wish, line), now)
    return [
        {
            "line": line.row.line,
            "address_id": address_id,
            "before": {
                "membership": member,
                "new": True,
                "standings": dict.fromkeys(line.purposes, NONE),
                "roles": list(line.roles),
            },
        }
        for line, address_id, member in zip(lines, address_ids, membership_ids, strict=True)
    ]


def _grow(session: Connection, wish: Wish, line: Line, now: datetime) -> dict[str, Any]:
    """Somebody whose address is known: add what is new; returns what an undo needs."""
    assert line.address_id is not None
    address = address_rows.get(session, line.address_id)
    person_id = address.person_id
    if person_id is not None:
        people.name_if_nameless(session, person_id, line.row.name)
    elif not address.shared:
        person_id = people.add(session, name=line.row.name, now=now)
        address_rows.give(session, address.id, person_id)
    if line.evidence:
        address_rows.confirm(session, address.id, now)
    proof = _proof(wish, line)
    known = membership.of_address(session, wish.network_id, address.id)
    membership_id = membership.add(
        session,
        network_id=wish.network_id,
        address_id=address.id,
        person_id=person_id,
        organisation_id=organisations.find_or_add(session, wish.network_id, line.row.organisation),
        now=now,
    )
    membership.give_roles(session, membership_id, line.roles, active=bool(line.evidence), proof=proof, now=now)
    for purpose in line.purposes:
        standing.change(
            session,
            network_id=wish.network_id,
            address_id=address.id,
            purpose=purpose,
            to=ACTIVE if line.evidence else PENDING,
            proof=proof,
            now=now,
        )
    return {
        "line": line.row.line,
        "address_id": address.id,
        "before": {
            "membership": membership_id,
            "new": known is None or known.ended_at is not None,
            "standings": {purpose: line.standings.get(purpose, NONE) for purpose in line.purposes},
            "roles": list(line.roles),
        },
    }


def _ids(session: Connection, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    made = session.execute(table.insert().returning(table.c.id, sort_by_parameter_order=True), rows)
    return [int(row_id) for row_id in made.scalars()]
