"""What a member says of themselves in a network, and who may see it: field by field, audience by audience (N19, DP-13).

`FIELDS` is the table of what there is. Name and organisation stand where they always stood (people, memberships), the
address in `addresses`, the rest in `profiles`. Who sees a field is consent, so it is no column but standings of the
purpose `directory`, scope `FIELD:AUDIENCE`, each with its ledger row; nobody sees what has none. Whoever agreed to the
directory as such, without choosing fields, agreed to name and organisation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from mailer.consent import ACTIVE, LEFT, standing
from mailer.consent.standing import Proof
from mailer.message.encoded import clean as clean_line
from mailer.people import membership, organisations, people
from mailer.people.membership import Membership
from mailer.store import tables as t
from mailer.store import upsert

NOBODY, ORGANISERS, MEMBERS = "nobody", "organisers", "members"
AUDIENCES = (NOBODY, ORGANISERS, MEMBERS)  # each sees what the one before it sees
PURPOSE = "directory"
LONGEST = 200
AT_ONCE = 500  # ids named in one statement


@dataclass(frozen=True)
class Field:
    """`listed`: shown to members by agreeing to the directory as such. `several`: a list, joined by commas."""

    name: str
    listed: bool = False
    several: bool = False
    longest: int = LONGEST


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("name", listed=True, longest=80),
        Field("organisation", listed=True, longest=120),
        Field("job", longest=120),
        Field("specialisms", several=True),
        Field("exam-boards", several=True),
        Field("equipment", several=True, longest=400),
        Field("mentor"),
        Field("address"),  # shown or not; changed by CHANGE ADDRESS alone
    )
}
WRITTEN = tuple(name for name in FIELDS if name != "address")
KEPT = tuple(name for name in WRITTEN if not FIELDS[name].listed)  # in `profiles`
BOARDS = {name.casefold(): name for name in ("AQA", "OCR", "Edexcel", "WJEC", "CBAC", "Eduqas", "CCEA", "SQA", "IB", "BTEC")}


@dataclass(frozen=True)
class Entry:
    """What one audience may see of one member."""

    membership_id: int
    values: Mapping[str, str]


def tidy(field: str, value: str) -> str:
    """The value as it is kept: on one line, without what could forge one, a list joined by commas. Empty takes it out."""
    clean = clean_line(value)[: FIELDS[field].longest].strip(" ;,")
    if field == "name":
        return people.tidy(clean)
    if field == "exam-boards":
        for word in (" and ", " & ", " a ", " ac ", ";", "/"):
            clean = clean.replace(word, ", ")
    if FIELDS[field].several:
        parts = (part.strip(" .") for part in clean.replace(";", ",").split(","))
        clean = ", ".join(dict.fromkeys(BOARDS.get(part.casefold(), part) for part in parts if part))
    return clean


def values(session: Connection, member: Membership) -> dict[str, str]:
    """Every field of a member, empty where nothing is said."""
    return _values(member, _kept(session, [member.id]).get(member.id, {}))


def _values(member: Membership, kept: Mapping[str, str]) -> dict[str, str]:
    fixed = {"name": member.name, "organisation": member.organisation, "address": member.address}
    return {name: fixed.get(name) or kept.get(name, "") for name in FIELDS}


def put(session: Connection, member: Membership, field: str, value: str, now: datetime) -> None:
    """Set one field, tidied already; an empty value takes it out. The name is the person's in every network."""
    if field == "name" and member.person_id is not None:
        people.rename(session, member.person_id, value)
    elif field == "organisation":
        found = organisations.find_or_add(session, member.network_id, value)
        session.execute(update(t.memberships).where(t.memberships.c.id == member.id).values(organisation_id=found))
    elif field in KEPT and value:
        upsert(session, t.profiles, {"membership_id": member.id, "field": field}, {"value": value, "updated_at": now})
    elif field in KEPT:
        session.execute(t.profiles.delete().where(t.profiles.c.membership_id == member.id, t.profiles.c.field == field))


def audiences(session: Connection, network_id: int, address_id: int) -> dict[str, str]:
    """Who sees each field of the person behind an address; nobody, if nothing was agreed (DP-13)."""
    return _of_many(session, network_id, [address_id])[address_id]


def decided_since(session: Connection, network_id: int, address_id: int, since: datetime) -> set[str]:
    """The fields of which was said anew who sees them; all of them, if the directory as such was left."""
    s = t.standings.c
    query = select(s.scope, s.standing).filter_by(network_id=network_id, address_id=address_id, purpose=PURPOSE)
    found = session.execute(query.where(s.updated_at > since)).all()
    if any(row.scope == "" and row.standing == LEFT for row in found):
        return set(FIELDS)
    return {row.scope.partition(":")[0] for row in found if row.scope}


def show(
    session: Connection,
    network_id: int,
    address_id: int,
    wanted: Mapping[str, str],
    proof: Proof,
    now: datetime,
    *,
    known_at: int | None = None,
) -> None:
    """Show each field to an audience, as the person said. The directory as such ends with the last field that is shown.

    `known_at`: the address of theirs at which they said it, if it is another."""
    before = audiences(session, network_id, address_id)
    after = {**before, **wanted}
    stands = _scopes(session, network_id, [address_id]).get(address_id, set())
    for field in FIELDS:
        for audience in AUDIENCES[1:]:
            scope, sees = f"{field}:{audience}", AUDIENCES.index(after[field]) >= AUDIENCES.index(audience)
            if sees != (scope in stands):
                _set(session, network_id, address_id, scope, sees, proof, now, known_at)
    listed = any(audience != NOBODY for audience in after.values())
    if listed != ("" in stands):
        _set(session, network_id, address_id, "", listed, proof, now, known_at)


def shown(
    session: Connection, network_id: int, to: str, membership_ids: Collection[int] | None = None
) -> list[Entry]:
    """What `to` (organisers or members) may see of each member, or of these few; who shows nothing is left out. By name."""
    m = t.memberships.c
    among = [] if membership_ids is None else [m.id.in_(membership_ids)]
    every = membership.found(session, m.network_id == network_id, m.ended_at.is_(None), *among)
    found = [member for member in every if member.person_id is not None and member.address]
    agreed = _of_many(session, network_id, [member.address_id for member in found])
    seen = {
        member.id: fields
        for member in found
        if (fields := [f for f, whom in agreed[member.address_id].items() if AUDIENCES.index(whom) >= AUDIENCES.index(to)])
    }
    kept = _kept(session, list(seen))
    entries = []
    for member in found:
        if member.id in seen:
            said = _values(member, kept.get(member.id, {}))
            entries.append(Entry(member.id, {field: said[field] for field in seen[member.id] if said[field]}))
    return sorted((one for one in entries if one.values), key=lambda one: one.values.get("name", "~").casefold())


def carry(session: Connection, from_id: int, into: int) -> list[str]:
    """Two memberships become one: what only the first said is said by the second. Returns which fields went."""
    here = select(t.profiles.c.field).where(t.profiles.c.membership_id == into)
    query = select(t.profiles.c.field).where(t.profiles.c.membership_id == from_id, t.profiles.c.field.not_in(here))
    moved = list(session.execute(query).scalars())
    _hang(session, from_id, into, moved)
    return moved


def give_back(session: Connection, from_id: int, into: int, moved: Iterable[str]) -> None:
    """The undo of `carry`."""
    _hang(session, into, from_id, list(moved))


def _hang(session: Connection, from_id: int, to_id: int, fields: list[str]) -> None:
    mine = (t.profiles.c.membership_id == from_id) & t.profiles.c.field.in_(fields)
    session.execute(update(t.profiles).where(mine).values(membership_id=to_id))


def _set(
    session: Connection,
    network_id: int,
    address_id: int,
    scope: str,
    sees: bool,
    proof: Proof,
    now: datetime,
    known_at: int | None,
) -> None:
    standing.change(
        session,
        network_id=network_id,
        address_id=address_id,
        purpose=PURPOSE,
        scope=scope,
        to=ACTIVE if sees else LEFT,
        proof=proof,
        now=now,
        known_at=known_at,
    )


def _of_many(session: Connection, network_id: int, address_ids: list[int]) -> dict[int, dict[str, str]]:
    stands = _scopes(session, network_id, address_ids)
    return {address_id: _audiences(stands.get(address_id, set())) for address_id in address_ids}


def _audiences(stands: set[str]) -> dict[str, str]:
    if "" not in stands:
        return dict.fromkeys(FIELDS, NOBODY)
    if stands == {""}:
        return {name: MEMBERS if field.listed else NOBODY for name, field in FIELDS.items()}
    return {
        field: next((audience for audience in (MEMBERS, ORGANISERS) if f"{field}:{audience}" in stands), NOBODY)
        for field in FIELDS
    }


def _kept(session: Connection, membership_ids: list[int]) -> dict[int, dict[str, str]]:
    """What stands in `profiles`, by membership."""
    p = t.profiles.c
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(membership_ids), AT_ONCE):
        these = p.membership_id.in_(membership_ids[start : start + AT_ONCE])
        for row in session.execute(select(p.membership_id, p.field, p.value).where(these)):
            found.setdefault(row.membership_id, {})[row.field] = row.value
    return found


def _scopes(session: Connection, network_id: int, address_ids: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for start in range(0, len(address_ids), AT_ONCE):
        rows = session.execute(
            select(t.standings.c.address_id, t.standings.c.scope).where(
                t.standings.c.network_id == network_id,
                t.standings.c.address_id.in_(address_ids[start : start + AT_ONCE]),
                t.standings.c.purpose == PURPOSE,
                t.standings.c.standing == ACTIVE,
            )
        )
        for row in rows:
            found.setdefault(row.address_id, set()).add(row.scope)
    return found
