"""Taking an import back, but for who has decided something themselves since (contract 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.consent import ledger, standing
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import membership
from mailer.store.tables import addresses, import_rows, imports
from mailer.store.tables import roles as role_table

GOOD_FOR = timedelta(days=30)


def undo(session: Connection, import_id: int, now: datetime, *, network_id: int) -> int:
    """Take an import back: what its lines changed is as before, but for who has decided something since.

    Returns how many people it touched. Refused for what is not an import, or was taken back already.
    """
    row = session.execute(select(imports).where(imports.c.id == import_id)).first()
    if row is None or row.network_id != network_id:
        raise Refused("no-such-import", f"This network has no import {import_id}.")
    if row.at + GOOD_FOR <= now:
        raise Refused("undo-expired", "An import can be taken back for thirty days.")
    if row.undone_at is not None:
        raise Refused("undone-already", f"Import {import_id} was taken back already.")
    session.execute(update(imports).where(imports.c.id == import_id).values(undone_at=now))
    touched = 0
    proof = Proof("import-undone", "import-undone", "cli", evidence_sha256=row.sha256)
    rows = session.execute(select(import_rows).where(import_rows.c.import_id == import_id).order_by(import_rows.c.id))
    for one in rows.all():
        touched += _undo_one(session, row.network_id, one.address_id, one.before, proof, now)
    ledger.audit(
        session,
        actor="operator",
        how="cli",
        act="import-undo",
        network_id=row.network_id,
        thing=f"import:{import_id}",
        now=now,
    )
    return touched


def _undo_one(
    session: Connection, network_id: int, address_id: int, before: dict[str, Any], proof: Proof, now: datetime
) -> bool:
    decided = standing.last_acts(session, network_id, address_id)
    if any(act not in ("import", "import-undone") for (purpose, _), act in decided.items() if purpose != "desk"):
        return False  # their own word came since: it stands
    for purpose, was in before["standings"].items():
        standing.change(
            session, network_id=network_id, address_id=address_id, purpose=purpose, to=was, proof=proof, now=now
        )
    member = before["membership"]
    gone = role_table.c.membership_id == member
    if before["new"]:
        membership.end(session, member, now)
        session.execute(update(addresses).where(addresses.c.id == address_id).values(confirmed_at=None))
    else:
        session.execute(update(role_table).where(gone, role_table.c.role.in_(before["roles"])).values(active=False))
    membership.settle_desk(session, member, proof, now)
    return True
