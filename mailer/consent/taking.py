"""What takes each class of things that are past their time; `retention.TABLE` says when.

Each takes at most `MOST` rows, for one short write, and returns how many.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, cast, func, or_, select, update

from mailer.consent import ACTIVE, NONE, PENDING, erasure, purposes, standing
from mailer.consent.standing import Proof
from mailer.store import tables as t
from mailer.store.types import metadata

MOST = 2_000
OPEN_MAIL = ("stored", "handling", "held", "failed")  # still waits for somebody: its bytes stay
_CODE = re.compile(r"[a-z0-9-]{1,24}")
_TAKEN = "retained"  # a letter of which only ids are left
_WORDS = frozenset(("comment", "names", "note", "said", "subject", "text", "writer"))  # fields of people's words: "vegan" is no id
GOING = ("queued", "deferred", "sending")


class Copies(Protocol):
    """The outbox, the only one to write its rows (V12); `mailer.outbound.outbox` is one."""

    def forget(self, session: Connection, address_ids: Collection[int], now: datetime) -> int: ...

    def forget_before(self, session: Connection, before: datetime, limit: int) -> int: ...


@dataclass(frozen=True)
class Round:
    """One class in one round: what is older than `before` goes."""

    session: Connection
    before: datetime
    now: datetime
    copies: Copies


def _some(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(column).where(*conditions).limit(MOST)


def raw_mail(at: Round) -> int:
    waiting = select(t.inbox.c.raw_sha256).where(t.inbox.c.state.in_(OPEN_MAIL))
    old = _some(t.raws.c.sha256, t.raws.c.stored_at < at.before, t.raws.c.size > 0, t.raws.c.sha256.not_in(waiting))
    return _set(at.session, t.raws, t.raws.c.sha256.in_(old), content=b"", size=0)


def held_mail(at: Round) -> int:
    """What was held for somebody who never decided."""
    old = select(t.inbox.c.raw_sha256).where(t.inbox.c.state.in_(("held", "failed")), t.inbox.c.handled_at < at.before)
    waiting = select(t.inbox.c.raw_sha256).where(t.inbox.c.state.in_(("stored", "handling")))
    mails = _some(t.raws.c.sha256, t.raws.c.sha256.in_(old), t.raws.c.size > 0, t.raws.c.sha256.not_in(waiting))
    return _set(at.session, t.raws, t.raws.c.sha256.in_(mails), content=b"", size=0)


def traces(at: Round) -> int:
    """Of the machine too: who posts straight from their own names it (`Janes-Laptop.local`)."""
    gone = dict.fromkeys(("client", "helo", "mail_from", "subject", "from_address"), "")
    old = _some(
        t.inbox.c.id,
        t.inbox.c.handled_at < at.before,
        t.inbox.c.state.not_in(OPEN_MAIL),
        or_(*(t.inbox.c[name] != "" for name in gone)),
    )
    return _set(at.session, t.inbox, t.inbox.c.id.in_(old), steps=[], **gone)


def tray(at: Round) -> int:
    return _delete(at.session, t.tray, t.tray.c.id.in_(_some(t.tray.c.id, t.tray.c.at < at.before)))


def letters(at: Round) -> int:
    """Bodies go; of the fields stay the ids that an answer is understood by, as reply tags live longer."""
    rows = whole_letters(at, t.letters.c.created_at < at.before)
    empty_letters(at.session, rows)
    return len(rows)


def whole_letters(at: Round, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Letters that have gone, with words in them still: id and fields."""
    going = select(t.outgoing.c.letter_id).where(t.outgoing.c.state.in_(GOING))
    whole = (t.letters.c.id.not_in(going), _text(t.letters.c.fields).not_like(f"%{_TAKEN}%"))
    return at.session.execute(select(t.letters.c.id, t.letters.c.fields).where(*conditions, *whole).limit(MOST)).all()


def empty_letters(session: Connection, rows: Sequence[Any]) -> None:
    """Take bodies, subjects and words out of them."""
    for row in rows:
        values = {"skeleton": None, "subject": "", "fields": {**_ids_of(row.fields), _TAKEN: True}}
        session.execute(update(t.letters).where(t.letters.c.id == row.id).values(**values))


def complaints(at: Round) -> int:
    """What is still open is never taken (DP-16)."""
    row = t.privacy_complaints.c
    return _delete(at.session, t.privacy_complaints, row.id.in_(_some(row.id, row.answered_at < at.before)))


def attempts(at: Round) -> int:
    old = _some(t.attempts.c.id, t.attempts.c.at < at.before, t.attempts.c.text != "")
    return _set(at.session, t.attempts, t.attempts.c.id.in_(old), text="")


def unconfirmed(at: Round) -> int:
    """Requests to join that nobody confirmed (CMD-7): what was asked is no longer pending, and an address that is
    known from nothing else is forgotten."""
    old = t.confirmations.c.asked_at < at.before
    rows = at.session.execute(
        select(t.confirmations.c.id, t.confirmations.c.network_id, t.confirmations.c.address_id)
        .where(t.confirmations.c.act == "join", t.confirmations.c.used_at.is_(None), old, t.confirmations.c.said == "")
        .limit(MOST)
    ).all()
    proof = Proof("expired", "join-unconfirmed", "system")
    for row in rows:
        at.session.execute(
            update(t.confirmations).where(t.confirmations.c.id == row.id).values(args={}, said="Nobody confirmed it.")
        )
        younger = select(t.confirmations.c.id).where(
            t.confirmations.c.address_id == row.address_id, t.confirmations.c.asked_at >= at.before
        )
        if at.session.execute(younger.limit(1)).first() is not None or _member(at.session, row.address_id):
            continue
        for purpose, now_is in standing.of(at.session, row.network_id, row.address_id).items():
            if now_is == PENDING:
                standing.change(
                    at.session,
                    network_id=row.network_id,
                    address_id=row.address_id,
                    purpose=purpose,
                    to=NONE,
                    proof=proof,
                    now=at.now,
                )
    _bury(at, {row.address_id for row in rows})
    return len(rows) + _unanswered(at)


def _unanswered(at: Round) -> int:
    """Whom an organiser wished to join, and who said no or nothing: only the hash stays, so that nobody asks again."""
    live = select(t.standings.c.address_id).where(
        t.standings.c.standing.in_((ACTIVE, PENDING)), t.standings.c.purpose.not_in(purposes.FLEETING)
    )
    ended = select(t.askings.c.address_id).where(t.askings.c.ended_at < at.before, t.askings.c.outcome != "joined")
    rows = at.session.execute(
        _some(
            t.addresses.c.id,
            t.addresses.c.id.in_(ended),
            t.addresses.c.address.is_not(None),
            t.addresses.c.confirmed_at.is_(None),
            t.addresses.c.id.not_in(live),
            t.addresses.c.id.not_in(select(t.memberships.c.address_id).where(t.memberships.c.ended_at.is_(None))),
            t.addresses.c.id.not_in(select(t.askings.c.address_id).where(t.askings.c.ended_at.is_(None))),
        )
    ).scalars()
    whole = [erasure.person(at.session, address_id) for address_id in rows]
    alone = [who for who in whole if len(who.address_ids) == 1]
    _tombstones(at, {who.address_ids[0] for who in alone})
    for who in alone:
        at.session.execute(update(t.people).where(t.people.c.id == who.person_id).values(name="", former_names=[], erased_at=at.now))
    return len(alone)


def strangers(at: Round) -> int:
    """Addresses that wrote once, or were asked once, and are known from nothing else."""
    free = [
        t.addresses.c.id.not_in(select(table.c.address_id).where(table.c.address_id.is_not(None))) for table in _tying()
    ]
    live = select(t.standings.c.address_id).where(
        t.standings.c.standing.in_((ACTIVE, PENDING)),
        or_(t.standings.c.until.is_(None), t.standings.c.until > at.now),
    )
    lately = select(t.inbox.c.address_id).where(t.inbox.c.received_at >= at.before, t.inbox.c.address_id.is_not(None))
    waits = select(t.inbox.c.address_id).where(t.inbox.c.state.in_(OPEN_MAIL), t.inbox.c.address_id.is_not(None))
    ids = at.session.execute(
        _some(
            t.addresses.c.id,
            t.addresses.c.created_at < at.before,
            t.addresses.c.erased_at.is_(None),
            t.addresses.c.person_id.is_(None),
            t.addresses.c.id.not_in(live),
            t.addresses.c.id.not_in(lately),
            t.addresses.c.id.not_in(waits),
            *free,
        )
    ).scalars()
    found = set(ids)
    _tombstones(at, found)
    return len(found)


def questions(at: Round) -> int:
    used = and_(t.confirmations.c.used_at.is_not(None), t.confirmations.c.said != "")
    old = _some(
        t.confirmations.c.id,
        t.confirmations.c.expires_at < at.before,
        or_(used, func.length(_text(t.confirmations.c.args)) > 2),
    )
    return _set(at.session, t.confirmations, t.confirmations.c.id.in_(old), args={}, said="")


def undo(at: Round) -> int:
    old = _some(t.undos.c.id, t.undos.c.created_at < at.before, func.length(_text(t.undos.c.args)) > 2)
    return _set(at.session, t.undos, t.undos.c.id.in_(old), args={})


def imports(at: Round) -> int:
    past = select(t.imports.c.id).where(t.imports.c.at < at.before)
    return _delete(
        at.session,
        t.import_rows,
        t.import_rows.c.id.in_(_some(t.import_rows.c.id, t.import_rows.c.import_id.in_(past))),
    )


def answers(at: Round) -> int:
    """Notes, guests' names and overtaken answers; yes and no stay, as the head count of the year."""
    overtaken = _some(t.responses.c.id, t.responses.c.at < at.before, t.responses.c.current.is_(False))
    taken = _delete(at.session, t.responses, t.responses.c.id.in_(overtaken))
    old = _some(
        t.responses.c.id,
        t.responses.c.at < at.before,
        or_(
            t.responses.c.note != "",
            func.length(_text(t.responses.c.names)) > 2,
            func.length(_text(t.responses.c.people)) > 2,
        ),
    )
    return taken + _set(at.session, t.responses, t.responses.c.id.in_(old), note="", names=[], people=[])


def consent_proof(at: Round) -> int:
    """The personal part of consent that is no longer in force, after the time in which it can be disputed."""
    in_force = select(t.standings.c.ledger_id).where(
        t.standings.c.standing.in_((ACTIVE, PENDING)), t.standings.c.ledger_id.is_not(None)
    )
    old = (
        select(t.ledger_fields.c.ledger_id)
        .join(t.ledger, t.ledger.c.id == t.ledger_fields.c.ledger_id)
        .where(t.ledger.c.at < at.before, t.ledger.c.id.not_in(in_force))
        .limit(MOST)
    )
    return _delete(at.session, t.ledger_fields, t.ledger_fields.c.ledger_id.in_(old))


def _member(session: Connection, address_id: int) -> bool:
    return session.execute(select(t.memberships.c.id).filter_by(address_id=address_id)).first() is not None


def _bury(at: Round, address_ids: set[int]) -> None:
    """Make tombstones of those that nothing else knows."""
    session = at.session
    live = select(t.standings.c.id).where(t.standings.c.standing.in_((ACTIVE, PENDING)))
    alone = set()
    for address_id in address_ids:
        row = session.execute(select(t.addresses).where(t.addresses.c.id == address_id)).one()
        if row.person_id is not None or row.confirmed_at is not None or row.erased_at is not None:
            continue
        tied = any(
            session.execute(select(table.c.id).where(table.c.address_id == address_id).limit(1)).first()
            for table in _tying()
        )
        fleeting = and_(t.standings.c.address_id == address_id, t.standings.c.purpose.not_in(("confirm", "answer")))
        if not tied and session.execute(live.where(fleeting).limit(1)).first() is None:
            alone.add(address_id)
    _tombstones(at, alone)


def _tombstones(at: Round, address_ids: set[int]) -> None:
    """As an erasure does, but nobody asked for it: nothing is suppressed."""
    for address_id in address_ids:
        at.copies.forget(at.session, [address_id], at.now)
        erasure.own(at.session, erasure.person(at.session, address_id), at.now)
        at.session.execute(
            update(t.addresses)
            .where(t.addresses.c.id == address_id)
            .values({**erasure.TOMBSTONE, "erased_at": at.now})
        )


def _tying() -> list[Table]:
    """Tables whose rows are a reason to know an address; not what merely passed through."""
    passing = {"standings", "ledger", "confirmations", "outgoing", "inbox", "undos", "erasures", "import_rows"}
    return [table for table in metadata.sorted_tables if "address_id" in table.c and table.name not in passing]


def _ids_of(value: Any) -> Any:
    """Fields without words: numbers, flags and ids in their places."""
    match value:
        case dict():
            return {key: type(each)() if key in _WORDS and isinstance(each, (str, list)) else _ids_of(each) for key, each in value.items()}
        case list():
            return [_ids_of(each) for each in value]
        case str():
            return value if _CODE.fullmatch(value) else ""
        case _:
            return value


def _text(column: Any) -> Any:
    return cast(column, Text)


def _set(session: Connection, table: Table, which: ColumnElement[bool], **values: Any) -> int:
    return int(session.execute(update(table).where(which).values(**values)).rowcount)


def _delete(session: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return int(session.execute(table.delete().where(which)).rowcount)


def deliveries(at: Round) -> int:
    """To which address and name a copy went."""
    return at.copies.forget_before(at.session, at.before, MOST)
