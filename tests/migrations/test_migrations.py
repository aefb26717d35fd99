"""Migrations from empty and from each revision, down and up again, on SQLite and PostgreSQL; nothing is left to generate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import mailer.store.tables  # noqa: F401  (fills the metadata)
from mailer.store import Store
from mailer.store.types import metadata
from mailer.store.upgrade import SCRIPTS, configuration, downgrade, head, revision, upgrade

SCRIPT = ScriptDirectory.from_config(configuration())
REVISIONS = [script.revision for script in reversed(list(SCRIPT.walk_revisions()))]
OURS = {table.name for table in metadata.sorted_tables}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    url = f"sqlite:///{tmp_path}/t.db" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    store = Store(url)
    yield store
    store.close()


def tables(store: Store) -> set[str]:
    with store.reader.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


# What a database says of all its tables: the same words, the same tables, and the slow comparison finds the same.
SHAPES = {
    True: ["SELECT name, sql FROM sqlite_master ORDER BY name"],
    False: [
        "SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,"
        " datetime_precision, is_nullable, column_default, is_identity,"
        " identity_generation, collation_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    ],
}
_COMPARED: dict[tuple[Any, ...], list[Any]] = {}


def _is_for(store: Store) -> Callable[..., bool]:
    """Alembic asks nobody of a key that one kind of database alone has (`unchecked`)."""

    def is_for(thing: Any, _name: str, _kind: str, reflected: bool, _compared: Any) -> bool:
        only = None if reflected else getattr(thing, "_ddl_if", None)
        return only is None or only.dialect == store.writer.dialect.name

    return is_for


def left_to_generate(store: Store) -> list[Any]:
    with store.reader.connect() as connection:
        said = [connection.exec_driver_sql(asked).all() for asked in SHAPES[store.is_sqlite]]
        shape = (store.is_sqlite, *(tuple(row) for rows in said for row in rows))
        if shape not in _COMPARED:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_for(store)})
            _COMPARED[shape] = list(compare_metadata(context, metadata))
        return _COMPARED[shape]


def test_one_line_from_empty_to_one_head() -> None:
    assert len(SCRIPT.get_heads()) == 1
    assert len(SCRIPT.get_bases()) == 1
    assert REVISIONS[-1] == head()


@pytest.mark.parametrize("path", sorted((SCRIPTS / "versions").glob("*.py")), ids=lambda path: path.stem)
def test_a_revision_is_a_number_and_words(path: Path) -> None:
    """Numbered words: the file, and the revision in it, read in order."""
    assert re.fullmatch(r"\d{4}_[a-z0-9_]+", path.stem)
    assert path.stem in REVISIONS


def test_from_empty_to_head(store: Store) -> None:
    upgrade(store)
    assert revision(store) == head()
    assert tables(store) == OURS


def test_nothing_is_left_to_generate(store: Store) -> None:
    """The tables in mailer/store/tables and the migrations say the same."""
    upgrade(store)
    assert left_to_generate(store) == []


@pytest.mark.postgres
def test_postgresql_looks_up_no_key_that_another_vouches_for(postgres: Callable[[], str]) -> None:
    """It would lock a row for each, copy by copy; but what a copy goes out under must stand (V4)."""
    store = Store(postgres())
    upgrade(store)
    with store.reader.connect() as connection:
        found = inspect(connection)
        keys = {table: {key["constrained_columns"][0] for key in found.get_foreign_keys(table)} for table in ("outgoing", "attempts")}
    assert keys == {"outgoing": {"inbox_id", "letter_id", "standing_id", "invitation_id"}, "attempts": set()}
    store.close()


def test_upgrading_again_changes_nothing(store: Store) -> None:
    upgrade(store)
    upgrade(store)
    assert revision(store) == head()


@pytest.mark.parametrize("start", REVISIONS)
def test_from_each_revision_to_head(store: Store, start: str) -> None:
    upgrade(store, start)
    assert revision(store) == start
    upgrade(store)
    assert revision(store) == head()
    assert left_to_generate(store) == []


@pytest.mark.parametrize("back_to", ["base", *REVISIONS[:-1]])
def test_down_and_up_again(store: Store, back_to: str) -> None:
    upgrade(store)
    downgrade(store, back_to)
    assert revision(store) == ("" if back_to == "base" else back_to)
    assert back_to != "base" or tables(store) == set()
    upgrade(store)
    assert tables(store) == OURS
    assert left_to_generate(store) == []


def test_every_constraint_has_a_name(store: Store) -> None:
    """An unnamed constraint cannot be dropped later."""
    upgrade(store)
    with store.writer.connect() as connection:
        found = inspect(connection)
        for table in sorted(OURS):
            assert all(key["name"] for key in found.get_foreign_keys(table)), table
            assert all(unique["name"] for unique in found.get_unique_constraints(table)), table
            # SQLite's own integer key is part of the column and has none.
            assert store.is_sqlite or found.get_pk_constraint(table)["name"], table
