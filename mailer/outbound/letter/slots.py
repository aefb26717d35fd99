"""How each kind of slot becomes octets. The table at the end is read by fill; its keys are part of the stored format.

Every value goes through here, so this is where a line break, a control character or a second address in a header
field is refused (FMT-7): with LetterError, never by leaving something out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from mailer.message import calendar, headers
from mailer.message.encoded import clean
from mailer.outbound.letter import words
from mailer.outbound.letter.quoted import quote_slot, quote_text
from mailer.outbound.letter.skeleton import Template
from mailer.outbound.letter.terms import LetterError

_URL = re.compile(r"(?:https?://|mailto:)[!#-;=?-_a-z~]{1,880}")  # a header line stays under 998 with it (RFC 5322 2.1.1)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Filling:
    """What fill() was given."""

    values: Mapping[str, str]
    date: datetime
    message_id: str

    def value(self, name: str) -> str:
        try:
            return self.values[name]
        except KeyError:
            raise LetterError(f"the letter has a slot {name} and no value came for it") from None


def url(text: str, slot: str) -> str:
    if not _URL.fullmatch(text):
        raise LetterError(
            f"the value of {slot} is not a link that may stand in a letter (http, https or mailto, ASCII)"
        )
    return text


def body_words(text: str, slot: str) -> str:
    """Plain words for a body; control characters but line breaks and tabs go, they can do no harm there."""
    return _CONTROL.sub("", text)


CHECKED: dict[str, Callable[[str, str], str]] = {
    "address": words.address,
    "url": url,
    "text": body_words,
    "html": body_words,
    "block": body_words,
    "header-phrase": lambda text, slot: text,
    "calendar-line": lambda text, slot: text,
}


def joined(template: Template, filling: Filling) -> str:
    if len(template) == 1:
        kind, name = template[0]
        return CHECKED[kind](filling.value(name), name) if kind else name
    return "".join([CHECKED[kind](filling.value(name), name) if kind else name for kind, name in template])


@lru_cache(maxsize=64)
def _written(date: datetime, offset: timedelta | None) -> bytes:
    """`offset` is here for the cache alone: the same moment in two zones is equal and is not written alike."""
    return headers.date_field(date)


def _date(templates: tuple[Template, ...], filling: Filling) -> bytes:
    """The whole field (FMT-2)."""
    if filling.date.tzinfo is None:
        raise LetterError("the date of a letter needs a zone")
    return _written(filling.date, filling.date.utcoffset())


def _message_id(templates: tuple[Template, ...], filling: Filling) -> bytes:
    if not headers.is_message_id(filling.message_id):
        raise LetterError("a Message-ID is written <left@right>, in ASCII")
    return filling.message_id.encode("ascii")


def _mailbox(templates: tuple[Template, ...], filling: Filling) -> bytes:
    """A whole field: its name, a display name, which may be empty, and an address."""
    (_, field) = templates[0][0]
    return words.mailbox(field, joined(templates[1], filling), joined(templates[2], filling))


def _optional_mailbox(templates: tuple[Template, ...], filling: Filling) -> bytes:
    """The same, and without an address no field."""
    (_, slot) = templates[2][0]
    return _mailbox(templates, filling) if filling.value(slot) else b""


def _unstructured(templates: tuple[Template, ...], filling: Filling) -> bytes:
    (_, field) = templates[0][0]
    return headers.unstructured(field, clean(joined(templates[1], filling)))


def _plain(templates: tuple[Template, ...], filling: Filling) -> bytes:
    """A link or an address in a structured field."""
    return joined(templates[0], filling).encode("utf-8")


def _text(templates: tuple[Template, ...], filling: Filling) -> bytes:
    return quote_slot(joined(templates[0], filling))


def _html(templates: tuple[Template, ...], filling: Filling) -> bytes:
    return quote_slot(escape(joined(templates[0], filling)))


def _ready_html(templates: tuple[Template, ...], filling: Filling) -> bytes:
    return quote_slot(joined(templates[0], filling))


def _calendar(templates: tuple[Template, ...], filling: Filling) -> bytes:
    """A whole content line, folded (RFC 5545 3.1); nothing at all if every slot of a line made of slots alone is empty."""
    line = "".join([CALENDAR[kind](filling.value(name), name) if kind else name for kind, name in templates[0]])
    if not line:
        return b""
    try:
        return quote_text(calendar.fold_calendar(line).decode("utf-8"))
    except ValueError:
        raise LetterError("a line of the calendar part may not hold a line break or a control character") from None


# What may stand in a content line: as it is, as TEXT (RFC 5545 3.3.11), or between the quotes of a parameter (3.2)
CALENDAR: dict[str, Callable[[str, str], str]] = {
    "calendar-line": lambda text, slot: text,
    "text": lambda text, slot: calendar.text(text),
    "header-phrase": lambda text, slot: calendar.parameter(clean(text))[1:-1],
    "address": words.address,
    "url": url,
}

Encoder = Callable[[tuple[Template, ...], Filling], bytes]
ENCODERS: dict[str, Encoder] = {
    "date": _date,
    "message-id": _message_id,
    "mailbox": _mailbox,
    "optional-mailbox": _optional_mailbox,
    "unstructured": _unstructured,
    "plain": _plain,
    "text": _text,
    "html": _html,
    "ready-html": _ready_html,
    "calendar": _calendar,
}
