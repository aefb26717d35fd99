"""Leaving: some purposes, a network, or every network; at once, queued mail included (UNS-6, DP-3, DP-7).

Leaving a network suppresses the person's addresses there, leaving every network on this host. What stood before is
written down for UNDO. A farewell says once what was ended and what remains. Leaving always works: where no organiser
can be reached afterwards, the network is held and the operator told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.acts import Actor, Receipt, Strength, confirm, undo
from mailer.consent import ACTIVE, LEFT, NONE, PENDING, ledger, purposes, standing, suppression
from mailer.consent.standing import Proof
from mailer.outbound import outbox, replies
from mailer.people import addresses as address_rows
from mailer.people import membership, networks
from mailer.store.tables import addresses, memberships, roles, standings

NO_ORGANISER = "no organiser can be reached"


def everything(
    session: Connection,
    actor: Actor,
    *,
    now: datetime,
    everywhere: bool = False,
    reason: str = suppression.LEFT_ALL,
    farewell: bool = True,
) -> Receipt:
    """STOP: all mail of this network, accepted meetings too; `everywhere`: of all networks on this host."""
    if actor.address_id is None:
        return _unknown()
    proof = _proof(actor, "stop-all" if everywhere else "stop", reason)
    mine = _addresses(session, actor)
    places = [actor.network_id]
    if everywhere:
        places += [place for place in _networks(session, mine) if place != actor.network_id]
    ended: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    silent: list[int] = []
    for network_id in places:
        had_organisers = bool(membership.reachable_organisers(session, network_id, now))
        before += _end_memberships(session, network_id, mine, now)
        ended += _end_standings(session, network_id, mine, None, proof, now)
        for address_id in mine:
            confirm.void(session, network_id, address_id, now)
        if had_organisers and _hold_if_silent(session, network_id, now):
            silent.append(network_id)
    added = [
        suppression.add(
            session,
            mac=address_rows.get(session, address_id).mac,
            network_id=None if everywhere else actor.network_id,
            reason=reason,
            now=now,
        )
        for address_id in mine
    ]
    for address_id in mine:
        outbox.cancel_refused(session, address_id, None if everywhere else actor.network_id, now)
    suppressed = [suppression_id for suppression_id in added if suppression_id is not None]
    nothing_new = not ended and not before and not suppressed
    undo_id = None
    if not nothing_new:
        args = {
            "standings": ended,
            "memberships": before,
            "suppressions": suppressed,
            "held": silent,
            "command": "STOP ALL NETWORKS" if everywhere else "STOP",
        }
        undo_id = undo.remember(session, actor, "leave", args, now)
    fields = {
        "scope": "everywhere" if everywhere else "network",
        "ended": _named(ended),
        "remains": [],
        "purposes": _named(ended),
        "remaining": [],
        "undo": undo_id,
    }
    if farewell:
        _farewell(session, actor, fields, now)
    _audit(session, actor, "stop-all" if everywhere else "stop", now)
    where = "every network on this host" if everywhere else "this network"
    said = f"Left {where}." if not nothing_new else f"Had left {where} already."
    if silent:
        said += f" Sending is held: {NO_ORGANISER}."
    return Receipt("", said, fields, held_for="operator" if silent else "")


def some(
    session: Connection,
    actor: Actor,
    wanted: Sequence[str],
    *,
    now: datetime,
    farewell: bool = True,
    act: str = "stop-purpose",
) -> Receipt:
    """STOP NEWSLETTER: these purposes of this network, and nothing else."""
    if actor.address_id is None:
        return _unknown()
    proof = _proof(actor, act, "withdrawal")
    mine = _addresses(session, actor)
    had_organisers = bool(membership.reachable_organisers(session, actor.network_id, now))
    ended = _end_standings(session, actor.network_id, mine, tuple(wanted), proof, now)
    for address_id in mine:
        outbox.cancel_refused(session, address_id, actor.network_id, now)
    silent = had_organisers and "desk" in wanted and _hold_if_silent(session, actor.network_id, now)
    stopped = [name for name in purposes.ALL if name in wanted]
    undo_id = None
    if ended:
        held = [actor.network_id] if silent else []
        args = {
            "standings": ended,
            "memberships": [],
            "suppressions": [],
            "held": held,
            "command": f"STOP {' '.join(stopped).upper()}",
        }
        undo_id = undo.remember(session, actor, "leave", args, now)
    remaining = membership.remaining(session, actor.network_id, actor.address_id)
    fields = {
        "scope": "purposes",
        "ended": stopped,
        "remains": remaining,
        "purposes": stopped,
        "remaining": remaining,
        "undo": undo_id,
    }
    if farewell:
        _farewell(session, actor, fields, now)
    _audit(session, actor, act, now)
    said = f"Stopped {', '.join(wanted)}." if ended else f"Was not getting {', '.join(wanted)}."
    return Receipt("", said, fields, held_for="operator" if silent else "")


def by_standing(
    session: Connection,
    standing_id: int,
    *,
    channel: str,
    now: datetime,
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    everything_too: bool = False,
) -> Receipt:
    """One click (RFC 8058) or a mailto tag: end the purpose of that mail, whoever pressed (UNS-2, UNS-7).

    Idempotent, and the same for whoever left or was erased before (UNS-5). `everything_too`: the page's second button.
    """
    actor, purpose = _behind(session, standing_id, channel, inbox_id, evidence_sha256)
    if actor is None:
        return Receipt("", "Nothing to stop.", {"scope": "purposes", "purposes": [], "remaining": []}, reason="unknown")
    if everything_too:
        return everything(session, actor, now=now)
    if purpose in purposes.FLEETING:
        return Receipt(
            "",
            "That mail answered a message; there is nothing to stop.",
            {
                "scope": "purposes",
                "purposes": [],
                "remaining": membership.remaining(session, actor.network_id, actor.address_id),
            },
            reason="nothing-to-stop",
        )
    current = session.execute(select(standings.c.standing).where(standings.c.id == standing_id)).scalar_one()
    return some(session, actor, (purpose,), now=now, farewell=current != LEFT, act="one-click")


def complaint(
    session: Connection, standing_id: int, *, now: datetime, inbox_id: int | None = None, evidence_sha256: str = ""
) -> Receipt:
    """Marked as spam: the purpose of that mail ends without a word; a second time, or a service letter, the network."""
    actor, purpose = _behind(session, standing_id, "complaint", inbox_id, evidence_sha256)
    if actor is None:
        return Receipt("", "A complaint about mail that is not known.", state="noted", reason="unknown")
    current = session.execute(select(standings.c.standing).where(standings.c.id == standing_id)).scalar_one()
    if purpose not in purposes.SUBSCRIPTIONS or current != ACTIVE:
        return everything(session, actor, now=now, reason=suppression.COMPLAINT, farewell=False)
    return some(session, actor, (purpose,), now=now, farewell=False, act="complaint")


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> None:
    """UNDO of leaving: what was ended is as before, by the person's own word."""
    proof = Proof("consent", "undo-leave", **args["by"])
    for suppression_id in args["suppressions"]:
        suppression.lift_one(session, int(suppression_id), now)
    for was in args["memberships"]:
        session.execute(update(memberships).where(memberships.c.id == was["id"]).values(ended_at=None))
        session.execute(
            update(roles).where(roles.c.membership_id == was["id"], roles.c.role.in_(was["roles"])).values(active=True)
        )
    for was in args["standings"]:
        standing.change(
            session,
            network_id=was["network_id"],
            address_id=was["address_id"],
            purpose=was["purpose"],
            scope=was["scope"],
            to=was["standing"],
            until=None if was["until"] is None else datetime.fromisoformat(was["until"]),
            proof=proof,
            now=now,
        )
    for network_id in args["held"]:
        if networks.by_id(session, network_id).held_reason == NO_ORGANISER:
            networks.release(session, network_id, now)


def _addresses(session: Connection, actor: Actor) -> list[int]:
    """Every address of the person, the one they act from first; of a shared mailbox only itself."""
    assert actor.address_id is not None
    if actor.person_id is None:
        return [actor.address_id]
    others = [row.id for row in address_rows.of_person(session, actor.person_id) if row.id != actor.address_id]
    return [actor.address_id, *others]


def _networks(session: Connection, address_ids: list[int]) -> list[int]:
    seen = session.execute(select(standings.c.network_id).where(standings.c.address_id.in_(address_ids)).distinct())
    return sorted(seen.scalars())


def _end_standings(
    session: Connection,
    network_id: int,
    address_ids: list[int],
    wanted: tuple[str, ...] | None,
    proof: Proof,
    now: datetime,
) -> list[dict[str, Any]]:
    """Set standings to `left`; returns what they were. Without `wanted`: all but the fleeting classes."""
    query = select(standings).where(
        standings.c.network_id == network_id,
        standings.c.address_id.in_(address_ids),
        standings.c.standing.in_((ACTIVE, PENDING)),
        standings.c.purpose.not_in(purposes.FLEETING) if wanted is None else standings.c.purpose.in_(wanted),
    )
    ended = []
    for row in session.execute(query.order_by(standings.c.id)).all():
        standing.change(
            session,
            network_id=network_id,
            address_id=row.address_id,
            purpose=row.purpose,
            scope=row.scope,
            to=LEFT,
            proof=proof,
            now=now,
        )
        ended.append(
            {
                "network_id": network_id,
                "address_id": row.address_id,
                "purpose": row.purpose,
                "scope": row.scope,
                "standing": row.standing if row.standing == ACTIVE else NONE,
                "until": None if row.until is None else row.until.isoformat(),
            }
        )
    return ended


def _end_memberships(
    session: Connection, network_id: int, address_ids: list[int], now: datetime
) -> list[dict[str, Any]]:
    rows = session.execute(
        select(memberships.c.id).where(
            memberships.c.network_id == network_id,
            memberships.c.address_id.in_(address_ids),
            memberships.c.ended_at.is_(None),
        )
    ).scalars()
    before = []
    for membership_id in rows.all():
        held = membership.active_roles(session, membership_id, now)
        membership.end(session, membership_id, now)
        before.append({"id": membership_id, "roles": list(held)})
    return before


def _hold_if_silent(session: Connection, network_id: int, now: datetime) -> bool:
    if membership.reachable_organisers(session, network_id, now):
        return False
    networks.hold(session, network_id, NO_ORGANISER, now)
    return True


def _behind(
    session: Connection, standing_id: int, channel: str, inbox_id: int | None, evidence_sha256: str
) -> tuple[Actor | None, str]:
    row = session.execute(
        select(standings.c.network_id, standings.c.address_id, standings.c.purpose, addresses.c.person_id)
        .select_from(standings.join(addresses, addresses.c.id == standings.c.address_id))
        .where(standings.c.id == standing_id, addresses.c.erased_at.is_(None))
    ).first()
    if row is None:
        return None, ""
    actor = Actor(
        network_id=row.network_id,
        address_id=row.address_id,
        person_id=row.person_id,
        strength=Strength.TAG,
        channel=channel,
        inbox_id=inbox_id,
        evidence_sha256=evidence_sha256,
    )
    return actor, str(row.purpose)


def _farewell(session: Connection, actor: Actor, fields: Mapping[str, Any], now: datetime) -> None:
    """One letter for what was ended; who asks again by mail is told so, as an answer that carries out a right."""
    assert actor.address_id is not None
    if fields["undo"] is None and actor.inbox_id is None:
        return
    new = fields["undo"] is not None
    replies.reply(
        session,
        network_id=actor.network_id,
        address_id=actor.address_id,
        template="left",
        fields=fields,
        now=now,
        inbox_id=actor.inbox_id,
        purpose="farewell" if new else "answer",
        scope="" if new else purposes.RIGHT,
        key=f"farewell:{fields['undo']}" if new else "",
    )


def _proof(actor: Actor, act: str, basis: str) -> Proof:
    return Proof(
        "withdrawal" if basis == suppression.LEFT_ALL else basis,
        act,
        actor.channel,
        inbox_id=actor.inbox_id,
        evidence_sha256=actor.evidence_sha256,
    )


def _named(ended: list[dict[str, Any]]) -> list[str]:
    names = {was["purpose"] for was in ended}
    return [name for name in purposes.SUBSCRIPTIONS if name in names]


def _audit(session: Connection, actor: Actor, act: str, now: datetime) -> None:
    ledger.audit(
        session,
        actor=actor.slug,
        how=actor.strength.name.lower(),
        act=act,
        network_id=actor.network_id,
        thing=f"inbox:{actor.inbox_id}" if actor.inbox_id is not None else "",
        now=now,
    )


def _unknown() -> Receipt:
    return Receipt("", "Asked to stop by an address we never write to.", state="done", reason="unknown")
