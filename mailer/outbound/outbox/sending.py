"""Before the bytes go and after: what a copy is said to be while a worker has it in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from mailer.outbound.outbox.history import account_again, lines, move, note
from mailer.outbound.outbox.retry import last_try, next_try
from mailer.outbound.outbox.states import (
    CLOCK,
    INTERRUPTED,
    IS_OPEN,
    KNOWN_SINCE,
    MAY_HAVE_GONE,
    POLICY,
    goes_again,
    is_answered,
    is_lost,
    is_undone,
    not_braked,
)
from mailer.outbound.results import SPEAKS_OF_ADDRESS
from mailer.outbound.transport import Reply
from mailer.store import prepared
from mailer.store.lists import among, texts_by_id
from mailer.store.tables import attempts, outgoing


@dataclass(frozen=True)
class Sending:
    """What is written down of a copy before its bytes go."""

    id: int
    dated_at: datetime
    signed_at: int | None
    letterhead_id: int
    sha256: str


def mark_sending(
    session: Connection, window: Sequence[Sending], owner: str, relay: str, *, now: datetime, lease_now: datetime
) -> set[int]:
    """Say that these copies may be on their way to a relay, if `owner` still holds their lease and nobody has held or
    cancelled them since. Returns the ids that are.

    A process may have slept since it claimed them (a closed lid, a machine that was paused): past its lease or its deadline
    nothing is begun any more, and the next claim says what becomes of it (V11)."""
    alike: dict[tuple[Any, ...], dict[int, str]] = {}  # nearly always one and the same for the whole window
    for copy in window:
        alike.setdefault((copy.dated_at, copy.signed_at, copy.letterhead_id), {})[copy.id] = copy.sha256
    going: set[int] = set()
    for said, hashes in alike.items():
        going.update(session.execute(*_begin(list(hashes), hashes, owner, relay, now, lease_now, *said)).scalars())
    return going


@prepared
def _begin(
    ids: Any, hashes: Any, owner: Any, relay: Any, now: Any, lease_now: Any, dated: Any, signed: Any, letterhead: Any
) -> Any:
    given = texts_by_id(hashes)
    return (
        update(outgoing)
        .where(among(outgoing.c.id, ids), outgoing.c.id == given.c.id)
        .where(IS_OPEN, outgoing.c.lease_owner == owner, not_braked())
        .where(outgoing.c.lease_until >= lease_now, or_(outgoing.c.deadline.is_(None), outgoing.c.deadline >= now))
        .values(
            state="sending",
            attempts=outgoing.c.attempts + 1,
            dated_at=dated,
            signed_at=signed,
            letterhead_id=letterhead,
            sha256=given.c.text,
            relay=relay,
        )
        .returning(outgoing.c.id)
    )


def write_results(
    session: Connection, replies: Sequence[Reply], *, owner: str, relay: str, now: datetime, resend: bool
) -> None:
    """Write what became of a window, in set statements. Only rows move that are still `sending` for `owner`, or were taken for
    lost meanwhile (`leases.reap`): what a relay said is known, however late it is written down (V6). `resend`: what the
    setting says of those that may have gone; a network's own choice comes before it."""
    for undone, states in _NOT_GONE.items():
        if ids := [reply.id for reply in replies if reply.state in states]:
            session.execute(*_known_since(ids, owner, undone))
    asking = [reply.id for reply in replies if reply.state in _ASKS]
    rows = {row.id: row for row in session.execute(*_in_hand(asking, owner))} if asking else {}
    changes: dict[_After, list[int]] = {}  # nearly always one and the same for the whole window
    for reply in replies:
        if reply.state not in _ASKS or reply.id in rows:
            changes.setdefault(_after(reply, rows.get(reply.id), now, resend), []).append(reply.id)
    if waiting := [copy for after, ids in changes.items() if after[3] is None for copy in ids]:
        account_again(session, among(outgoing.c.id, waiting))  # taken for lost, and the mailing ended with it
    moved: dict[int, bool] = {}  # whether it was erased meanwhile, as what was taken for lost may be
    for after, ids in changes.items():
        moved.update((copy, address is None) for copy, address in session.execute(*_became(ids, owner, *after)))
    history: dict[tuple[Any, ...], dict[int, str]] = {}
    for reply in replies:
        if reply.id in moved and reply.state != "unsent":
            said = (reply.state, reply.code, (reply.enhanced or "")[:12], reply.reason)
            history.setdefault(said, {})[reply.id] = "" if moved[reply.id] else reply.text[:500]
    for said, texts in history.items():
        session.execute(*lines(texts, now, relay, *said))
    for after, ids in changes.items():
        if after[1] == GAVE_UP:
            note(session, moved.keys() & set(ids), now, state=after[0], reason=GAVE_UP)


@prepared
def _known_since(ids: Any, owner: Any, undone: Any) -> Any:
    """What was taken for lost did not go at that try, as is known now: no doubt is left of it."""
    lost = (attempts.c.state == "uncertain", attempts.c.reason == INTERRUPTED)
    last = (
        select(func.max(attempts.c.id))
        .join(outgoing, outgoing.c.id == attempts.c.outgoing_id)
        .where(among(outgoing.c.id, ids), is_lost(owner), is_undone(undone), *lost)
        .group_by(outgoing.c.id)
    )
    return update(attempts).where(attempts.c.id.in_(last)).values(reason=KNOWN_SINCE)


@prepared
def _in_hand(ids: Any, owner: Any) -> Any:
    asked = select(outgoing.c.id, outgoing.c.attempts, *CLOCK, _TRIED, _DOUBTED, POLICY)
    return asked.where(among(outgoing.c.id, ids), is_answered(owner))


@prepared
def _became(ids: Any, owner: Any, state: Any, reason: Any, next_at: Any, finished: Any, undone: Any) -> Any:
    return (
        update(outgoing)
        .where(among(outgoing.c.id, ids), is_answered(owner), is_undone(undone))
        .values(
            state=state,
            reason=reason,
            next_attempt_at=next_at,
            finished_at=finished,
            attempts=outgoing.c.attempts - undone,
            lease_owner="",
            lease_until=None,
        )
        .returning(outgoing.c.id, outgoing.c.to_address)
    )


_After = tuple[str, str, datetime, datetime | None, int]
"""What a reply leaves behind: state, reason, next try, when it was finished, tries to be taken off again."""


GAVE_UP = "gave-up"
_NOT_GONE = {0: ("deferred", "failed"), 1: ("unsent",)}  # answers after which a try has brought nothing, by what they take off again
_ASKS = ("deferred", "uncertain", "failed")  # replies after which it counts what became of a copy before

# How often a relay has had a copy in hand: when none could be had, that was no word about the letter.
_TRIED = (
    select(func.count())
    .where(attempts.c.outgoing_id == outgoing.c.id, attempts.c.relay != "")
    .scalar_subquery()
    .label("tried")
)


_DOUBTED = MAY_HAVE_GONE.label("doubted")


def _after(reply: Reply, row: Any, now: datetime, resend: bool) -> _After:
    if reply.state == "unsent":  # never begun: as if it had not been claimed
        return ("queued", "", now, None, 1)
    if reply.state == "accepted":
        return (reply.state, reply.reason, now, now, 0)
    if reply.state == "failed":
        return (_failed(row, reply.reason), reply.reason, now, now, 0)
    may_have_gone = reply.state == "uncertain"
    at = None
    if not may_have_gone or goes_again(row.policy, resend):
        at = next_try(row, row.tried + 1, now, slow=_slower(reply))
        if at is None and reply.onward and last_try(row) > now:  # its end is near, and another relay may take it before
            at = last_try(row)
    if at is not None:
        return ("deferred", reply.reason, at, None, 0)
    return ("uncertain", reply.reason, now, now, 0) if may_have_gone else (_failed(row), GAVE_UP, now, now, 0)


def _failed(row: Any, reason: str = "") -> str:
    """What nobody asks for again has failed, unless an earlier try may have brought it: only that there is no such address says of
    that one, too, that it did not."""
    return "uncertain" if row.doubted and reason not in SPEAKS_OF_ADDRESS else "failed"


def _slower(reply: Reply) -> bool:
    """After 421 and 4.7.x (OUT-16), and after a 5xx that speaks of the relay and is mended by hand; not for a 4xx to this letter."""
    return reply.slow in ("relay", "destination") or (reply.slow == "letter" and (reply.code or 0) >= 500)


def put_off(
    session: Connection, ids: Sequence[int], owner: str, *, reason: str, detail: str, slow: bool, now: datetime
) -> None:
    """No relay can be had, or we have a trouble of our own: a try that counts, with nothing sent. The retry clock says when they
    go again."""
    rows = session.execute(
        select(outgoing.c.id, outgoing.c.attempts, *CLOCK, _TRIED, _DOUBTED).where(
            outgoing.c.id.in_(ids), IS_OPEN, outgoing.c.lease_owner == owner
        )
    ).all()
    changes = []
    for row in rows:
        at = next_try(row, row.attempts - row.tried + 1, now, slow=slow, away=True)
        over = at is None
        changes.append(
            {
                "row": row.id,
                "to": _failed(row) if over else "deferred",
                "why": GAVE_UP if over else reason,
                "next": at or now,
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
    for to in ("deferred", "failed", "uncertain"):
        note(session, [c["row"] for c in changes if c["to"] == to], now, state=to, reason=reason, text=detail[:500])


def fail_unfilled(session: Connection, failures: Mapping[int, str], owner: str, now: datetime) -> None:
    """A letter that cannot be composed or filled: its rows, as far as `owner` has them, fail with the cause, seen in the outbox;
    nothing was sent."""
    for why in sorted(set(failures.values())):
        these = among(outgoing.c.id, [row for row, said in failures.items() if said == why])
        mine = and_(these, IS_OPEN, outgoing.c.lease_owner == owner)
        ended: dict[str, Any] = {"reason": why[:60], "finished_at": now, "lease_owner": "", "lease_until": None}
        move(session, and_(mine, MAY_HAVE_GONE), now, state="uncertain", **ended)
        move(session, mine, now, state="failed", **ended)
