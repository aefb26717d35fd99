"""What the things in the audit trail are: kind:ID becomes the kind of a letter, a name, or nothing that may be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from mailer.people import membership
from mailer.store import tables as t

HIDDEN_ACTS = ("data-complaint", "data-complaint-more")
LEFT = ("STOP", "STOP ALL NETWORKS")  # commands of `leave` that end the network, not one kind of mail
CHUNK = 500


def hides(session: Connection, found: Sequence[Row[Any]]) -> list[bool]:
    """V2: who complained at the private door is shown to nobody, nor whose a private message is; IT never hides."""
    complaints = lookup(session, t.privacy_complaints.c.id, t.privacy_complaints.c.hidden, ids("data-complaint", found))
    asked_by = lookup(session, t.undos.c.id, t.undos.c.inbox_id, ids("undo", found))  # what was taken back, and what had asked for it
    messages = [*ids("inbox", found), *(one for one in asked_by.values() if one is not None)]
    private = lookup(session, t.inbox.c.id, t.inbox.c.private, messages)
    hidden = {f"data-complaint:{one}" for one, is_so in complaints.items() if is_so}
    closed = {f"inbox:{one}" for one, is_so in private.items() if is_so}
    closed |= {f"undo:{one}" for one, message in asked_by.items() if private.get(message)}
    by_people = [row.actor.startswith("address:") for row in found]
    shut = [row.thing in closed or (row.act in HIDDEN_ACTS and row.thing in hidden) for row in found]
    return [one and person for one, person in zip(shut, by_people, strict=True)]


def kinds_of(session: Connection, found: Sequence[Row[Any]]) -> dict[str, str]:
    """Thing -> which kind: of an occasion, of what was taken back, of what an organiser confirmed."""
    kinds: dict[str, str] = {}
    for name, key, column in (
        ("occasion", t.occasions.c.id, t.occasions.c.kind),
        ("undo", t.undos.c.id, t.undos.c.act),
        ("confirmation", t.confirmations.c.id, t.confirmations.c.args),
    ):
        for one, value in lookup(session, key, column, ids(name, found)).items():
            kinds[f"{name}:{one}"] = str(value.get("do", "")) if isinstance(value, dict) else value
    for one, args in lookup(session, t.undos.c.id, t.undos.c.args, ids("undo", found)).items():
        if kinds[f"undo:{one}"] == "leave" and args.get("command") not in LEFT:
            kinds[f"undo:{one}"] = "preference"
    return {thing: kind for thing, kind in kinds.items() if kind}


def ids(kind: str, found: Iterable[Row[Any]]) -> list[int]:
    return [one for row in found for one in numbers(kind, row.thing)]


def numbers(kind: str, thing: str) -> list[int]:
    """The ids of a thing of this kind: `membership:3,17` has two; the last of a list that was cut off is left out."""
    named, _, rest = thing.partition(":")
    numbers = rest.split(",")
    whole = numbers[:-1] if len(thing) >= 60 else numbers
    return [int(one) for one in whole if one.isdecimal()] if named == kind else []


def lookup(session: Connection, key: Any, value: Any, ids: Collection[int]) -> dict[int, Any]:
    """One column of the rows with these ids, however many."""
    wanted = sorted(set(ids))
    found: dict[int, Any] = {}
    for start in range(0, len(wanted), CHUNK):
        query: Select[Any] = select(key, value).where(key.in_(wanted[start : start + CHUNK]))
        found.update({row[0]: row[1] for row in session.execute(query)})
    return found


class Names:
    """The names of those in this network; of nobody else (an organiser learns of no other membership)."""

    def __init__(self, session: Connection, network_id: int, found: Sequence[Row[Any]]) -> None:
        actors = [int(row.actor.partition(":")[2]) for row in found if row.actor.startswith("address:")]
        named = {*actors, *ids("address", found)}
        here = {member.id: member for member in _members(session, network_id, named, ids("membership", found))}
        self._members: Mapping[int, str] = {one.id: one.name or one.address for one in here.values()}
        by_address = {one.address_id: one.id for one in here.values()}
        by_person: dict[Any, int] = {one.person_id: one.id for one in here.values() if one.person_id is not None}
        owners = lookup(session, t.addresses.c.id, t.addresses.c.person_id, named)
        self._addresses = {one: self._members.get(by_address.get(one, by_person.get(owners.get(one), 0)), "") for one in named}

    def by(self, actor: str) -> str:
        """The name of who did it; empty where nobody of the network did."""
        return self._addresses[int(actor.partition(":")[2])] if actor.startswith("address:") else ""

    def of(self, thing: str) -> list[str]:
        """Those whom it was done with."""
        members = [self._members.get(one, "") for one in numbers("membership", thing)]
        return [name for name in (*members, *(self._addresses[one] for one in numbers("address", thing))) if name]


def _members(
    session: Connection, network_id: int, address_ids: Collection[int], membership_ids: Collection[int]
) -> Iterable[membership.Membership]:
    """The memberships, ended ones too, of these addresses (or another of the same person) and of these ids."""
    persons = select(t.addresses.c.person_id).where(t.addresses.c.id.in_(address_ids), t.addresses.c.person_id.is_not(None))
    mine = or_(
        t.memberships.c.address_id.in_(address_ids), t.memberships.c.person_id.in_(persons), t.memberships.c.id.in_(membership_ids)
    )
    return membership.found(session, t.memberships.c.network_id == network_id, mine)
