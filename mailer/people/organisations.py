"""Organisations: schools, departments, faculties, as a network knows them."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Connection, select

from mailer.store import add_once
from mailer.store.tables import organisations

_STRAY = re.compile(r"[^\w&]+", re.UNICODE)


def find_or_add(session: Connection, network_id: int, name: str) -> int | None:
    """The organisation of that name in this network, made if it is new; none for an empty name."""
    clean = " ".join(name.split())
    if not clean:
        return None
    add_once(session, organisations, ["network_id", "key"], network_id=network_id, name=clean, key=key(clean))
    return find(session, network_id, clean)


def find(session: Connection, network_id: int, name: str) -> int | None:
    """The organisation with that name, however it is spaced, cased or punctuated."""
    return session.execute(select(organisations.c.id).filter_by(network_id=network_id, key=key(name))).scalar()


def name_of(session: Connection, organisation_id: int | None) -> str:
    """Its name, empty if there is none."""
    if organisation_id is None:
        return ""
    return session.execute(select(organisations.c.name).where(organisations.c.id == organisation_id)).scalar() or ""


def key(name: str) -> str:
    """What names are compared by: `St. Mary's  School` and `st marys school` are one."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("'", "").replace("’", "")
    return _STRAY.sub(" ", plain).strip()
