"""Acts: one file per thing a person can do, by whatever channel.

An act takes the actor, what was asked, `now` and a write session; it changes rows and returns a frozen `Receipt`.
Handlers, pages and commands only translate to acts and carry the receipt back, so a reply, a button and a command
do the same thing and say the same words. An act never decides whether mail may go (that is the gate) and never
renders: the receipt names a template under templates/replies/ and the fields it is given.

    Receipt   what happened, for the person (template, fields) and for the organisers (said)
    Refused   (mailer.errors) what cannot be done, with a sentence for the person; nothing was changed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any


class Strength(IntEnum):
    """How well the writer is known (design ruling 1), weakest first."""

    UNKNOWN = 0  # an address we do not know
    FROM = 1  # the From matches a known address; From is not proof
    ALIGNED = 2  # ... and DMARC or aligned DKIM passed at a trusted place (AUTH-9)
    TAG = 3  # a valid tag of ours, from the address it was sent to
    CONFIRM = 4  # a fresh single-use confirm tag
    OPERATOR = 5  # the command line


@dataclass(frozen=True)
class Actor:
    """Who acts. `address_id` is the address on record that speaks, not what a From claims."""

    network_id: int
    address_id: int | None
    person_id: int | None
    strength: Strength
    channel: str  # mail | calendar | web | cli | import
    name: str = ""
    inbox_id: int | None = None  # the message that is the evidence
    evidence_sha256: str = ""
    asked_at: datetime | None = None  # when the letter was written whose tag proves them; none: not known

    @property
    def slug(self) -> str:
        """How ledger and audit name the actor: an id, never an address (DP-23)."""
        return f"address:{self.address_id}" if self.address_id is not None else self.channel


@dataclass(frozen=True)
class Receipt:
    """What an act answers.

    `template` is a folder of templates/replies/ (empty: nothing is mailed), `fields` what it is given (JSON only),
    `said` one sentence for the organisers' view, never empty. `state` is the outcome of the message that asked:
    done, asked (a question went back), held (waits for a person), refused, noted (machine mail).
    """

    template: str
    said: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    state: str = "done"
    reason: str = ""
    held_for: str = ""
    to: int | None = None  # the address id it is mailed to; none: the actor's address on record
    besides: tuple[Receipt, ...] = ()  # of what the same message asked for besides, each mailed by itself
