"""Two rows that are one person.

`Plan` says what would become of whom, before anything is written; `carry_out` does it and returns what stood before, for
the undo. A purpose that either of the two left stays left, for whoever merges them does not speak for the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mailer.consent import ACTIVE, LEFT, NONE, PENDING, standing, suppression
from mailer.consent.standing import Proof
from mailer.errors import Refused
from mailer.people import addresses, following, holding, listed_twice, membership, parting, people, profile
from mailer.store import add_once
from mailer.store import tables as t

_RANK = (LEFT, ACTIVE, PENDING, NONE)  # of two standings of one person, the first in this order counts


@dataclass(frozen=True)
class Place:
    """What happens in one network: `membership_id` ends in favour of `into`, whose standings become `standings`."""

    network_id: int
    slug: str
    membership_id: int
    into: int
    from_address: int
    to_address: int
    roles: tuple[str, ...]
    standings: Mapping[str, tuple[str, str]]  # purpose -> (of the one that ends, what counts afterwards)
    seen: Mapping[str, str]  # field -> who sees it afterwards; empty if the one that ends changes nothing of that


@dataclass(frozen=True)
class Plan:
    """`gone` becomes one with `kept`; these addresses change hands, these memberships meet."""

    kept: int
    gone: int | None
    kept_name: str
    gone_name: str
    addresses: tuple[int, ...]
    places: tuple[Place, ...]


def plan(session: Connection, keep: int, other: int) -> Plan:
    """What merging the person behind address `other` into the one behind `keep` would do; writes nothing.

    Refused for a mailbox that several people read, and for two addresses of one person.
    """
    kept, gone = addresses.get(session, keep), addresses.get(session, other)
    if kept.shared or gone.shared:
        raise Refused("shared-mailbox", "A mailbox that several people read is nobody's own address.")
    if kept.person_id is None:
        raise Refused("no-person", "The first address is not known as a person's.", "Name the other one first.")
    if gone.person_id == kept.person_id or keep == other:
        raise Refused("one-person", "These are addresses of one person already.")
    theirs = [gone.id] if gone.person_id is None else [a.id for a in addresses.of_person(session, gone.person_id)]
    return Plan(
        kept=kept.person_id,
        gone=gone.person_id,
        kept_name=_name(session, kept.person_id),
        gone_name=_name(session, gone.person_id),
        addresses=tuple(theirs),
        places=tuple(_places(session, kept.person_id, theirs)),
    )


def _places(session: Connection, kept: int, theirs: list[int]) -> list[Place]:
    found = []
    rows = session.execute(
        select(t.memberships, t.networks.c.slug)
        .join(t.networks, t.networks.c.id == t.memberships.c.network_id)
        .where(t.memberships.c.address_id.in_(theirs))
        .order_by(t.memberships.c.id)
    )
    for row in rows.all():
        mine = session.execute(
            select(t.memberships)
            .where(t.memberships.c.network_id == row.network_id, t.memberships.c.person_id == kept)
            .order_by(t.memberships.c.ended_at.is_not(None), t.memberships.c.id)
        ).first()
        if mine is None:
            continue  # the only one there: it goes on as it is, under its own address
        of = standing.of_many(session, row.network_id, [row.address_id, mine.address_id])
        standings = {
            purpose: (was, min(was, of[mine.address_id][purpose], key=_RANK.index))
            for purpose, was in of[row.address_id].items()
            if was != NONE
        }
        seen: dict[str, str] = {}
        if profile.PURPOSE in standings:
            listed = {one: stands[profile.PURPOSE] for one, stands in of.items()}
            seen = listed_twice.seen_of_both(session, row.network_id, listed)
            was, becomes = standings[profile.PURPOSE]
            if becomes == ACTIVE and set(seen.values()) == {profile.NOBODY}:
                standings[profile.PURPOSE] = (was, LEFT)
        found.append(
            Place(
                network_id=row.network_id,
                slug=row.slug,
                membership_id=row.id,
                into=mine.id,
                from_address=row.address_id,
                to_address=mine.address_id,
                roles=holding.given(session, row.id) if mine.ended_at is None else (),
                standings=standings,
                seen=seen,
            )
        )
    return found


def carry_out(session: Connection, wanted: Plan, proof: Proof, now: datetime) -> dict[str, Any]:
    """Do it. Returns what stood before, as JSON, for `take_back`."""
    before: dict[str, Any] = {
        "gone": wanted.gone,
        "person": None,
        "addresses": list(wanted.addresses),
        "memberships": [],
        "places": [_merge_place(session, place, proof, now) for place in wanted.places],
    }
    if wanted.gone is not None:
        row = session.execute(select(t.people).where(t.people.c.id == wanted.gone)).one()
        before["person"] = {name: row._mapping[name] for name in ("name", "language", "plain_text", "former_names")}
        owned = t.memberships.c.person_id == wanted.gone
        before["memberships"] = list(session.execute(select(t.memberships.c.id).where(owned)).scalars())
        session.execute(update(t.people).where(t.people.c.id == wanted.gone).values(name="", language="", former_names=[]))
        nameless = (t.people.c.id == wanted.kept, t.people.c.name == "")
        before["nameless"] = session.execute(select(t.people.c.language).where(*nameless)).scalar()
        session.execute(update(t.people).where(*nameless).values(name=row.name, language=row.language))
        before |= {"kept": wanted.kept, "brought": people.also_called(session, wanted.kept, (row.name, *row.former_names))}
        session.execute(update(t.memberships).where(owned).values(person_id=wanted.kept))
    session.execute(update(t.addresses).where(t.addresses.c.id.in_(wanted.addresses)).values(person_id=wanted.kept))
    return before


def _merge_place(session: Connection, place: Place, proof: Proof, now: datetime) -> dict[str, Any]:
    put: dict[str, list[Any]] = {}
    stopped = _stopped(session, place.network_id, place.into, place.from_address)
    was_there = standing.of(session, place.network_id, place.to_address)
    for purpose, (was, becomes) in place.standings.items():
        known_at = place.from_address if was == becomes else None
        _set(session, place.network_id, place.to_address, purpose, was_there[purpose], becomes, proof, now, known_at)
        put[purpose] = [was, was_there[purpose], _known_by(session, place.network_id, place.to_address, purpose)]
        _set(session, place.network_id, place.from_address, purpose, was, NONE, proof, now)
    seen = None
    if place.seen:
        known_at = None if was_there[profile.PURPOSE] == ACTIVE else place.from_address
        ways = (place.network_id, place.from_address, place.to_address)
        seen = listed_twice.carry(session, *ways, place.seen, proof, now, known_at)
    ended = session.execute(select(t.memberships.c.ended_at).where(t.memberships.c.id == place.membership_id)).scalar()
    had = [
        role
        for role in place.roles
        if add_once(
            session,
            t.roles,
            ["membership_id", "role"],
            membership_id=place.into,
            role=role,
            active=True,
            since=now,
        )
        is not None
    ]
    held = holding.given(session, place.membership_id)
    if ended is None:
        membership.end(session, place.membership_id, now)
        holding.settle_desk(session, place.membership_id, proof, now)
    holding.settle_desk(session, place.into, proof, now)
    session.execute(
        update(t.actions).where(t.actions.c.membership_id == place.membership_id).values(membership_id=place.into)
    )
    return {
        "network_id": place.network_id,
        "membership": place.membership_id,
        "into": place.into,
        "from": place.from_address,
        "to": place.to_address,
        "open": ended is None,
        "held": list(held),
        "given": had,
        "holds": list(holding.given(session, place.into)),
        "stopped": stopped,
        "standings": put,
        "seen": seen,
        "followed": following.follow(session, place.network_id, place.from_address, place.to_address),
        "profile": profile.carry(session, place.membership_id, place.into),
    }


def take_back(session: Connection, before: Mapping[str, Any], proof: Proof, now: datetime) -> bool:
    """Two people again, as before; what either has decided since stays, and so does what was decided about them. True if
    anything was."""
    changed = False
    for place in before["places"]:
        changed |= _part(session, place, proof, now)
    gone_id = before["gone"]
    if before["person"] is not None:
        session.execute(update(t.people).where(t.people.c.id == gone_id).values(**before["person"]))
        brought = before.get("brought", [])
        if before.get("nameless") is not None:  # theirs was the other's; what they have been called since stays
            lent = before["person"]["name"]
            called_so = (t.people.c.id == before["kept"], t.people.c.name == lent)
            session.execute(update(t.people).where(*called_so).values(name="", language=before["nameless"]))
            brought = [*brought, lent]
        if brought:
            people.never_called(session, before["kept"], brought)
    parting.hand_back(session, before["addresses"], gone_id, before["memberships"], now)
    return changed


def _part(session: Connection, place: Mapping[str, Any], proof: Proof, now: datetime) -> bool:
    """One network's part of `take_back`. Whoever left by the one address since is as much gone from the other."""
    network_id, from_id = place["network_id"], place["from"]
    to_id = _address_of(session, place["into"])
    if to_id is None or to_id == from_id or _address_of(session, place["membership"]) != from_id:
        raise parting.MOVED_SINCE
    gone = bool(set(_stopped(session, network_id, place["into"], from_id)) - set(place.get("stopped", ())))
    changed = gone
    following.unfollow(session, place["followed"], from_id)
    profile.give_back(session, place["membership"], place["into"], place.get("profile", ()))
    seen = profile.audiences(session, network_id, to_id)
    for purpose, (was, was_there, *known_by) in place["standings"].items():
        here, there = (standing.of(session, network_id, one)[purpose] for one in (from_id, to_id))
        by_merge = _known_by(session, network_id, to_id, purpose) in known_by if known_by else LEFT in (was, was_there)
        left = gone or (there == LEFT and not by_merge)
        changed |= left
        stays = here == LEFT or (left and was != NONE)
        _set(session, network_id, from_id, purpose, here, LEFT if stays else was, proof, now)
        if not left:
            _set(session, network_id, to_id, purpose, there, was_there, proof, now)
    if place.get("seen"):
        changed |= listed_twice.give_back(session, network_id, from_id, to_id, place["seen"], seen, proof, now)
    lost = set(place.get("holds", place["held"])) - set(holding.given(session, place["into"]))
    session.execute(
        t.roles.delete().where(t.roles.c.membership_id == place["into"], t.roles.c.role.in_(place["given"]))
    )
    if place["open"] and not gone:
        back = [role for role in place["held"] if role not in lost]
        changed |= len(back) < len(place["held"])
        session.execute(update(t.memberships).where(t.memberships.c.id == place["membership"]).values(ended_at=None))
        mine = t.roles.c.membership_id == place["membership"]
        session.execute(update(t.roles).where(mine, t.roles.c.role.in_(back)).values(active=True))
    holding.settle_desk(session, place["membership"], proof, now)
    holding.settle_desk(session, place["into"], proof, now)
    return changed


def _stopped(session: Connection, network_id: int, into: int, from_id: int) -> list[str]:
    """Why neither of the two would get anything: that the membership ended, and what suppresses an address. A dead mailbox
    is nobody's word, and the gate keeps it."""
    row = session.execute(
        select(t.memberships.c.ended_at, t.memberships.c.address_id).where(t.memberships.c.id == into)
    ).one()
    found = [] if row.ended_at is None else [f"ended:{row.ended_at.isoformat()}"]
    for address_id in (from_id, row.address_id):
        mac = addresses.get(session, address_id).mac
        why = suppression.reasons(session, macs=[mac], network_id=network_id).get(mac, set())
        found += [f"{address_id}:{reason}" for reason in sorted(why - {suppression.BAD_ADDRESS})]
    return found


def _known_by(session: Connection, network_id: int, address_id: int, purpose: str) -> int | None:
    """The ledger row that a standing rests on."""
    key = {"network_id": network_id, "address_id": address_id, "purpose": purpose, "scope": ""}
    return session.execute(select(t.standings.c.ledger_id).filter_by(**key)).scalar()


def _address_of(session: Connection, membership_id: int) -> int | None:
    return session.execute(select(t.memberships.c.address_id).where(t.memberships.c.id == membership_id)).scalar()


def _set(
    session: Connection,
    network_id: int,
    address_id: int,
    purpose: str,
    was: str,
    to: str,
    proof: Proof,
    now: datetime,
    known_at: int | None = None,
) -> None:
    if was != to:
        standing.change(
            session,
            network_id=network_id,
            address_id=address_id,
            purpose=purpose,
            to=to,
            proof=proof,
            now=now,
            known_at=known_at,
        )


def _name(session: Connection, person_id: int | None) -> str:
    if person_id is None:
        return ""
    return session.execute(select(t.people.c.name).where(t.people.c.id == person_id)).scalar() or ""
