"""The termly cycle as one ordered table: what is written to whom, and when (design 4).

Read it top-down: it is the order of a term, and `plan` shows it so. `PRESSING` below is the order in which two mails due
on one day go (V13). A network changes offsets and modes by `Override` values, which are rows in the database, never by
code. To add an occasion: a row here, its kind in PRESSING, its folder in templates/occasions/, its audience.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import Literal

from mailer.errors import NotFound, Refused

Mode = Literal["auto", "proof"]
Lane = Literal["urgent", "bulk"]


class Anchor(StrEnum):
    """The moment that an offset is counted from."""

    ANNOUNCED = "meeting announced"
    STARTS = "meeting starts"
    ENDS = "meeting ends"
    ACTION_DUE = "action due"
    COPY_DATE = "issue copy date"
    PUBLISHES = "issue publishes"
    WEEK = "week starts"  # Monday 00:00 in the network's zone
    DAY = "day starts"  # midnight in the network's zone
    YEAR = "school year starts"  # 1 September 00:00 in the network's zone
    CHANGE = "the change"

    @property
    def given(self) -> bool:
        """Whether a person chose this time, so that nothing set to just this time is ever moved."""
        return self not in (Anchor.ANNOUNCED, Anchor.WEEK, Anchor.DAY, Anchor.YEAR, Anchor.CHANGE)


class Moves(StrEnum):
    """On which days it may not go out, and so is moved."""

    WORKING = "working days"  # not on weekends and bank holidays; requests not outside term either
    WEEKEND = "not weekends"  # day-before, day-sheet and nudges: a bank holiday does not stop them
    NEVER = "never moved"  # urgent: it goes when it must


@dataclass(frozen=True)
class Offset:
    """Calendar months and days from an anchor, written `-1 month`, `+14 days`, `-5 weeks` or `0`."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Offset:
        """Raises Refused for what is no offset."""
        found = re.fullmatch(r"([+-]?\d{1,3})\s*(?:(day|week|month)s?)?", text.strip().lower())
        if not found or (found[2] is None and int(found[1]) != 0):
            raise Refused("offset-unreadable", f"{text!r} is not an offset.", "Write -14 days, +1 day, -1 month or 0.")
        count = int(found[1])
        if found[2] == "month":
            return cls(months=count)
        return cls(days=count * (7 if found[2] == "week" else 1))

    @property
    def is_zero(self) -> bool:
        return not self.months and not self.days

    @property
    def is_before(self) -> bool:
        return (self.months, self.days) < (0, 0)

    def __str__(self) -> str:
        count, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{count:+d} {unit}{'' if abs(count) == 1 else 's'}" if count else "0"


@dataclass(frozen=True)
class Row:
    """One kind of occasion. (kind, step) names it; steps above 0 are repeats that a network can switch on."""

    kind: str
    thing: str  # what it is about: meeting, issue, action, promise, week, member
    anchor: Anchor
    due: Offset
    until: Offset  # counted from `until_anchor`
    audience: str  # a word that the audience queries know
    mode: Mode
    meaning: str
    purpose: str = "meetings"  # a subscribed purpose, or a service class (ruling 2)
    lane: Lane = "bulk"
    step: int = 0
    until_at: Anchor | None = None  # where `until` is counted from, if not from `anchor`
    at: time | None = None  # local time of day; none: the network's usual time, or the anchor's own for an offset of 0
    lead: timedelta = timedelta(days=2)  # how long before `due` the proof goes to the organisers
    request: bool = False  # asks members to do something, so it keeps to term
    moves: Moves = Moves.WORKING
    counted: bool = False  # counts for the budget of a person (V13)
    inside: bool = False  # goes to organisers, editors and hosts only
    on: bool = True

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.step

    @property
    def until_anchor(self) -> Anchor:
        return self.until_at or self.anchor

    @property
    def rank(self) -> int:
        """Place in PRESSING: of two due together the lower goes first."""
        return PRESSING.index(self.kind)


# What is more pressing stands first.
PRESSING = (
    "meeting-cancelled",
    "meeting-changed",
    "correction",
    "late-joiner",
    "day-before",
    "day-sheet",
    "final-agenda",
    "invitation",
    "call-for-items",
    "feedback-request",
    "minutes-and-actions",
    "issue",
    "draft-agenda",
    "rsvp-reminder",
    "feedback-reminder",
    "action-nudge",
    "promise-nudge",
    "issue-tray",
    "desk-brief",
    "people-check",
    "save-the-date",
    "post",
    "exchange",
    "digest",
)

MEMBERS_OWN = ("post", "day")
"""What is written about these things is what members wrote themselves; it is never proofed."""


def _to(text: str) -> Offset:
    return Offset.parse(text)


NOW = Offset()
ANN, STARTS, ENDS, COPY, CHANGE = Anchor.ANNOUNCED, Anchor.STARTS, Anchor.ENDS, Anchor.COPY_DATE, Anchor.CHANGE

# fmt: off
TABLE: tuple[Row, ...] = (
    Row("save-the-date", "meeting", ANN, NOW, _to("-5 weeks"), "members-without-date", "proof",
        "The date of a new meeting, to members whom no other mail has told it.", until_at=STARTS),
    Row("save-the-date", "meeting", STARTS, _to("-6 months"), _to("-4 months"), "members", "proof",
        "The date again, half a year before.", step=1, on=False),
    Row("save-the-date", "meeting", STARTS, _to("-3 months"), _to("-5 weeks"), "members", "proof",
        "The date again, a term before.", step=2, on=False),
    Row("call-for-items", "meeting", STARTS, _to("-5 weeks"), _to("-12 days"), "members", "proof",
        "A call for agenda items on its own, before the invitation.", request=True, counted=True, on=False),
    Row("invitation", "meeting", STARTS, _to("-1 month"), _to("-2 days"), "members-and-guests", "proof",
        "The invitation with the calendar part and, for members, the call for items.", request=True, counted=True),
    # Not a request, though it asks: it must stand near the meeting, or there is nothing in it to comment on (N6).
    Row("draft-agenda", "meeting", STARTS, _to("-14 days"), _to("-8 days"), "members", "proof",
        "The draft agenda for comment; asks those who have not answered, and those without an item.", counted=True),
    Row("final-agenda", "meeting", STARTS, _to("-7 days"), NOW, "members", "proof",
        "The final agenda.", counted=True),
    Row("rsvp-reminder", "meeting", STARTS, _to("-4 days"), _to("-1 day"), "unanswered", "auto",
        "A last question to those who have not answered the invitation.", lane="urgent", moves=Moves.WEEKEND, on=False),
    Row("day-before", "meeting", STARTS, _to("-1 day"), NOW, "coming-and-maybe", "auto",
        "Time, place and programme to those who are coming or may be.",
        lane="urgent", moves=Moves.WEEKEND, counted=True),
    Row("day-sheet", "meeting", STARTS, _to("-1 day"), NOW, "hosts-and-organisers", "auto",
        "Names, needs, badges, sign-in sheet and who is new, to the host and the organisers.",
        purpose="desk", lane="urgent", moves=Moves.WEEKEND, inside=True),
    Row("feedback-request", "meeting", ENDS, _to("+1 day"), _to("+14 days"), "attended", "auto",
        "Asks those who came how it was.", request=True, counted=True),
    Row("minutes-and-actions", "meeting", ENDS, _to("+7 days"), _to("+30 days"), "members", "proof",
        "Minutes, actions and the next date; asks silent attenders for feedback, everyone for pieces.", counted=True),
    Row("feedback-reminder", "meeting", ENDS, _to("+10 days"), _to("+21 days"), "attended-silent", "auto",
        "Asks those who came and have not said how it was.", moves=Moves.WEEKEND, on=False),
    Row("action-nudge", "action", Anchor.ACTION_DUE, _to("-7 days"), _to("+3 days"), "owner", "auto",
        "Reminds the owner of an action point.", lane="urgent", moves=Moves.WEEKEND),
    Row("promise-nudge", "promise", COPY, _to("-2 days"), _to("+3 days"), "promiser", "auto",
        "Reminds the one who promised a piece.", purpose="newsletter", lane="urgent", moves=Moves.WEEKEND),
    Row("issue-tray", "issue", COPY, _to("+1 day"), _to("+3 days"), "editors", "auto",
        "What is in, promised, missing and untranslated, to the editors.", purpose="desk", lane="urgent", inside=True),
    Row("issue", "issue", Anchor.PUBLISHES, NOW, _to("+7 days"), "subscribers", "proof",
        "The newsletter.", purpose="newsletter", lead=timedelta(days=8), counted=True),
    Row("desk-brief", "week", Anchor.WEEK, NOW, _to("+1 day"), "organisers", "auto",
        "What waits for whom, what goes this week, new people, trouble; with nothing to say it is not sent.",
        purpose="desk", lane="urgent", at=time(7, 30), inside=True),
    Row("people-check", "year", Anchor.YEAR, _to("+1 month"), _to("+2 months"), "named-contacts", "auto",
        "Once a year: is this still right? A school's people, as far as they agreed to it, to its named contacts."),
    Row("meeting-changed", "meeting", CHANGE, NOW, NOW, "concerned", "proof",
        "A new time or place, with the calendar part.", lane="urgent", until_at=STARTS, moves=Moves.NEVER),
    Row("meeting-cancelled", "meeting", CHANGE, NOW, NOW, "concerned", "proof",
        "The meeting does not take place.", lane="urgent", until_at=STARTS, moves=Moves.NEVER),
    Row("late-joiner", "member", CHANGE, NOW, NOW, "joiner", "proof",
        "What is on, to someone who joined after the invitation went.", lane="urgent", until_at=STARTS, moves=Moves.NEVER),
    Row("correction", "meeting", CHANGE, NOW, NOW, "concerned", "proof",
        "Puts right what an earlier mail said.", lane="urgent", until_at=STARTS, moves=Moves.NEVER),
    Row("post", "post", CHANGE, NOW, _to("+3 days"), "readers", "auto",
        "A post to the discussion list, to everyone who gets each post.", purpose="discussion", moves=Moves.NEVER),
    Row("exchange", "post", CHANGE, NOW, _to("+3 days"), "subscribers", "auto",
        "Something offered or wanted, to everyone who gets the exchange.", purpose="exchange", moves=Moves.NEVER),
    Row("digest", "day", Anchor.DAY, NOW, _to("+1 day"), "digest-readers", "auto",
        "The day's posts in one mail, to those who asked for a digest; without posts there is none.",
        purpose="discussion", at=time(17), moves=Moves.NEVER),
)
# fmt: on


@dataclass(frozen=True)
class Override:
    """One row by which a network changes the table; None leaves what stands there."""

    kind: str
    step: int = 0
    offset: Offset | None = None
    mode: Mode | None = None
    on: bool | None = None


def table_for(overrides: Iterable[Override] = (), first_term: bool = False) -> tuple[Row, ...]:
    """The rows that are on for a network, in order. In its first term all that goes to anyone but organisers, editors
    and hosts is proofed. Raises NotFound when an override names a row that is not in the table."""
    changed = {(override.kind, override.step): override for override in overrides}
    unknown = changed.keys() - {row.key for row in TABLE}
    if unknown:
        kind, step = sorted(unknown)[0]
        raise NotFound(f"There is no occasion {kind!r} with step {step}.", f"Kinds are {', '.join(sorted(PRESSING))}.")
    rows = (_changed(row, changed[row.key]) if row.key in changed else row for row in TABLE)
    return tuple(
        replace(row, mode="proof") if first_term and not row.inside and row.thing not in MEMBERS_OWN else row
        for row in rows
        if row.on
    )


def row_of(kind: str, step: int = 0, table: Iterable[Row] = TABLE) -> Row:
    """The row of a kind and step. Raises NotFound."""
    for row in table:
        if row.key == (kind, step):
            return row
    raise NotFound(f"There is no occasion {kind!r} with step {step}.")


def _changed(row: Row, override: Override) -> Row:
    return replace(
        row,
        due=row.due if override.offset is None else override.offset,
        mode=override.mode or row.mode,
        on=row.on if override.on is None else override.on,
    )
