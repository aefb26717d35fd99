"""What was done in the term, in numbers."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from mailer.cycle.table import PRESSING, TABLE
from mailer.store.tables import (
    actions,
    addresses,
    agenda_items,
    feedback,
    inbox,
    letters,
    meetings,
    occasions,
    outgoing,
    pieces,
    posts,
    responses,
    standings,
    tray,
)

COUNTED = [row.kind for row in TABLE if row.counted]
MOST = 7  # V13


@dataclass(frozen=True)
class Outcome:
    """The numbers of a term."""

    outcomes: dict[str, int]  # state of inbox messages
    unfinished: list[str]
    sent: dict[str, int]  # kind -> copies that went
    failed: list[str]  # addresses of copies that did not go
    answers: dict[str, int]
    answered: set[str]
    items: dict[str, int]
    final: int  # items that stand in the final agenda
    late: int
    pieces: int
    posts: int
    feedback: int
    actions: dict[str, int]
    busiest: int
    issue_to: set[str]
    subscribers: set[str]
    states: dict[str, str]  # kind -> state of its occasion, of the autumn meeting and the issue
    missed: list[str]
    standing: dict[tuple[str, str], str]
    in_tray: int


def look(session: Connection) -> Outcome:
    """Read everything off the database."""
    autumn = session.execute(select(func.min(meetings.c.id))).scalar()
    kind = func.coalesce(occasions.c.kind, letters.c.template)
    went: Select[Any] = (
        select(kind, addresses.c.address, outgoing.c.state)
        .select_from(outgoing)
        .join(letters, letters.c.id == outgoing.c.letter_id)
        .join(addresses, addresses.c.id == outgoing.c.address_id)
        .outerjoin(occasions, occasions.c.id == outgoing.c.occasion_id)
    )
    copies = [
        (row[0].removeprefix("replies/").removeprefix("occasions/"), row[1], row[2]) for row in session.execute(went)
    ]
    per_person = Counter(address for what, address, state in copies if what in COUNTED and state == "accepted")
    answered = session.execute(
        select(addresses.c.address, responses.c.answer)
        .join(addresses, addresses.c.id == responses.c.address_id)
        .where(responses.c.meeting_id == autumn, responses.c.current, responses.c.answer != "none")
    ).all()
    standing = {
        (row.address, row.purpose): row.standing
        for row in session.execute(
            select(addresses.c.address, standings.c.purpose, standings.c.standing).join(
                addresses, addresses.c.id == standings.c.address_id
            )
        )
    }
    issue_to = {address for what, address, state in copies if what == "issue" and state in ("accepted", "failed")}
    planned = session.execute(
        select(occasions.c.kind, occasions.c.state).where(
            (occasions.c.thing_type == "issue")
            | ((occasions.c.thing_type == "meeting") & (occasions.c.thing_id == autumn))
        )
    )
    return Outcome(
        outcomes=_counts(session, inbox.c.state),
        unfinished=[
            f"{row.from_address}, “{row.subject}”: {row.state}, {row.outcome or 'no outcome'}"
            for row in session.execute(
                select(inbox).where(inbox.c.state.in_(("stored", "handling", "failed"))).order_by(inbox.c.id)
            )
        ],
        sent=dict(Counter(what for what, _, state in copies if state == "accepted").most_common()),
        failed=[address for _, address, state in copies if state in ("failed", "uncertain")],
        answers=dict(Counter(row.answer for row in answered)),
        answered={row.address for row in answered},
        items=_counts(session, agenda_items.c.state),
        final=_count(
            session,
            agenda_items,
            agenda_items.c.state == "open",
            agenda_items.c.lane == "agenda",
            agenda_items.c.meeting_id == autumn,
        ),
        late=_count(session, agenda_items, agenda_items.c.lane == "on-the-day"),
        pieces=_count(session, pieces, pieces.c.state == "in", pieces.c.issue_id.is_not(None)),
        posts=_count(session, posts),
        feedback=_count(session, feedback),
        actions=_counts(session, actions.c.state),
        busiest=max(per_person.values(), default=0),
        issue_to=issue_to,
        subscribers={
            address for (address, purpose), now in standing.items() if purpose == "newsletter" and now == "active"
        },
        states={row.kind: row.state for row in planned},
        missed=[
            f"{row.kind}: {row.reason or row.state}"
            for row in session.execute(select(occasions).where(occasions.c.state.in_(("missed", "waiting", "held"))))
        ],
        standing=standing,
        in_tray=_count(session, tray),
    )


def _counts(session: Connection, column: Any) -> dict[str, int]:
    query = select(column.label("name"), func.count().label("many")).group_by(column).order_by(func.count().desc())
    return {str(row.name): int(row.many) for row in session.execute(query)}


def _count(session: Connection, of: Any, *where: Any) -> int:
    return int(session.execute(select(func.count()).select_from(of).where(*where)).scalar_one())


def summary(outcome: Outcome, mails: int) -> str:
    """A few lines for people."""

    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count)

    total = sum(outcome.sent.values())
    kinds = [kind for kind in outcome.sent if kind in PRESSING or kind == "proof"]
    told = {kind.replace("-", " "): outcome.sent[kind] for kind in kinds}
    told["receipts and questions"] = total - sum(told.values())
    return "\n".join(
        (
            f"  Mails in      {mails}, every one through the SMTP door: {listed(outcome.outcomes)}",
            _wrapped(f"  Mails out     {total}: {listed(told)}"),
            f"  Answers       {listed(outcome.answers)}",
            f"  Agenda        {outcome.final} items in the final agenda, {outcome.late} for the day, {outcome.items.get('withdrawn', 0)} withdrawn",
            f"  Newsletter    {outcome.pieces} pieces, to {len(outcome.issue_to)} people",
            f"  Discussion    {outcome.posts} posts; feedback from {outcome.feedback} people; actions: {listed(outcome.actions)}",
            f"  Busiest       {outcome.busiest} mails that nobody asked for, of {MOST} allowed",
            f"  Not delivered {len(outcome.failed)} copies, to a mailbox that is closed",
        )
    )


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 100, subsequent_indent=" " * 16)
