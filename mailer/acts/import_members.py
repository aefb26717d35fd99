"""Importing people (contract 3): with evidence active at once, roles too; without it pending, and no mail (DP-5).

`import_lines.judge` says of every line what would happen, `carry_out` does it, a chunk of lines a transaction. What the
dry run decided is decided afresh, so that nobody who leaves in between comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts.import_lines import Line, Wish, address_ids, judge
from mailer.acts.import_people import Placed, place
from mailer.consent import ACTIVE, NONE, PENDING, ledger, standing
from mailer.consent.standing import Proof
from mailer.people import addresses, holding, networks, organisations, roles
from mailer.people.sheet import Row
from mailer.store import add, add_many, upsert_many
from mailer.store.many import insert_many
from mailer.store.tables import import_rows, imports, memberships
from mailer.store.tables import roles as role_table

CHUNK = 500  # lines a transaction


def begin(session: Connection, wish: Wish, *, file: str, lines: int, now: datetime) -> int:
    """The row that an undo names; returns its id. Refused where the network is closed: nobody becomes a member of it."""
    networks.check_open(session, wish.network_id)
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
    counted = {"lines": lines}
    ledger.by_operator(session, "import", f"import:{import_id}", now, network_id=wish.network_id, fields=counted)
    return import_id


def carry_out(session: Connection, wish: Wish, import_id: int, rows: Sequence[Row], now: datetime) -> list[Line]:
    """Do what the lines say, in a few statements however many they are; returns what became of each."""
    addresses.keep_still(session, address_ids(session, rows))
    lines = judge(session, wish, rows)
    placed = place(session, wish, [line for line in lines if line.result in ("added", "pending", "changed")], now)
    if placed:
        members = _members(session, wish, placed, now)
        _roles(session, placed, members, now)
        _standings(session, wish, placed, now)
        for one in placed:
            if one.line.evidence and roles.ORGANISING & set(one.line.roles):
                holding.settle_desk(session, members[one.address_id].id, _proof(wish, one.line), now)
        insert_many(session, import_rows, _BEFORE, [_before(import_id, one, members[one.address_id]) for one in placed], once="id")
    return lines


def _proof(wish: Wish, line: Line) -> Proof:
    fields = {"evidence": line.evidence, "line": line.row.line} if line.evidence else {"line": line.row.line}
    return Proof(
        standing.EVIDENCE if line.evidence else "consent",
        "import",
        "import",
        evidence_sha256=wish.sha256,
        fields=fields,
    )


@dataclass(frozen=True)
class _Member:
    """A membership, and whether this import began it (or took it up again)."""

    id: int
    new: bool


def _members(session: Connection, wish: Wish, placed: Sequence[Placed], now: datetime) -> dict[int, _Member]:
    """The membership of each; what is known already is not overwritten."""
    places = organisations.find_or_add_many(session, wish.network_id, [one.line.row.organisation for one in placed])
    here = memberships.c.network_id == wish.network_id, memberships.c.address_id.in_([one.address_id for one in placed])
    known = {row.address_id: row for row in session.execute(select(memberships).where(*here))}
    again = [known[one.address_id].id for one in placed if one.address_id in known and known[one.address_id].ended_at]
    session.execute(role_table.delete().where(role_table.c.membership_id.in_(again)))  # an office is given anew, not kept
    session.execute(
        update(memberships)
        .where(memberships.c.id.in_(again))
        .values(ended_at=None, joined_at=now, paused_until=None)
    )
    for name, wanted in (
        ("person_id", {one.address_id: one.person_id for one in placed}),
        ("organisation_id", {one.address_id: places[one.line.row.organisation] for one in placed}),
    ):
        empty = [row for address_id, row in known.items() if row._mapping[name] is None and wanted[address_id] is not None]
        for row in empty:
            session.execute(update(memberships).where(memberships.c.id == row.id).values({name: wanted[row.address_id]}))
    fresh = [one for one in placed if one.address_id not in known]
    rows = [
        {
            "network_id": wish.network_id,
            "address_id": one.address_id,
            "person_id": one.person_id,
            "organisation_id": places[one.line.row.organisation],
            "joined_at": now,
        }
        for one in fresh
    ]
    made = {one.address_id: _Member(row_id, True) for one, row_id in zip(fresh, add_many(session, memberships, rows), strict=True)}
    return made | {address_id: _Member(row.id, row.ended_at is not None) for address_id, row in known.items()}


def _roles(session: Connection, placed: Sequence[Placed], members: Mapping[int, _Member], now: datetime) -> None:
    """What a line asks for beyond what they are: with evidence it counts at once, else it waits for their YES."""
    rows = [
        {
            "membership_id": members[one.address_id].id,
            "role": role,
            "active": bool(one.line.evidence),
            "since": now,
            "until": None,
        }
        for one in placed
        for role in one.line.roles
    ]
    upsert_many(session, role_table, ("membership_id", "role"), rows)


def _standings(session: Connection, wish: Wish, placed: Sequence[Placed], now: datetime) -> None:
    wanted = [
        ((wish.network_id, one.address_id, purpose, "", ACTIVE if one.line.evidence else PENDING), _proof(wish, one.line))
        for one in placed
        for purpose in one.line.purposes
    ]
    standing.change_many(session, [one[0] for one in wanted], [one[1] for one in wanted], now)


_BEFORE = ("import_id", "line", "address_id", "before")


def _before(import_id: int, one: Placed, member: _Member) -> tuple[int, int, int, dict[str, Any]]:
    """What an undo needs, in the order of _BEFORE."""
    before = {
        "membership": member.id,
        "new": member.new,
        "standings": {purpose: one.line.standings.get(purpose, NONE) for purpose in one.line.purposes},
        "roles": list(one.line.roles),
    }
    return import_id, one.line.row.line, one.address_id, before
