"""What the script expects of a term, as one table; what is not so is told, and makes the exit status 1."""

from __future__ import annotations

from collections.abc import Callable

from mailer.cli.demo import cast, habits
from mailer.cli.demo.outcome import MOST, Outcome

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
    (
        "the tray has every mail that went out",
        lambda o: o.in_tray == sum(o.sent.values()) + len(o.failed),
        lambda o: (o.in_tray, sum(o.sent.values()), len(o.failed)),
    ),
    (f"nobody got more than {MOST} mails unasked", lambda o: 0 < o.busiest <= MOST, lambda o: o.busiest),
)


def wrong(outcome: Outcome) -> list[str]:
    """What is not as the script says, a sentence each."""
    return [f"Not so: {said}. Found: {found(outcome)}" for said, holds, found in EXPECTED if not holds(outcome)]
