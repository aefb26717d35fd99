"""UNDO: taking back what a receipt said was done.

An act that can be taken back calls `remember` with what stood before and gives the id to its receipt as the field
`undo`; UNDO in answer to that receipt finds it there. Each record is good once, for thirty days, for the same person. It
takes back that act and nothing later: what was decided anew since stays as it is, and the answer says so.
Putting mail back on is a person's own word, so it needs the receipt's tag (or a proven From); UNDO from a bare From is
asked back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Row, select, update

from mailer.acts import Actor, Receipt, Strength, audited, confirm
from mailer.acts.confirm import named
from mailer.consent import ACTIVE, suppression
from mailer.errors import Refused
from mailer.people import addresses as rows
from mailer.people import membership, parting, record
from mailer.store import add
from mailer.store.tables import addresses, undos

GOOD_FOR = timedelta(days=30)
PARTED = Refused(
    "parted-since",
    "You counted as one person with somebody else when this was done, so it cannot be taken back from here. Please say what you want now.",
)

AN_HOUR = timedelta(hours=1)
ON_A_PAGE = ("leave", "keep", "preference", "pause")  # what the page of preferences does by itself

# act -> module:function that puts back what stood before
UNDOS: Mapping[str, str] = {
    "leave": "mailer.acts.leave_rows:take_back",
    "preference": "mailer.acts.preferences:take_back",
    "pause": "mailer.acts.pause:take_back",
    "details": "mailer.acts.details:take_back",
    "share": "mailer.acts.share:take_back",
    "keep": "mailer.acts.keep:take_back",
    "answer": "mailer.acts.answer:take_back",
    "submit_item": "mailer.acts.submit_item:take_back",
    "submit_piece": "mailer.acts.submit_piece:take_back",
    "correct": "mailer.acts.correct:take_back",
    "withdraw": "mailer.acts.withdraw:take_back",
    "promise": "mailer.acts.promise:take_back",
    "feedback": "mailer.acts.feedback:take_back",
    "action": "mailer.acts.action:take_back",
    "meet": "mailer.acts.meet:take_back",
    "minutes": "mailer.acts.minutes:take_back",
    "issue": "mailer.acts.issue:take_back",
    "merge": "mailer.acts.merge:take_back",
    "gone": "mailer.acts.gone:take_back",
    "office": "mailer.acts.office:take_back",
    "data-complaint": "mailer.acts.privacy_complaint:take_back",
    "link-address": "mailer.acts.link_address:take_back",
}


class TakeBack(Protocol):
    """What a row of UNDOS names. `args` are those remembered, and `by`: channel, inbox_id and evidence of the UNDO; `whose`: an
    address of who did it; `done_at`: when; `later`: the args of the same acts in this network that came after it and were not
    taken back. What these, or anybody else, decided anew is left alone.

    May return more fields for the receipt: `back` and `missed`, the kinds of letters that go after all or went without
    them, `meetings`, which stand in their calendar again, `left_since`, if somebody left by themselves in between, and
    `changed_since`, if something was decided anew in between and stays so.
    """

    def __call__(self, session: Connection, args: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | None: ...


def remember(session: Connection, actor: Actor, act: str, args: Mapping[str, Any], now: datetime) -> int:
    """Write down what stood before an act of `actor`; return the id that its receipt carries as `undo`. `needs` among the args:
    the row of `confirm.LEAST` by which it may be taken back, where UNDO is itself a change of risk."""
    if act not in UNDOS:
        raise KeyError(f"no act {act} can be taken back: give it a row in UNDOS")
    assert actor.address_id is not None
    return add(
        session,
        undos,
        network_id=actor.network_id,
        address_id=actor.address_id,
        act=act,
        args=dict(args),
        inbox_id=actor.inbox_id,
        created_at=now,
    )


def untouched(
    before: Mapping[str, Any], after: Mapping[str, Any], stands: Mapping[str, Any], later: Iterable[Iterable[str]] = ()
) -> dict[str, Any]:
    """What of `before` may be put back: what `stands` as the act left it (`after`) and was named by nothing later of its kind."""
    named = {name for names in later for name in names}
    return {
        name: was for name, was in before.items() if name not in named and after.get(name, stands[name]) == stands[name]
    }


def together(session: Connection, undo_ids: Sequence[int | None]) -> int | None:
    """What one press or one reply did in several acts is taken back by one UNDO: returns the id that the receipt carries."""
    named = [undo_id for undo_id in undo_ids if undo_id is not None]
    if len(named) > 1:
        args = {undo_id: session.execute(select(undos.c.args).where(undos.c.id == undo_id)).scalar_one() for undo_id in named}
        besides = {also for undo_id in named for also in (undo_id, *args[undo_id].get("also", ()))} - {named[0]}
        known = {**args[named[0]], "also": sorted(besides)}
        session.execute(update(undos).where(undos.c.id == named[0]).values(args=known))
    return named[0] if named else None


def redeem(session: Connection, actor: Actor, undo_id: int, *, now: datetime) -> Receipt:
    """Take back the act behind `undo_id`, once."""
    row = session.execute(select(undos).where(undos.c.id == undo_id)).first()
    if row is not None:  # who makes two people one, or forgets them, at this moment is waited for, or waits (PostgreSQL)
        rows.keep_still(session, {one.id for one in rows.of_who_reads(session, row.address_id)})
    if row is None or not _same(session, row.address_id, actor):
        return Receipt("", "UNDO of something that is not this person's.", state="refused", reason="not-yours")
    if row.used_at is not None:
        fields = {"what": "UNDO", "at": row.used_at.isoformat()}
        return Receipt("done-already", "Taken back already.", fields, reason="already-done")
    if row.created_at + GOOD_FOR <= now:
        return confirm.too_late("This can be taken back for thirty days, and they are over.", "undo-expired")
    if row.act != "leave" and parting.parted_since(session, row.address_id, row.created_at):
        raise PARTED
    parting.in_turn(session, undo_id)
    also = session.execute(select(undos).where(undos.c.id.in_(row.args.get("also", ()))).order_by(undos.c.id.desc())).all()
    needs = _needs(session, actor, row, also)
    if not confirm.enough(actor, needs):
        return confirm.ask(session, actor, "undo", {"undo_id": undo_id}, what=_what("UNDO", row.args), needs=needs, now=now)
    by = {"channel": actor.channel, "inbox_id": actor.inbox_id, "evidence_sha256": actor.evidence_sha256}
    if not _mark(session, undo_id, now):
        return Receipt("", "Taken back twice at the same moment; done once.", reason="already-done")
    if needs == confirm.OPT_IN:
        for one in {row.address_id, actor.address_id or row.address_id}:  # what was asked is the one on record
            suppression.lift(session, mac=rows.get(session, one).mac, network_id=row.network_id, now=now)
    for other in also:  # the last one first, so that what stood before all of them is back
        if _mark(session, other.id, now):
            _take_back(session, other, by, now)
    more = _take_back(session, row, by, now)
    audited.note(session, actor, "undo", f"undo:{undo_id}", now, network_id=row.network_id)
    fields = {
        "act": row.act,
        "command": row.args.get("command", ""),
        "undo": None,
        "remaining": membership.remaining(session, row.network_id, row.address_id),
        "back": [],
        "missed": [],
        "meetings": [],
        "left_since": False,
        "changed_since": False,
        **(more or {}),
    }
    return Receipt("undone", f"Took back: {row.act}.", fields)


def just_pressed(session: Connection, actor: Actor, undo_id: int, now: datetime) -> bool:
    """Whether it was done on this person's page within the hour: whoever holds the link takes back no more than that (CMD-4)."""
    of_a_page = undos.c.inbox_id.is_(None) & undos.c.act.in_(ON_A_PAGE) & (undos.c.address_id == actor.address_id)
    lately = of_a_page & (undos.c.created_at > now - AN_HOUR) & (undos.c.network_id == actor.network_id)
    return session.execute(select(undos.c.id).where(undos.c.id == undo_id, lately)).first() is not None


def confirmed(session: Connection, actor: Actor, args: Mapping[str, Any], *, now: datetime) -> Receipt:
    """UNDO from a bare From, confirmed since."""
    return redeem(session, actor, int(args["undo_id"]), now=now)


def _needs(session: Connection, actor: Actor, row: Row[Any], also: Sequence[Row[Any]]) -> str:
    """UNDO of a leave brings back what that leave stopped. What was stopped by another word of theirs, before or since, takes a
    fresh one (DP-8)."""
    asked_at = actor.asked_at if actor.strength == Strength.CONFIRM and actor.asked_at is not None else row.created_at
    left = [parting.still_theirs(session, one.args, row.address_id) for one in (row, *also) if one.act == "leave"]
    ended = (was for one in left for was in one["standings"] if was["standing"] == ACTIVE)
    since = (
        record.left_since(session, was["network_id"], was["address_id"], (was["purpose"],), asked_at, scopes=(was["scope"],))
        for was in ended
    )
    if any(since):
        return confirm.AGAIN
    if row.act == "leave" and record.stops(session, row.network_id, row.address_id) - set(row.args["suppressions"]):
        return confirm.OPT_IN
    return next((one.args["needs"] for one in (row, *also) if one.args.get("needs")), "undo")


def _mark(session: Connection, undo_id: int, now: datetime) -> bool:
    taken = session.execute(update(undos).where(undos.c.id == undo_id, undos.c.used_at.is_(None)).values(used_at=now))
    return bool(taken.rowcount)


def _take_back(session: Connection, row: Row[Any], by: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | None:
    u = undos.c
    after = (u.id > row.id) & (u.act == row.act) & (u.network_id == row.network_id) & u.used_at.is_(None)
    later = session.execute(select(u.args).where(after).order_by(u.id)).scalars().all()
    args = {**row.args, "by": by, "whose": row.address_id, "done_at": row.created_at, "later": later}
    return cast(TakeBack, named(UNDOS[row.act]))(session, args, now)


def _same(session: Connection, address_id: int, actor: Actor) -> bool:
    if actor.address_id == address_id:
        return True
    owner = session.execute(select(addresses.c.person_id).where(addresses.c.id == address_id)).scalar()
    return owner is not None and owner == actor.person_id


def _what(command: str, args: Mapping[str, Any]) -> str:
    return f"{command} ({args['command']})" if args.get("command") else command
