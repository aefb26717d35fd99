"""The outbox: the only writer of outgoing rows (V12), and the one retry clock.

    queued     decided, waits for its time          deferred   a relay said "later"; waits for its next try
    sending    committed before its bytes went      accepted   a relay took it
    uncertain  the line dropped after the bytes     failed     refused for good
    cancelled  the gate, a deadline or a person stopped it

A claim is a lease and leaves the state alone; only `mark_sending` says that bytes may be on their way, so a lapsed
lease returns what was never sent and turns the rest into `uncertain` (design ruling 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from mailer import wake
from mailer.consent import gate
from mailer.outbound.transport import Reply
from mailer.store import add, insert
from mailer.store.tables import attempts, networks, occasions, outgoing

OPEN = ("queued", "deferred")
# Written out, as an executemany takes no IN.
IS_OPEN = or_(outgoing.c.state == "queued", outgoing.c.state == "deferred")
FINAL = ("accepted", "failed", "cancelled", "uncertain")

# Minutes after a try that was put off until the next: two tries in the first hour, then slower (OUT-6).
RETRY_MINUTES = (15, 30, 120, 180, 180, 180, 360)
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True)
class Row:
    """An outgoing row to be written: one letter to one address."""

    key: str
    network_id: int
    letter_id: int
    address_id: int
    standing_id: int
    purpose: str
    to_address: str
    to_name: str = ""
    greeting: str = ""
    lane: str = "urgent"
    occasion_id: int | None = None
    inbox_id: int | None = None
    reply_use: str = "r"
    reply_row: int | None = None
    invitation_id: int | None = None
    extra: Mapping[str, Any] | None = None
    not_before: datetime | None = None
    deadline: datetime | None = None


def add_rows(session: Connection, rows: Sequence[Row], *, now: datetime) -> int:
    """Write rows that were asked of the gate; a key that stands already is left as it is (V5). Returns how many are new."""
    if not rows:
        return 0
    statement = insert(session, outgoing).on_conflict_do_nothing(index_elements=["key"])
    before = session.execute(select(func.max(outgoing.c.id))).scalar() or 0
    session.execute(statement, [_values(row, now) for row in rows])
    for lane in {row.lane for row in rows}:
        wake.note(session, lane)
    return int(session.execute(select(func.count()).select_from(outgoing).where(outgoing.c.id > before)).scalar_one())


def _values(row: Row, now: datetime) -> dict[str, Any]:
    start = row.not_before or now
    return {
        "key": row.key,
        "network_id": row.network_id,
        "occasion_id": row.occasion_id,
        "inbox_id": row.inbox_id,
        "letter_id": row.letter_id,
        "address_id": row.address_id,
        "standing_id": row.standing_id,
        "purpose": row.purpose,
        "lane": row.lane,
        "to_address": row.to_address,
        "to_name": row.to_name,
        "greeting": row.greeting,
        "reply_use": row.reply_use,
        "reply_row": row.reply_row,
        "invitation_id": row.invitation_id,
        "extra": dict(row.extra or {}),
        "not_before": start,
        "next_attempt_at": start,
        "deadline": row.deadline,
        "created_at": now,
    }


_ASKED: dict[str, Any] = {"purpose": outgoing.c.purpose, "network_id": outgoing.c.network_id}


def claim(
    session: Connection, *, lane: str, owner: str, limit: int, now: datetime, lease_now: datetime, lease_until: datetime
) -> list[int]:
    """Lease up to `limit` due rows of a lane to `owner` and return their ids, oldest due first.

    The gate is asked again in the statement (V4): rows it refuses become `cancelled` with the reason, rows past their
    deadline too. Rows of a held network or mailing stay where they are.
    """
    due = (
        select(outgoing.c.id, gate.refusal_sql(**_ASKED, now=now).label("refusal"), outgoing.c.deadline)
        .select_from(gate.over(outgoing).outerjoin(occasions, occasions.c.id == outgoing.c.occasion_id))
        .where(
            outgoing.c.state.in_(OPEN),
            outgoing.c.lane == lane,
            outgoing.c.next_attempt_at <= now,
            or_(outgoing.c.lease_until.is_(None), outgoing.c.lease_until < lease_now),
            gate.waiting_sql(**_ASKED, now=now).is_(None),
            occasions.c.held_at.is_(None),
        )
        .order_by(outgoing.c.next_attempt_at, outgoing.c.id)
        .limit(limit)
    )
    if session.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True, of=outgoing)
    rows = session.execute(due).all()
    refused = [{"row": r.id, "why": r.refusal} for r in rows if r.refusal is not None]
    late = [
        {"row": r.id, "why": "too-late"}
        for r in rows
        if r.refusal is None and r.deadline is not None and r.deadline < now
    ]
    if refused or late:
        _cancel_each(session, refused + late, now)
    out = {r["row"] for r in refused + late}
    mine = [r.id for r in rows if r.id not in out]
    if mine:
        session.execute(
            update(outgoing)
            .where(outgoing.c.id.in_(mine), outgoing.c.state.in_(OPEN))
            .values(lease_owner=owner, lease_until=lease_until)
        )
    return mine


def _cancel_each(session: Connection, rows: list[dict[str, Any]], now: datetime) -> None:
    session.execute(
        update(outgoing)
        .where(outgoing.c.id == bindparam("row"), IS_OPEN)
        .values(state="cancelled", reason=bindparam("why"), finished_at=now, lease_owner="", lease_until=None),
        rows,
    )


def cancel_refused(session: Connection, address_id: int, network_id: int | None, now: datetime) -> int:
    """Cancel what is queued for an address and the gate no longer allows; called by the acts of leaving (UNS-6)."""
    query = (
        select(outgoing.c.id, gate.refusal_sql(**_ASKED, now=now).label("refusal"))
        .select_from(gate.over(outgoing))
        .where(outgoing.c.address_id == address_id, outgoing.c.state.in_(OPEN))
    )
    if network_id is not None:
        query = query.where(outgoing.c.network_id == network_id)
    refused = [{"row": r.id, "why": r.refusal} for r in session.execute(query) if r.refusal is not None]
    if refused:
        _cancel_each(session, refused, now)
    return len(refused)


def cancel_occasion(session: Connection, occasion_id: int, reason: str, now: datetime) -> int:
    """Cancel what an occasion has queued and not yet begun to send. Returns how many rows."""
    done = session.execute(
        update(outgoing)
        .where(outgoing.c.occasion_id == occasion_id, outgoing.c.state.in_(OPEN))
        .values(state="cancelled", reason=reason, finished_at=now, lease_owner="", lease_until=None)
    )
    return int(done.rowcount)


def cancel(session: Connection, outgoing_id: int, reason: str, now: datetime) -> bool:
    """Cancel one row that is not yet on its way."""
    done = session.execute(
        update(outgoing)
        .where(outgoing.c.id == outgoing_id, outgoing.c.state.in_(OPEN))
        .values(state="cancelled", reason=reason, finished_at=now)
    )
    return bool(done.rowcount)


@dataclass(frozen=True)
class Sending:
    """What is written down of a copy before its bytes go."""

    id: int
    dated_at: datetime
    signed_at: int | None
    selector: str
    sha256: str
    relay: str


def mark_sending(session: Connection, window: Sequence[Sending], owner: str) -> set[int]:
    """Say that these copies may be on their way, if `owner` still holds their lease. Returns the ids that are."""
    if not window:
        return set()
    session.execute(
        update(outgoing)
        .where(
            outgoing.c.id == bindparam("row"),
            IS_OPEN,
            outgoing.c.lease_owner == owner,
        )
        .values(
            state="sending",
            attempts=outgoing.c.attempts + 1,
            dated_at=bindparam("dated"),
            signed_at=bindparam("signed"),
            selector=bindparam("with_selector"),
            sha256=bindparam("hash"),
            relay=bindparam("through"),
        ),
        [
            {
                "row": s.id,
                "dated": s.dated_at,
                "signed": s.signed_at,
                "with_selector": s.selector,
                "hash": s.sha256,
                "through": s.relay,
            }
            for s in window
        ],
    )
    ids = [s.id for s in window]
    mine = select(outgoing.c.id).where(
        outgoing.c.id.in_(ids), outgoing.c.state == "sending", outgoing.c.lease_owner == owner
    )
    return set(session.execute(mine).scalars())


def write_results(session: Connection, replies: Sequence[Reply], *, owner: str, relay: str, now: datetime) -> None:
    """Write what became of a window, in set statements; only rows that are still `sending` for `owner` move."""
    if not replies:
        return
    ids = [r.id for r in replies]
    rows = {
        r.id: r
        for r in session.execute(
            select(outgoing.c.id, outgoing.c.attempts, outgoing.c.deadline, outgoing.c.created_at).where(
                outgoing.c.id.in_(ids), outgoing.c.state == "sending", outgoing.c.lease_owner == owner
            )
        )
    }
    changes, history = [], []
    for reply in replies:
        row = rows.get(reply.id)
        if row is None:
            continue
        changes.append({"row": reply.id, **_after(reply, row, now)})
        if reply.state != "unsent":
            history.append(
                {
                    "outgoing_id": reply.id,
                    "at": now,
                    "state": reply.state,
                    "code": reply.code,
                    "enhanced": (reply.enhanced or "")[:12],
                    "text": reply.text[:500],
                    "reason": reply.reason,
                    "relay": relay,
                }
            )
    if changes:
        session.execute(
            update(outgoing)
            .where(outgoing.c.id == bindparam("row"), outgoing.c.state == "sending")
            .values(
                state=bindparam("to"),
                reason=bindparam("why"),
                next_attempt_at=bindparam("next"),
                finished_at=bindparam("finished"),
                attempts=outgoing.c.attempts - bindparam("undone"),
                lease_owner="",
                lease_until=None,
            ),
            changes,
        )
    if history:
        session.execute(attempts.insert(), history)


def _after(reply: Reply, row: Any, now: datetime) -> dict[str, Any]:
    """The columns that a reply leaves behind."""
    if reply.state == "unsent":  # never begun: as if it had not been claimed
        return {"to": "queued", "why": "", "next": now, "finished": None, "undone": 1}
    if reply.state != "deferred":
        return {"to": reply.state, "why": reply.reason, "next": now, "finished": now, "undone": 0}
    at = retry_at(row.attempts, now, slow=reply.slow)
    last = row.deadline or row.created_at + GIVE_UP_AFTER
    if at > last:
        return {"to": "failed", "why": "gave-up", "next": now, "finished": now, "undone": 0}
    return {"to": "deferred", "why": reply.reason, "next": at, "finished": None, "undone": 0}


def retry_at(tries: int, now: datetime, *, slow: bool) -> datetime:
    """When a copy that was put off after its `tries`-th try is tried again (OUT-6); slower for 421 and 4.7.x (OUT-16)."""
    minutes = RETRY_MINUTES[min(max(tries, 1), len(RETRY_MINUTES)) - 1]
    return now + timedelta(minutes=minutes * (2 if slow else 1))


def renew(session: Connection, ids: Sequence[int], owner: str, until: datetime) -> None:
    """Keep leases that `owner` still holds until a later time."""
    session.execute(
        update(outgoing).where(outgoing.c.id.in_(ids), outgoing.c.lease_owner == owner).values(lease_until=until)
    )


def release(session: Connection, ids: Iterable[int], owner: str) -> None:
    """Give leases back for rows that were not begun."""
    session.execute(
        update(outgoing)
        .where(outgoing.c.id.in_(list(ids)), outgoing.c.lease_owner == owner, outgoing.c.state.in_(OPEN))
        .values(lease_owner="", lease_until=None)
    )


def fail_unfilled(session: Connection, failures: Mapping[int, str], now: datetime) -> None:
    """A letter that cannot be composed or filled: its rows fail with the cause, seen in the outbox; nothing was sent."""
    session.execute(
        update(outgoing)
        .where(outgoing.c.id == bindparam("row"), IS_OPEN)
        .values(state="failed", reason=bindparam("why"), finished_at=now, lease_owner="", lease_until=None),
        [{"row": row, "why": why[:60]} for row, why in failures.items()],
    )


def _lapsed(lease_now: datetime) -> Any:
    return and_(
        outgoing.c.state == "sending", or_(outgoing.c.lease_until.is_(None), outgoing.c.lease_until < lease_now)
    )


def has_lapsed(session: Connection, lease_now: datetime) -> bool:
    """True if a worker died, or lost its lease, in the middle of sending."""
    return session.execute(select(outgoing.c.id).where(_lapsed(lease_now)).limit(1)).first() is not None


def reap(session: Connection, *, lease_now: datetime, now: datetime, resend: bool) -> int:
    """Turn what a dead worker was sending into `uncertain`, or back to `queued` where the setting says resend.

    Returns how many rows it found. A network's own choice comes before the setting.
    """
    policy = select(networks.c.uncertain).where(networks.c.id == outgoing.c.network_id).scalar_subquery()
    again = case((policy == "resend", True), (policy == "hold", False), else_=resend)
    found = session.execute(select(outgoing.c.id, again.label("again")).where(_lapsed(lease_now))).all()
    for again_too, state in ((True, "queued"), (False, "uncertain")):
        ids = [r.id for r in found if bool(r.again) is again_too]
        if ids:
            session.execute(
                update(outgoing)
                .where(outgoing.c.id.in_(ids), outgoing.c.state == "sending")
                .values(
                    state=state,
                    reason="interrupted",
                    lease_owner="",
                    lease_until=None,
                    next_attempt_at=now,
                    finished_at=None if again_too else now,
                )
            )
            session.execute(
                attempts.insert(),
                [{"outgoing_id": i, "at": now, "state": "uncertain", "reason": "interrupted"} for i in ids],
            )
    return len(found)


def end_all_leases(session: Connection) -> None:
    """The embedded form starts: whoever held a lease is gone."""
    session.execute(
        update(outgoing).where(outgoing.c.lease_until.is_not(None)).values(lease_until=None, lease_owner="")
    )


def resolve(session: Connection, outgoing_id: int, *, arrived: bool, now: datetime) -> bool:
    """A person says what became of an uncertain copy: it arrived, or it is to go again (same Message-ID)."""
    values: dict[str, Any] = (
        {"state": "accepted", "reason": "resolved-by-hand", "finished_at": now}
        if arrived
        else {"state": "queued", "reason": "resent-by-hand", "next_attempt_at": now, "finished_at": None}
    )
    done = session.execute(
        update(outgoing).where(outgoing.c.id == outgoing_id, outgoing.c.state == "uncertain").values(**values)
    )
    if done.rowcount:
        add(session, attempts, outgoing_id=outgoing_id, at=now, state=values["state"], reason=values["reason"])
        wake.note(session, wake.URGENT)
    return bool(done.rowcount)


def retry_now(session: Connection, outgoing_id: int, now: datetime) -> bool:
    """Try a deferred or failed row at once."""
    done = session.execute(
        update(outgoing)
        .where(outgoing.c.id == outgoing_id, outgoing.c.state.in_(("deferred", "failed")))
        .values(state="queued", reason="retried-by-hand", next_attempt_at=now, finished_at=None)
    )
    if done.rowcount:
        wake.note(session, wake.URGENT)
    return bool(done.rowcount)


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
        session.execute(
            update(outgoing)
            .where(outgoing.c.id == outgoing_id, outgoing.c.state.in_(("accepted", "uncertain", *OPEN)))
            .values(state="failed", reason=f"bounce-{reason}"[:60], finished_at=now)
        )


def tally(session: Connection, occasion_id: int) -> dict[str, int]:
    """How many of an occasion's copies stand in each state (V6)."""
    rows = session.execute(
        select(outgoing.c.state, func.count().label("n"))
        .where(outgoing.c.occasion_id == occasion_id)
        .group_by(outgoing.c.state)
    )
    return {r.state: int(r.n) for r in rows}


def waiting_lanes(session: Connection, now: datetime, lease_now: datetime) -> set[str]:
    """The lanes in which something may be claimed now: what the sweep rings for."""
    rows = session.execute(
        select(outgoing.c.lane)
        .where(
            outgoing.c.state.in_(OPEN),
            outgoing.c.next_attempt_at <= now,
            or_(outgoing.c.lease_until.is_(None), outgoing.c.lease_until < lease_now),
        )
        .distinct()
    )
    return set(rows.scalars())
