"""Inviting: at an organiser's wish, one fixed letter asks somebody whether they would like to join (CMD-6).

    asked      one letter, with the organiser's name and school as on record; nothing of what they typed (CMD-7)
    reminded   once, after seven working days without an answer
    ended      after 28 days of term, or with the answer: YES joins, NO is remembered, silence is let be

Everything waits in `askings`, and `see_to` takes each one step when it is due. A letter that the gate keeps back today, as
the address had another question of ours, goes on one of the next days. Nobody is asked twice, whoever asks, and who left or
said no never (DP-8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from mailer.acts import Actor, Receipt, join, leave_rows, questions
from mailer.consent import ACTIVE, LEFT, NONE, PENDING, ledger, standing, suppression, wordings
from mailer.consent.purposes import SUBSCRIPTIONS
from mailer.consent.standing import Proof
from mailer.cycle.networks import CycleOf, cycle_of
from mailer.cycle.rhythm import rhythm
from mailer.house import House
from mailer.outbound import replies
from mailer.people import addresses, askings, membership, networks, people, written
from mailer.people.askings import BAD_ADDRESS, DECLINED, JOINED, SILENT, UNSURE
from mailer.store import upsert
from mailer.store.tables import askings as table

UNHEARD, REMIND = 5, 7  # working days after the letter
ENDS = 28  # days of term after the letter
A_MOMENT = timedelta(seconds=1)
LATER = timedelta(hours=6)  # when a letter that may not go yet is tried again
GIVE_UP = timedelta(days=28)  # of trying
MOST = 100  # steps of one look; each is a short write of its own


def begin(
    session: Connection,
    actor: Actor,
    address: addresses.Address,
    *,
    purposes: Sequence[str],
    name: str,
    organisation: str,
    now: datetime,
    instead_of: int | None = None,
) -> bool:
    """Ask this person, today if they may be written to today. False if they were asked already."""
    network_id = actor.network_id
    row = session.execute(select(table).filter_by(network_id=network_id, address_id=address.id)).first()
    if row is not None and row.ended_at is None:
        return False
    fresh: dict[str, Any] = dict.fromkeys(("confirmation_id", "asked_at", "unheard_at", "reminded_at", "ends_at", "ended_at"))
    asking_id = upsert(
        session,
        table,
        {"network_id": network_id, "address_id": address.id},
        fresh
        | {
            "by_address_id": actor.address_id,
            "args": {
                "purposes": list(purposes),
                "name": people.tidy(name),
                "organisation": " ".join(organisation.split()),
                **({"instead_of": instead_of} if instead_of is not None else {}),
            },
            "created_at": now,
            "next_at": now,
            "outcome": "",
        },
    )
    proof = Proof("consent", "invited", actor.channel, inbox_id=actor.inbox_id, evidence_sha256=actor.evidence_sha256)
    standing.turn(session, network_id, address.id, purposes, was=(NONE,), to=PENDING, proof=proof, now=now)
    step(session, asking_id, now)
    return True


def see_to(house: House, now: datetime) -> int:
    """Take every asking that is due one step. Returns how many were taken."""
    with house.store.read() as session:
        due = askings.due(session, now, MOST)
    for asking_id in due:
        with house.store.write() as session:
            step(session, asking_id, now)
    return len(due)


def step(session: Connection, asking_id: int, now: datetime) -> None:
    """One step of one asking, if it still stands and is due."""
    row = session.execute(select(table).where(table.c.id == asking_id)).one()
    if row.ended_at is not None or row.next_at is None or row.next_at > now:
        return
    outcome = _outcome(session, row, now)
    if outcome:
        end(session, row, outcome, now)
    elif networks.by_id(session, row.network_id).held_at is not None:
        _set(session, row, next_at=now + LATER)
    elif row.asked_at is None:
        _ask(session, row, now)
    else:
        _remind(session, row, now)


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """YES, or ONLY MEETINGS: their own opt-in, as any other."""
    receipt = join.confirmed(session, actor, args, now=now)
    row = session.execute(
        select(table).filter_by(network_id=actor.network_id, address_id=actor.address_id, ended_at=None)
    ).first()
    if row is not None and receipt.state == "done":
        end(session, row, JOINED, now)
    return receipt


def declined(
    session: Connection,
    question: Row[Any],
    *,
    channel: str,
    inbox_id: int | None,
    evidence_sha256: str,
    everywhere: bool,
    now: datetime,
) -> Receipt:
    """NO: remembered by keyed hash, so that no list brings the address back; told once, with the way in (UNS-10)."""
    network_id, address_id = question.network_id, question.address_id
    proof = Proof("withdrawal", "invitation-declined", channel, inbox_id=inbox_id, evidence_sha256=evidence_sha256)
    leave_rows.end_standings(session, network_id, [address_id], None, proof, now)
    suppression.add(
        session,
        mac=addresses.get(session, address_id).mac,
        network_id=None if everywhere else network_id,
        reason=suppression.LEFT_ALL,
        now=now,
    )
    row = session.execute(select(table).filter_by(network_id=network_id, address_id=address_id)).one()
    end(session, row, DECLINED, now)
    replies.reply(
        session,
        network_id=network_id,
        address_id=address_id,
        template="invitation-declined",
        fields={"everywhere": everywhere},
        now=now,
        inbox_id=inbox_id,
        purpose="farewell",
        key=f"invitation-declined:{question.id}",
    )
    ledger.audit(
        session,
        actor=f"address:{address_id}",
        how="confirm-tag",
        act="invitation-declined",
        network_id=network_id,
        thing=f"confirmation:{question.id}",
        now=now,
    )
    where = "any network on this host" if everywhere else "this network"
    return Receipt("", f"Declined an invitation; kept, so that {where} asks them no more.", reason="declined")


def say_who(session: Connection, question: Row[Any], *, inbox_id: int | None, now: datetime) -> Receipt | None:
    """Who gave us the address, told to it by the tag of the letter that was asked about (UK GDPR Art 14). None if it cannot be told."""
    network_id, address_id = question.network_id, question.address_id
    row = session.execute(select(table).filter_by(network_id=network_id, address_id=address_id)).first()
    if row is None or row.ended_at is not None:
        return None
    by = membership.of_address(session, network_id, row.by_address_id)
    local = row.created_at.astimezone(networks.by_id(session, network_id).zone)
    addresses.confirm(session, address_id, now)  # the tag shows that the mailbox is theirs: they are answered as no stranger
    sent = replies.reply(
        session,
        network_id=network_id,
        address_id=address_id,
        template="who-invited",
        fields={
            "by": by.name if by is not None else "",
            "by_organisation": by.organisation if by is not None else "",
            "on": local.date().isoformat(),
        },
        now=now,
        inbox_id=inbox_id,
        scope=str(inbox_id),
        reply_use="c",
        reply_row=question.id,
    )
    return None if sent is None else Receipt("", "Was told who gave us the address; the invitation stands open.", reason="who-invited")


def end(session: Connection, row: Row[Any], outcome: str, now: datetime) -> None:
    """Nothing more is sent; who did not join is no longer listed as if they might."""
    _set(session, row, ended_at=now, next_at=None, outcome=outcome)
    if outcome == JOINED:
        return
    proof = Proof("expired", "invitation-ended", "system")
    standing.turn(session, row.network_id, row.address_id, SUBSCRIPTIONS, was=(PENDING,), to=NONE, proof=proof, now=now)
    member = membership.of_address(session, row.network_id, row.address_id)
    if member is not None and member.address_id == row.address_id and member.ended_at is None:
        membership.end(session, member.id, now)


def doubt(session: Connection, now: datetime) -> int:
    """A backup was restored: a letter that fell due since it was made may have gone. A reminder counts as gone; whom nobody had
    asked yet is not asked by itself, an organiser may wish it again. Returns how many were touched."""
    open_ = (table.c.ended_at.is_(None), table.c.next_at <= now, table.c.reminded_at.is_(None))
    rows = session.execute(select(table).where(*open_).order_by(table.c.id)).all()
    for row in rows:
        if row.asked_at is None:
            end(session, row, UNSURE, now)
        else:
            _set(session, row, reminded_at=now, next_at=row.ends_at)
    return len(rows)


def _outcome(session: Connection, row: Row[Any], now: datetime) -> str:
    """What has been decided meanwhile, by whatever way; read top-down."""
    mac = addresses.get(session, row.address_id).mac
    stopped = suppression.reasons(session, macs=[mac], network_id=row.network_id).get(mac, set())
    now_is = set(standing.of(session, row.network_id, row.address_id).values())
    if stopped:
        return BAD_ADDRESS if stopped == {suppression.BAD_ADDRESS} else DECLINED
    if ACTIVE in now_is:
        return JOINED
    if LEFT in now_is:
        return DECLINED
    if PENDING not in now_is or networks.by_id(session, row.network_id).closed_at is not None:
        return SILENT  # the import was taken back, or the network is no more
    over = row.created_at + GIVE_UP if row.asked_at is None else row.ends_at
    return SILENT if over <= now else ""


def _ask(session: Connection, row: Row[Any], now: datetime) -> None:
    cycle = cycle_of(session, row.network_id, now)
    ends_at = cycle.calendar.end_of_day(cycle.calendar.term_days_after(cycle.local(now).date(), ENDS))
    network = networks.by_id(session, row.network_id)
    language = written.language_of(session, row.address_id) or network.language
    wanted = tuple(row.args["purposes"])
    wording = wordings.text("join", language, network=network.name, purposes=wanted)
    wording_id = wordings.keep(session, key="join", language=language, text=wording, now=now)
    args = {**row.args, "wording_id": wording_id, "language": language}
    confirmation_id = questions.write_down(
        session, row.network_id, row.address_id, "invited", args, None, now, expires_at=ends_at
    )
    _set(session, row, confirmation_id=confirmation_id)
    row = session.execute(select(table).where(table.c.id == row.id)).one()
    if _letter(session, row, now, wording, reminder=False) is None:
        _set(session, row, confirmation_id=None, next_at=now + LATER)
        questions.forget(session, confirmation_id)
        return
    _set(
        session,
        row,
        asked_at=now,
        unheard_at=_working(cycle, now, UNHEARD),
        next_at=min(_working(cycle, now, REMIND), ends_at),
        ends_at=ends_at,
    )


def _remind(session: Connection, row: Row[Any], now: datetime) -> None:
    """The one reminder, with the same tag, so that either letter may be answered; an answer spends both."""
    args = questions.row_of(session, row.confirmation_id).args
    network = networks.by_id(session, row.network_id)
    wording = wordings.text("join", args["language"], network=network.name, purposes=tuple(args["purposes"]))
    if row.reminded_at is None and _letter(session, row, now, wording, reminder=True) is None:
        _set(session, row, next_at=min(now + LATER, row.ends_at))
        return
    _set(session, row, reminded_at=row.reminded_at or now, next_at=row.ends_at)


def _letter(session: Connection, row: Row[Any], now: datetime, wording: str, *, reminder: bool) -> int | None:
    """The same words for everybody; what differs is who asks, as on record."""
    by = membership.of_address(session, row.network_id, row.by_address_id)
    network = networks.by_id(session, row.network_id)
    ends_at = questions.row_of(session, row.confirmation_id).expires_at
    return replies.reply(
        session,
        network_id=row.network_id,
        address_id=row.address_id,
        template="invited",
        fields={
            "by": by.name if by is not None else "",
            "by_organisation": by.organisation if by is not None else "",
            "reminder": reminder,
            "wording": wording,
            "purposes": list(row.args["purposes"]),
            "until": (ends_at - A_MOMENT).astimezone(network.zone).date().isoformat(),  # its last day: it ends with it
            **rhythm(session, row.network_id, now),
        },
        now=now,
        purpose="confirm",
        key=f"invited:{row.confirmation_id}:{int(reminder)}",
        reply_use="c",
        reply_row=row.confirmation_id,
    )


def _working(cycle: CycleOf, now: datetime, days: int) -> datetime:
    """So many working days from now, at the network's usual time."""
    day = cycle.calendar.working_days_after(cycle.local(now).date(), days)
    return cycle.calendar.moment(day, cycle.calendar.usual_time)


def _set(session: Connection, row: Row[Any], **values: Any) -> None:
    session.execute(update(table).where(table.c.id == row.id).values(**values))
