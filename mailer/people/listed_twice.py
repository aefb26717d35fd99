"""Who sees what of a person whose two entries become one: no field is shown to more people than either of the two showed it
to (DP-13). Of an entry that was never asked about the directory there is nothing to weigh; the other one's word is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailer.consent import ACTIVE, LEFT, NONE, standing
from mailer.consent.standing import Proof
from mailer.people import profile
from mailer.people.profile import AUDIENCES, FIELDS, NOBODY, PURPOSE
from mailer.store import tables as t

Seen = Mapping[str, str]  # field -> audience


def seen_of_both(session: Connection, network_id: int, stands: Mapping[int, str]) -> dict[str, str]:
    """Who sees each field of these addresses of one person; `stands`: how each is listed as such."""
    seen = [profile.audiences(session, network_id, one) for one, now_is in stands.items() if now_is == ACTIVE]
    if not seen or LEFT in stands.values():
        return dict.fromkeys(FIELDS, NOBODY)
    return {field: min((one[field] for one in seen), key=AUDIENCES.index) for field in FIELDS}


def carry(
    session: Connection,
    network_id: int,
    from_id: int,
    to_id: int,
    seen: Seen,
    proof: Proof,
    now: datetime,
    known_at: int | None,
) -> dict[str, Any]:
    """Of `to_id` is shown what is `seen`, of `from_id` nothing any more. Returns what stood before, as JSON."""
    chosen = {"from": _chosen(session, network_id, from_id), "to": _chosen(session, network_id, to_id)}
    if ACTIVE in chosen["to"].values() or seen != profile.audiences(session, network_id, to_id):
        profile.show(session, network_id, to_id, seen, proof, now, known_at=known_at)
    _choose(session, network_id, from_id, {}, proof, now)
    return {**chosen, "seen": dict(seen)}


def give_back(
    session: Connection,
    network_id: int,
    from_id: int,
    to_id: int,
    before: Mapping[str, Any],
    seen: Seen,
    proof: Proof,
    now: datetime,
) -> bool:
    """The undo of `carry`, once both are listed as before; `seen`: of `to_id` until then. What was shown since to fewer is shown
    to no more of either, what was shown to more stays of `to_id`. True if anything was."""
    anew = {field: whom for field, whom in seen.items() if whom != before["seen"][field]}
    less = {field: whom for field, whom in anew.items() if AUDIENCES.index(whom) < AUDIENCES.index(before["seen"][field])}
    for one, chosen, said in ((from_id, before["from"], less), (to_id, before["to"], anew)):
        _choose(session, network_id, one, chosen, proof, now)
        now_seen = profile.audiences(session, network_id, one)
        wanted = {f: whom for f, whom in said.items() if f not in less or AUDIENCES.index(whom) < AUDIENCES.index(now_seen[f])}
        if wanted:
            profile.show(session, network_id, one, wanted, proof, now)
    return bool(anew)


def _chosen(session: Connection, network_id: int, address_id: int) -> dict[str, str]:
    """How each scope stands that was ever chosen at an address."""
    s = t.standings.c
    rows = session.execute(
        select(s.scope, s.standing).where(
            s.network_id == network_id, s.address_id == address_id, s.purpose == PURPOSE, s.scope != "", s.standing != NONE
        )
    )
    return {row.scope: row.standing for row in rows}


def _choose(
    session: Connection, network_id: int, address_id: int, chosen: Mapping[str, str], proof: Proof, now: datetime
) -> None:
    """Let the scopes stand so; none is shown of whom the directory does not list."""
    listed = standing.of(session, network_id, address_id)[PURPOSE] == ACTIVE
    stands = _chosen(session, network_id, address_id)
    for scope in sorted(stands.keys() | chosen.keys()):
        to = chosen.get(scope, NONE)
        to = LEFT if to == ACTIVE and not listed else to
        if to != stands.get(scope, NONE):
            at: dict[str, Any] = {"network_id": network_id, "address_id": address_id, "purpose": PURPOSE, "scope": scope}
            standing.change(session, **at, to=to, proof=proof, now=now)
