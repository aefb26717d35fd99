"""One message as the handlers see it: read, its sender judged, its words understood. Nothing is left to parse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailer.acts import Actor, Strength
from mailer.cycle.forecast import Forecast
from mailer.errors import Refused
from mailer.house import House
from mailer.inbound.lines import Promised
from mailer.inbound.words import Intent, Understood
from mailer.message import Reading
from mailer.newsletters.prepared import Prepared
from mailer.people.sheet import Row


@dataclass(frozen=True)
class Answered:
    """The letter of ours that a message answers, found by its tag or by its references."""

    outgoing_id: int
    address_id: int  # to whom the letter went
    template: str  # occasions/<kind> or replies/<act>
    fields: Mapping[str, Any]
    occasion_kind: str = ""
    thing_type: str = ""
    thing_id: int | None = None
    invitation_id: int | None = None
    inbox_id: int | None = None  # of a receipt: the message it answered
    written_at: datetime | None = None


PRIVATE_LETTERS = ("replies/private-passed", "replies/private-answer")  # to the writer of a private question
COMPLAINT_LETTERS = ("replies/data-complaint-received", "replies/data-complaint-answer")  # to who complained; they say if `hidden`


def is_to_hidden_writer(template: str, fields: Mapping[str, Any]) -> bool:
    """Whether a letter goes to somebody about their private question or complaint, who is shown to nobody (V2)."""
    return template in PRIVATE_LETTERS or (template in COMPLAINT_LETTERS and bool(fields.get("hidden")))


@dataclass(frozen=True)
class Listed:
    """An attached list of people: its rows, or why it could not be read."""

    name: str
    rows: tuple[Row, ...] = ()
    refusal: Refused | None = None


@dataclass(frozen=True)
class Message:
    """A stored message on its way through the pipeline."""

    id: int
    network_id: int
    slug: str
    domain: str
    zone: ZoneInfo
    rcpt: str
    role: str  # the door: post, agenda, news, ... tag, operator
    mail_from: str
    sha256: str
    received_at: datetime
    reading: Reading
    actor: Actor
    house: House
    today: date
    tag_use: str = ""  # of a valid tag at the door
    tag_row: int | None = None
    answered: Answered | None = None
    for_another: bool = False  # the tag belongs to somebody else than the writer
    language: str = ""  # Welsh, where it plainly is, from an address that is no person's: what it is answered in
    failed_authentication: str = ""  # DMARC or DKIM said fail
    sorted: bool = False  # its writer was asked and chose this door
    vouched: bool = False  # an organiser said YES to what a guest wrote
    piece: Prepared | None = None  # read as a piece for the newsletter, where the door asks for one
    lists: tuple[Listed, ...] = ()  # attached lists of people, read, where an organiser may send them
    promise: Promised | None = None  # the same mail, if it may only promise a piece
    foreseen: Forecast | None = None  # how the copies fall of the letter whose proof it answers with SEND
    understood: Understood = field(default_factory=Understood)
    beside: tuple[Intent, ...] = ()  # words on lines of their own besides; `reading.reply` is without them
    complaint: str = ""  # the whole reply, where it answers and complains of how personal data is used; `reading.reply` is the answer

    @property
    def from_address(self) -> str:
        """The one From address, or empty."""
        sender = self.reading.sender
        return sender.address if sender is not None else ""

    @property
    def from_name(self) -> str:
        """The display name of From, or empty."""
        sender = self.reading.sender
        return sender.name if sender is not None else ""

    @property
    def private(self) -> bool:
        """True if its writer is not shown to anybody (V2): it came to the private door, or it answers, as a person or a
        machine, what we wrote to somebody about their private question or complaint."""
        before = self.answered
        return self.role == "private" or (before is not None and is_to_hidden_writer(before.template, before.fields))

    @property
    def known(self) -> bool:
        """True when the writer is at least somebody whose address we know."""
        return self.actor.strength >= Strength.FROM

    @property
    def thread(self) -> dict[str, str]:
        """In-Reply-To and References for what answers this message (FMT-4). A letter is ASCII (FMT-5), and not every Message-ID is:
        the name of somebody's computer may stand in it."""
        mine = self.reading.message_id
        if not (mine and mine.isascii()):
            return {}
        before = [f"<{each}>" for each in self.reading.references[-9:] if each.isascii()]
        return {"In-Reply-To": f"<{mine}>", "References": " ".join([*before, f"<{mine}>"])}
