"""People: a name, a language, a wish for plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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


def rename(session: Connection, person_id: int, name: str) -> None:
    """Call a person otherwise, in every network."""
    before = name_of(session, person_id)
    session.execute(update(people).where(people.c.id == person_id).values(name=name))
    also_called(session, person_id, [before])


def also_called(session: Connection, person_id: int, names: Iterable[str]) -> list[str]:
    """What mail and minutes call somebody who has another name now: kept so that FORGET ME finds it (DP-11). Returns what was
    not known of them."""
    row = session.execute(select(people.c.name, people.c.former_names).where(people.c.id == person_id)).one()
    new = [name for name in dict.fromkeys(names) if name and name not in (row.name, *row.former_names)]
    former = [name for name in (*row.former_names, *new) if name != row.name]
    session.execute(update(people).where(people.c.id == person_id).values(former_names=former))
    return new


def never_called(session: Connection, person_id: int, names: Collection[str]) -> None:
    """These are somebody else's names after all."""
    former = session.execute(select(people.c.former_names).where(people.c.id == person_id)).scalar_one()
    kept = [name for name in former if name not in names]
    session.execute(update(people).where(people.c.id == person_id).values(former_names=kept))


def tidy(name: str) -> str:
    """A name on one line without stray quotes; `Doe, Jane` becomes `Jane Doe`."""
    clean = " ".join(name.replace("\x00", "").split()).strip("\"' ")
    last, comma, first = clean.partition(",")
    if comma and first.strip() and "," not in first and len(last.split()) <= 3:
        return f"{first.strip()} {last.strip()}"
    return clean.strip(" ,")
