"""What an occasion has to say: one file per thing that is written about, one function per kind.

A function reads rows and returns a `Matter`: the fields of its template, and how the letter differs from one reader to
the next (a *variant*: the same letter with or without "are you coming?"). `Nothing` means that there is nothing to say
or that what it needs is not there yet; then nobody gets anything and the organisers are asked where it is theirs to give.
To add an occasion: a row in cycle/table.py, a function here and a line in MATTERS, a folder in templates/occasions/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailer.outbound.audience import Recipient
from mailer.outbound.letter import Picture
from mailer.outbound.writing import Event


def _same(_reader: Recipient) -> str:
    return ""


def _nothing(_language: str) -> Mapping[str, Any]:
    return {}


def _anybody(_reader: Recipient) -> bool:
    return True


@dataclass(frozen=True)
class Matter:
    """The fields of a letter. `variant` names the variant a reader gets; `only` gives the fields a variant changes, and
    `said` those that hold words of ours, in the language of a reader."""

    fields: Mapping[str, Any]
    variant: Callable[[Recipient], str] = _same
    only: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    said: Callable[[str], Mapping[str, Any]] = _nothing
    event: Event | None = None  # the calendar part
    message_id: str = ""  # with its brackets: a post keeps its author's
    pictures: tuple[Picture, ...] = ()
    tells: tuple[int, ...] = ()  # ids of meetings whose date it gives
    concerns: Callable[[Recipient], bool] = _anybody  # of the audience; anybody else gets no letter
    fresh: bool = False  # lists people: never kept from the proof, so that who has hidden something since is not in it


@dataclass(frozen=True)
class Nothing:
    """No letter. `ask`: what the organisers are asked for; empty: there is simply nothing to say."""

    reason: str
    ask: str = ""


def note(occasion: Any) -> str:
    """What an organiser wrote into the letter in answer to its proof (`Note: ...`). Every letter that may be proofed prints it."""
    return str(occasion.extra.get("note", ""))


Source = Callable[[Connection, Any, datetime], Matter | Nothing]  # (session, occasion row, now)
