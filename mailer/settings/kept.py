"""For how many days each class of things is kept (DP-12); the setting `retention` overrides some of them.

What each class is and what takes it stands in `mailer.consent.retention`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

DAYS: Mapping[str, int] = {
    "unconfirmed": 7,
    "needs": 7,
    "tray": 30,
    "undo": 31,
    "imports": 31,
    "questions": 90,
    "raw-mail": 90,
    "attempts": 90,
    "strangers": 90,
    "letters": 180,
    "held-mail": 365,
    "answers": 400,
    "traces": 400,
    "deliveries": 400,
    "former": 730,
    "complaints": 2190,
    "consent-proof": 2190,
}
LONGEST = 3650
NEEDED = {"undo": 31, "imports": 31, "unconfirmed": 7}  # what is promised for a time stays for that time


def _days(value: Any) -> dict[str, int]:
    """`raw-mail=30,tray=7`, or a table of TOML, over the defaults."""
    given = value
    if isinstance(value, str):
        given = {}
        for part in filter(None, (word.strip() for word in value.split(","))):
            name, _, count = part.partition("=")
            given[name.strip()] = count.strip()
    if not isinstance(given, Mapping):
        raise ValueError("write classes and days, such as raw-mail=30,tray=7")
    chosen = dict(DAYS)
    for name, count in given.items():
        if name not in DAYS:
            raise ValueError(f"there is no class {name!r} to keep; there are {', '.join(DAYS)}")
        least = NEEDED.get(name, 1)
        if not str(count).isdecimal() or not least <= int(count) <= LONGEST:
            raise ValueError(f"{name} is kept for {least} to {LONGEST} days, not {str(count)!r}")
        chosen[name] = int(count)
    return chosen


Days = Annotated[dict[str, int], BeforeValidator(_days)]
