"""Every place where something hangs on a person is in their copy, is erased, and is in a spreadsheet's safe cells."""

from __future__ import annotations

import pytest

from mailer.consent import erasure, sweep
from mailer.people import access, spreadsheet
from mailer.store.types import metadata

# tables that name an address and are not in a copy: why
NOT_COPIED = {"import_rows": "in `imports`"}
# tables that name an address and keep their rows after an erasure: why
NOT_EMPTIED = {
    "standings": "the decision stays, of a tombstone",
    "ledger": "only grows; its fields go",
    "erasures": "that it was done",
    "proofs": "who of the committee said SEND, by id",
    "data_complaints": "that somebody complained, and when it was answered, by id",
    "attendance": "a head count",
    "outgoing": "the outbox empties it",
    "inbox": "emptied with its bytes",
}


def tied() -> list[str]:
    """Tables with a row for an address of a person."""
    return sorted(table.name for table in metadata.sorted_tables if "address_id" in table.c)


@pytest.mark.parametrize("name", tied())
def test_is_in_the_copy(name: str) -> None:
    who = access.Whose(1, (1,), (), (), (1,))
    read = " ".join(str(query(who)) for query in access.PARTS.values())
    assert f"FROM {name} " in read.replace("\n", " ") or name in NOT_COPIED


@pytest.mark.parametrize("name", tied())
def test_is_emptied(name: str) -> None:
    assert name in {table.name for table, _ in erasure.OWN} or name in NOT_EMPTIED


def test_words_of_people_are_swept_wherever_they_stand() -> None:
    """A new table is looked through unless somebody says why not."""
    assert {table.name for table in metadata.sorted_tables} >= sweep.NOT_SWEPT
    swept = {table.name for table in metadata.sorted_tables if table.name not in sweep.NOT_SWEPT}
    assert {"posts", "agenda_items", "pieces", "minutes", "actions", "occasions", "inbox", "confirmations"} <= swept


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "|"])
def test_no_cell_is_a_formula(start: str) -> None:
    """SAFE-5."""
    assert spreadsheet.cell(f"{start}cmd|' /C calc'!A0").startswith("'")
    assert spreadsheet.cell("Jane") == "Jane"
    assert b'"a ""b"""' in spreadsheet.write(("x",), [['a "b"']])


@pytest.mark.parametrize("mark", [";", "\t", "|", ":"])
def test_no_part_of_a_cell_is_one_however_the_file_is_cut(mark: str) -> None:
    """SAFE-5: LibreOffice cuts at semicolons and tabs as well as at commas."""
    [line] = spreadsheet.write(("x",), [["Jane", f"Ann{mark}=1+1", 3]]).decode("utf-8-sig").splitlines()[1:]
    assert line == f'"Jane","Ann{mark}=1+1","3"'
