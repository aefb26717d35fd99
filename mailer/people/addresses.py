"""Addresses: kept as typed, compared by key (AUTH-11), remembered after erasure by keyed hash only (DP-8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from mailer.consent import suppression
from mailer.errors import NotFound, Refused
from mailer.message import roles as doors
from mailer.message.address import domain_of, key, parse_address
from mailer.store import add_once, prepared
from mailer.store.lists import among
from mailer.store.tables import addresses, networks


@dataclass(frozen=True)
class Address:
    """A row of `addresses`. `address` and `key` are none after erasure."""

    id: int
    person_id: int | None
    address: str | None
    key: str | None
    mac: bytes
    shared: bool
    language: str
    plain_text: bool
    confirmed_at: datetime | None
    created_at: datetime
    erased_at: datetime | None


def find(session: Connection, address: str) -> Address | None:
    """The address however it is written; none if it is not known."""
    row = session.execute(*_written(key(address))).first()
    return None if row is None else _address(row)


def get(session: Connection, address_id: int) -> Address:
    """The address with this id. Raises NotFound."""
    row = session.execute(*_one(address_id)).first()
    if row is None:
        raise NotFound(f"There is no address with the id {address_id}.")
    return _address(row)


def find_or_add(
    session: Connection,
    address: str,
    *,
    hasher: bytes | None,
    now: datetime,
    person_id: int | None = None,
    shared: bool = False,
) -> Address:
    """The address, made if it is new. Refused if it cannot be one, or is one of ours.

    A new address needs the hasher. An act that only follows a question does without: whoever asked has written it down.
    """
    clean = readable(session, address)
    known = find(session, clean)
    if known is not None:
        return known
    if hasher is None:
        raise ValueError("a new address cannot be written down without the key of its hash")
    add_once(
        session,
        addresses,
        ["key"],
        address=clean,
        key=key(clean),
        mac=suppression.mac(clean, hasher),
        person_id=person_id,
        shared=shared,
        created_at=now,
    )
    found = find(session, clean)
    assert found is not None
    return found


def readable(session: Connection, address: str) -> str:
    """The address as it will be kept. Refused if it cannot be one, or is an address of ours (a loop)."""
    clean = parse_address(address)
    if clean is None or "." not in domain_of(clean):
        raise Refused("bad-address", f"“{address.strip()}” is not an email address.")
    slug = doors.parse_local(clean.rpartition("@")[0]).slug
    if slug and session.execute(select(networks.c.id).filter_by(slug=slug, domain=domain_of(clean))).first():
        raise Refused("our-address", f"{clean} is an address of the network itself.")
    return clean


def domains(session: Connection) -> frozenset[str]:
    """The domains at which this host has networks: an address elsewhere cannot be one of ours."""
    return frozenset(session.execute(select(networks.c.domain).distinct()).scalars())


def keep_still(session: Connection, address_ids: Iterable[int]) -> None:
    """Have the rows of addresses until this transaction ends, in the order of their ids (PostgreSQL). Who decides about what comes
    to one by what stands there asks for it first: who leaves, who makes two people one, who brings a list."""
    if session.dialect.name == "postgresql":
        session.execute(*_kept_still(list(address_ids))).all()


@prepared
def _kept_still(ids: Any) -> Any:
    return select(addresses.c.id).where(among(addresses.c.id, ids)).order_by(addresses.c.id).with_for_update(key_share=True)


def of_person(session: Connection, person_id: int) -> list[Address]:
    """Every address of a person, oldest first."""
    return [_address(row) for row in session.execute(*_of_person(person_id))]


def of_who_reads(session: Connection, address_id: int) -> list[Address]:
    """The address, and every other of the person behind it as it stands now; oldest first."""
    return [_address(row) for row in session.execute(*_of_who_reads(address_id))]


def confirm(session: Connection, address_id: int, now: datetime) -> None:
    """Somebody who reads this address answered, or its consent came with evidence: it is known from now on."""
    session.execute(
        update(addresses)
        .where(addresses.c.id == address_id, addresses.c.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )


def give(session: Connection, address_id: int, person_id: int) -> None:
    """Say whose address this is, if nobody's yet."""
    session.execute(
        update(addresses)
        .where(addresses.c.id == address_id, addresses.c.person_id.is_(None), addresses.c.shared.is_(False))
        .values(person_id=person_id)
    )


@prepared
def _written(as_key: Any) -> Any:
    return select(addresses).where(addresses.c.key == as_key)


@prepared
def _one(address: Any) -> Any:
    return select(addresses).where(addresses.c.id == address)


@prepared
def _of_person(person: Any) -> Any:
    return select(addresses).where(addresses.c.person_id == person).order_by(addresses.c.id)


@prepared
def _of_who_reads(one: Any) -> Any:
    own = addresses.alias()
    theirs = or_(addresses.c.id == own.c.id, addresses.c.person_id == own.c.person_id)
    return select(addresses).join(own, theirs).where(own.c.id == one).order_by(addresses.c.id)


def _address(row: Any) -> Address:
    return Address(**row._mapping)
