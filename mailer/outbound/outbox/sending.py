"""Before the bytes go and after: what a copy is said to be while a worker has it in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from mailer.outbound.outbox.retry import last_try, retry_at
from mailer.outbound.outbox.states import IS_OPEN, OPEN, not_braked
from mailer.outbound.transport import Reply
from mailer.store.tables import attempts, outgoing


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
    """Say that these copies may be on their way, if `owner` still holds their lease and nobody has held or cancelled
    them since. Returns the ids that are."""
    if not window:
        return set()
    may = select(outgoing.c.id).where(
        outgoing.c.id.in_([s.id for s in window]), IS_OPEN, outgoing.c.lease_owner == owner, not_braked()
    )
    if session.dialect.name == "postgresql":
        may = may.with_for_update()
    mine = set(session.execute(may).scalars())
    if mine:
        session.execute(
            update(outgoing)
            .where(outgoing.c.id == bindparam("row"))
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
                if s.id in mine
            ],
        )
    return mine


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
    at = retry_at(row.attempts, now, slow=bool(reply.slow))
    if at > last_try(row.created_at, row.deadline):
        return {"to": "failed", "why": "gave-up", "next": now, "finished": now, "undone": 0}
    return {"to": "deferred", "why": reply.reason, "next": at, "finished": None, "undone": 0}


def put_off(
    session: Connection, ids: Sequence[int], owner: str, *, reason: str, detail: str, slow: bool, now: datetime
) -> None:
    """No relay can be had: a try that counts, with nothing sent. The retry clock says when they go again."""
    rows = session.execute(
        select(outgoing.c.id, outgoing.c.attempts, outgoing.c.deadline, outgoing.c.created_at).where(
            outgoing.c.id.in_(ids), outgoing.c.state.in_(OPEN), outgoing.c.lease_owner == owner
        )
    ).all()
    changes = []
    for row in rows:
        at = retry_at(row.attempts + 1, now, slow=slow, away=True)
        over = at > last_try(row.created_at, row.deadline)
        changes.append(
            {
                "row": row.id,
                "to": "failed" if over else "deferred",
                "why": "gave-up" if over else reason,
                "next": at,
                "finished": now if over else None,
            }
        )
    if not changes:
        return
    session.execute(
        update(outgoing)
        .where(outgoing.c.id == bindparam("row"), IS_OPEN)
        .values(
            state=bindparam("to"),
            reason=bindparam("why"),
            next_attempt_at=bindparam("next"),
            finished_at=bindparam("finished"),
            attempts=outgoing.c.attempts + 1,
            lease_owner="",
            lease_until=None,
        ),
        changes,
    )
    session.execute(
        attempts.insert(),
        [
            {"outgoing_id": c["row"], "at": now, "state": c["to"], "text": detail[:500], "reason": reason}
            for c in changes
        ],
    )


def fail_unfilled(session: Connection, failures: Mapping[int, str], now: datetime) -> None:
    """A letter that cannot be composed or filled: its rows fail with the cause, seen in the outbox; nothing was sent."""
    session.execute(
        update(outgoing)
        .where(outgoing.c.id == bindparam("row"), IS_OPEN)
        .values(state="failed", reason=bindparam("why"), finished_at=now, lease_owner="", lease_until=None),
        [{"row": row, "why": why[:60]} for row, why in failures.items()],
    )
