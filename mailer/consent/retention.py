"""How long each kind of thing is kept, and what takes it then (UK GDPR Art 5(1)(e), DP-12, V2).

`TABLE` is the table: a class, what it is, what takes it; its days are a setting (`mailer.settings.kept`). `run` is called once a day and takes at most `most` rows of a class,
so that its one write stays short; a class that was full has more for the next call. Ledger, audit and standings only
grow (V10) and hold no words of people; the network's own record (agenda, minutes, posts, issues) stays until erased.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailer.consent import former, needs, taking
from mailer.consent.taking import MOST, Copies, Round
from mailer.settings.kept import DAYS


@dataclass(frozen=True)
class Kept:
    """One class of the table. `name` is what the setting `retention` calls it."""

    name: str
    meaning: str
    take: Callable[[Round], int]
    most: int = MOST  # that it takes at once

    @property
    def days(self) -> int:
        """Its default."""
        return DAYS[self.name]


TABLE: tuple[Kept, ...] = (
    Kept("unconfirmed", "requests to join that nobody confirmed, with the address", taking.unconfirmed),
    Kept("needs", "what people need at a meeting, once it is over: notes of answers, and the mails they came in and went on by", needs.needs),
    Kept("tray", "copies that the tray keeps instead of sending", taking.tray),
    Kept("undo", "what stood before an act that can be taken back", taking.undo),
    Kept("imports", "what stood before a line of an import", taking.imports),
    Kept("questions", "what was asked in a question for a YES, and what came of it", taking.questions),
    Kept("raw-mail", "mails as they came, once they are dealt with", taking.raw_mail),
    Kept("attempts", "what relays answered, word for word", taking.attempts),
    Kept("strangers", "addresses known only from a single mail or question", taking.strangers),
    Kept("letters", "bodies and subjects of letters that have gone", taking.letters),
    Kept("traces", "who wrote which message: sender, subject, how it was read", taking.traces),
    Kept("held-mail", "mails as they came that nobody decided about", taking.held_mail),
    Kept("answers", "names that came with answers to invitations, and answers that were overtaken", taking.answers),
    Kept("deliveries", "to which address and name a copy went", taking.deliveries),
    Kept("former", "name and address of who gets nothing any more: who left, and who was listed and never agreed", former.former, former.FEW),
    Kept("complaints", "that somebody complained about personal data, once it is answered", taking.complaints),
    Kept("consent-proof", "the personal part of consent that is no longer in force", taking.consent_proof),
)


def run(
    session: Connection,
    now: datetime,
    *,
    copies: Copies,
    days: Mapping[str, int] = DAYS,
) -> dict[str, int]:
    """Take what is past its time; returns rows by class, those with none left out."""
    done = {}
    for row in TABLE:
        before = now - timedelta(days=days[row.name])
        taken = row.take(Round(session, before, now, copies))
        if taken:
            done[row.name] = taken
    return done


def more(done: Mapping[str, int]) -> bool:
    """True if some class was full, so that a second call has something to do."""
    return any(done.get(row.name, 0) >= row.most for row in TABLE)
