"""What the handling of a message asks of the database, of each kind that members write most.

So many statements and no more; each made once, and not built anew for every message; and none that reads the rows of a whole
network, or of all that was ever written, to find those of one person: what it costs must not grow with the years.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from mailer import clock, wake
from mailer.house import House, open_house
from mailer.inbound import pipeline
from mailer.settings import Settings
from mailer.store.tables import inbox, outgoing
from tests.bench.handling import NOW, invited, kinds, store
from tests.databases import new_on_postgres
from tests.servers import NewDatabase

MOST = {"RSVP": 28, "agenda item": 25, "post": 25, "bounce": 13, "STOP": 43}  # statements, beginnings of transactions apart
SMALL = ("json_each", "sqlite_sequence", "anon_")  # read whole: a list that is given, the counters, what was just found
# By these indexes the rows of a whole network, a meeting or a state are read. Few stand behind the ones that are listed.
WIDE = ("_network_id (network_id=?)", "_network_id (network_id=? AND rowid", "_meeting_id (meeting_id=?)", "ix_outgoing_queue (state=?)")
FEW = ("meetings", "terms", "cycle_overrides", "opened")


class Asked:
    """The statements of one message: as they were made, as they were run, and how SQLite goes about them."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.plans: dict[str, list[str]] = {}

    def before(self, _connection: Any, statement: Any, *_rest: Any) -> None:
        self.made.append(statement)

    def run(self, connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if connection.dialect.name == "sqlite" and not many and not statement.startswith("BEGIN"):
            looked = connection.connection.dbapi_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            self.plans[statement] = [row[3] for row in looked]

    def new_since(self, before: Asked) -> list[str]:
        """Statements that were built anew, and not once."""
        known = {id(one) for one in before.made}
        return [str(one) for one in self.made if id(one) not in known]

    def wide(self) -> list[str]:
        """What reads more than it is asked for."""
        steps = [f"{step}: {statement}" for statement, plan in self.plans.items() if not statement.startswith("INSERT") for step in plan]
        whole = [one for one in steps if one.startswith("SCAN ") and not one.startswith(tuple(f"SCAN {name}" for name in SMALL))]
        many = [one for one in steps if any(index in one.partition(": ")[0] for index in WIDE)]
        return [*whole, *(one for one in many if one.split()[1] not in FEW)]


@contextmanager
def watched() -> Iterator[Asked]:
    asked = Asked()
    event.listen(Engine, "before_execute", asked.before)
    event.listen(Engine, "before_cursor_execute", asked.run)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_execute", asked.before)
        event.remove(Engine, "before_cursor_execute", asked.run)


@contextmanager
def house_at(settings: Settings) -> Iterator[House]:
    wake.provide(wake.Silent())
    house = open_house(settings)
    yield house
    house.close()


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    clock.stand_at(NOW)
    yield
    clock.use("system")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(Settings(data_dir=tmp_path_factory.mktemp("house"))) as house:
        yield house


@pytest.fixture(scope="module")
def copies(house: House) -> dict[int, int]:
    return invited(house, 5)


def heard(house: House, copies: dict[int, int], kind: str) -> tuple[Asked, Asked]:
    """What two messages of this kind asked, of two people, after a first one."""
    mail, each = kinds(house, copies)[kind], []
    for number in (1, 2, 3):
        store(house, [mail(number)])
        with house.store.write() as session:  # what was answered before has gone: nothing of it waits to be taken back
            session.execute(update(outgoing).values(state="accepted"))
        with watched() as asked:
            assert pipeline.handle_next(house, "test", likely=True)
        each.append(asked)
    return each[1], each[2]


@pytest.mark.parametrize("kind", MOST)
def test_a_message_is_handled_with_few_statements_made_once(house: House, copies: dict[int, int], kind: str) -> None:
    before, last = heard(house, copies, kind)
    assert last.new_since(before) == []
    assert len(last.made) <= MOST[kind]
    assert last.wide() == []


@pytest.mark.postgres
def test_so_it_is_on_postgresql(postgres: NewDatabase, tmp_path: Path) -> None:
    with house_at(Settings(data_dir=tmp_path, database_url=new_on_postgres(postgres))) as house:
        copies = invited(house, 5)
        for kind in MOST:
            before, last = heard(house, copies, kind)
            assert last.new_since(before) == []
            assert len(last.made) <= MOST[kind] + 2  # the lock under which a message is taken, and the turn of who wrote it
        with house.store.read() as session:
            assert set(session.execute(select(inbox.c.state)).scalars()) == {"done"}
