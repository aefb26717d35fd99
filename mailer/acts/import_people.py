"""The people and addresses behind the lines of an import, found or made in a few statements however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, bindparam, select, update

from mailer.acts.import_lines import Line, Wish
from mailer.consent import suppression
from mailer.message.address import key
from mailer.people import greeting, people
from mailer.store import add_many
from mailer.store.tables import addresses
from mailer.store.tables import people as people_table


@dataclass(frozen=True)
class Placed:
    """A line, and whose it is; no person: a mailbox that several read."""

    line: Line
    address_id: int
    person_id: int | None


def place(session: Connection, wish: Wish, lines: Sequence[Line], now: datetime) -> list[Placed]:
    """Whose each line is, in the order of the lines. With evidence their address counts as confirmed."""
    made = iter(_made(session, wish, [line for line in lines if line.address_id is None], now))
    known = _known(session, [line for line in lines if line.address_id is not None], now)
    return [next(made) if line.address_id is None else known[line.address_id] for line in lines]


def _made(session: Connection, wish: Wish, lines: Sequence[Line], now: datetime) -> list[Placed]:
    shared = [greeting.looks_shared(line.row.email, line.row.name) for line in lines]
    own = [line for line, is_shared in zip(lines, shared, strict=True) if not is_shared]
    person_ids = iter(_people(session, own, now))
    persons = [None if is_shared else next(person_ids) for is_shared in shared]
    rows = [
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
    ]
    ids = add_many(session, addresses, rows)
    return [Placed(*one) for one in zip(lines, ids, persons, strict=True)]


def _known(session: Connection, lines: Sequence[Line], now: datetime) -> dict[int, Placed]:
    """Somebody whose address is known: named if nameless, never renamed by somebody else's list."""
    by_id = {line.address_id: line for line in lines if line.address_id is not None}
    rows = session.execute(
        select(addresses.c.id, addresses.c.person_id, addresses.c.shared, addresses.c.confirmed_at, people_table.c.name)
        .outerjoin(people_table, people_table.c.id == addresses.c.person_id)
        .where(addresses.c.id.in_(by_id))
    ).all()
    nobodys = [row.id for row in rows if row.person_id is None and not row.shared]
    given = dict(zip(nobodys, _people(session, [by_id[address_id] for address_id in nobodys], now), strict=True))
    _each(session, addresses.c.person_id, given)
    nameless = {row.person_id: people.tidy(by_id[row.id].row.name) for row in rows if row.name == ""}
    _each(session, people_table.c.name, {person: name for person, name in nameless.items() if name})
    proven = [row.id for row in rows if row.confirmed_at is None and by_id[row.id].evidence]
    session.execute(update(addresses).where(addresses.c.id.in_(proven)).values(confirmed_at=now))
    return {row.id: Placed(by_id[row.id], row.id, row.person_id or given.get(row.id)) for row in rows}


def _people(session: Connection, lines: Sequence[Line], now: datetime) -> Iterator[int]:
    rows = [{"name": people.tidy(line.row.name), "language": "", "created_at": now} for line in lines]
    return iter(add_many(session, people_table, rows))


def _each(session: Connection, column: Column[Any], values: Mapping[int, Any]) -> None:
    """Set one column of many rows, each to its own value."""
    table = column.table
    if values:
        rows = [{"the_id": row_id, "the_value": value} for row_id, value in values.items()]
        session.execute(update(table).where(table.c.id == bindparam("the_id")).values({column: bindparam("the_value")}), rows)
