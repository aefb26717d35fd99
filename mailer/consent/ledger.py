"""The ledger of consent and the audit trail: two histories that only grow (V10), chained so that a change shows.

A ledger row holds ids; what is personal in it (a name, a note) lies in `ledger_fields` under a random salt, and the row
keeps a commitment: HMAC-SHA-256 under that salt over fields and ids. Erasure empties the side table, and the chain still
verifies (design ruling 9); where other people's fields name whom it erases, `cut` keeps the rest. `seal` runs the chain over rows written since the last seal; one sequencer calls it every few
seconds. What a chain cannot show by itself is a tail cut off together with its seals: compare with a backup for that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, func, select, text, update

from mailer.store import add, add_many, prepared
from mailer.store.tables import audit as audit_table
from mailer.store.tables import ledger, ledger_fields, networks, seals

GENESIS = bytes(32)
CHUNK = 2_000  # rows a read; memory does not grow with the ledger
CUT = "evidence-cut"  # the act by which personal fields were cut

_LEDGER = (
    "id", "at", "network_id", "address_id", "purpose", "scope", "standing", "basis", "act", "channel", "wording_id",
    "notice_version", "inbox_id", "evidence_sha256",
)  # fmt: skip
_AUDIT = ("id", "at", "network_id", "actor", "how", "act", "thing", "fields")
_NOT_COMMITTED = frozenset({"id"})  # given by the database, after; the chain covers it


def record(
    session: Connection,
    *,
    network_id: int | None,
    address_id: int,
    purpose: str,
    standing: str,
    basis: str,
    act: str,
    channel: str,
    now: datetime,
    scope: str = "",
    wording_id: int | None = None,
    inbox_id: int | None = None,
    evidence_sha256: str = "",
    notice_version: int | None = None,
    fields: Mapping[str, Any] | None = None,
) -> int:
    """Write one row of the ledger and return its id. `fields` are the personal part (JSON); `notice_version` is today's of the
    network, if it is not said."""
    row = {
        "network_id": network_id,
        "address_id": address_id,
        "purpose": purpose,
        "scope": scope,
        "standing": standing,
        "basis": basis,
        "act": act,
        "channel": channel,
        "wording_id": wording_id,
        "inbox_id": inbox_id,
        "evidence_sha256": evidence_sha256,
        "notice_version": notice_version,
        "fields": dict(fields or {}),
    }
    return record_many(session, [row], now)[0]


def record_many(session: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    """Write many rows, each with the keys of `record`; returns their ids in order."""
    if not rows:
        return []
    by_form = [row for row in rows if row["channel"] == "web" and row["evidence_sha256"]]
    forms = [row for row in {(row["address_id"], row["evidence_sha256"]): row for row in by_form}.values() if _is_new(session, row)]
    notices = {None: 1} | {
        network_id: session.execute(*_notice_of(network_id)).scalar_one()
        for network_id in {row["network_id"] for row in rows} - {None}
    }
    written, personal = [], []
    for row in rows:
        values = {name: row[name] for name in _LEDGER if name in row} | {
            "at": now,
            "notice_version": row.get("notice_version") or notices[row["network_id"]],
        }
        salt = secrets.token_bytes(16)
        written.append({**values, "commitment": _commitment(salt, values, row["fields"])})
        personal.append({"salt": salt, "fields": row["fields"]})
    ids = add_many(session, ledger, written)
    session.execute(_WRITE_FIELDS, [{"ledger_id": i, **each} for i, each in zip(ids, personal, strict=True)])
    for form in forms:  # after the ledger, as `seal` asks for the two in this order
        _note_form(session, form, now)
    return ids


def _is_new(session: Connection, row: Mapping[str, Any]) -> bool:
    return session.execute(*_rests_on(row["address_id"], row["evidence_sha256"])).first() is None


def _note_form(session: Connection, row: Mapping[str, Any], now: datetime) -> None:
    """What a form on a page said is no message that is kept: its post gets a row of its own in the trail, once, and so an id
    by which it is found again (`termpost audit`)."""
    sha256 = row["evidence_sha256"]
    audit(session, actor="web", how="web", act="form-post", thing=f"form:{sha256[:24]}", network_id=row["network_id"], fields={"sha256": sha256}, now=now)


@prepared
def _notice_of(network: Any) -> Any:
    return select(networks.c.notice_version).where(networks.c.id == network)


@prepared
def _rests_on(address: Any, sha256: Any) -> Any:
    return select(ledger.c.id).where(ledger.c.address_id == address, ledger.c.evidence_sha256 == sha256).limit(1)


_WRITE_FIELDS = ledger_fields.insert()


def cut(session: Connection, ledger_ids: Sequence[int], without: Callable[[Any], Any], now: datetime) -> None:
    """Take somebody out of the personal fields of other people's rows; `without` gives what is left of a value.

    What is left is still the proof of those people (DP-1). It lies under a new salt, so that nobody can guess back what was cut, and
    its commitment goes into the trail, which is chained as well: the row itself stays as it is (V10)."""
    commitments = {}
    rows = select(ledger, ledger_fields.c.fields).join(ledger_fields, ledger_fields.c.ledger_id == ledger.c.id)
    for row in session.execute(rows.where(ledger.c.id.in_(ledger_ids))).mappings().all():
        salt, fields = secrets.token_bytes(16), without(row["fields"])
        session.execute(update(ledger_fields).where(ledger_fields.c.ledger_id == row["id"]).values(salt=salt, fields=fields))
        commitments[str(row["id"])] = _commitment(salt, _committed(dict(row)), fields).hex()
    if commitments:
        audit(session, actor="system", how="system", act=CUT, fields=commitments, now=now)


def audit(
    session: Connection,
    *,
    actor: str,
    how: str,
    act: str,
    now: datetime,
    network_id: int | None = None,
    thing: str = "",
    fields: Mapping[str, Any] | None = None,
) -> int:
    """Write one row of the audit trail and return its id. `fields` hold ids and numbers, never words of people (a reason
    why IT opened a private message names nobody)."""
    row = {
        "at": now,
        "network_id": network_id,
        "actor": actor,
        "how": how,
        "act": act,
        "thing": thing,
        "fields": dict(fields or {}),
    }
    return add(session, audit_table, **row, commitment=hashlib.sha256(_canonical(row)).digest())


def by_operator(
    session: Connection,
    act: str,
    thing: str,
    now: datetime,
    *,
    network_id: int | None,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """The row of what was done at the command line; `network_id` is None for what concerns them all."""
    audit(session, actor="operator", how="cli", act=act, now=now, network_id=network_id, thing=thing, fields=fields)


_LAST_SEAL = select(seals.c.ledger_to, seals.c.audit_to).order_by(seals.c.id.desc()).limit(1)


def unsealed(session: Connection) -> bool:
    """True if something was written since the last seal."""
    last = session.execute(_LAST_SEAL).first()
    ledger_to, audit_to = (last.ledger_to, last.audit_to) if last is not None else (0, 0)
    return _newer(session, ledger, ledger_to) or _newer(session, audit_table, audit_to)


def seal(session: Connection, now: datetime) -> int | None:
    """Chain everything written since the last seal; None if there is nothing new (two look-ups by primary key)."""
    last = session.execute(select(seals).order_by(seals.c.id.desc()).limit(1)).first()
    ledger_from, audit_from = (last.ledger_to, last.audit_to) if last is not None else (0, 0)
    if not _newer(session, ledger, ledger_from) and not _newer(session, audit_table, audit_from):
        return None
    if session.dialect.name == "postgresql":
        # Ids are handed out before commits: wait for writers that are under way, so that none slips in below.
        session.execute(text("LOCK TABLE ledger, audit IN SHARE ROW EXCLUSIVE MODE"))
    ledger_to = _top(session, ledger, ledger_from)
    audit_to = _top(session, audit_table, audit_from)
    previous = bytes(last.hash) if last is not None else GENESIS
    link = _link(session, previous, ledger_from, ledger_to, audit_from, audit_to)
    return add(session, seals, at=now, ledger_to=ledger_to, audit_to=audit_to, previous=previous, hash=link)


def verify(session: Connection) -> list[str]:
    """What is wrong with the chain, a sentence each; empty when every seal and every commitment holds."""
    wrong: list[str] = []
    previous, ledger_from, audit_from = GENESIS, 0, 0
    for one in session.execute(select(seals).order_by(seals.c.id)).all():
        if bytes(one.previous) != previous:
            wrong.append(f"seal {one.id} does not follow the one before it: a seal was changed or taken out")
        link = _link(session, bytes(one.previous), ledger_from, one.ledger_to, audit_from, one.audit_to)
        if link != bytes(one.hash):
            wrong.append(
                f"seal {one.id} ({one.at:%Y-%m-%d %H:%M} UTC) does not match what it sealed: ledger rows "
                f"{ledger_from + 1} to {one.ledger_to} or audit rows {audit_from + 1} to {one.audit_to} were changed"
            )
        previous, ledger_from, audit_from = bytes(one.hash), one.ledger_to, one.audit_to
    kept = ledger.join(ledger_fields, ledger_fields.c.ledger_id == ledger.c.id)
    since = _cut_since(session)
    for row in _rows(session, kept, ledger.c.id, 0, None, ledger_fields.c.salt, ledger_fields.c.fields):
        found = _commitment(bytes(row["salt"]), _committed(row), row["fields"])
        if found != bytes(row["commitment"]) and (row["id"], found.hex()) not in since:
            wrong.append(f"ledger row {row['id']} does not match its commitment: it or its fields were changed")
    return wrong


def _committed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a ledger row that its commitment covers, beside the personal fields."""
    return {name: row[name] for name in _LEDGER if name not in _NOT_COMMITTED}


def _cut_since(session: Connection) -> set[tuple[int, str]]:
    """What the trail says of fields that were cut: (ledger row, its later commitment)."""
    said = session.execute(select(audit_table.c.fields).where(audit_table.c.act == CUT)).scalars()
    return {(int(ledger_id), commitment) for fields in said for ledger_id, commitment in fields.items()}


def _commitment(salt: bytes, row: Mapping[str, Any], personal: Mapping[str, Any]) -> bytes:
    return hmac.digest(salt, _canonical({**row, "fields": dict(personal)}), "sha256")


def _canonical(row: Mapping[str, Any]) -> bytes:
    """One spelling of a row: sorted keys, no spaces, times in UTC to the microsecond."""
    return _SPELT.encode(row).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} cannot stand in the ledger")


_SPELT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _newer(session: Connection, table: Table, after: int) -> bool:
    return session.execute(*_any_after(table)(after)).first() is not None


@cache
def _any_after(table: Table) -> Any:
    return prepared(lambda after: select(table.c.id).where(table.c.id > after).limit(1))


def _top(session: Connection, table: Table, at_least: int) -> int:
    return max(session.execute(select(func.max(table.c.id))).scalar() or 0, at_least)


def _link(
    session: Connection, previous: bytes, ledger_from: int, ledger_to: int, audit_from: int, audit_to: int
) -> bytes:
    """The hash of a seal: the one before, then every row's ids and commitment in order."""
    digest = hashlib.sha256(previous)
    for name, table, columns, first, last in (
        (b"ledger", ledger, _LEDGER, ledger_from, ledger_to),
        (b"audit", audit_table, _AUDIT, audit_from, audit_to),
    ):
        digest.update(name)
        for row in _rows(session, table, table.c.id, first, last):
            digest.update(_canonical({column: row[column] for column in columns}))
            digest.update(bytes(row["commitment"]))
    return digest.digest()


def _rows(
    session: Connection, source: Any, key: Any, after: int, up_to: int | None, *more: Any
) -> Iterator[Mapping[str, Any]]:
    """Rows with `after` < id <= `up_to`, a chunk at a time."""
    while up_to is None or after < up_to:
        query = select(key.table, *more).select_from(source).where(key > after).order_by(key).limit(CHUNK)
        if up_to is not None:
            query = query.where(key <= up_to)
        found = session.execute(query).mappings().all()
        yield from (dict(row) for row in found)
        if len(found) < CHUNK:
            return
        after = found[-1]["id"]
