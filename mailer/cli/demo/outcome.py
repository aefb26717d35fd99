"""What was done in the term, in numbers, and whether that is what the script says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from mailer.cli.demo import cast, habits
from mailer.cycle.table import TABLE
from mailer.store.tables import (
    actions,
    addresses,
    agenda_items,
    feedback,
    inbox,
    ledger,
    letters,
    meetings,
    memberships,
    occasions,
    outgoing,
    pieces,
    posts,
    responses,
    standings,
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
    unconfirmed: set[str]
    links: int


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
        unconfirmed={
            row.address
            for row in session.execute(
                select(addresses.c.address)
                .join(memberships, memberships.c.address_id == addresses.c.id)
                .where(addresses.c.confirmed_at.is_(None))
            )
        },
        links=_count(session, ledger),
    )


def _counts(session: Connection, column: Any) -> dict[str, int]:
    query = select(column.label("name"), func.count().label("many")).group_by(column).order_by(func.count().desc())
    return {str(row.name): int(row.many) for row in session.execute(query)}


def _count(session: Connection, of: Any, *where: Any) -> int:
    return int(session.execute(select(func.count()).select_from(of).where(*where)).scalar_one())


Expected = tuple[str, Callable[[Outcome], bool], Callable[[Outcome], object]]


def _who(*keys: str) -> set[str]:
    return {cast.BY_KEY[key].address for key in keys}


ANSWERING = _who(*(habit.who for habit in habits.ANSWERS), *habits.CALENDAR, "wendy")
LEFT_THE_NEWSLETTER = _who("fran", "ben")
ALL_SENT = (
    "save-the-date",
    "invitation",
    "draft-agenda",
    "final-agenda",
    "day-before",
    "day-sheet",
    "feedback-request",
    "minutes-and-actions",
    "issue",
)
GONE = cast.BY_KEY[cast.GONE].address

# What the script expects: a sentence, whether it is so, and what was found instead.
EXPECTED: tuple[Expected, ...] = (
    ("every mail that came in has its outcome", lambda o: not o.unfinished, lambda o: o.unfinished),
    ("no copy failed but those to the closed mailbox", lambda o: set(o.failed) <= {GONE}, lambda o: set(o.failed)),
    ("the mail that came back is known as failed", lambda o: GONE in o.failed, lambda o: o.failed),
    ("everyone who answered is recorded", lambda o: o.answered >= ANSWERING, lambda o: sorted(ANSWERING - o.answered)),
    (
        "nobody answered who did not",
        lambda o: o.answered <= ANSWERING,
        lambda o: sorted(o.answered - ANSWERING),
    ),
    ("six items stand in the final agenda", lambda o: o.final == 6, lambda o: o.final),
    ("one item was withdrawn", lambda o: o.items.get("withdrawn") == 1, lambda o: o.items),
    ("one item came late and waits for the day", lambda o: o.late == 1, lambda o: o.late),
    ("five pieces are in the newsletter", lambda o: o.pieces == 5, lambda o: o.pieces),
    ("five posts went round, three of them in one thread", lambda o: o.posts == 5, lambda o: o.posts),
    ("five people gave feedback", lambda o: o.feedback == 5, lambda o: o.feedback),
    (
        "the answer to the private question was passed on",
        lambda o: o.sent.get("private-answer") == 1,
        lambda o: o.sent.get("private-answer"),
    ),
    (
        "who joined late was told what is on",
        lambda o: o.sent.get("late-joiner") == 1,
        lambda o: o.sent.get("late-joiner"),
    ),
    ("three actions are done, one has more time", lambda o: o.actions == {"done": 3, "open": 1}, lambda o: o.actions),
    (
        "every mail of the term went out",
        lambda o: all(o.states.get(kind) == "sent" for kind in ALL_SENT),
        lambda o: o.states,
    ),
    ("nothing was missed or waits", lambda o: not o.missed, lambda o: o.missed),
    (
        "the newsletter reached every subscriber of that day",
        lambda o: o.issue_to == (o.subscribers | LEFT_THE_NEWSLETTER) - {GONE},
        lambda o: sorted(o.issue_to ^ ((o.subscribers | LEFT_THE_NEWSLETTER) - {GONE})),
    ),
    (
        "who stopped the newsletter gets it no longer",
        lambda o: not LEFT_THE_NEWSLETTER & o.subscribers,
        lambda o: sorted(LEFT_THE_NEWSLETTER & o.subscribers),
    ),
    (
        "who took STOP back gets everything again",
        lambda o: all(
            o.standing.get((cast.BY_KEY["sandra"].address, each)) == "active" for each in ("meetings", "newsletter")
        ),
        lambda o: {
            each: now for (address, each), now in o.standing.items() if address == cast.BY_KEY["sandra"].address
        },
    ),
    (
        "two people joined by mail",
        lambda o: all(o.standing.get((person.address, "meetings")) == "active" for person in cast.JOINERS),
        lambda o: [o.standing.get((person.address, "meetings")) for person in cast.JOINERS],
    ),
    (
        "who was imported without evidence got nothing",
        lambda o: (
            o.standing.get((cast.BY_KEY["sue"].address, "meetings")) == "pending"
            and cast.BY_KEY["sue"].address not in o.issue_to
        ),
        lambda o: o.standing.get((cast.BY_KEY["sue"].address, "meetings")),
    ),
    (f"nobody got more than {MOST} mails unasked", lambda o: 0 < o.busiest <= MOST, lambda o: o.busiest),
)


def wrong(outcome: Outcome) -> list[str]:
    """What is not as the script says, a sentence each."""
    return [f"Not so: {said}. Found: {found(outcome)}" for said, holds, found in EXPECTED if not holds(outcome)]


def summary(outcome: Outcome, mails: int) -> str:
    """A few lines for people."""

    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count)

    total = sum(outcome.sent.values())
    return "\n".join(
        (
            f"  Mails in      {mails}, every one through the SMTP door: {listed(outcome.outcomes)}",
            f"  Mails out     {total}: {listed(outcome.sent)}",
            f"  Answers       {listed(outcome.answers)}",
            f"  Agenda        {outcome.final} items in the final agenda, {outcome.late} for the day, {outcome.items.get('withdrawn', 0)} withdrawn",
            f"  Newsletter    {outcome.pieces} pieces, to {len(outcome.issue_to)} people",
            f"  Discussion    {outcome.posts} posts; feedback from {outcome.feedback} people; actions: {listed(outcome.actions)}",
            f"  Busiest       {outcome.busiest} mails that nobody asked for, of {MOST} allowed",
            f"  Not delivered {len(outcome.failed)} copies, to a mailbox that is closed",
        )
    )
