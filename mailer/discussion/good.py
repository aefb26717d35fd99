"""What a thread was good for, told by the words of the one who began it (design ruling 12).

A question is solved when its asker writes back that it works; something was lent or given when who offered or wanted it
says so. Nobody has to learn a command for it, and nothing depends on it: it is counted for the yearly report.
"""

from __future__ import annotations

import re

from mailer.meetings import evidence

# list -> the kind of good and the words that tell it, English and Welsh
TELLING: dict[str, tuple[str, re.Pattern[str]]] = {
    "discussion": (
        evidence.SOLVED,
        re.compile(
            r"\b(?:solved|sorted|fixed it|that (?:worked|works|did it|helped)|works (?:now|a treat)|problem gone|"
            r"wedi(?:'i)? (?:datrys|gweithio)|mae(?:'n| hwn yn) gweithio)\b",
            re.IGNORECASE,
        ),
    ),
    "exchange": (
        evidence.LOAN,
        re.compile(
            r"\b(?:gone|taken|found (?:one|some|it|them)|given away|lent|borrowed|collected|picked (?:it|them) up|found a (?:new )?home|arrived safely|"
            r"wedi mynd|wedi cael)\b",
            re.IGNORECASE,
        ),
    ),
}
LOOKED_AT = 600  # characters: who says so says it early


def told(list_: str, text: str) -> str | None:
    """The kind of evidence that these words are, or None."""
    kind, words = TELLING[list_]
    return kind if words.search(text[:LOOKED_AT]) else None
