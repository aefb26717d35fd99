"""How mail to somebody is written: in which language, and as plain text or with layout.

A person's wishes hold at each of their addresses and in every network. A mailbox that several people read, and any other
address that is nobody's, has wishes of its own. An empty language is the network's.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, update

from mailer.store import prepared
from mailer.store.tables import addresses, people

WISHES = ("plain_text", "language")
KEEPERS = {"person": people, "mailbox": addresses}

# Where `people` is joined to `addresses` from outside.
LANGUAGE = func.coalesce(people.c.language, addresses.c.language)
PLAIN_TEXT = func.coalesce(people.c.plain_text, addresses.c.plain_text)


def keeper(session: Connection, address_id: int) -> tuple[str, int]:
    """Whose wishes hold at this address: a row of KEEPERS and the id there."""
    owner = session.execute(select(addresses.c.person_id).where(addresses.c.id == address_id)).scalar_one()
    return ("mailbox", address_id) if owner is None else ("person", owner)


def wishes(session: Connection, address_id: int) -> dict[str, Any]:
    """What was chosen for the mail to this address."""
    return dict(session.execute(*_wishes(address_id)).one()._mapping)


def language_of(session: Connection, address_id: int | None) -> str:
    """The language that was chosen for the mail to this address; empty for the network's."""
    return "" if address_id is None else str(wishes(session, address_id)["language"])


def in_language_unless_chosen(session: Connection, address_id: int, language: str) -> None:
    """Mail to this address is written in this language from now on, if none was chosen for it."""
    kept, row = keeper(session, address_id)
    table = KEEPERS[kept]
    session.execute(update(table).where(table.c.id == row, table.c.language == "").values(language=language))


@prepared
def _wishes(address: Any) -> Any:
    return (
        select(PLAIN_TEXT.label("plain_text"), LANGUAGE.label("language"))
        .select_from(addresses.outerjoin(people, people.c.id == addresses.c.person_id))
        .where(addresses.c.id == address)
    )
