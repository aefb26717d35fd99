"""The exact words that people agreed to, kept for good (DP-1).

The words stand in templates/consent/, one sentence a language. What a person is shown is `text(...)`; `keep` writes
down that very string, and the ledger row of the consent names it. A changed sentence is a new row, never an edit.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, func, select

from mailer.store import add_once
from mailer.store.tables import wordings

SOURCE = Path(__file__).resolve().parents[2] / "templates" / "consent"
FALLBACK = "en"


def text(key: str, language: str, *, network: str, purposes: tuple[str, ...] = (), **words: str) -> str:
    """The sentence `key` as a person reads it, with the `words` it has places for. A language that has none reads English."""
    named = names("purposes", language)
    return _source(key, language).format(network=network, purposes="; ".join(named[p] for p in purposes), **words)


def keep(session: Connection, *, key: str, language: str, text: str, now: datetime) -> int:
    """Write down a wording that is being shown, once; return its id."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    unique = {"key": key, "language": language, "sha256": sha256}
    new = add_once(session, wordings, list(unique), **unique, text=text, first_used_at=now)
    if new is not None:
        return new
    return int(session.execute(select(wordings.c.id).filter_by(**unique)).scalar_one())


def version(session: Connection, wording_id: int) -> int:
    """1 for the first wording of this key and language, 2 for the next ..."""
    mine = select(wordings.c.key, wordings.c.language).where(wordings.c.id == wording_id).subquery()
    return session.execute(
        select(func.count())
        .select_from(wordings)
        .where(wordings.c.key == mine.c.key, wordings.c.language == mine.c.language, wordings.c.id <= wording_id)
    ).scalar_one()


@lru_cache
def _source(key: str, language: str) -> str:
    path = SOURCE / f"{key}.{language}.txt"
    return (path if path.exists() else SOURCE / f"{key}.{FALLBACK}.txt").read_text(encoding="utf-8").strip()


@lru_cache
def names(key: str, language: str) -> dict[str, str]:
    """The words of a list of names: `purposes`, or the `details` that a member may show and to whom."""
    rows = (line.partition(":") for line in _source(key, language).splitlines())
    return {name.strip(): words.strip() for name, _, words in rows}
