"""FORGET ME: what becomes of each table, in order (UK GDPR Art 17, DP-11, design ruling 9).

`OWN` is the table of the tables: for every place where rows hang on one person, what is emptied or deleted there. What
other people's rows say of the person is cut by `mailer.consent.sweep`. `bury` comes last: the address becomes a tombstone with the keyed
hash alone. Ledger, audit and standings keep their ids; the personal fields of the ledger go, and its chain still holds.

Kept, because nothing in it names anyone: standings and ledger (the proof), attendance (a head count), proofs (who of
the committee said SEND, by id).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, func, or_, select, update

from mailer.consent import mentions, suppression
from mailer.consent.mentions import MARK, Mentions
from mailer.store import add
from mailer.store.tables import (
    actions,
    addresses,
    agenda_items,
    askings,
    confirmations,
    erasures,
    evidence,
    feedback,
    import_rows,
    inbox,
    invitations,
    issues,
    ledger,
    ledger_fields,
    letters,
    meetings,
    memberships,
    minutes,
    outgoing,
    people,
    pictures,
    pieces,
    posts,
    profiles,
    promises,
    raws,
    responses,
    roles,
    tray,
    undos,
)

DUE = timedelta(days=30)  # Art 12(3): one month at the latest; it takes minutes
OUTCOME = "Erased with what was kept of the person."

DELETE: Mapping[str, Any] = {}
TOMBSTONE: Mapping[str, Any] = {"address": None, "key": None, "language": "", "plain_text": False, "confirmed_at": None}

# table -> what is set on the rows of the person's addresses; DELETE takes them out
OWN: tuple[tuple[Table, Mapping[str, Any]], ...] = (
    (responses, DELETE),
    (invitations, DELETE),
    (feedback, DELETE),
    (promises, DELETE),
    (import_rows, DELETE),
    (askings, {"args": {}}),  # that this hash was asked, and did not answer, keeps it from being asked again
    (agenda_items, {"address_id": None, "person": ""}),
    (pieces, {"address_id": None, "person": ""}),
    (posts, {"address_id": None, "author": ""}),  # de-named: the thread stays readable
    (minutes, {"address_id": None}),
    (evidence, {"address_id": None, "text": ""}),
    (confirmations, {"args": {}, "said": ""}),
    (undos, {"args": {}}),
    (
        memberships,
        {"told_by": "", "working_days": "", "digest": False, "paused_until": None, "person_id": None}
        | {"organisation_id": None},
    ),
)


@dataclass(frozen=True)
class Person:
    """Who is to be forgotten: every address of one person, or one address that belongs to nobody."""

    person_id: int | None
    address_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    macs: tuple[bytes, ...]
    names: tuple[str, ...]

    @property
    def mentions(self) -> Mentions | None:
        return mentions.of(self.addresses, self.names)


def person(session: Connection, address_id: int) -> Person:
    """Everybody behind an address that is one person, with the full names they used."""
    owner = session.execute(select(addresses.c.person_id).where(addresses.c.id == address_id)).scalar()
    mine = addresses.c.id == address_id if owner is None else addresses.c.person_id == owner
    rows = session.execute(select(addresses).where(mine).order_by(addresses.c.id)).all()
    ids = tuple(row.id for row in rows)
    return Person(
        person_id=owner,
        address_ids=ids,
        addresses=tuple(row.address for row in rows if row.address is not None),
        macs=tuple(bytes(row.mac) for row in rows),
        names=_names(session, owner, ids),
    )


def _names(session: Connection, owner: int | None, ids: tuple[int, ...]) -> tuple[str, ...]:
    used: set[str] = set()
    if owner is not None:
        called = session.execute(select(people.c.name, people.c.former_names).where(people.c.id == owner)).one()
        used |= {called.name, *called.former_names}
    for column in (posts.c.author, pieces.c.person, agenda_items.c.person):
        used |= set(session.execute(select(column).where(column.table.c.address_id.in_(ids)).distinct()).scalars())
    used = {name for name in used if " " in name.strip()}
    return tuple(sorted(name for name in used if not _is_anothers(session, owner, name)))


def _is_anothers(session: Connection, owner: int | None, name: str) -> bool:
    """Whether somebody else is called so, however that is written."""
    wanted = mentions.of((), (name,))
    if wanted is None:
        return False
    alike = or_(*(func.lower(people.c.name).contains(token) for token in wanted.tokens))
    others = session.execute(select(people.c.name).where(alike, people.c.id != owner)).scalars()
    return any(wanted.pattern.fullmatch(" ".join(other.split())) for other in others)


def ask(
    session: Connection,
    *,
    network_id: int | None,
    address_id: int,
    farewell_id: int | None,
    asked_at: datetime,
    now: datetime,
) -> int:
    """Write down that somebody is to be forgotten, with the day by which it is due; returns the id. `asked_at`: when they wrote
    what they have now said YES to, as the month runs from there."""
    values = {"network_id": network_id, "address_id": address_id, "farewell_id": farewell_id}
    return add(session, erasures, **values, asked_at=asked_at, due_at=asked_at + DUE, begun_at=now)


def own(session: Connection, who: Person, now: datetime, *, proof: bool = False) -> bool:
    """Empty everything that hangs on the person; with `proof`, all but the personal part of their consent. False while a message
    of theirs is in a handler's hands.

    Copies to them are the outbox's: call `outbox.forget` first, as they refer to invitations.
    """
    if who.person_id is not None:  # what follows blanks the places they are known from, and may have to be done twice
        session.execute(update(people).where(people.c.id == who.person_id).values(former_names=list(who.names)))
    _future(session, who, now)
    held = select(memberships.c.id).where(memberships.c.address_id.in_(who.address_ids))
    for hung in (roles, profiles):
        session.execute(hung.delete().where(hung.c.membership_id.in_(held)))
    session.execute(update(actions).where(actions.c.membership_id.in_(held)).values(membership_id=None, owner=MARK))
    for table, values in OWN:
        mine = table.c.address_id.in_(who.address_ids)
        session.execute(table.delete().where(mine) if values is DELETE else update(table).where(mine).values(**values))
    for table, ended in ((confirmations, "used_at"), (undos, "used_at"), (memberships, "ended_at")):
        open_ = and_(table.c.address_id.in_(who.address_ids), table.c[ended].is_(None))
        session.execute(update(table).where(open_).values({ended: now}))
    if not proof:
        said = select(ledger.c.id).where(ledger.c.address_id.in_(who.address_ids))
        session.execute(ledger_fields.delete().where(ledger_fields.c.ledger_id.in_(said)))
    _letters_to(session, who)
    return _messages_of(session, who, now)


def _future(session: Connection, who: Person, now: datetime) -> None:
    """What they promised or sent in for something still to come is withdrawn, words and all."""
    coming = select(meetings.c.id).where(meetings.c.starts_at > now)
    item = and_(
        agenda_items.c.address_id.in_(who.address_ids),
        or_(agenda_items.c.meeting_id.is_(None), agenda_items.c.meeting_id.in_(coming)),
    )
    session.execute(update(agenda_items).where(item).values(state="withdrawn", title=MARK, text=""))
    ahead = select(issues.c.id).where(issues.c.publishes_at > now)
    piece = and_(
        pieces.c.address_id.in_(who.address_ids),
        or_(pieces.c.issue_id.is_(None), pieces.c.issue_id.in_(ahead)),
    )
    session.execute(pictures.delete().where(pictures.c.piece_id.in_(select(pieces.c.id).where(piece))))
    session.execute(update(pieces).where(piece).values(state="withdrawn", title=MARK, text="", html="", missing=[]))


def _letters_to(session: Connection, who: Person) -> None:
    """Letters that nobody else got, and the copies that the tray keeps."""
    theirs = select(outgoing.c.letter_id).where(outgoing.c.address_id.in_(who.address_ids))
    others = select(outgoing.c.letter_id).where(outgoing.c.address_id.not_in(who.address_ids))
    alone = and_(letters.c.id.in_(theirs), letters.c.id.not_in(others))
    session.execute(update(letters).where(alone).values(fields={}, subject="", skeleton=None))
    copies = select(outgoing.c.id).where(outgoing.c.address_id.in_(who.address_ids))
    session.execute(
        tray.delete().where(or_(tray.c.outgoing_id.in_(copies), func.lower(tray.c.rcpt).in_(_lower(who.addresses))))
    )


def _messages_of(session: Connection, who: Person, now: datetime) -> bool:
    """Their mails: the bytes and all that was read off them. The row stays, as evidence that there was one."""
    texts = _lower(who.addresses)
    mine = or_(
        inbox.c.address_id.in_(who.address_ids),
        func.lower(inbox.c.from_address).in_(texts),
        func.lower(inbox.c.mail_from).in_(texts),
    )
    session.execute(
        update(inbox)
        .where(mine, inbox.c.state == "stored")
        .values(state="refused", lease_owner="", lease_until=None, handled_at=now)
    )
    settled = and_(mine, inbox.c.state != "handling")
    shas = select(inbox.c.raw_sha256).where(settled)
    session.execute(update(raws).where(raws.c.sha256.in_(shas)).values(content=b"", size=0))
    emptied = dict.fromkeys(("client", "helo", "mail_from", "rcpt", "message_id", "from_address", "subject", "held_for"), "")
    session.execute(
        update(inbox).where(settled).values(**emptied, address_id=None, outcome=OUTCOME, reason="erased", steps=[])
    )
    return session.execute(select(inbox.c.id).where(mine, inbox.c.state == "handling").limit(1)).first() is None


def bury(session: Connection, erasure_id: int | None, who: Person, now: datetime) -> None:
    """The last step: nobody stands behind the hash any more, and nothing is to go to it."""
    unname(session, who, now)
    for mac in who.macs:
        suppression.add_on_host(session, mac=mac, reason=suppression.ERASURE, now=now)
    if erasure_id is not None:
        session.execute(update(erasures).where(erasures.c.id == erasure_id).values(done_at=now))


def unname(session: Connection, who: Person, now: datetime) -> None:
    """Leave nothing of an address but its hash, and nothing of its person."""
    session.execute(
        update(addresses)
        .where(addresses.c.id.in_(who.address_ids))
        .values({**TOMBSTONE, "person_id": None, "erased_at": now})
    )
    if who.person_id is not None:
        session.execute(
            update(people)
            .where(people.c.id == who.person_id)
            .values(name="", former_names=[], language="", plain_text=False, erased_at=now)
        )


def _lower(texts: Iterable[str]) -> list[str]:
    return [text.lower() for text in texts]
