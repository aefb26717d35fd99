"""Standings: for one (network, address, purpose, scope), may mail go, as the ledger last said.

`change` writes the ledger row and the standing together, so that a standing can always be rebuilt. The fleeting classes
(answer, confirm, farewell) are opened for every letter by `open_class` and have no ledger row of their own: the message
that opened them is in the inbox, and a flood of them must not grow the ledger (purposes.FLEETING). Rows keep their
natural key, are upserted and never deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from mailer.consent import ACTIVE, NONE, ledger, purposes
from mailer.store import prepared, upsert, upsert_many
from mailer.store.lists import among, one_of
from mailer.store.tables import ledger as ledger_table
from mailer.store.tables import standings

EVIDENCE = "imported-evidence"  # the basis of what came with proof from elsewhere, and has no words of ours

_KEY = ("network_id", "address_id", "purpose", "scope")


@dataclass(frozen=True)
class Proof:
    """How a standing is known: the lawful basis, the act, the channel and the evidence (DP-1)."""

    basis: str  # consent | service | imported-evidence | withdrawal | objection | bounce | ...
    act: str
    channel: str
    wording_id: int | None = None
    inbox_id: int | None = None
    evidence_sha256: str = ""
    fields: Mapping[str, Any] | None = None  # the personal part: what was said, by whom


def change(
    session: Connection,
    *,
    network_id: int,
    address_id: int,
    purpose: str,
    to: str,
    proof: Proof,
    now: datetime,
    scope: str = "",
    until: datetime | None = None,
    known_at: int | None = None,
) -> int:
    """Write what is now true into ledger and standing; return the id of the standing.

    What is in force again without new words (UNDO, another address) rests on the consent that was given: its wording, its
    basis and the notice of that time stand in the new row as well (DP-1). `known_at`: the address it was given at, if it is another.
    """
    if purpose not in purposes.BY_NAME:
        raise ValueError(f"no such purpose: {purpose}")  # DP-4: without a basis there is no standing
    notice_version = None
    if to == ACTIVE and purpose in purposes.SUBSCRIPTIONS and proof.wording_id is None and proof.basis != EVIDENCE:
        given = session.execute(*_given(network_id, known_at or address_id, purpose, scope)).first()
        if given is not None:
            fields = {**(proof.fields or {}), "rests_on": given.id}
            proof = replace(proof, basis=given.basis, wording_id=given.wording_id, fields=fields)
            notice_version = given.notice_version
    ledger_id = ledger.record(
        session,
        network_id=network_id,
        address_id=address_id,
        purpose=purpose,
        scope=scope,
        standing=to,
        basis=proof.basis,
        act=proof.act,
        channel=proof.channel,
        wording_id=proof.wording_id,
        inbox_id=proof.inbox_id,
        evidence_sha256=proof.evidence_sha256,
        notice_version=notice_version,
        fields=proof.fields,
        now=now,
    )
    return _put(session, network_id, address_id, purpose, scope, to, until, ledger_id, now)


@prepared
def _given(network: Any, address: Any, purpose: Any, scope: Any) -> Any:
    """The newest row that says yes; of another scope where there is none of this one, as what is shown to fewer than before."""
    row = ledger_table.c
    wanted = select(row.id, row.basis, row.wording_id, row.notice_version).filter_by(
        network_id=network, address_id=address, purpose=purpose, standing=ACTIVE
    )
    return wanted.order_by(case((row.scope == scope, 0), else_=1), row.id.desc()).limit(1)


def turn(
    session: Connection,
    network_id: int,
    address_id: int,
    wanted: Iterable[str],
    *,
    was: Collection[str],
    to: str,
    proof: Proof,
    now: datetime,
) -> None:
    """`change` each of these purposes that stands as one of `was`."""
    stands = of(session, network_id, address_id)
    for purpose in wanted:
        if stands[purpose] in was:
            change(session, network_id=network_id, address_id=address_id, purpose=purpose, to=to, proof=proof, now=now)


def change_many(
    session: Connection,
    wanted: Sequence[tuple[int, int, str, str, str]],
    proofs: Sequence[Proof],
    now: datetime,
) -> None:
    """As `change`, for many: (network, address, purpose, scope, to) with a proof each. For imports, and for what ends: nothing
    that is in force again by it rests on a consent that was given before."""
    rows = [
        {
            "network_id": network_id,
            "address_id": address_id,
            "purpose": purpose,
            "scope": scope,
            "standing": to,
            "basis": proof.basis,
            "act": proof.act,
            "channel": proof.channel,
            "wording_id": proof.wording_id,
            "inbox_id": proof.inbox_id,
            "evidence_sha256": proof.evidence_sha256,
            "fields": dict(proof.fields or {}),
        }
        for (network_id, address_id, purpose, scope, to), proof in zip(wanted, proofs, strict=True)
    ]
    strange = {str(row["purpose"]) for row in rows} - purposes.BY_NAME.keys()
    if strange:
        raise ValueError(f"no such purpose: {', '.join(sorted(strange))}")  # DP-4
    upsert_many(
        session,
        standings,
        _KEY,
        [
            {**{name: row[name] for name in (*_KEY, "standing")}, "until": None, "ledger_id": ledger_id, "updated_at": now}
            for row, ledger_id in zip(rows, ledger.record_many(session, rows, now), strict=True)
        ],
    )


def open_class(
    session: Connection,
    *,
    network_id: int,
    address_id: int,
    klass: str,
    until: datetime | None,
    now: datetime,
    scope: str = "",
) -> int:
    """Open a service class, or keep it open until the later of two times; return the id of the standing.

    Classes that are not fleeting (event, desk) are only looked up here: they are opened and ended by acts, with a ledger
    row. Where none was opened yet the standing is made with `none`, and the gate refuses.
    """
    row = session.execute(*_one(network_id, address_id, klass, scope)).first()
    if klass not in purposes.FLEETING:
        if row is not None:
            return int(row.id)
        return _put(session, network_id, address_id, klass, scope, NONE, None, None, now)
    if row is not None and row.standing == ACTIVE and until is not None and row.until is not None and row.until > until:
        return int(row.id)
    return _put(session, network_id, address_id, klass, scope, ACTIVE, until, None, now)


@prepared
def _one(network: Any, address: Any, purpose: Any, scope: Any) -> Any:
    key = {"network_id": network, "address_id": address, "purpose": purpose, "scope": scope}
    return select(standings.c.id, standings.c.standing, standings.c.until).filter_by(**key)


def _put(
    session: Connection,
    network_id: int,
    address_id: int,
    purpose: str,
    scope: str,
    to: str,
    until: datetime | None,
    ledger_id: int | None,
    now: datetime,
) -> int:
    unique = {"network_id": network_id, "address_id": address_id, "purpose": purpose, "scope": scope}
    return upsert(
        session, standings, unique, {"standing": to, "until": until, "ledger_id": ledger_id, "updated_at": now}
    )


def of(session: Connection, network_id: int, address_id: int) -> dict[str, str]:
    """The standing of each subscribed purpose; `none` where there is no row."""
    return of_many(session, network_id, [address_id])[address_id]


def of_many(session: Connection, network_id: int, address_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """As `of`, for many addresses."""
    wanted = list(address_ids)
    found = {address_id: dict.fromkeys(purposes.SUBSCRIPTIONS, NONE) for address_id in wanted}
    for start in range(0, len(wanted), 500):
        for row in session.execute(*_subscribed(network_id, wanted[start : start + 500])):
            found[row.address_id][row.purpose] = row.standing
    return found


@prepared
def _subscribed(network: Any, addresses: Any) -> Any:
    return select(standings.c.address_id, standings.c.purpose, standings.c.standing).where(
        standings.c.network_id == network,
        among(standings.c.address_id, addresses),
        one_of(standings.c.purpose, purposes.SUBSCRIPTIONS),
        standings.c.scope == "",
    )


def met(session: Connection, network_id: int, address_id: int) -> bool:
    """True if this network has ever asked or answered the address, or written to it: it knows of it by itself."""
    mine = (standings.c.network_id == network_id, standings.c.address_id == address_id)
    return session.execute(select(standings.c.id).where(*mine).limit(1)).first() is not None


def since(session: Connection, network_id: int, address_id: int) -> dict[str, str]:
    """Since when each subscribed purpose stands as it does, ISO 8601 in UTC."""
    rows = session.execute(
        select(standings.c.purpose, standings.c.updated_at).where(
            standings.c.network_id == network_id,
            standings.c.address_id == address_id,
            standings.c.purpose.in_(purposes.SUBSCRIPTIONS),
            standings.c.scope == "",
        )
    )
    return {row.purpose: row.updated_at.isoformat() for row in rows}


def find(session: Connection, network_id: int, address_id: int, purpose: str, scope: str = "") -> int | None:
    """The id of a standing, if one was ever decided (tags of leaving and preferences are signed over it)."""
    return session.execute(
        select(standings.c.id).filter_by(network_id=network_id, address_id=address_id, purpose=purpose, scope=scope)
    ).scalar()


def rebuild(session: Connection, *, mend: bool = False, now: datetime | None = None) -> list[str]:
    """Compare every standing with the ledger's last word; one sentence per difference. `mend` sets them right.

    The ledger knows no end: only the fleeting classes, which are not in it, run out by themselves. An end at any other would stop
    mail that nobody stopped, so it is a difference too."""
    last = (
        select(func.max(ledger_table.c.id).label("id"))
        .where(ledger_table.c.network_id.is_not(None))
        .group_by(ledger_table.c.network_id, ledger_table.c.address_id, ledger_table.c.purpose, ledger_table.c.scope)
        .subquery()
    )
    said = {
        tuple(getattr(row, name) for name in _KEY): row
        for row in session.execute(select(ledger_table).join(last, last.c.id == ledger_table.c.id))
    }
    kept = {
        tuple(getattr(row, name) for name in _KEY): row
        for row in session.execute(select(standings).where(standings.c.purpose.not_in(purposes.FLEETING)))
    }
    differences = []
    for at in sorted(said.keys() | kept.keys()):
        truth = said[at].standing if at in said else NONE
        seen = kept[at].standing if at in kept else "missing"
        until = kept[at].until if at in kept else None
        if seen == truth and until is None:
            continue
        network_id, address_id, purpose, scope = at
        differences.append(
            f"network {network_id}, address {address_id}, {purpose}{scope and ' ' + scope}: "
            f"the standing is {seen}{'' if until is None else f' until {until:%d.%m.%Y}'}, the ledger says {truth}"
        )
        if mend:
            row = said.get(at)
            when = now or (row.at if row is not None else kept[at].updated_at)
            _put(session, network_id, address_id, purpose, scope, truth, None, None if row is None else row.id, when)
    return differences


def last_acts(session: Connection, network_id: int, address_id: int) -> dict[str, str]:
    """For each purpose that has a ledger row: the act that decided it last."""
    return last_acts_of_many(session, network_id, [address_id]).get(address_id, {})


def last_acts_of_many(session: Connection, network_id: int, address_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """As `last_acts`, for at most a few hundred addresses."""
    rows = session.execute(
        select(standings.c.address_id, standings.c.purpose, ledger_table.c.act)
        .join(ledger_table, ledger_table.c.id == standings.c.ledger_id)
        .where(standings.c.network_id == network_id, standings.c.address_id.in_(list(address_ids)))
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.address_id, {})[row.purpose] = row.act
    return found
