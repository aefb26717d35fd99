"""Taking an import back, but for who has decided something themselves since (contract 3).

`begin` says what is to be taken back, `step` does a chunk of it in a write of its own, and the last one writes down that it was done:
cut off in between, it can be done again. What a later import says of the same people goes on, and can be taken back itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.consent import ledger, standing
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import holding
from mailer.people.roles import MEMBER, ORGANISING
from mailer.store.tables import addresses, import_rows, imports, meetings, memberships, responses
from mailer.store.tables import roles as role_table

GOOD_FOR = timedelta(days=30)
CHUNK = 500


@dataclass(frozen=True)
class Undoing:
    """An import that is being taken back; `lines` of it changed something."""

    import_id: int
    network_id: int
    sha256: str
    lines: int
    at: datetime


def begin(session: Connection, import_id: int, now: datetime, *, network_id: int) -> Undoing:
    """Refused for what is not an import of this network, was taken back already, or is too old."""
    row = session.execute(select(imports).where(imports.c.id == import_id)).first()
    if row is None or row.network_id != network_id:
        raise Refused("no-such-import", f"This network has no import {import_id}.")
    if row.at + GOOD_FOR <= now:
        raise Refused("undo-expired", "An import can be taken back for thirty days.")
    if row.undone_at is not None:
        raise Refused("undone-already", f"Import {import_id} was taken back already.")
    lines = session.execute(select(import_rows.c.id).where(import_rows.c.import_id == import_id)).all()
    return Undoing(import_id, network_id, row.sha256, len(lines), row.at)


def step(session: Connection, undoing: Undoing, after: int, now: datetime) -> tuple[int, int | None]:
    """Take back the lines whose rows come after this id. Returns how many people it touched, and where to go on; None at the end."""
    rows = session.execute(
        select(import_rows)
        .where(import_rows.c.import_id == undoing.import_id, import_rows.c.id > after)
        .order_by(import_rows.c.id)
        .limit(CHUNK)
    ).all()
    if not rows:
        session.execute(update(imports).where(imports.c.id == undoing.import_id).values(undone_at=now))
        thing = f"import:{undoing.import_id}"
        ledger.by_operator(session, "import-undo", thing, now, network_id=undoing.network_id)
        return 0, None
    return _take_back(session, undoing, rows, now), rows[-1].id


def _take_back(session: Connection, undoing: Undoing, rows: Sequence[Row[Any]], now: datetime) -> int:
    network_id = undoing.network_id
    after = _later(session, undoing, [row.address_id for row in rows])
    theirs = _decided(session, undoing, rows, after)
    mine = [row for row in rows if row.id not in theirs]
    proof = Proof("import-undone", "import-undone", "cli", evidence_sha256=undoing.sha256)
    named = {row.id: {name for later in after.get(row.address_id, ()) for name in later.before["standings"]} for row in mine}
    wanted = [
        (network_id, row.address_id, purpose, "", was)
        for row in mine
        for purpose, was in row.before["standings"].items()
        if purpose not in named[row.id]
    ]
    standing.change_many(session, wanted, [proof] * len(wanted), now)
    new = [row for row in mine if row.before["new"] and row.address_id not in after]
    members = [row.before["membership"] for row in new]
    session.execute(update(memberships).where(memberships.c.id.in_(members)).values(ended_at=now))
    session.execute(update(role_table).where(role_table.c.membership_id.in_(members)).values(active=False))
    session.execute(
        update(addresses).where(addresses.c.id.in_([row.address_id for row in new])).values(confirmed_at=None)
    )
    for row in mine:
        taken = set(row.before["roles"])
        if row.address_id in after:
            taken -= _hand_on(session, row, after[row.address_id])
        elif row.before["new"]:
            taken = set()  # with the membership, above
        if taken:
            given = role_table.c.membership_id == row.before["membership"], role_table.c.role.in_(taken)
            session.execute(update(role_table).where(*given).values(active=False))
        if ORGANISING & set(row.before["roles"]):
            holding.settle_desk(session, row.before["membership"], proof, now)
    return len(mine)


def _later(session: Connection, undoing: Undoing, address_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """What imports after this one, not taken back, did to the same people: what these say goes on."""
    found: dict[int, list[Row[Any]]] = {}
    query = (
        select(import_rows)
        .join(imports, imports.c.id == import_rows.c.import_id)
        .where(
            imports.c.network_id == undoing.network_id,
            imports.c.id > undoing.import_id,
            imports.c.undone_at.is_(None),
            import_rows.c.address_id.in_(address_ids),
        )
        .order_by(import_rows.c.import_id)
    )
    for row in session.execute(query):
        found.setdefault(row.address_id, []).append(row)
    return found


def _hand_on(session: Connection, row: Row[Any], later: Sequence[Row[Any]]) -> set[str]:
    """What stood before this import is now what stood before the next ones; taken back in turn, they put it there. Returns the
    roles that are theirs."""
    kept = {MEMBER} | {role for one in later for role in one.before["roles"]}
    before = dict(row.before["standings"])
    for at, one in enumerate(later):
        said = {purpose: before.pop(purpose, was) for purpose, was in one.before["standings"].items()}
        values = {**one.before, "standings": said}
        if at == 0:
            given = [role for role in row.before["roles"] if role == MEMBER and role not in one.before["roles"]]
            values |= {"new": row.before["new"] or one.before["new"], "roles": [*one.before["roles"], *given]}
        session.execute(update(import_rows).where(import_rows.c.id == one.id).values(before=values))
    return kept


def _decided(
    session: Connection, undoing: Undoing, rows: Sequence[Row[Any]], after: Mapping[int, Sequence[Row[Any]]]
) -> set[int]:
    """The rows of those for whom something was decided since, by their own word or an organiser's: it stands."""
    address_ids = [row.address_id for row in rows]
    acts = standing.last_acts_of_many(session, undoing.network_id, address_ids)
    coming = set(
        session.execute(
            select(responses.c.address_id)
            .join(meetings, meetings.c.id == responses.c.meeting_id)
            .where(
                meetings.c.network_id == undoing.network_id,
                responses.c.address_id.in_(address_ids),
                responses.c.current,
                responses.c.answer.in_(("yes", "maybe")),
                responses.c.at >= undoing.at,
            )
        ).scalars()
    )
    held: dict[int, set[str]] = {}
    begun = [row.before["membership"] for row in rows if row.before["new"]]
    query = select(role_table.c.membership_id, role_table.c.role).where(role_table.c.membership_id.in_(begun), role_table.c.active)
    for one in session.execute(query):
        held.setdefault(one.membership_id, set()).add(one.role)
    return {
        row.id
        for row in rows
        if row.address_id in coming
        or any(act not in _OURS for purpose, act in acts.get(row.address_id, {}).items() if purpose != "desk")
        or held.get(row.before["membership"], set())
        - {role for one in (row, *after.get(row.address_id, ())) for role in one.before["roles"]}
    }


_OURS = ("import", "import-undone")
