"""What a reading of words gives back. Values only, so that every file of the package may use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

SURE = 0.9
"""From here on an act is carried out; under it the person is asked back or an organiser decides (contract 2)."""


class Asked(StrEnum):
    """What our mail asked, so what a short word can mean."""

    INVITATION = "invitation"
    PROOF = "proof"
    CONFIRM = "confirm"
    RECEIPT = "receipt"
    ACTION = "action"
    FEEDBACK = "feedback"
    SORT = "sort"  # agenda, newsletter, everyone or committee?
    ANY = "any"  # any other mail of ours, or a role address
    POST = "post"  # mail to the members' list: is it a private answer after all? (V14)
    THREAD = "thread"  # the same of what answers a post


@dataclass(frozen=True)
class Intent:
    """One thing the person asks for. `row` says in words which row of which table decided."""

    act: str
    certainty: float
    args: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    row: str = ""

    @property
    def sure(self) -> bool:
        return self.certainty >= SURE


@dataclass(frozen=True)
class Understood:
    """All that a text asks for, most telling first, and what is left over as a note."""

    intents: tuple[Intent, ...] = ()
    rest: str = ""

    @property
    def first(self) -> Intent | None:
        return self.intents[0] if self.intents else None


def intent(act: str, certainty: float, row: str, **args: Any) -> Intent:
    return Intent(act, round(certainty, 2), MappingProxyType(dict(args)), row)
