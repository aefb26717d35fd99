"""What a clause can mean for an answer, and the shape of the tables that say so.

A table is read top-down, English first and then Welsh; the first row that fits a clause gives its sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    POLITE = "polite"  # greeting, thanks: says nothing
    NOTE = "note"  # understood, and neither yes nor no: "vegetarian", "can't stay for lunch"
    OTHER = "other"  # about somebody else
    LATER = "later"  # about another time: "see you at the next one"
    YES = "yes"  # coming, in so many words
    NO = "no"
    MAYBE = "maybe"
    SOFT_NO = "soft-no"  # "I don't think I can": rather no, better asked
    BARE_YES = "bare-yes"  # a word that answers only when nothing else does
    BARE_NO = "bare-no"
    GLAD = "glad"  # "looking forward to it": coming, unless the next clause says otherwise
    WISH = "wish"  # "would love to": a yes, or the start of a no
    REGRET = "regret"  # "I wish I could": rather no
    OK = "ok"  # "ok": a yes if nothing else is said
    NICE = "nice"  # "sounds great": friendly, not yet an answer
    APOLOGY = "apology"  # "apologies" as one sends them to a meeting
    SORRY = "sorry"
    REASON = "reason"  # "teaching": why one stays away, or is late
    PARTLY = "partly"  # "late", "only for the morning": there, but not for all of it
    ONLINE = "online"  # "only on Teams": to be asked about
    OTHER_DAY = "other-day"  # "I can do Friday": coming, if that is the day
    CONDITION = "condition"  # "if I can get cover"
    QUESTION = "question"
    ITEM = "item"  # something to talk about at the meeting
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Row:
    name: str
    sign: Sign
    pattern: re.Pattern[str]

    def fits(self, plain: str) -> bool:
        return self.pattern.search(plain) is not None


def rows(*table: tuple[str, Sign, str]) -> tuple[Row, ...]:
    return tuple(Row(name, sign, re.compile(pattern)) for name, sign, pattern in table)
