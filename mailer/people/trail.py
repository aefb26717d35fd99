"""The audit trail as it is read: who did what, when, and how that was known.

Three readers see three things. The committee sees what was done to run its network (`COMMITTEES`, an allow-list: what a person
settles for themselves is theirs, and nobody learns here who complained at the private door); IT sees every row (`rows`); a
person sees what they did and what was done with them (`of_person`), consent and all, without the names of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from mailer.people import committee, trail_things
from mailer.people.access import OPENED, Whose, opened
from mailer.store import tables as t

# what of the trail the committee is shown, whoever did it; of what a member did, only joining, leaving and what they did for all
COMMITTEES = frozenset(
    (
        *("send", "send-as-it-stands", "hold", "release", "call-off", "change-letter", "admit"),
        *("meeting", "move", "cancel", "minutes", "people", "issue", "issue-move", "issue-cancel"),
        *("office", "take-office", "term-ended", "gone-left", "gone-died", "merge", "merge-undo"),
        *("people-check", "people-check-right", "people-check-not-me", "people-name"),
        *("new-address", "new-address-asked"),
        *("join", "invited", "signed-up", "stop", "stop-all"),
        *("data-complaint", "data-complaint-more", "data-complaint-answered"),
        *("import", "import-undo", "member-export", "members-export", "forget-me", "network-export"),
        *("network-add", "network-set", "network-terms", "network-cycle", "network-close"),
        *(OPENED, "network-hold", "network-release", "rate", "outbox-retry", "outbox-resolve", "outbox-cancel"),
    )
)
BY = {"import": "operator", "cli": "operator", "system": "system", "bounce": "system"}  # a channel of the ledger -> who
BY |= {"join-asked": "somebody", "add-member": "organiser", "gone": "somebody"}  # its acts that others do
OFFICES = "offices"  # confirmed lines about offices, of which there is a row of its own
WRAPPED = "organise"  # its confirmation says what was confirmed
NOT_BY_NAME = frozenset({"forget-me", "member-export"})  # a right that somebody used: that it was, not who
UNDONE = frozenset({"leave", "gone", "office", "meet", "issue", "minutes", "data-complaint", "merge"})  # whose UNDO they are shown


@dataclass(frozen=True)
class Entry:
    """One thing that was done. `by`: you, organiser, member, operator, system, somebody, with the `name` where it is shown; `of`:
    the names of those it was done with; `what`: its kind, where it is about a thing that has kinds; `why`: the reason given."""

    id: int
    at: datetime
    act: str
    how: str
    by: str
    name: str = ""
    of: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    what: str = ""
    why: str = ""


def rows(
    session: Connection, *, network_id: int | None, since: datetime | None = None, most: int | None = None
) -> list[tuple[Row[Any], bool]]:
    """Rows of the trail, oldest first, the newest `most`; of one network, or all. Each with whether its actor is to be hidden."""
    query = select(t.audit).order_by(t.audit.c.id.desc())
    if network_id is not None:
        query = query.where(t.audit.c.network_id == network_id)
    if since is not None:
        query = query.where(t.audit.c.at >= since)
    found = session.execute(query.limit(most)).all()
    return [(row, hides) for row, hides in zip(found, trail_things.hides(session, found), strict=True)][::-1]


def addresses_of(session: Connection, actors: Iterable[str]) -> dict[str, str]:
    """The address behind each actor that is one and is still known; for IT."""
    ids = [int(actor.partition(":")[2]) for actor in actors if actor.startswith("address:")]
    found = trail_things.lookup(session, t.addresses.c.id, t.addresses.c.address, ids)
    return {f"address:{one}": address for one, address in found.items() if address}


def of_network(session: Connection, network_id: int, since: datetime, most: int) -> tuple[list[Entry], int]:
    """What the committee is shown since then: the newest `most`, oldest first, and how many there are in all."""
    mine = t.audit.c.network_id == network_id, t.audit.c.at >= since
    wanted = t.audit.c.act.in_([*COMMITTEES, WRAPPED, "undo"])
    found = _once(session.execute(select(t.audit).where(*mine, wanted).order_by(t.audit.c.id)).all())
    kinds = trail_things.kinds_of(session, found)
    shown = []
    for row, hides in zip(found, trail_things.hides(session, found), strict=True):
        kind = kinds.get(row.thing, "")
        act = kind if row.act == WRAPPED else row.act
        if (act in COMMITTEES) if act != "undo" else (kind in UNDONE):
            shown.append((row, act, "" if kind == act else kind, hides))
    last = shown[max(len(shown) - most, 0) :]
    names = trail_things.Names(session, network_id, [row for row, *_ in last])
    entries = []
    for row, act, kind, hides in last:
        name = "" if hides or act in NOT_BY_NAME else names.by(row.actor)
        of = () if act in NOT_BY_NAME else tuple(one for one in names.of(row.thing) if one != name)
        entries.append(Entry(row.id, row.at, act, row.how, _kind_of(row.actor, name), name, of, what=kind))
    return entries, len(shown)


def of_person(session: Connection, network_id: int, who: Whose, since: datetime, most: int) -> tuple[list[Entry], int]:
    """What they did in this network and what was done with them, the newest `most`, newest first; and how many in all.

    A change of consent stands in the ledger; the row of the trail that was written with it says how it was known.
    """
    things = [f"address:{one}" for one in who.address_ids] + [f"membership:{one}" for one in who.membership_ids]
    mine = or_(t.audit.c.actor.in_(who.actors), t.audit.c.thing.in_(things), opened(who.address_ids))
    query = select(t.audit).where(t.audit.c.network_id == network_id, t.audit.c.at >= since, mine)
    done = _once(session.execute(query.order_by(t.audit.c.id)).all())
    consents = _consents(session, network_id, who, since)
    kinds = trail_things.kinds_of(session, done)
    entries = []
    for row in done:
        by = _seen_by(session, network_id, row.actor, who)
        beside = next((one for one in consents if (one.at, one.act) == (row.at, row.act)), None)
        act = kinds.get(row.thing, row.act) if row.act == WRAPPED else row.act
        if act == OFFICES:
            continue
        if beside is not None:
            consents.remove(beside)
            entries.append(replace(beside, how=row.how, by=by))
        else:
            what = kinds.get(row.thing, "") if act == "undo" else ""
            why = row.fields["reason"] if act == OPENED else ""
            entries.append(Entry(row.id, row.at, act, row.how, by, what=what, why=why))
    entries = sorted([*entries, *consents], key=lambda one: (one.at, one.id), reverse=True)
    return entries[:most], len(entries)


def facts(entry: Entry) -> dict[str, Any]:
    """As a letter is given it."""
    return {
        "at": entry.at.isoformat(),
        "act": entry.act,
        "how": entry.how,
        "by": entry.by,
        "name": entry.name,
        "of": list(entry.of),
        "purposes": list(entry.purposes),
        "what": entry.what,
        "why": entry.why,
    }


def _consents(session: Connection, network_id: int, who: Whose, since: datetime) -> list[Entry]:
    """One entry for what the ledger took down at the same moment by the same act."""
    query = (
        select(t.ledger.c.id, t.ledger.c.at, t.ledger.c.act, t.ledger.c.channel, t.ledger.c.purpose)
        .where(t.ledger.c.network_id == network_id, t.ledger.c.address_id.in_(who.address_ids), t.ledger.c.at >= since)
        .where(t.ledger.c.purpose != "event")
        .order_by(t.ledger.c.id)
    )
    found: dict[tuple[datetime, str], Entry] = {}
    for row in session.execute(query):
        key = row.at, row.act
        by = BY.get(row.act) or BY.get(row.channel, "you")
        known = found.get(key) or Entry(row.id, row.at, row.act, row.channel, by)
        also = () if row.purpose in known.purposes else (row.purpose,)
        found[key] = replace(known, purposes=(*known.purposes, *also))
    return list(found.values())


def _once(found: Sequence[Row[Any]]) -> list[Row[Any]]:
    """An act that took a YES left two rows, its own and that of the YES: the one that says more."""
    told = {(row.at, row.actor, row.act) for row in found if not row.thing.startswith("confirmation:")}

    return [
        row for row in found if not row.thing.startswith("confirmation:") or (row.at, row.actor, row.act) not in told
    ]


def _seen_by(session: Connection, network_id: int, actor: str, who: Whose) -> str:
    """You, an organiser, IT or the calendar; others are somebody."""
    if actor in who.actors:
        return "you"
    named = actor.startswith("address:") and committee.is_organiser(session, network_id, int(actor.partition(":")[2]))
    return "organiser" if named else _kind_of(actor, "")


def _kind_of(actor: str, name: str) -> str:
    """Of whom there is no name: IT, the calendar, or somebody who is not of this network, is hidden or forgotten."""
    if not actor.startswith("address:"):
        return "system" if actor == "system" else "operator"
    return "member" if name else "somebody"
