"""`member export / erase / merge`, `network export`, `db restore`: rights at the command line (DP-9 to DP-11, SAFE-5)."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from mailer.cli import db, member, network
from tests.cli.test_network_and_member import Line

JANE, HOME, DAWN = "jane@hill.school.example", "jane@home.example", "dawn@mill.school.example"


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    made = Line(tmp_path)
    for slug in ("mendip", "wessex"):
        made(network.app, "add", slug, "--domain", "lists.example.org", "--name", f"{slug} technicians")
    for slug, address, name, *more in (
        ("mendip", JANE, "=Jane Doe", "--roles", "member;organiser"),
        ("mendip", HOME, "J. Doe", "--purposes", "discussion"),
        ("mendip", DAWN, "Dawn Day"),
        ("wessex", DAWN, "Dawn Day"),
        ("wessex", "wes@wessex.example", "Wes Wood"),
    ):
        made(member.app, "add", slug, address, "--name", name, "--evidence", "paper form", *more)
    return made


def people(line: Line, slug: str = "mendip") -> dict[str, dict[str, object]]:
    return {one["addresses"][0]: one for one in json.loads(line(member.app, "list", slug, "--json"))}


def gets(line: Line, address: str, slug: str = "mendip") -> set[str]:
    standings = people(line, slug)[address]["standings"]
    assert isinstance(standings, dict)
    return {purpose for purpose, now in standings.items() if now == "active"}


def test_a_copy_for_one_person(line: Line, tmp_path: Path) -> None:
    line(member.app, "export", "mendip", JANE, "--out", "copy")
    parts = json.loads((tmp_path / "copy/my-data.json").read_text())
    assert parts["person"][0]["name"] == "=Jane Doe"
    assert "dawn" not in json.dumps(parts).lower()
    rows = list(csv.DictReader((tmp_path / "copy/my-data.csv").open(encoding="utf-8-sig")))
    assert {"part": "person", "entry": "1", "field": "name", "value": "'=Jane Doe"} in rows  # SAFE-5
    assert stat.S_IMODE((tmp_path / "copy/my-data.json").stat().st_mode) == 0o600
    line(member.app, "export", "mendip", JANE, "--out", "copy", status=1)  # overwrites nothing
    line(member.app, "export", "mendip", "wes@wessex.example", status=1)  # not of this network
    line(member.app, "export", "mendip", "nobody@home.example", status=1)


def test_merged_previewed_and_taken_back(line: Line) -> None:
    before = people(line)
    preview = line(member.app, "merge", "mendip", JANE, HOME, "--dry-run")
    assert "J. Doe becomes" in preview
    assert "Nothing was changed" in preview
    assert people(line) == before
    said = line(member.app, "merge", "mendip", JANE, HOME)
    merged = people(line)
    assert merged[JANE]["addresses"] == [JANE, HOME]
    assert gets(line, JANE) == {"meetings", "newsletter", "discussion"}
    line(member.app, "merge", "mendip", JANE, HOME, status=1)  # one person already
    line(db.app, "check", "--rebuild-standing")
    line(member.app, "merge", "mendip", "--undo", said.rpartition("--undo ")[2].strip())
    assert people(line) == before
    line(member.app, "merge", "mendip", "--undo", said.rpartition("--undo ")[2].strip(), status=1)
    line(db.app, "check", "--rebuild-standing")


def test_erased_and_forgotten_again_after_a_restore(line: Line, tmp_path: Path) -> None:
    line(member.app, "merge", "mendip", JANE, HOME)
    line(db.app, "backup", "backup.db")
    assert b"jane@hill" in (tmp_path / "backup.db").read_bytes().lower()
    line(member.app, "erase", "mendip", HOME, "--yes")
    for file in (tmp_path / "var").iterdir():
        assert not any(word in file.read_bytes().lower() for word in (b"jane@h", b"jane doe", b"j. doe")), file
    assert set(people(line)) == {DAWN}
    line(db.app, "check", "--rebuild-standing")
    line(member.app, "erase", "mendip", HOME, "--yes", status=1)
    for file in (tmp_path / "var").glob("termpost.db*"):
        file.unlink()
    assert "again, as they were erased since: 1" in line(db.app, "restore", "backup.db")
    for file in (tmp_path / "var").iterdir():
        assert not any(word in file.read_bytes().lower() for word in (b"jane@h", b"jane doe", b"j. doe")), file
    line(db.app, "check", "--rebuild-standing")


def test_one_network_and_nothing_of_another(line: Line, tmp_path: Path) -> None:
    line(network.app, "export", "mendip", "--out", "mendip.json")
    file = tmp_path / "mendip.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = json.loads(file.read_text())
    tables = written["tables"]
    assert {one["address"] for one in tables["addresses"]} == {JANE, HOME, DAWN}
    assert len(tables["people"]) == 3
    assert [one["slug"] for one in tables["networks"]] == ["mendip"]
    assert "wessex" not in file.read_text().lower()
    for rows in tables.values():
        assert all(row.get("network_id", 1) == 1 for row in rows)
    line(network.app, "export", "mendip", "--out", "mendip.json", status=1)


def test_every_table_is_in_a_network_export_or_left_out_on_purpose() -> None:
    from mailer.people import archive
    from mailer.store.types import metadata

    for table in metadata.sorted_tables:
        assert (archive.inside(table, 1) is None) == (table.name in archive.LEFT_OUT), table.name


def test_the_database_stays_whole(line: Line, tmp_path: Path) -> None:
    line(member.app, "erase", "mendip", JANE, "--yes")
    with sqlite3.connect(tmp_path / "var/termpost.db") as file:
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_list_is_safe_in_a_spreadsheet_and_comes_back_as_it_was(line: Line, tmp_path: Path) -> None:
    """SAFE-5; round trip: what each gets, their roles, who is pending and who left, into another network."""
    for address, name in (("+plus@mill.school.example", "@cmd"), ("pending@mill.school.example", "Pat")):
        more = ["--evidence", "form", "--purposes", "exchange"] if name == "@cmd" else []
        (tmp_path / "one.csv").write_text(f"email,name,organisation,status\n{address},{name},-Mill,\n")
        line(member.app, "import", "mendip", "one.csv", *more)
    (tmp_path / "left.csv").write_text("email\nleft@mill.school.example\n")
    line(member.app, "import", "mendip", "left.csv", "--evidence", "form")
    _leaves(tmp_path, "left@mill.school.example")
    line(member.app, "export", "mendip", "--out", "list")
    file = tmp_path / "list/mendip-members.csv"
    cells = [cell for row in csv.reader(file.open(encoding="utf-8-sig")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert {"'=Jane Doe", "'+plus@mill.school.example", "'@cmd", "'-Mill"} <= set(cells)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    line(network.app, "add", "copy", "--domain", "lists.example.org", "--name", "Copy")
    said = json.loads(line(member.app, "import", "copy", str(file), "--json"))
    assert {one["email"]: one["result"] for one in said["lines"]}["left@mill.school.example"] == "stays-out"
    assert said["ignored_columns"] == []
    before, after = people(line), people(line, "copy")
    assert set(after) == set(before) - {"left@mill.school.example"}
    for address, one in after.items():
        assert {key: one[key] for key in ("name", "organisation", "roles", "standings")} == {
            key: before[address][key] for key in ("name", "organisation", "roles", "standings")
        }


def _leaves(folder: Path, address: str) -> None:
    from datetime import UTC, datetime

    from mailer.acts import Actor, Strength, leave
    from mailer.people import addresses
    from mailer.store import Store

    store = Store(f"sqlite:///{next(folder.rglob('termpost.db'))}")
    with store.write() as session:
        known = addresses.find(session, address)
        assert known is not None
        leave.everything(session, Actor(1, known.id, known.person_id, Strength.TAG, "mail"), now=datetime.now(UTC))
    store.close()
