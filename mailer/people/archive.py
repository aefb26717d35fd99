"""Everything of one network in one JSON file, and nothing of another: to hand it on, or to look at it elsewhere.

`{"format": 1, "at": ..., "tables": {name: [row, ...]}}`, times in UTC, octets in base64. A row belongs to the network by
its own column, or by the row it hangs on. People, addresses and wordings that these rows name come last. Left out: what
can be made again (composed letters, copies in the tray), this host's own affairs (leases, rates, seals), and who asked
the committee a private question (V2).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Connection, Table, and_, cast, not_, or_, select

from mailer.store import tables as t
from mailer.store.types import metadata
from mailer.store.whole import new_file

FORMAT = 1
PAGE = 500
NAMED = {"addresses": "addresses", "people": "people", "wordings": "wordings"}  # written last, as far as they are named
LEFT_OUT = frozenset({"leases", "rates", "seals", "mailbox_cursors", "mailbox_probes", "fingerprints", "tray", *NAMED})
COLUMNS_LEFT_OUT = {
    ("letters", "skeleton"),
    ("undos", "args"),  # STOP ALL NETWORKS remembers those of others
    ("addresses", "mac"),
    ("outgoing", "lease_owner"),
    ("inbox", "lease_owner"),
}
_ASKED_PRIVATELY = or_(t.inbox.c.private, t.inbox.c.handler == "private-answer")
_HIDDEN = frozenset({"client", "helo", "mail_from", "from_address", "message_id", "address_id", "raw_sha256", "steps", "rcpt"})


def inside(table: Table, network_id: int) -> ColumnElement[bool] | None:
    """Which rows of a table are this network's; none if the table belongs to no network."""
    if table is t.networks:
        return t.networks.c.id == network_id
    if table.name in LEFT_OUT:
        return None
    if table is t.raws:
        shown = and_(t.inbox.c.network_id == network_id, not_(_ASKED_PRIVATELY))
        return t.raws.c.sha256.in_(select(t.inbox.c.raw_sha256).where(shown))
    if table is t.outgoing:
        private = select(t.inbox.c.id).where(_ASKED_PRIVATELY)
        answered = or_(t.outgoing.c.inbox_id.is_(None), t.outgoing.c.inbox_id.not_in(private))
        return and_(t.outgoing.c.network_id == network_id, answered)
    if table is t.standings:  # to answer somebody is allowed message by message
        asked = select(cast(t.inbox.c.id, t.standings.c.scope.type)).where(_ASKED_PRIVATELY)
        answers = and_(t.standings.c.purpose == "answer", t.standings.c.scope.in_(asked))
        return and_(t.standings.c.network_id == network_id, not_(answers))
    if "network_id" in table.c:
        return table.c.network_id == network_id
    for column in table.c:
        for key in column.foreign_keys:
            parent = key.column.table
            above = inside(parent, network_id) if parent.name not in LEFT_OUT else None
            if above is not None:
                return column.in_(select(key.column).where(above))
    raise LookupError(f"it is not said to which network the rows of {table.name} belong")


def write(session: Connection, network_id: int, file: Path, now: datetime) -> int:
    """Write the file, mode 0600; returns how many rows. Conflict if there is a file already."""
    with new_file(file) as part, part.open("w", encoding="utf-8") as out:
        return _write(session, network_id, out, now)


def _write(session: Connection, network_id: int, out: TextIO, now: datetime) -> int:
    named: dict[str, set[int]] = {name: set() for name in NAMED}
    count = 0
    out.write(json.dumps({"format": FORMAT, "at": _plain(now)})[:-1] + ', "tables": {')
    first = True
    for table in [*(x for x in metadata.sorted_tables if x.name not in LEFT_OUT), t.wordings, t.addresses, t.people]:
        out.write(("" if first else ",") + f'\n"{table.name}": [')
        first = False
        rows = 0
        for row in _rows(session, table, network_id, named):
            out.write((",\n " if rows else "\n ") + json.dumps(row, ensure_ascii=False))
            rows += 1
        out.write("]")
        count += rows
    out.write("}}\n")
    return count


def _rows(session: Connection, table: Table, network_id: int, named: dict[str, set[int]]) -> Iterator[dict[str, Any]]:
    columns = [column for column in table.c if (table.name, column.name) not in COLUMNS_LEFT_OUT]
    links = {
        column.name: key.column.table.name
        for column in columns
        for key in column.foreign_keys
        if key.column.table.name in named
    }
    for condition in _conditions(table, network_id, named):
        query = select(*columns).where(condition).order_by(*table.primary_key.columns)
        for row in session.execute(query.execution_options(yield_per=PAGE)).mappings():
            values = dict(row)
            if table is t.inbox and (values["private"] or values["handler"] == "private-answer"):
                values = {name: None if name in _HIDDEN else value for name, value in values.items()}
            for name, to in links.items():
                if values[name] is not None:
                    named[to].add(values[name])
            yield {name: _plain(value) for name, value in values.items()}


def _conditions(table: Table, network_id: int, named: dict[str, set[int]]) -> Iterator[ColumnElement[bool]]:
    if table.name not in named:
        condition = inside(table, network_id)
        assert condition is not None
        yield condition
        return
    ids = sorted(named[table.name])
    for start in range(0, len(ids), PAGE):
        yield table.c.id.in_(ids[start : start + PAGE])


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case _:
            return value
