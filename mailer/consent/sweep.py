"""What other people's rows say of somebody who is to be forgotten: found and cut, table by table (DP-11).

Finding reads page by page outside any write, cutting takes short writes (design ruling 8). A row that is found is read
again before it is cut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Connection, String, Table, Text, cast, func, or_, select, update

from mailer.consent.mentions import Mentions
from mailer.store.tables import inbox, ledger_fields, letters, raws, tray
from mailer.store.types import metadata

PAGE = 500
MAILS = 20  # kept mails that are in memory at once


@dataclass(frozen=True)
class Rest:
    """What is left of a mail that had `before` octets."""

    before: int
    content: bytes


# Never looked through for mentions: what only grows, what `outbox.forget_mentions` cuts, what `bury` empties, names of
# networks and organisations
NOT_SWEPT = frozenset(
    {"ledger", "audit", "seals", "suppressions", "outgoing", "addresses", "people", "networks", "organisations"}
    | {"ledger_fields", "raws", "tray", "letters", "wordings", "leases", "rates", "erasures", "mailbox_cursors"}
    | {"fingerprints", "mailbox_probes", "letterheads"}
)


def texts_with(session: Connection, wanted: Mentions) -> Iterable[tuple[Table, list[Any]]]:
    """Each table with the keys of its rows that name the person, ready for `cut_rows`. Reads only."""
    for table in metadata.sorted_tables:
        columns = _worded(table)
        if table.name in NOT_SWEPT or not columns:
            continue
        key = _key(table)
        rows = session.execute(select(key, *columns).where(_may_name(columns, wanted)).order_by(key))
        found = [row[0] for row in rows if any(wanted.cut(value) != value for value in row[1:])]
        if found:
            yield table, found


def cut_rows(session: Connection, table: Table, keys: Collection[Any], wanted: Mentions) -> None:
    """Cut the person out of these rows."""
    key, columns = _key(table), _worded(table)
    for row in session.execute(select(key, *columns).where(key.in_(keys))).all():
        values = {
            column.name: wanted.cut(value)
            for column, value in zip(columns, row[1:], strict=True)
            if wanted.cut(value) != value
        }
        if values:
            session.execute(update(table).where(key == row[0]).values(**values))


def ledger_fields_with(session: Connection, wanted: Mentions) -> list[int]:
    """Ledger rows of others whose personal fields name the person ("told by Jane Doe"), ready for `ledger.cut`."""
    rows = session.execute(
        select(ledger_fields.c.ledger_id, ledger_fields.c.fields).where(_may_name([ledger_fields.c.fields], wanted))
    )
    return [row.ledger_id for row in rows if wanted.cut(row.fields) != row.fields]


def letters_with(session: Connection, wanted: Mentions, after: int) -> tuple[list[int], int | None]:
    """(letters of a page that name the person in fields, subject or composed octets, where the next page begins)."""
    rows = session.execute(
        select(letters.c.id, letters.c.fields, letters.c.subject, letters.c.skeleton)
        .where(letters.c.id > after)
        .order_by(letters.c.id)
        .limit(PAGE)
    ).all()
    found = [
        row.id
        for row in rows
        if wanted.cut([row.fields, row.subject]) != [row.fields, row.subject]
        or (row.skeleton is not None and wanted.within(row.skeleton))
    ]
    return found, rows[-1].id if len(rows) == PAGE else None


def cut_letters(session: Connection, ids: Collection[int], wanted: Mentions) -> None:
    """Cut the person out of letters that have gone to everyone; their composed octets go."""
    for row in session.execute(
        select(letters.c.id, letters.c.fields, letters.c.subject).where(letters.c.id.in_(ids))
    ).all():
        session.execute(
            update(letters)
            .where(letters.c.id == row.id)
            .values(fields=wanted.cut(row.fields), subject=wanted.cut(row.subject), skeleton=None)
        )


def kept_mails(session: Connection, after: str) -> tuple[dict[str, bytes], str | None]:
    """(a page of the kept mails, where the next page begins)."""
    rows = session.execute(
        select(raws.c.sha256, raws.c.content).where(raws.c.sha256 > after).order_by(raws.c.sha256).limit(MAILS)
    ).all()
    return {row.sha256: row.content for row in rows}, rows[-1].sha256 if len(rows) == MAILS else None


def rests(mails: Mapping[str, bytes], wanted: Mentions) -> dict[str, Rest]:
    """What is left of those that name the person. Slow, as files are opened: no session is open (design ruling 8)."""
    return {
        sha256: Rest(len(content), rest) for sha256, content in mails.items() if (rest := wanted.without(content)) is not None
    }


def cut_raws(session: Connection, found: Mapping[str, Rest]) -> bool:
    """Cut the person out of kept mails of others. False if one of them has not come to its outcome yet and is left."""
    busy = set(
        session.execute(
            select(inbox.c.raw_sha256).where(inbox.c.raw_sha256.in_(found), inbox.c.state.in_(("stored", "handling")))
        ).scalars()
    )
    for sha256 in found.keys() - busy:
        rest = found[sha256]
        as_read = raws.c.sha256 == sha256, raws.c.size == rest.before  # emptied by retention since: it stays so
        session.execute(update(raws).where(*as_read).values(content=rest.content, size=len(rest.content)))
    return not busy


def tray_with(session: Connection, wanted: Mentions) -> list[int]:
    """Copies that the tray keeps for others and that name the person."""
    rows = session.execute(select(tray.c.id, tray.c.content).execution_options(yield_per=MAILS))
    return [row.id for row in rows if wanted.within(row.content)]


def cut_tray(session: Connection, ids: Collection[int]) -> None:
    """They go whole."""
    session.execute(tray.delete().where(tray.c.id.in_(ids)))


def _may_name(columns: Iterable[Column[Any]], wanted: Mentions) -> Any:
    return or_(
        *(
            func.lower(cast(column, Text)).contains(token, autoescape=True)
            for column in columns
            for token in wanted.tokens
        )
    )


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _worded(table: Table) -> list[Column[Any]]:
    """Columns in which words of people may stand."""
    return [
        column
        for column in table.c
        if not column.primary_key
        and not column.foreign_keys
        and (isinstance(column.type, JSON) or (isinstance(column.type, String) and not _a_word(column)))
    ]


def _a_word(column: Column[Any]) -> bool:
    """One of our own words (a state, a kind), not somebody's."""
    length = getattr(column.type, "length", None)
    return length is not None and length < 60
