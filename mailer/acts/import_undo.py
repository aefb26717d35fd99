"""Taking an import back, but for who has decided something themselves since (contract 3).

`begin` says what is to be taken back, `step` does a chunk of it in a write of its own, and the last one writes down that it was done:
cut off in between, it can be done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.consent import ledger, standing
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import holding
from mailer.people.roles import ORGANISING
from mailer.store.tables import addresses, import_rows, imports, memberships
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
    return Undoing(import_id, network_id, row.sha256, len(lines))


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
    decided = standing.last_acts_of_many(session, network_id, [row.address_id for row in rows])
    mine = [row for row in rows if not _their_own_word(decided.get(row.address_id, {}))]
    proof = Proof("import-undone", "import-undone", "cli", evidence_sha256=undoing.sha256)
    wanted = [(network_id, row.address_id, purpose, was) for row in mine for purpose, was in row.before["standings"].items()]
    standing.change_many(session, wanted, [proof] * len(wanted), now)
    new = [row for row in mine if row.before["new"]]
    members = [row.before["membership"] for row in new]
    session.execute(update(memberships).where(memberships.c.id.in_(members)).values(ended_at=now))
    session.execute(update(role_table).where(role_table.c.membership_id.in_(members)).values(active=False))
    session.execute(
        update(addresses).where(addresses.c.id.in_([row.address_id for row in new])).values(confirmed_at=None)
    )
    for row in mine:
        if not row.before["new"] and row.before["roles"]:
            given = role_table.c.membership_id == row.before["membership"], role_table.c.role.in_(row.before["roles"])
            session.execute(update(role_table).where(*given).values(active=False))
        if ORGANISING & set(row.before["roles"]):
            holding.settle_desk(session, row.before["membership"], proof, now)
    return len(mine)


def _their_own_word(acts: dict[str, str]) -> bool:
    """Whether something was decided since, by their own word or an organiser's: it stands."""
    return any(act not in ("import", "import-undone") for purpose, act in acts.items() if purpose != "desk")
