"""What mail is for: five purposes that people subscribe to, five service classes that something opens and time ends.

Each row names its lawful basis (DP-4); the gate refuses a purpose that is not in this table. `unasked` mail counts
against a person's budget (V13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SUBSCRIBED = "subscribed"
SERVICE = "service"

CONSENT = "consent"  # UK GDPR Art 6(1)(a), PECR reg 22
NECESSARY = "service"  # necessary to do what the person asked for: Art 6(1)(b)
RIGHT = "right"  # scope of an `answer` that carries out a right: leaving, undo, my data (ruling 2)


@dataclass(frozen=True)
class Purpose:
    """One row of the table. `life`: how long a service class stays open once opened; none: until it is closed."""

    name: str
    kind: str
    basis: str
    unasked: bool
    meaning: str
    life: timedelta | None = None


TABLE: tuple[Purpose, ...] = (
    Purpose("meetings", SUBSCRIBED, CONSENT, True, "invitations, agendas, reminders and minutes"),
    Purpose("newsletter", SUBSCRIBED, CONSENT, True, "the newsletter, once a term"),
    Purpose("discussion", SUBSCRIBED, CONSENT, False, "questions and answers between members"),
    Purpose("exchange", SUBSCRIBED, CONSENT, False, "equipment offered or wanted, jobs, shadowing"),
    Purpose("directory", SUBSCRIBED, CONSENT, False, "being listed, with the fields the person chose"),
    Purpose("answer", SERVICE, NECESSARY, False, "an answer to the person's own message", timedelta(days=7)),
    Purpose("confirm", SERVICE, NECESSARY, False, "the one question whether a request was theirs", timedelta(days=7)),
    Purpose("event", SERVICE, NECESSARY, False, "one meeting, for a guest or for who comes", timedelta(days=180)),
    Purpose("desk", SERVICE, NECESSARY, False, "running the network: proofs, what waits, trouble", None),
    Purpose("farewell", SERVICE, NECESSARY, False, "one letter that says what was ended", timedelta(days=7)),
)

BY_NAME = {purpose.name: purpose for purpose in TABLE}
ALL = tuple(BY_NAME)
SUBSCRIPTIONS = tuple(purpose.name for purpose in TABLE if purpose.kind == SUBSCRIBED)
DEFAULT = ("meetings", "newsletter")  # of an import that names none, and of a join that names none
FLEETING = frozenset({"answer", "confirm", "farewell"})  # opened per letter: no ledger row (see standing)


def read(words: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Subscribed purposes named in `words` (joined by ; , or spaces), in the table's order. ValueError for others."""
    parts = words.replace(",", " ").replace(";", " ").split() if isinstance(words, str) else list(words)
    wanted = {part.strip().lower() for part in parts if part.strip()}
    strange = sorted(wanted - set(SUBSCRIPTIONS))
    if strange:
        raise ValueError(f"no such purpose: {', '.join(strange)}; there are {', '.join(SUBSCRIPTIONS)}")
    return tuple(name for name in SUBSCRIPTIONS if name in wanted)
