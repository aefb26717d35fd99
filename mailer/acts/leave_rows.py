"""What leaving changes, and how UNDO puts it back: standings, memberships and roles, suppressions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, or_, select, update

from mailer.acts import Actor, terms_of_office, vacancy
from mailer.consent import ACTIVE, LEFT, NONE, PENDING, purposes, standing, suppression
from mailer.consent.standing import Proof
from mailer.cycle import enqueue, table
from mailer.outbound import appointments, outbox
from mailer.people import addresses as address_rows
from mailer.people import holding, membership, parting, record
from mailer.people.addresses import Address
from mailer.people.roles import MEMBER
from mailer.store import prepared
from mailer.store.lists import among, one_of
from mailer.store.tables import ledger, memberships, occasions, outgoing, roles, standings

BY_OTHERS = "gone"  # the act that ends standings at the word of somebody else
TWICE = timedelta(minutes=1)  # a button that was pressed twice, or a provider that posted again, left once (UNS-5)
TO_ALL = ("members", "members-and-guests", "subscribers", "readers", "digest-readers")  # audiences that leave nobody out


def end_standings(
    session: Connection,
    network_id: int,
    address_ids: list[int],
    wanted: tuple[str, ...] | None,
    proof: Proof,
    now: datetime,
) -> list[dict[str, Any]]:
    """Set standings to `left`; returns what they were. Without `wanted`: all but the fleeting classes.

    What was left before and is left once more is written down, so that no older word of theirs brings it back, nor a question
    that is still open; likewise what they name and never had, and what somebody else ended for them (`acts.gone`) and is now
    ended by themselves. Nothing is returned of these."""
    found = [
        row
        for row in sorted(session.execute(*_in_force(network_id, address_ids)).all(), key=lambda row: row.id)
        if (wanted is None or row.purpose in wanted) and (row.standing != LEFT or _once_more(row, proof, now))
    ]
    left = [(network_id, row.address_id, row.purpose, row.scope, LEFT) for row in found]
    if wanted is not None:
        main = membership.main_address(session, network_id, address_ids[0])
        has = standing.of(session, network_id, main)
        left += [(network_id, main, purpose, "", LEFT) for purpose in wanted if has.get(purpose) == NONE]
    standing.change_many(session, left, [proof] * len(left), now)
    return [
        {
            "network_id": network_id,
            "address_id": row.address_id,
            "purpose": row.purpose,
            "scope": row.scope,
            "standing": row.standing if row.standing == ACTIVE else NONE,
            "until": None if row.until is None else row.until.isoformat(),
        }
        for row in found
        if row.standing != LEFT
    ]


def _once_more(row: Any, proof: Proof, now: datetime) -> bool:
    """Whether what was left before is left again by this."""
    return proof.act != BY_OTHERS and (row.act == BY_OTHERS or row.updated_at <= now - TWICE)


def anything(session: Connection, network_id: int, address_ids: list[int]) -> bool:
    """Whether something still comes to one of these addresses, the committee's mail included."""
    wanted = (*purposes.SUBSCRIPTIONS, "desk")
    rows = session.execute(*_in_force(network_id, address_ids))
    return any(row.standing == ACTIVE and row.purpose in wanted for row in rows)


def end_memberships(
    session: Connection, network_id: int, address_ids: list[int], now: datetime
) -> list[dict[str, Any]]:
    """End memberships and their roles; returns what they were."""
    before = []
    for membership_id in session.execute(*_memberships_at(network_id, address_ids)).scalars().all():
        held = holding.roles_at(session, membership_id, now)
        membership.end(session, membership_id, now)
        before.append({"id": membership_id, "roles": list(held)})
    return before


@prepared
def _in_force(network: Any, addresses: Any) -> Any:
    """Of all purposes but the fleeting classes, as ever more of those stand behind who writes to us."""
    return (
        select(standings, ledger.c.act)
        .outerjoin(ledger, ledger.c.id == standings.c.ledger_id)
        .where(
            standings.c.network_id == network,
            among(standings.c.address_id, addresses),
            one_of(standings.c.standing, (ACTIVE, PENDING, LEFT)),
            ~one_of(standings.c.purpose, purposes.FLEETING),
        )
    )


@prepared
def _memberships_at(network: Any, addresses: Any) -> Any:
    at = (memberships.c.network_id == network) & among(memberships.c.address_id, addresses)
    return select(memberships.c.id).where(at, memberships.c.ended_at.is_(None))


def addresses_of(session: Connection, actor: Actor) -> list[int]:
    """The ids of `mailboxes_of`."""
    return [one.id for one in mailboxes_of(session, actor)]


def mailboxes_of(session: Connection, actor: Actor) -> list[Address]:
    """Every address of the person, the one they act from first; of a shared mailbox only itself."""
    assert actor.address_id is not None
    if actor.person_id is None:
        return [address_rows.get(session, actor.address_id)]
    return sorted(address_rows.of_who_reads(session, actor.address_id), key=lambda one: one.id != actor.address_id)


def keep_still(session: Connection, actor: Actor) -> list[Address]:
    """As `mailboxes_of`, and they are ours until this transaction ends: who makes two people one at this moment is waited for, or
    waits (PostgreSQL)."""
    assert actor.address_id is not None
    known = {actor.address_id}
    while True:
        address_rows.keep_still(session, known)
        found = mailboxes_of(session, actor)
        if known >= {one.id for one in found}:
            return found
        known |= {one.id for one in found}


def networks_of(session: Connection, address_ids: list[int]) -> list[int]:
    """Every network that has decided about one of these addresses."""
    seen = session.execute(select(standings.c.network_id).where(standings.c.address_id.in_(address_ids)).distinct())
    return sorted(seen.scalars())


def take_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """UNDO of leaving: what was ended, and is still, is as before, by the person's own word."""
    mine = parting.still_theirs(session, args, args["whose"])
    done = dict(put_back(session, mine, now))
    others = any(len(mine[name]) < len(args[name]) for name in ("standings", "memberships", "suppressions"))
    return {**done, "changed_since": done["changed_since"] or others}


def put_back(session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """What `args` name is as before. What waited for them goes after all; what went round in between is named."""
    proof = Proof(args.get("basis", "consent"), args.get("act", "undo-leave"), **args["by"])
    for suppression_id in args["suppressions"]:
        suppression.lift_one(session, int(suppression_id), now)
    for was in args["memberships"]:
        session.execute(update(memberships).where(memberships.c.id == was["id"]).values(ended_at=None))
        session.execute(
            update(roles).where(roles.c.membership_id == was["id"], roles.c.role.in_(was["roles"])).values(active=True)
        )
    changed = False
    for was in args["standings"]:
        stands = _stands(session, was)
        if stands != LEFT:
            changed |= stands != was["standing"]
            continue
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
        if was["standing"] == ACTIVE:
            _member_again(session, was["network_id"], was["address_id"])
    for network_id in args["held"]:
        vacancy.end(session, network_id, now)
    for was in args["memberships"] if proof.act == "undo-leave" else ():  # what others said of them is told otherwise
        terms_of_office.back(session, was["id"], was["roles"], now)
    at = {(was["network_id"], was["address_id"]) for was in args["standings"]}
    stopped = [copy for network_id, address_id in sorted(at) for copy in outbox.stopped_for(session, address_id, network_id, ("left", "suppressed"))]
    back = revived(session, {*args["copies"], *stopped}, now)
    mine = sorted({was["address_id"] for was in args["standings"]})
    dates = appointments.fields(session, args.get("invitations", ()), "REQUEST", now)
    wanted = {(was["network_id"], was["purpose"]) for was in args["standings"] if was["standing"] == ACTIVE}
    went_without = missed(session, wanted, mine, datetime.fromisoformat(args["at"]), now)
    return {"back": back, "missed": went_without, "changed_since": changed, **dates}


def _member_again(session: Connection, network_id: int, address_id: int) -> None:
    """Who gets something again is a member, as by KEEP; an office that went with the last of it comes back with that."""
    one = membership.of_address(session, network_id, address_id)
    if one is None or one.ended_at is None or record.stops(session, network_id, address_id):
        return
    session.execute(update(memberships).where(memberships.c.id == one.id).values(ended_at=None))
    as_member = (roles.c.membership_id == one.id) & (roles.c.role == MEMBER)
    session.execute(update(roles).where(as_member).values(active=True))


def _stands(session: Connection, was: Mapping[str, Any]) -> str:
    key = {name: was[name] for name in ("network_id", "address_id", "purpose", "scope")}
    return str(session.execute(select(standings.c.standing).filter_by(**key)).scalar_one())


def revived(session: Connection, copies: Collection[int], now: datetime) -> list[str]:
    """Have these copies go after all; the kinds of what does."""
    back = outbox.revive(session, copies, now)
    again = select(outgoing.c.occasion_id).where(outgoing.c.id.in_(back), outgoing.c.occasion_id.is_not(None))
    kinds = session.execute(select(occasions.c.kind).where(occasions.c.id.in_(again)).order_by(occasions.c.due_at))
    return list(dict.fromkeys(kinds.scalars()))


def missed(
    session: Connection, wanted: Collection[tuple[int, str]], mine: Collection[int], since: datetime, now: datetime, *, but: Collection[int] = ()
) -> list[str]:
    """The kinds of what went to everybody of these purposes of networks between a leave or a pause and its UNDO, and to none of
    their addresses: what was begun since, and of what was being written down, what had not come to them yet. `but`: these are to come."""
    whole = {row.kind: row.purpose for row in table.TABLE if row.audience in TO_ALL}
    theirs = outgoing.c.address_id.in_(mine)
    got = select(outgoing.c.occasion_id).where(theirs, outgoing.c.occasion_id.is_not(None), outgoing.c.state != "cancelled")
    written_since = exists().where(outgoing.c.occasion_id == occasions.c.id, outgoing.c.created_at >= since)
    ended_since = occasions.c.extra[enqueue.WRITTEN].as_float() >= since.timestamp()  # its last page had perhaps no reader but them
    rows = session.execute(
        select(occasions.c.network_id, occasions.c.kind)
        .where(
            occasions.c.network_id.in_(sorted({network_id for network_id, _ in wanted})),
            occasions.c.state.in_(("queued", "held", "sent")),
            or_(occasions.c.goes_at > since, written_since, ended_since),
            or_(occasions.c.audience_count.is_not(None), occasions.c.cursor >= max(mine, default=0)),  # else it is still to come to them
            occasions.c.goes_at <= now,
            occasions.c.kind.in_(sorted(whole)),
            occasions.c.id.not_in(got),
            occasions.c.id.not_in(but),
        )
        .order_by(occasions.c.goes_at, occasions.c.id)
    )
    return list(dict.fromkeys(row.kind for row in rows if (row.network_id, whole[row.kind]) in wanted))
