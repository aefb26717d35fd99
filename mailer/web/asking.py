"""What a page is given and what it answers: values, so that a page is a function that can be read and tried alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailer.house import House
from mailer.people import formats


@dataclass(frozen=True)
class Form:
    """The fields of a POST. `defect` says why it could not be read (empty otherwise)."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defect: str = ""

    def one(self, name: str, longest: int = 200) -> str:
        """The first value of a field on its own, trimmed; empty if it is not there."""
        values = self.fields.get(name, ())
        return values[0].replace("\x00", "").strip()[:longest] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in the order of the form."""
        return self.fields.get(name, ())


@dataclass(frozen=True)
class Asked:
    """One request. `path` holds what stands in the braces of the route, `client` who asks as far as the net says.

    `local` is true when somebody at this very machine asks (`access.at_this_machine`).
    """

    house: House
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    client: str
    local: bool
    now: datetime

    def number(self, name: str) -> int:
        """A number in the path; -1, which no row has, for anything else."""
        text = self.path.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else -1

    def language(self, usual: str) -> str:
        """The language that the page's own address names (`?lang=cy`), else the usual one."""
        named = self.query.get("lang", "")
        return named if named in (formats.ENGLISH, formats.WELSH) else usual


@dataclass(frozen=True)
class Page:
    """A page of templates/web/, to be rendered with `fields` once no database session is open any more."""

    template: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    language: str = "en"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Octets:
    """Anything that is not a page: a picture, a raw message, the metrics."""

    content: bytes
    type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Page | Octets


def missing() -> Page:
    """What every address says that leads nowhere, whether a tag was altered or nothing was ever there (UNS-4)."""
    return Page("missing", status=404)
