"""One letter from template to skeleton: compose, add what is constant in its head, compile. Slow; never in a write."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row as DatabaseRow

from mailer.house import House
from mailer.message import calendar
from mailer.outbound import letter
from mailer.outbound.compose import NetworkLook, compose, described
from mailer.outbound.letter import Marks, Picture
from mailer.outbound.letter.calendar import unfolded
from mailer.people.networks import Network

NOT_FOR_TEMPLATES = frozenset({"thread", "tells", "head", "pictures_of", "encloses", "appointments"})


@dataclass(frozen=True)
class Event:
    """The calendar part of a letter about a meeting (design ruling 7). Times aware."""

    method: str  # REQUEST | CANCEL
    summary: str
    starts_at: datetime
    ends_at: datetime
    location: str
    sequence: int
    stamped_at: datetime


@dataclass(frozen=True)
class Written:
    """A letter that can be filled. `subject` and `text` still hold marks."""

    subject: str
    text: str
    skeleton: bytes


def look_of(house: House, network: DatabaseRow[Any] | Network) -> NetworkLook:
    """How letters, pages and commands show a network."""
    return NetworkLook(
        slug=network.slug,
        name=network.name,
        domain=network.domain,
        controller=network.controller or network.name,
        language=network.language,
        timezone=network.timezone,
        public_url=house.settings.public_url,
        mailbox=house.settings.mailbox_of(network.slug),
    )


def write(
    house: House,
    *,
    template: str,
    fields: Mapping[str, Any],
    network: DatabaseRow[Any],
    language: str,
    plain: bool,
    klass: str,
    event: Event | None = None,
    pictures: tuple[Picture, ...] = (),
    attachments: tuple[Picture, ...] = (),
) -> Written:
    """Compose and compile one letter. `fields['thread']` are header fields that join it to what it answers (FMT-4)."""
    look = look_of(house, network)
    given = {name: value for name, value in fields.items() if name not in NOT_FOR_TEMPLATES}
    draft, marks = compose(template, given, network=look, language=language, plain=plain, klass=klass)
    head = tuple((name, value) for name, value in {**fields.get("thread", {}), **fields.get("head", {})}.items())
    text = None
    if event is not None:
        text = _calendar(event, described(template, given, network=look, language=language), look, marks)
    draft = replace(draft, headers=(*draft.headers, *head), calendar=text, pictures=pictures, attachments=attachments)
    skeleton = letter.compile(draft, marks, boundary_seed=secrets.token_hex(8))
    return Written(draft.subject, draft.text, skeleton.to_bytes())


def _calendar(event: Event, description: str, look: NetworkLook, marks: Marks) -> str:
    """The calendar part with a mark in place of the two lines that differ per person: whose it is, and its UID."""
    invite = calendar.Invite(
        uid="whose",
        sequence=event.sequence,
        stamped=event.stamped_at,
        starts=event.starts_at,
        ends=event.ends_at,
        summary=event.summary,
        description=description,
        location=event.location,
        organizer_name=look.name,
        organizer=look.sender,
        attendee_name="",
        attendee="whose@invalid",
    )
    lines = unfolded(calendar.body(invite, event.method).decode()).splitlines()
    personal = {"UID:": "uid_line", "ATTENDEE;": "attendee_line"}
    return "".join(
        next((marks.mark(slot, "calendar-line") for start, slot in personal.items() if line.startswith(start)), line)
        + "\r\n"
        for line in lines
    )
