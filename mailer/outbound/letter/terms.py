"""What compose hands over, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass


class LetterError(ValueError):
    """This letter cannot be compiled or filled; the text names the slot or field and holds nobody's address."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that goes along: a picture of the HTML part (`cid` is what its img names) or, with an empty cid, an attachment."""

    cid: str
    type: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed letter, everything said once. Bodies hold marks where a person's own words go; HTML is inlined already.

    `headers` are fields in any order; From, To and Reply-To that are not among them are filled from the values
    (from_name, from_address, to_name, to_address, reply_to). `calendar` is a VCALENDAR whose METHOD is the part's method."""

    subject: str
    text: str
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    calendar: str | None = None
    attachments: tuple[Picture, ...] = ()
    pictures: tuple[Picture, ...] = ()
