"""FORGET ME: stopped at once, told once, then erased (UK GDPR Art 17, DP-11).

The person's own YES to a fresh question begins it (CMD-4): everything stops in every network of this host and one
farewell goes out. When that has left, or after an hour, `carry_out` erases: what hangs on the person, what others' rows
say of them, then the address itself; a tombstone with its keyed hash is left, and the suppression. Done by IT for
somebody (`termpost member erase`) there is no letter. Every step may be repeated after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer import log
from mailer.acts import (
    Actor,
    Receipt,
    Strength,
    change_address,
    confirm,
    leave,
    leave_rows,
    link_address,
    questions,
    shown,
)
from mailer.consent import erasure, journal, ledger, suppression, sweep
from mailer.consent.mentions import Mentions
from mailer.errors import NotFound, Refused
from mailer.house import House
from mailer.outbound import appointments, outbox, replies
from mailer.people import addresses
from mailer.store.tables import confirmations, erasures, memberships, outgoing, standings, undos

PATIENCE = timedelta(hours=1)  # for the farewell to leave
LONGEST = timedelta(days=1)  # for letters to others that name the person to be on their way

_log = log.get("erasure")


def ask(session: Connection, actor: Actor, *, now: datetime) -> Receipt:
    """FORGET ME: ask the address on record for its YES, whoever wrote. Refused for who is not known, or several people."""
    if actor.address_id is None:
        raise Refused("nothing-held", "We hold nothing under this address.", "Please write from the one we write to.")
    if addresses.get(session, actor.address_id).shared:
        raise Refused(
            "shared-mailbox",
            "Several people read this mailbox, so it cannot be forgotten at the word of one of them.",
            "For what we hold about you, write FORGET ME from an address of your own. Reply STOP and nothing more comes to this one.",
        )
    if not confirm.enough(actor, "forget-me"):
        return confirm.ask(session, actor, "forget-me", {}, what="FORGET ME", template="forget-me", now=now)
    return begin(session, actor, now=now)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """Their YES. The month runs from the asking."""
    return begin(session, actor, now=now, asked_at=actor.asked_at)


def begin(
    session: Connection, actor: Actor, *, now: datetime, asked_at: datetime | None = None, farewell: bool = True
) -> Receipt:
    """Stop everything, say goodbye, and write down that the erasure is to be done. Receipt fields: `erasure` (id).
    `asked_at`: when they asked, if that was before now."""
    assert actor.address_id is not None
    who = erasure.person(session, actor.address_id)
    waiting = select(erasures.c.id).where(erasures.c.address_id.in_(who.address_ids), erasures.c.done_at.is_(None))
    known = session.execute(waiting).scalar()
    if known is not None:
        return Receipt("", "Is being forgotten already.", {"erasure": known}, reason="already-done")
    dates = appointments.in_calendars(session, who.address_ids, leave_rows.networks_of(session, list(who.address_ids)), now)
    left = leave.everything(session, actor, now=now, everywhere=True, reason=suppression.ERASURE, farewell=False)
    if left.fields.get("undo") is not None:  # nothing brings this back but a fresh opt-in
        session.execute(update(undos).where(undos.c.id == left.fields["undo"]).values(used_at=now, args={}))
    places = session.execute(
        select(memberships.c.network_id).where(memberships.c.address_id.in_(who.address_ids)).distinct()
    )
    for network_id in places.scalars().all():  # joining one network afresh opens no other
        for mac in who.macs:
            suppression.add(session, mac=mac, network_id=network_id, reason=suppression.ERASURE, now=now)
    _take_along(session, who)
    farewell_id = None
    if farewell:
        farewell_id = replies.reply(
            session,
            network_id=actor.network_id,
            address_id=actor.address_id,
            template="forgotten",
            fields=appointments.fields(session, dates, "CANCEL", now),
            now=now,
            inbox_id=actor.inbox_id,
            purpose="farewell",
            key=f"farewell:forget:{actor.address_id}:{now.isoformat()}",
        )
    erasure_id = erasure.ask(
        session,
        network_id=actor.network_id,
        address_id=actor.address_id,
        farewell_id=farewell_id,
        asked_at=asked_at or now,
        now=now,
    )
    ledger.audit(
        session,
        actor=actor.slug if actor.strength < Strength.OPERATOR else "operator",
        how=actor.strength.name.lower(),
        act="forget-me",
        network_id=actor.network_id,
        thing=f"erasure:{erasure_id}",
        now=now,
    )
    said = "Asked to be forgotten: everything is stopped, and erased as soon as the farewell has left."
    return Receipt("", said + left.said.partition(".")[2], {"erasure": erasure_id}, held_for=left.held_for)


def _take_along(session: Connection, who: erasure.Person) -> None:
    """An address that they named as their new one (CHANGE ADDRESS) and that is nobody's goes with the rest. It is not suppressed:
    only their word says that it is theirs."""
    asked = (confirmations.c.act == change_address.ACT) & confirmations.c.address_id.in_(who.address_ids)
    for args in session.execute(select(confirmations.c.args).where(asked)).scalars().all():
        known, new = args.get("from"), args.get("to")
        if who.person_id is None or new is None or not link_address.possible(session, new, known):
            continue
        agreed = questions.row_of(session, args["twin"]).args.get("yes")
        if agreed or addresses.get(session, new).confirmed_at is None:  # else its reader wrote to us by themselves
            addresses.give(session, new, who.person_id)


_BEGUN = func.coalesce(erasures.c.begun_at, erasures.c.asked_at)  # begun as it was asked for, where nothing else was written down
_OPEN = (
    select(erasures.c.id, _BEGUN.label("begun_at"), erasures.c.farewell_id, outgoing.c.state)
    .outerjoin(outgoing, outgoing.c.id == erasures.c.farewell_id)
    .where(erasures.c.done_at.is_(None))
    .order_by(erasures.c.id)
)


def due(session: Connection, now: datetime) -> list[int]:
    """Erasures that can be carried out: their farewell has left, or has had its hour."""
    rows = session.execute(_OPEN)
    return [
        row.id for row in rows if row.farewell_id is None or row.state in outbox.FINAL or row.begun_at + PATIENCE <= now
    ]


def carry_out(house: House, erasure_id: int, now: datetime) -> bool:
    """Erase. False if something that names the person is still on its way: ask again later. Slow; no session is open."""
    with house.store.read() as session:
        row = session.execute(select(erasures).where(erasures.c.id == erasure_id)).first()
        if row is None:
            raise NotFound(f"There is no erasure {erasure_id}.")
        who = erasure.person(session, row.address_id)
    if row.done_at is not None:
        return True
    if not _erase(house, erasure_id, who, now, impatient=(row.begun_at or row.asked_at) + LONGEST <= now):
        return False
    _log.info("forgotten", erasure=erasure_id, days_left=(row.due_at - now).days)
    return True


def replay(house: House, entries: Sequence[journal.Entry], now: datetime) -> int:
    """After a restore: forget again whom the journal names. Returns how many people."""
    with house.store.read() as session:
        again = journal.standing_again(session, entries)
    done: set[int] = set()
    people = 0
    for address_id, _entry in again:
        if address_id in done:
            continue
        with house.store.write() as session:
            who = erasure.person(session, address_id)
            actor = _operator(session, address_id, now)
            erasure_id = None
            if actor is not None:
                erasure_id = int(begin(session, actor, now=now, farewell=False).fields["erasure"])
        _erase(house, erasure_id, who, now, impatient=True)
        done |= set(who.address_ids)
        people += 1
    return people


def _operator(session: Connection, address_id: int, now: datetime) -> Actor | None:
    """IT acting on this address, in some network that knows it."""
    known = select(memberships.c.network_id).where(memberships.c.address_id == address_id).limit(1)
    network_id = session.execute(known).scalar()
    if network_id is None:
        return None
    person_id = addresses.get(session, address_id).person_id
    return Actor(network_id, address_id, person_id, Strength.OPERATOR, "cli")


def by_operator(session: Connection, network_id: int, address_id: int, *, now: datetime) -> int:
    """IT forgets somebody who asked on paper; no letter goes. Returns the erasure to carry out."""
    actor = Actor(network_id, address_id, addresses.get(session, address_id).person_id, Strength.OPERATOR, "cli")
    return int(begin(session, replace(actor), now=now, farewell=False).fields["erasure"])


def _erase(
    house: House, erasure_id: int | None, who: erasure.Person, now: datetime, *, impatient: bool = False
) -> bool:
    journal.append(house.settings.data_dir / journal.NAME, who.macs, now)
    with house.store.write() as session:
        addresses.keep_still(session, who.address_ids)
        # Who is writing down a copy to them holds its standing: waited for, so that it is emptied as well (PostgreSQL).
        theirs = select(standings.c.id).where(standings.c.address_id.in_(who.address_ids)).order_by(standings.c.id)
        session.execute(theirs.with_for_update()).all()
        shown.whatever_is_of(session, who.address_ids, now=now)
        outbox.forget(session, who.address_ids, now)
        clear = not outbox.any_under_way(session, who.address_ids)
        clear &= erasure.own(session, who, now)
    wanted = who.mentions
    if wanted is not None:
        clear &= _sweep(house, wanted, now, impatient=impatient)
    if not clear and not impatient:
        return False
    with house.store.write() as session:
        erasure.bury(session, erasure_id, who, now)
    house.store.wipe(who.addresses)
    return True


def _sweep(house: House, wanted: Mentions, now: datetime, *, impatient: bool) -> bool:
    """Cut what others' rows say of the person. False if a letter that names them is still going out; `impatient`, it is
    cut all the same and composed anew from what is left."""
    store = house.store
    with store.read() as session:
        found = list(sweep.texts_with(session, wanted))
        told = sweep.ledger_fields_with(session, wanted)
        copies = sweep.tray_with(session, wanted)
    with store.write() as session:
        for table, keys in found:
            sweep.cut_rows(session, table, keys, wanted)
        for token in wanted.tokens:
            outbox.forget_mentions(session, token, wanted.cut)
        sweep.cut_tray(session, copies)
    for start in range(0, len(told), sweep.PAGE):
        with store.write() as session:
            ledger.cut(session, told[start : start + sweep.PAGE], wanted.cut, now)
    clear = True
    after: int | None = 0
    while after is not None:
        with store.read() as session:
            ids, after = sweep.letters_with(session, wanted, after)
        if ids:
            with store.write() as session:
                going = outbox.under_way(session, ids)
                sweep.cut_letters(session, set(ids) - (set() if impatient else going), wanted)
            clear &= not going
    at: str | None = ""
    emptied = 0
    while at is not None:
        with store.read() as session:
            mails, at = sweep.kept_mails(session, at)
        if rests := sweep.rests(mails, wanted):
            with store.write() as session:
                clear &= sweep.cut_raws(session, rests)
            emptied += sum(not rest.content for rest in rests.values())
    if emptied:  # the report: whose files named them, or could not be looked into
        _log.info("mails-emptied", mails=emptied)
    return clear
