"""Organisations: schools, departments, faculties, as a network knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

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


def find_or_add_many(session: Connection, network_id: int, names: Iterable[str]) -> dict[str, int | None]:
    """As `find_or_add`, for the names of a list: each as written, and its organisation."""
    clean = {name: " ".join(name.split()) for name in names}
    keys = {key(name): name for name in reversed(clean.values()) if name}
    known = _by_key(session, network_id, keys)
    for missing in keys.keys() - known.keys():
        add_once(session, organisations, ["network_id", "key"], network_id=network_id, name=keys[missing], key=missing)
    known |= _by_key(session, network_id, keys.keys() - known.keys())
    return {name: known[key(name)] if name.strip() else None for name in clean}


def _by_key(session: Connection, network_id: int, keys: Collection[str]) -> dict[str, int]:
    wanted = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        here = organisations.c.network_id == network_id, organisations.c.key.in_(wanted[start : start + 500])
        found.update({row.key: row.id for row in session.execute(select(organisations.c.key, organisations.c.id).where(*here))})
    return found


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
