"""What would become of each line of a list of people; writes nothing, so it is also the dry run (contract 3, DP-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import ACTIVE, LEFT, NONE, PENDING, standing, suppression
from mailer.consent import purposes as purpose_table
from mailer.errors import Refused
from mailer.message.address import domain_of, key
from mailer.people import addresses as address_rows
from mailer.people import roles
from mailer.people.sheet import Row
from mailer.store.tables import addresses, memberships
from mailer.store.tables import roles as role_table

# what becomes of a line -> what the person at the keyboard reads
RESULTS = {
    "added": "new, and active",
    "pending": "new, and pending: there is no evidence, so they get no mail until they say yes",
    "changed": "known already; what is new in this line is added",
    "unchanged": "known already; nothing is new",
    "stays-out": "left before, or asked not to be written to, and stays out",
    "repeated": "stood further up",
    "refused": "cannot be taken",
}


@dataclass(frozen=True)
class Wish:
    """What holds for all lines of one import. `sha256` is that of the file: the evidence of evidence."""

    network_id: int
    hasher: bytes
    purposes: tuple[str, ...] = ()
    evidence: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Line:
    """What becomes of one line."""

    row: Row
    result: str
    why: str = ""
    purposes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    evidence: str = ""
    address_id: int | None = None
    standings: dict[str, str] = field(default_factory=dict)


def judge(session: Connection, wish: Wish, rows: Sequence[Row]) -> list[Line]:
    """What would become of each line; writes nothing."""
    keys = {key(email) for row in rows if not row.problem for email in (row.email, *row.others)}
    known = _known(session, keys)
    macs = {row_key: suppression.mac(row_key, wish.hasher) for row_key in keys}
    suppressed = suppression.reasons(session, macs=macs.values(), network_id=wish.network_id)
    ids = [row.id for row in known.values()]
    stands = standing.of_many(session, wish.network_id, ids)
    inside = _inside(session, wish.network_id, ids)
    elsewhere = _elsewhere(session, wish.network_id, [one for one in ids if one not in inside])
    ours = address_rows.domains(session)

    def is_out(email: str) -> bool:
        """Whether somebody left by another address of their line. One that is only dead keeps nobody out."""
        there = known.get(key(email))
        if suppressed.get(macs[key(email)], set()) - {suppression.BAD_ADDRESS}:
            return True
        return there is not None and there.id not in inside and LEFT in stands.get(there.id, {}).values()

    def gets_mail(email: str) -> bool:
        there = known.get(key(email))
        return there is not None and there.id in inside and macs[key(email)] not in suppressed

    lines = []
    for row in rows:
        others = () if row.problem else row.others
        address_id = known[key(row.email)].id if not row.problem and key(row.email) in known else None
        lines.append(
            _judge_one(
                session,
                wish,
                ours,
                row,
                address_id,
                stands.get(address_id, {}) if address_id is not None else {},
                inside.get(address_id, set()) if address_id is not None else set(),
                stopped=not row.problem and (macs[key(row.email)] in suppressed or any(map(is_out, others))),
                elsewhere=address_id in elsewhere or (address_id not in inside and any(map(gets_mail, others))),
            )
        )
    return lines


def _judge_one(
    session: Connection,
    wish: Wish,
    ours: frozenset[str],
    row: Row,
    address_id: int | None,
    stands: dict[str, str],
    inside: set[str],
    *,
    stopped: bool,
    elsewhere: bool,
) -> Line:
    if row.problem:
        return Line(row, "refused" if row.repeats is None else "repeated", row.problem)
    try:
        wanted_roles = roles.with_member(roles.read(row.roles))
        wanted = (
            purpose_table.read(row.purposes)
            or wish.purposes
            or (() if wanted_roles == (roles.GUEST,) else purpose_table.DEFAULT)
        )
        if not wanted:
            raise Refused(
                "guest-without-purpose",
                "A guest gets only the mail of single events: name the purposes they agreed to.",
            )
        off = tuple(purpose for purpose in row.off if purpose in wanted or purpose in stands)
        wanted = tuple(purpose for purpose in wanted if purpose not in row.off)
        if address_id is None and ("." not in domain_of(row.email) or domain_of(row.email) in ours):
            address_rows.readable(session, row.email)
    except (ValueError, Refused) as error:
        text = str(error)
        return Line(row, "refused", text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."))
    if row.left or not wanted:
        return Line(row, "stays-out", f"{_said_out(row)}, {'but what is theirs here already stays' if inside else 'and so they stay out'}")
    evidence = "" if row.unconfirmed else row.evidence or wish.evidence
    if stopped or all(stands.get(purpose) == LEFT for purpose in wanted) or (not inside and LEFT in stands.values()):
        return Line(row, "stays-out", RESULTS["stays-out"])
    if elsewhere:
        return Line(row, "unchanged", "known already, and gets the mail at another address")
    to = ACTIVE if evidence else PENDING
    changed = tuple(
        purpose
        for purpose in wanted
        if stands.get(purpose, NONE) == NONE or (stands[purpose] == PENDING and to == ACTIVE)
    )
    held = {role for role in wanted_roles if role in inside or (not evidence and f"({role})" in inside)}
    new_roles = tuple(role for role in wanted_roles if role not in held)
    grown = "changed" if changed or new_roles else "unchanged"
    result = grown if inside else "added" if evidence else "pending"
    why = ". ".join(filter(None, (RESULTS[result], " ".join(filter(None, (row.note, _said_off(off, stands)))))))
    return Line(row, result, why, changed, new_roles, evidence, address_id, stands)


def _said_off(off: Sequence[str], stands: Mapping[str, str]) -> str:
    """What becomes of each purpose that the line says they do not want: a list does not end what they have here."""
    stay = [purpose for purpose in off if stands.get(purpose) in (ACTIVE, PENDING)]
    out = [purpose for purpose in off if purpose not in stay]
    said = f"No {' and no '.join(out)}, as the line says." if out else ""
    kept = f"The line says no {' and no '.join(stay)}, but that is theirs here already, and stays." if stay else ""
    return " ".join(filter(None, (said, kept)))


def _said_out(row: Row) -> str:
    """Where the line itself keeps somebody out."""
    if row.said:
        return f"the file says of them “{row.said[:80]}”"
    if not row.left:
        return "the file itself says that they want none of it"
    return "the file itself says that they get no mail where it comes from"


def address_ids(session: Connection, rows: Sequence[Row]) -> list[int]:
    """The addresses of these lines that are known."""
    return [one.id for one in _known(session, {key(email) for row in rows if not row.problem for email in (row.email, *row.others)}).values()]


def _known(session: Connection, keys: set[str]) -> dict[str, Any]:
    wanted = sorted(keys)
    found = {}
    for start in range(0, len(wanted), 500):
        query = select(addresses.c.id, addresses.c.key).where(addresses.c.key.in_(wanted[start : start + 500]))
        found.update({row.key: row for row in session.execute(query)})
    return found


def _inside(session: Connection, network_id: int, address_ids: list[int]) -> dict[int, set[str]]:
    """The roles of each membership that has not ended; a role that waits stands in brackets."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(address_ids), 500):
        query = (
            select(memberships.c.address_id, role_table.c.role, role_table.c.active)
            .select_from(memberships.join(role_table, role_table.c.membership_id == memberships.c.id))
            .where(
                memberships.c.network_id == network_id,
                memberships.c.ended_at.is_(None),
                memberships.c.address_id.in_(address_ids[start : start + 500]),
            )
        )
        for row in session.execute(query):
            found.setdefault(row.address_id, set()).add(row.role if row.active else f"({row.role})")
    return found


def _elsewhere(session: Connection, network_id: int, address_ids: list[int]) -> set[int]:
    """Those whose person is a member already, at another address of theirs: one person, one copy."""
    found: set[int] = set()
    for start in range(0, len(address_ids), 500):
        query = (
            select(addresses.c.id)
            .join(memberships, memberships.c.person_id == addresses.c.person_id)
            .where(
                addresses.c.id.in_(address_ids[start : start + 500]),
                memberships.c.network_id == network_id,
                memberships.c.ended_at.is_(None),
                memberships.c.address_id != addresses.c.id,
            )
        )
        found.update(session.execute(query).scalars())
    return found
