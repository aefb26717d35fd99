"""People: a name, a language, a wish for plain text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from mailer.store import add as add_row
from mailer.store.tables import people


def add(session: Connection, *, name: str, now: datetime, language: str = "") -> int:
    """A new person; return the id. An empty language means the network's."""
    return add_row(session, people, name=tidy(name), language=language, created_at=now)


def name_of(session: Connection, person_id: int | None) -> str:
    """The name, empty if there is none."""
    if person_id is None:
        return ""
    return session.execute(select(people.c.name).where(people.c.id == person_id)).scalar() or ""


def name_if_nameless(session: Connection, person_id: int, name: str) -> None:
    """Give a name to who has none; nobody is renamed by somebody else's list."""
    if tidy(name):
        session.execute(update(people).where(people.c.id == person_id, people.c.name == "").values(name=tidy(name)))


def tidy(name: str) -> str:
    """A name on one line without stray quotes; `Doe, Jane` becomes `Jane Doe`."""
    clean = " ".join(name.replace("\x00", "").split()).strip("\"' ")
    last, comma, first = clean.partition(",")
    if comma and first.strip() and "," not in first and len(last.split()) <= 3:
        return f"{first.strip()} {last.strip()}"
    return clean.strip(" ,")
