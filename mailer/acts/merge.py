"""Two people in the list are one: merged by IT, with a preview, and taken back within thirty days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, audited, leave_rows, undo
from mailer.consent import ACTIVE, standing
from mailer.consent.standing import Proof
from mailer.cycle import enqueue
from mailer.errors import Refused
from mailer.outbound import outbox
from mailer.people import addresses, committee, merging, parting
from mailer.store import add
from mailer.store.tables import standings, undos

ACT = "merge"


def merge(session: Connection, actor: Actor, keep: int, other: int, *, now: datetime) -> Receipt:
    """Make the person behind address `other` one with the one behind `keep`. Receipt fields: `undo`."""
    addresses.keep_still(session, {one.id for named in (keep, other) for one in addresses.of_who_reads(session, named)})
    wanted = merging.plan(session, keep, other)
    mailings = {place.network_id: enqueue.half_written(session, place.network_id) for place in sorted(wanted.places, key=lambda one: one.network_id)}
    # Who is writing down a copy to either holds its standing: waited for, so that it goes along (PostgreSQL).
    both = standings.c.address_id.in_([one for place in wanted.places for one in (place.from_address, place.to_address)])
    session.execute(select(standings.c.id).where(both).order_by(standings.c.id).with_for_update())
    proof = Proof("service", ACT, actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    before = merging.carry_out(session, wanted, proof, now)
    before["places"] = [{**place, "copies": _carry(session, place, mailings[place["network_id"]], now)} for place in before["places"]]
    undo_id = add(session, undos, network_id=actor.network_id, address_id=keep, act=ACT, args=before, created_at=now)
    audited.note(session, actor, ACT, f"undo:{undo_id}", now)
    return Receipt("", f"Merged {len(wanted.addresses)} addresses into one person.", {"undo": undo_id})


def _carry(session: Connection, place: Mapping[str, Any], mailings: Sequence[Any], now: datetime) -> dict[str, Any]:
    """What waits for the entry that ends goes to the other, if that has no copy of its own and gets none (V5). Returns what UNDO needs."""
    network_id, from_id, to_id = place["network_id"], place["from"], place["to"]
    comes = [name for name, stands in standing.of(session, network_id, to_id).items() if stands == ACTIVE and name in place["standings"]]
    if committee.is_organiser(session, network_id, to_id):
        comes.append("desk")
    at = {address_id: [standing.find(session, network_id, address_id, name) for name in comes] for address_id in (from_id, to_id)}
    pairs = {one: other for one, other in zip(at[from_id], at[to_id], strict=True) if one is not None and other is not None}
    still_to_come = [mailing.id for mailing in mailings if mailing.cursor < to_id]
    enqueue.not_passed_over(session, [mailing for mailing in mailings if mailing.cursor < from_id], to_id)
    address = addresses.get(session, to_id).address or ""
    gone = outbox.redirect(session, from_id, to_id, address, pairs, now, but=still_to_come)
    refused = outbox.cancel_refused(session, from_id, network_id, now)
    return {"moved": gone.moved, "stopped": [*gone.stopped, *refused], "standings": list(pairs.items())}


def split(session: Connection, actor: Actor, undo_id: int, *, now: datetime) -> Receipt:
    """Take a merge back. Refused for what is none of this network, is done already or too old. Receipt fields: `without`, what went
    round meanwhile, and to which address it did not."""
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
    done = take_back(session, {**row.args, "by": by, "done_at": row.created_at}, now)
    audited.note(session, actor, "merge-undo", f"undo:{undo_id}", now)
    return Receipt("", "They are two people again.", {"without": done["without"]})


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO."""
    mailings = {network_id: enqueue.half_written(session, network_id) for network_id in sorted({place["network_id"] for place in args["places"]})}
    changed = merging.take_back(session, args, Proof("service", "undo-merge", **args["by"]), now)
    without: dict[str, list[str]] = {}
    for place in args["places"]:
        network_id, from_id = place["network_id"], place["from"]
        copies = place.get("copies")
        address = addresses.get(session, from_id).address
        if copies is not None and address is not None:
            back = {there: here for here, there in copies["standings"]}
            theirs = [*copies["moved"], *copies["stopped"]]  # what was on its way then may have come along since
            outbox.return_to(session, theirs, from_id, address, back, now)
            outbox.revive(session, theirs, now)
        enqueue.not_passed_over(session, mailings[network_id], from_id)
        wanted = {(network_id, purpose) for purpose, stands in standing.of(session, network_id, from_id).items() if stands == ACTIVE}
        to_come = [mailing.id for mailing in mailings[network_id]]
        if went := leave_rows.missed(session, wanted, [from_id], args["done_at"], now, but=to_come):
            without[address or ""] = [*without.get(address or "", []), *went]
    return {"changed_since": changed, "without": without}
