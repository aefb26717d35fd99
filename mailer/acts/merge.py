"""Two people in the list are one: merged by IT, with a preview, and taken back within thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, undo
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import addresses, merging, parting
from mailer.store import add
from mailer.store.tables import undos

ACT = "merge"


def merge(session: Connection, actor: Actor, keep: int, other: int, *, now: datetime) -> Receipt:
    """Make the person behind address `other` one with the one behind `keep`. Receipt fields: `undo`."""
    addresses.keep_still(session, {one.id for named in (keep, other) for one in addresses.of_who_reads(session, named)})
    wanted = merging.plan(session, keep, other)
    proof = Proof("service", ACT, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    before = merging.carry_out(session, wanted, proof, now)
    undo_id = add(session, undos, network_id=actor.network_id, address_id=keep, act=ACT, args=before, created_at=now)
    audited.note(session, actor, ACT, f"undo:{undo_id}", now)
    return Receipt("", f"Merged {len(wanted.addresses)} addresses into one person.", {"undo": undo_id})


def split(session: Connection, actor: Actor, undo_id: int, *, now: datetime) -> Receipt:
    """Take a merge back. Refused for what is none of this network, is done already or too old."""
    row = session.execute(select(undos).where(undos.c.id == undo_id, undos.c.act == ACT)).first()
    if row is None or row.network_id != actor.network_id:
        raise Refused("no-such-merge", f"This network has no merge {undo_id}.")
    if row.used_at is not None:
        raise Refused("undone-already", f"Merge {undo_id} was taken back already.")
    if row.created_at + undo.GOOD_FOR <= now:
        raise Refused("undo-expired", "A merge can be taken back for thirty days.")
    addresses.keep_still(session, {one.id for one in addresses.of_who_reads(session, row.address_id)})
    parting.in_turn(session, undo_id)
    session.execute(update(undos).where(undos.c.id == undo_id).values(used_at=now))
    by = {"channel": actor.channel, "inbox_id": actor.inbox_id, "evidence_sha256": actor.evidence_sha256}
    take_back(session, {**row.args, "by": by}, now)
    audited.note(session, actor, "merge-undo", f"undo:{undo_id}", now)
    return Receipt("", "They are two people again.", {})


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO."""
    changed = merging.take_back(session, args, Proof("service", "undo-merge", **args["by"]), now)
    return {"changed_since": changed}
