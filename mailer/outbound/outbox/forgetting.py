"""Copies of people who asked to be forgotten, read their mail elsewhere now, or have another name (DP-10, DP-11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, and_, cast, func, not_, or_, select, update

from mailer.consent import NONE, purposes, standing
from mailer.outbound.outbox.cancelling import cancel_which
from mailer.outbound.outbox.history import note
from mailer.outbound.outbox.leases import take_back
from mailer.outbound.outbox.states import FINAL, HAS_IT_THERE, IS_OPEN, MAY_HAVE_GONE, OPEN, TAKEN_BACK, has_another
from mailer.people import addresses, membership
from mailer.store.lists import among
from mailer.store.tables import attempts, occasions, outgoing
from mailer.store.tables import standings as standing_rows


def forget(session: Connection, address_ids: Collection[int], now: datetime) -> int:
    """Cancel what is queued for these addresses and empty what names them; ids, states and times stay. Returns rows."""
    mine = outgoing.c.address_id.in_(address_ids)
    cancel_which(session, mine, "erased", now)
    session.execute(
        update(attempts).where(attempts.c.outgoing_id.in_(select(outgoing.c.id).where(mine))).values(text="")
    )
    # What is in a connection at this moment is emptied later; their invitations go now.
    session.execute(update(outgoing).where(mine, outgoing.c.invitation_id.is_not(None)).values(invitation_id=None))
    return _empty(session, mine)


def forget_mentions(session: Connection, token: str, cut: Callable[[Any], Any]) -> int:
    """Cut what other people's copies say of somebody; `token` stands in lower case wherever there is something to cut."""
    found = session.execute(
        select(outgoing.c.id, outgoing.c.extra, outgoing.c.to_name, outgoing.c.greeting).where(
            or_(
                *(
                    func.lower(cast(column, Text)).contains(token, autoescape=True)
                    for column in (outgoing.c.extra, outgoing.c.to_name, outgoing.c.greeting)
                )
            )
        )
    ).all()
    take_back(session, among(outgoing.c.id, [row.id for row in found]))
    for row in found:
        values = {"extra": cut(row.extra), "to_name": cut(row.to_name), "greeting": cut(row.greeting)}
        session.execute(update(outgoing).where(outgoing.c.id == row.id).values(**values))
    return len(found)


class Redirected(NamedTuple):
    """Which copies go to the other address now, and which do not go any more, as it has its own."""

    moved: list[int]
    stopped: list[int]


def redirect(
    session: Connection,
    from_id: int,
    to_id: int,
    to_address: str,
    standings: Mapping[int, int],
    now: datetime,
    *,
    but: Collection[int] = (),
) -> Redirected:
    """What is queued for one address goes to another of the same person. `standings`: id there -> id here (V4). `but`: mailings of
    which the other is still to get its own.

    One whose standing has no counterpart stays, and the gate decides about it. One mailbox gets one copy
    of a mailing (V5): where the other has its own, which went, may have gone or waits, this one is cancelled.
    """
    mine = and_(outgoing.c.address_id == from_id, outgoing.c.standing_id.in_(list(standings)))
    if but:
        mine = and_(mine, or_(outgoing.c.occasion_id.is_(None), outgoing.c.occasion_id.not_in(but)))
    return _redirect(session, mine, to_id, to_address, standings, now)


def redirect_late(session: Connection, ids: Collection[int], now: datetime) -> set[int]:
    """Of these copies, which wait and are refused where they are for, what was on its way when its reader came to read elsewhere, and
    did not arrive, goes there now. Returns what that settled; the gate is asked again there (V4)."""
    s = standing_rows.c
    moved = and_(s.purpose.not_in(purposes.FLEETING), or_(s.standing == NONE, s.purpose == "desk"))  # an office ends with the entry that held it
    asked = select(outgoing, s.purpose.label("stands_for"), s.scope).join(standing_rows, s.id == outgoing.c.standing_id)
    settled = set()
    for copy in session.execute(asked.where(among(outgoing.c.id, list(ids)), moved)).all():
        there = membership.main_address(session, copy.network_id, copy.address_id)
        stands = standing.find(session, copy.network_id, there, copy.stands_for, copy.scope)
        if there == copy.address_id or stands is None or _still_to_come(session, copy.occasion_id, there):
            continue
        to_address = addresses.get(session, there).address or ""
        _redirect(session, outgoing.c.id == copy.id, there, to_address, {copy.standing_id: stands}, now)
        settled.add(copy.id)
    return settled


def _still_to_come(session: Connection, occasion_id: int | None, address_id: int) -> bool:
    """Whether a mailing that is being written down has not reached an address yet."""
    o = occasions.c
    before = (o.id == occasion_id, o.audience_count.is_(None), o.cursor < address_id)
    return session.execute(select(o.id).where(*before)).first() is not None


def _redirect(session: Connection, mine: Any, to_id: int, to_address: str, standings: Mapping[int, int], now: datetime) -> Redirected:
    take_back(session, mine)
    has_it = cancel_which(session, and_(mine, has_another(to_id)), HAS_IT_THERE, now)
    moved = _send_to(session, and_(mine, IS_OPEN), to_id, to_address, standings, "redirected", now)
    return Redirected([row.id for row in moved], [*has_it.cancelled, *has_it.uncertain])


def return_to(
    session: Connection, ids: Collection[int], to_id: int, to_address: str, standings: Mapping[int, int], now: datetime
) -> None:
    """Of these copies, which were redirected, what has not gone is again for whom it was written. What was stopped there since is
    for them too, and `revive` says whether it goes."""
    which = and_(among(outgoing.c.id, list(ids)), outgoing.c.state.in_((*OPEN, *TAKEN_BACK)))
    take_back(session, which)
    _send_to(session, which, to_id, to_address, standings, "parted", now)


def _send_to(
    session: Connection, which: Any, to_id: int, to_address: str, standings: Mapping[int, int], reason: str, now: datetime
) -> list[Any]:
    moved: list[Any] = []
    for before, after in standings.items():
        goes_there = update(outgoing).where(which, outgoing.c.standing_id == before)
        goes_there = goes_there.values(address_id=to_id, to_address=to_address, standing_id=after)
        moved += session.execute(goes_there.returning(outgoing.c.id, outgoing.c.state)).all()
    for state in OPEN:
        note(session, [row.id for row in moved if row.state == state], now, state=state, reason=reason)
    return moved


def rename(session: Connection, address_ids: Collection[int], name: str, called: str, now_called: str) -> None:
    """What is queued for somebody goes under the name that is theirs now. `called`: how the greeting named them. What may have
    gone goes with the same bytes or not at all (OUT-3)."""
    values: dict[str, Any] = {"to_name": name}
    if called and now_called:
        values["greeting"] = func.replace(outgoing.c.greeting, called, now_called)
    mine = outgoing.c.address_id.in_(address_ids)
    take_back(session, mine)
    session.execute(update(outgoing).where(mine, IS_OPEN, not_(MAY_HAVE_GONE)).values(**values))


def forget_before(session: Connection, before: datetime, limit: int) -> int:
    """Retention: empty who finished copies went to, `limit` rows at most. Returns how many."""
    old = (
        select(outgoing.c.id)
        .where(outgoing.c.finished_at < before, outgoing.c.state.in_(FINAL), outgoing.c.to_address.is_not(None))
        .limit(limit)
    )
    return _empty(session, outgoing.c.id.in_(old))


def under_way(session: Connection, letter_ids: Collection[int]) -> set[int]:
    """Those of these letters of which a copy is still to go."""
    query = select(outgoing.c.letter_id).where(
        and_(outgoing.c.letter_id.in_(letter_ids), outgoing.c.state.not_in(FINAL))
    )
    return set(session.execute(query.distinct()).scalars())


def any_under_way(session: Connection, address_ids: Collection[int]) -> bool:
    """True if a copy to one of these addresses is in a connection at this moment."""
    query = select(outgoing.c.id).where(outgoing.c.address_id.in_(address_ids), outgoing.c.state.not_in(FINAL))
    return session.execute(query.limit(1)).first() is not None


def _empty(session: Connection, which: Any) -> int:
    done = session.execute(
        update(outgoing)
        .where(which, outgoing.c.state.in_(FINAL))
        .values(to_address=None, to_name="", greeting="", extra={}, invitation_id=None)
    )
    return int(done.rowcount)
