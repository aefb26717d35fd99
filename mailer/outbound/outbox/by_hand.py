"""What a person, an act of theirs, a deadline or a bounce makes of copies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, and_, not_, or_, select, update

from mailer import wake
from mailer.consent import gate
from mailer.errors import Refused
from mailer.outbound.outbox.cancelling import cancel_each, cancel_which
from mailer.outbound.outbox.claim import IN_QUESTION, LANES
from mailer.outbound.outbox.history import move
from mailer.outbound.outbox.retry import is_over, last_try
from mailer.outbound.outbox.states import (
    ASKED,
    CLOCK,
    HAS_IT_THERE,
    OPEN,
    RESENT,
    STOPPED,
    TAKEN_BACK,
    has_another,
    not_braked,
)
from mailer.store import add, prepared
from mailer.store.lists import among
from mailer.store.tables import attempts, occasions, outgoing

ALIVE = ("queued", "held", "sent")  # states of a mailing of which a copy may go

Became = Literal["arrived", "lost", "resend"]  # what a person says of an uncertain copy


def cancel_refused(session: Connection, address_id: int, network_id: int | None, now: datetime) -> list[int]:
    """Cancel what is queued for an address and the gate no longer allows; called by the acts of leaving (UNS-6).

    Returns the rows, so that UNDO can `revive` them; with those on their way just now, as a relay may put one off, and a claim
    then stops it."""
    refused = {
        row.id: row
        for row in session.execute(*_not_gone_to(address_id, now, gate.day(now)))
        if row.refusal is not None and network_id in (None, row.network_id)
    }
    on_their_way = [copy for copy, row in refused.items() if row.state not in OPEN]
    return [*cancel_each(session, {copy: row.refusal for copy, row in refused.items() if row.state in OPEN}, now), *on_their_way]


def stopped_for(session: Connection, address_id: int, network_id: int, reasons: Collection[str]) -> list[int]:
    """What the gate stopped of this network's for an address, for one of these reasons; what a claim found since, too."""
    mine = (outgoing.c.address_id == address_id, outgoing.c.network_id == network_id)
    stopped = (outgoing.c.state.in_(TAKEN_BACK), outgoing.c.reason.in_(reasons))
    return list(session.execute(select(outgoing.c.id).where(*mine, *stopped)).scalars())


@prepared
def _not_gone_to(address: Any, now: Any, today: Any) -> Any:
    refusal = gate.refusal_sql(**ASKED, now=now, today=today).label("refusal")
    mine = (outgoing.c.address_id == address) & outgoing.c.state.in_((*OPEN, "sending"))
    return select(outgoing.c.id, outgoing.c.network_id, outgoing.c.state, refusal).select_from(gate.over(outgoing)).where(mine)


def revive(session: Connection, ids: Collection[int], now: datetime) -> list[int]:
    """UNDO of leaving, or of a merge: what that had stopped goes after all, by the same rows (V5), if its time has not passed and
    the gate allows it again; what had perhaps gone before, and waited to go again, too. Returns the rows. What the gate refuses still
    is stopped by that from now on, so that its end finds it (`stopped_for`)."""
    o, mailing = outgoing.c, occasions.c
    alive = select(mailing.id).where(mailing.state.in_(ALIVE))
    query = (
        select(o.id, o.state, o.reason, gate.refusal_sql(**ASKED, now=now).label("refusal"), *CLOCK)
        .select_from(gate.over(outgoing))
        .where(
            o.id.in_(ids),
            o.state.in_(TAKEN_BACK),
            o.to_address.is_not(None),
            o.reason.in_((*gate.SENTENCES, HAS_IT_THERE)),  # what was stopped for another reason meanwhile stays so
            or_(o.occasion_id.is_(None), o.occasion_id.in_(alive)),
            not_(has_another(o.address_id)),  # what came from another address of theirs since is their one copy
        )
    )
    found = [row for row in session.execute(query) if last_try(row) > now]
    for row in found:
        if row.refusal not in (None, row.reason) and row.reason != HAS_IT_THERE:
            move(session, o.id == row.id, now, state=row.state, reason=row.refusal)
    back = [row.id for row in found if row.refusal is None]
    again = and_(among(o.id, back), o.state.in_(TAKEN_BACK))
    back = move(session, again, now, state="queued", reason="undone", finished_at=None)
    if back:
        for lane in LANES:
            wake.note(session, lane)
    return back


def stop_occasion(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """As `cancel_occasion`, for a letter that does not hold any more: what was cancelled before does not come back either, and
    what is on its way is not begun once more, should it be put off or its line be lost."""
    its = outgoing.c.occasion_id == occasion_id
    move(session, and_(its, outgoing.c.state == "cancelled", outgoing.c.reason != reason), now, state="cancelled", reason=reason)
    stopped = cancel_occasion(session, occasion_id, reason, now)
    # On PostgreSQL what is just being answered is passed over: who answers may wait for what was cancelled here. A claim looks again.
    under_way = select(outgoing.c.id).where(its, outgoing.c.state == "sending").with_for_update(skip_locked=True, key_share=True)
    session.execute(update(outgoing).where(outgoing.c.id.in_(under_way)).values(deadline=now - timedelta(seconds=1)))
    return stopped


def cancel_occasion(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """Cancel what an occasion has queued and not yet begun to send. Returns how many rows."""
    return len(cancel_which(session, outgoing.c.occasion_id == occasion_id, reason, now).cancelled)


def cancel(session: Connection, outgoing_id: int, reason: str, now: datetime) -> str:
    """Cancel one row that is not on its way. Returns its state, `cancelled` or `uncertain`; empty if there is no such row."""
    stopped = cancel_which(session, outgoing.c.id == outgoing_id, reason, now)
    return "cancelled" if stopped.cancelled else "uncertain" if stopped.uncertain else ""


def resolve(session: Connection, outgoing_id: int, what: Became, now: datetime) -> bool:
    """A person says what became of an uncertain copy: it arrived, it was lost and stays so, or it is to go again (same
    Message-ID). Refused where it may not go any more."""
    if what == "resend":
        return _again(session, outgoing_id, ("uncertain",), RESENT, now)
    state, reason = ("accepted", "resolved-by-hand") if what == "arrived" else ("failed", "lost-by-hand")
    held = and_(outgoing.c.id == outgoing_id, outgoing.c.state == "uncertain")
    return bool(move(session, held, now, state=state, reason=reason, finished_at=now))


def is_braked(session: Connection, outgoing_id: int) -> bool:
    """Whether its network or its mailing is held."""
    return session.execute(select(outgoing.c.id).where(outgoing.c.id == outgoing_id, not_braked())).first() is None


def retry_now(session: Connection, outgoing_id: int, now: datetime) -> bool:
    """Try a deferred or failed copy at once. Refused where it may not go any more."""
    return _again(session, outgoing_id, ("deferred", "failed"), "retried-by-hand", now)


def _again(session: Connection, outgoing_id: int, states: tuple[str, ...], reason: str, now: datetime) -> bool:
    """Send a copy once more, if it stands in one of these states."""
    which = and_(outgoing.c.id == outgoing_id, outgoing.c.state.in_(states), outgoing.c.to_address.is_not(None))
    mailing = (occasions.c.state.label("mailing"), occasions.c.extra.label("of_mailing"))
    asked = select(outgoing.c.lane, outgoing.c.purpose, *CLOCK, *mailing)
    row = session.execute(asked.outerjoin(occasions, occasions.c.id == outgoing.c.occasion_id).where(which)).first()
    if row is None:
        return False
    if row.mailing is not None and (row.mailing not in ALIVE or STOPPED in row.of_mailing):
        raise Refused(
            "mailing-stopped",
            f"Copy {outgoing_id} does not go out any more: its mailing was stopped, so what it says may not be true.",
            "Please tell its reader in another way.",
        )
    if is_over(row, now):
        raise Refused(
            "too-late",
            f"Copy {outgoing_id} does not go out any more: its time was over at {last_try(row):%Y-%m-%d %H:%M} UTC.",
            "Please tell its reader in another way.",
        )
    wake.note(session, row.lane)
    return bool(move(session, which, now, state="queued", reason=reason, next_attempt_at=now, finished_at=None))


def doubt(session: Connection, now: datetime) -> int:
    """A backup was restored: whatever had not gone when it was made may have gone since, replies too, and is `uncertain`
    whatever the policy says. Returns how many copies."""
    waiting = outgoing.c.state.in_((*OPEN, "sending"))
    ended: dict[str, Any] = {"finished_at": now, "lease_owner": "", "lease_until": None}
    return len(move(session, waiting, now, state="uncertain", reason="restored", **ended))


def let_go(session: Connection, network_id: int, now: datetime) -> None:
    """What waited for an answer about its reader is looked at anew: a claim goes by what is asked now."""
    mine = (outgoing.c.network_id == network_id) & outgoing.c.state.in_(OPEN) & (outgoing.c.reason == IN_QUESTION)
    session.execute(update(outgoing).where(mine).values(next_attempt_at=now, reason=""))
    for lane in LANES:
        wake.note(session, lane)


def bounced(
    session: Connection, outgoing_id: int, *, reason: str, diagnostic: str, permanent: bool, now: datetime
) -> None:
    """A delivery report came back for a row (BNC-8): its history gets a line; a permanent one makes it `failed`."""
    add(
        session,
        attempts,
        outgoing_id=outgoing_id,
        at=now,
        state="failed" if permanent else "deferred",
        text=diagnostic[:500],
        reason=f"bounce-{reason}"[:60],
    )
    if permanent:
        session.execute(*_came_back(outgoing_id, f"bounce-{reason}"[:60], now))


@prepared
def _came_back(copy: Any, reason: Any, now: Any) -> Any:
    went = outgoing.c.state.in_(("accepted", "sending", "uncertain", *OPEN))  # sending: it is known before our relay's answer
    ended: dict[str, Any] = {"state": "failed", "finished_at": now, "lease_owner": "", "lease_until": None}
    return update(outgoing).where(outgoing.c.id == copy, went).values(reason=reason, **ended)
