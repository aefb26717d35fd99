"""What IT runs: plan, rehearse, hold, release, rate, settings, check, db (contract 3)."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailer import clock
from mailer.cli.app import assemble
from mailer.outbound import rates as pacing
from mailer.store import Store
from mailer.store.tables import attempts, networks, occasions, outgoing, rates
from mailer.store.upgrade import downgrade, upgrade
from tests.cli.made import copied, make
from workers.alone import only_one

PEOPLE = """email,name,organisation,roles,purposes
olive@hill.school.example,Olive Organiser,Hill School,organiser,meetings;newsletter
peter@mill.school.example,Peter Mill,Mill Academy,organiser,meetings;newsletter
jane@hill.school.example,Jane Doe,Hill School,member,meetings;newsletter
dawn@mill.school.example,Dawn Day,Mill Academy,member,meetings
"""
JANE = "jane@hill.school.example"
app = assemble()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; every test gets a copy."""
    return make(tmp_path_factory.mktemp("made"), PEOPLE, "--venue", "Hill School")


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a network of four, a meeting to come, and the clock at NOW."""
    return copied(made, tmp_path, monkeypatch)


def run(*words: str, status: int = 0) -> str:
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(app, words)
    assert result.exit_code == status, result.output + repr(result.exception)
    assert "should not have" not in result.output  # a refusal is no fault of ours
    return result.stdout if status == 0 else result.output


def read(*words: str) -> Any:
    return json.loads(run(*words))


def test_plan_tells_every_mail_of_the_term(folder: Path) -> None:
    rows = read("plan", "mendip", "--json")
    kinds = [row["kind"] for row in rows]
    for kind in (
        "save-the-date",
        "invitation",
        "draft-agenda",
        "final-agenda",
        "day-before",
        "day-sheet",
        "minutes-and-actions",
    ):
        assert kind in kinds
    for row in rows:
        assert {"kind", "due_at", "until", "audience", "count", "mode", "state"} <= row.keys()
        assert row["due_at"].endswith("Z")
    assert next(row for row in rows if row["kind"] == "invitation")["count"] == 4


def test_a_rehearsal_writes_every_mail_on_its_day_and_changes_nothing(folder: Path) -> None:
    before = (folder / "var/termpost.db").read_bytes()
    run("rehearse", "mendip", "--until", "2027-01-21", "--out", "out")
    assert (folder / "var/termpost.db").read_bytes() == before
    index = [json.loads(line) for line in (folder / "out/index.jsonl").read_text().splitlines()]
    assert {path.name for path in (folder / "out").glob("*.eml")} == {line["file"] for line in index}
    sent = [line for line in index if line["kind"] == "invitation"]
    assert {line["to"] for line in sent} == {
        f"{who}.school.example" for who in ("olive@hill", "peter@mill", "jane@hill", "dawn@mill")
    }
    assert {line["at"][:10] for line in sent} == {"2026-12-18"}
    assert len({line["message_id"] for line in index}) == len(index)
    mail = email.message_from_bytes((folder / "out" / sent[0]["file"]).read_bytes(), policy=email.policy.default)
    assert "METHOD:REQUEST" in str(
        next(p for p in mail.walk() if p.get_content_type() == "text/calendar").get_content()
    )
    again = (folder / "out/index.jsonl").read_bytes()
    run("rehearse", "mendip", "--until", "2027-01-21", "--out", "out")
    assert len((folder / "out/index.jsonl").read_bytes().splitlines()) == len(again.splitlines())


def test_a_rehearsal_needs_a_day_to_come(folder: Path) -> None:
    run("rehearse", "mendip", "--until", "2026-01-01", "--out", "out", status=1)
    run("rehearse", "nowhere", "--until", "2027-01-01", "--out", "out", status=1)


def test_a_rehearsal_says_what_it_wrote_and_logs_nothing(folder: Path) -> None:
    """The minutes never come, so their mail is missed: on the copy, which is nothing to warn of."""
    words = ("rehearse", "mendip", "--until", "2027-03-01", "--out", "out")
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(app, words)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "mails written to out" in result.stdout


def test_hold_and_release_a_network_and_a_mailing(folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/var/termpost.db")

    def held() -> bool:
        with store.read() as session:
            return session.execute(networks.select()).one().held_at is not None

    run("hold", "mendip", "--reason", "snow")
    assert held()
    run("release", "mendip")
    assert not held()
    invitation = next(row for row in read("plan", "mendip", "--json") if row["kind"] == "invitation")
    run("hold", invitation["id"])
    assert next(row for row in read("plan", "mendip", "--json") if row["kind"] == "invitation")["state"] == "held"
    run("release", invitation["id"])
    assert next(row for row in read("plan", "mendip", "--json") if row["kind"] == "invitation")["state"] == "planned"
    with store.read() as session:
        row = session.execute(occasions.select().where(occasions.c.id == int(invitation["id"]))).one()
    assert row.proof_at == datetime(2026, 12, 16, 9, 0, tzinfo=UTC)  # what was never shown keeps its day
    run("hold", "999", status=1)
    run("hold", "nowhere", status=1)


def test_rate_is_set_for_everything_or_one_network(folder: Path) -> None:
    run("rate", "60")
    run("rate", "mendip", "30")
    run("rate", "quick", status=2)
    assert "60" in run("rate")
    run("outbox", "list", "--state", "bogus", status=2)
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        assert {row.per_minute for row in session.execute(rates.select())} == {60, 30}


def test_a_rate_may_be_for_one_relay_or_one_domain_and_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_RELAY_URL", "smtp://127.0.0.1:2525,smtp://127.0.0.2:2526")
    assert read("rate", "30", "--relay", "127.0.0.2", "--json")["per_minute"] == 30
    assert "10 messages a minute leave to" in run("rate", "10", "--to", "Hill.School.example")
    assert "There is" in run("rate", "10", "--relay", "mx.example", status=1)
    run("rate", "10", "--relay", "127.0.0.2", "--to", "hill.school.example", status=2)
    run("rate", "10", "--to", "nonsense", status=2)
    run("rate", "mendip", "20")
    assert read("rate", "--json")["others"] == [
        {"kind": "destination", "name": "hill.school.example", "per_minute": 10, "rests_until": None},
        {"kind": "network", "name": "mendip", "per_minute": 20, "rests_until": None},
        {"kind": "relay", "name": "smtp://127.0.0.2:2526", "per_minute": 30, "rests_until": None},
    ]
    with Store(f"sqlite:///{folder}/var/termpost.db").write() as session:
        pacing.spare(session, pacing.destination("mill.school.example"), now=clock.lease_now())
    assert "mill.school.example: asked to be spared and rests until" in run("rate")
    run("rate", "off", "--to", "mill.school.example")
    assert "mill.school" not in run("rate")


def test_a_mailing_is_cancelled_for_good_and_the_organisers_are_told(folder: Path) -> None:
    invitation = next(row for row in read("plan", "mendip", "--json") if row["kind"] == "invitation")
    assert "goes to nobody." in run("outbox", "cancel", "--mailing", invitation["id"], "--reason", "the wrong room")
    run("outbox", "cancel", "--mailing", invitation["id"], status=1)
    run("outbox", "cancel", "--mailing", "999", status=1)
    run("outbox", "cancel", status=2)
    run("plan", "mendip")  # a plan that is made again does not bring it back
    states = {row["kind"]: row["state"] for row in read("plan", "mendip", "--state", "cancelled", "--json")}
    assert states == {"invitation": "cancelled"}
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        assert [row.purpose for row in session.execute(outgoing.select())] == ["desk", "desk"]


def test_what_is_written_of_people_is_for_nobody_else_to_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that was there keeps its mode."""
    (folder / "mine").mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        for out in ("out", "mine"):
            run("rehearse", "mendip", "--until", "2027-01-21", "--out", out)
        monkeypatch.setenv("TERMPOST_DATA_DIR", str(folder / "fresh"))
        run("network", "list")
    finally:
        os.umask(before)
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in ("out", "mine", "fresh")} == {"out": 0o700, "mine": 0o755, "fresh": 0o700}
    files = [file for name in ("out", "mine", "fresh") for file in (folder / name).iterdir()]
    assert {"index.jsonl", "0001.eml", "termpost.db", "secret"} <= {file.name for file in files}
    assert not [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]


def test_settings_and_check_say_what_is_and_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_RELAY_URL", "smtps://user:verysecret@relay.example.org")
    monkeypatch.setenv("TERMPOST_CLOCK", "system")
    shown = run("settings")
    assert "verysecret" not in shown
    assert "TERMPOST_UNDO" in shown
    monkeypatch.delenv("TERMPOST_RELAY_URL")
    assert "TERMPOST_OPERATOR" in run("check", status=1)  # SMTP-19: nobody gets postmaster mail yet


def test_a_misspelt_setting_is_named_with_the_nearest_right_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_UNDOO", "5m")
    said = run("settings", status=2)
    assert "TERMPOST_UNDOO" in said
    assert "TERMPOST_UNDO" in said.replace("TERMPOST_UNDOO", "")


def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, with the secret of the old one."""
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(folder / "other"))
    monkeypatch.setenv("TERMPOST_SECRET_FILE", str(folder / "var" / "secret"))
    (folder / "other").mkdir()
    return folder / "other"


def test_a_backup_is_restored_held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "backup", "backup.db")
    assert (folder / "backup.db").stat().st_mode & 0o777 == 0o600
    run("db", "backup", "backup.db", status=1)  # overwrites nothing
    run("db", "restore", "backup.db", status=1)  # the database is not empty
    elsewhere(folder, monkeypatch)
    run("db", "restore", "backup.db")
    assert [row["slug"] for row in read("network", "list", "--json")] == ["mendip"]
    assert len(read("member", "list", "mendip", "--json")) == 4
    with Store(f"sqlite:///{folder}/other/termpost.db").read() as session:
        assert session.execute(networks.select()).one().held_at is not None  # OPS-8
    assert "All is well" in run("db", "check", "--rebuild-standing")


def test_a_restore_leaves_the_backup_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the only one, and the release that made it has to read it should this one not do."""
    run("db", "backup", "backup.db")
    with closing(Store(f"sqlite:///{folder}/backup.db")) as older:
        downgrade(older, "-1")
    was = (folder / "backup.db").read_bytes()
    other = elsewhere(folder, monkeypatch)
    run("db", "restore", "backup.db")
    assert (folder / "backup.db").read_bytes() == was
    assert not [*folder.glob("backup.db-*"), *other.glob("restore-*")]


def test_a_database_that_was_kept_with_its_log_is_restored_with_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store(f"sqlite:///{folder}/var/termpost.db")) as store:
        with store.write() as session:
            session.execute(networks.update().values(name="As it stood when the power went"))
        for end in ("", "-wal"):
            shutil.copy(folder / "var" / f"termpost.db{end}", folder / f"kept.db{end}")
    elsewhere(folder, monkeypatch)
    run("db", "restore", "kept.db")
    assert read("network", "list", "--json")[0]["name"] == "As it stood when the power went"


def test_v5_a_restore_that_fails_half_way_leaves_nothing_that_goes_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("hold", "mendip")  # which the organisers are told; their letters wait
    run("release", "mendip")
    run("db", "backup", "backup.db")
    run("member", "erase", "mendip", "dawn@mill.school.example", "--yes")
    other = elsewhere(folder, monkeypatch)
    (other / "erasures.jsonl").mkdir()  # she cannot be forgotten again, as that cannot be written down
    run("db", "restore", "backup.db", "--erasures", str(folder / "var" / "erasures.jsonl"), status=1)
    with Store(f"sqlite:///{other}/termpost.db").read() as session:
        assert session.execute(networks.select()).one().held_reason == "restored from a backup"
        assert {(row.state, row.reason) for row in session.execute(outgoing.select())} == {("uncertain", "restored")}


def test_a_damaged_line_of_a_journal_is_passed_over_and_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "backup", "backup.db")
    run("member", "erase", "mendip", "dawn@mill.school.example", "--yes")
    other = elsewhere(folder, monkeypatch)
    whole = (folder / "var" / "erasures.jsonl").read_bytes()
    (other / "erasures.jsonl").write_bytes(b'{"mac": "00", "at": "soon"}\n\0\xff\xfe\n{"mac": "00", "at": "2026-11-20T12:00:00"}\n' + whole)
    left = b'{"mac": "00", "network": null, "reason": "\xff", "at": "2026-11-20T12:00:00+00:00", "lifted": false}\n'
    (other / "leavings.jsonl").write_bytes(b'{"begun": "2026-11-20T12:00:00+00:00"}\n' + left)
    said = run("db", "restore", "backup.db")
    assert "erased since: 1." in said
    assert f"Of {other}/erasures.jsonl nobody can read 3 lines" in said
    assert f"Of {other}/leavings.jsonl nobody can read 1 line," in said


def cramped(folder: Path, kilobytes: int, *words: str) -> str:
    """What Python says of these words where no file can grow beyond so much."""
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "-", sys.executable, "-c", *words],
        cwd=folder, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done
    return done.stderr


def test_what_the_disk_has_no_room_for_has_no_file(folder: Path) -> None:
    half = (folder / "var/termpost.db").stat().st_size // 2048
    said = cramped(folder, half, "from mailer.cli.app import main; main()", "db", "backup", "b.db")
    assert said.startswith("termpost: The database cannot be used now: ")
    export = "from mailer.store.whole import new_file; from pathlib import Path\nwith new_file(Path('n')) as part: part.write_bytes(bytes(2000))"
    assert "File too large: 'n.part'" in cramped(folder, 1, export)
    assert not [*folder.glob("b.db*"), *folder.glob("n*")]
    assert "Not a directory" in run("member", "export", "mendip", JANE, "--out", "people.csv/m", status=1)


def test_a_backup_that_was_killed_is_not_taken_for_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "b.db.part").touch()
    assert "remove it" in run("db", "backup", "b.db", status=1)
    assert "no folder" in run("db", "backup", "nowhere/b.db", status=1)
    empty = Store(f"sqlite:///{folder}/empty.db")
    upgrade(empty)
    empty.close()
    elsewhere(folder, monkeypatch)
    assert "no network in empty.db" in run("db", "restore", "empty.db", status=1)


@pytest.mark.postgres
def test_a_backup_of_postgresql_that_was_killed_has_no_file(folder: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres()
    run("db", "move", url)
    monkeypatch.setenv("TERMPOST_DATABASE_URL", url)
    store = Store(url)
    with store.writer.connect() as lock, store.reader.connect() as look:
        lock.exec_driver_sql("LOCK TABLE outgoing IN ACCESS EXCLUSIVE MODE")  # the backup comes no further
        backup = subprocess.Popen([sys.executable, "-c", "from mailer.cli.app import main; main()", "db", "backup", "b.db"])
        while not look.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first():
            look.rollback()
        backup.kill()
        backup.wait()
    store.close()
    assert (folder / "b.db.part").exists()
    assert not (folder / "b.db").exists()


@pytest.mark.postgres
def test_everything_moves_to_postgresql(folder: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres()
    run("db", "move", url)
    monkeypatch.setenv("TERMPOST_DATABASE_URL", url)
    assert len(read("member", "list", "mendip", "--json")) == 4
    run(
        "meeting", "add", "mendip", "--starts", "2027-05-20T14:00", "--ends", "2027-05-20T16:00"
    )  # ids go on from there
    assert "All is well" in run("db", "check", "--rebuild-standing")
    run("rehearse", "mendip", "--until", "2026-12-19", "--out", "out")
    index = [json.loads(line) for line in (folder / "out/index.jsonl").read_text().splitlines()]
    assert sum(line["kind"] == "invitation" for line in index) == 4
    store = Store(url)
    with store.read() as session:
        assert session.execute(outgoing.select()).first() is None
    with store.write() as session:  # PostgreSQL does not look for its copy
        session.execute(attempts.insert().values(outgoing_id=99, at=clock.now(), state="accepted"))
    store.close()
    assert "a row of attempts refers to nothing in outgoing" in run("db", "check", status=1)


def test_a_move_leaves_nothing_that_could_go_out_twice(folder: Path) -> None:
    """V5: the old database, started again by mistake, sends nothing; the new one goes on where it stood."""
    run("db", "move", f"sqlite:///{folder}/new.db")
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        assert session.execute(networks.select()).one().held_reason == "moved to another database"
        assert not session.execute(outgoing.select().where(outgoing.c.state.in_(("queued", "deferred")))).first()
    with Store(f"sqlite:///{folder}/new.db").read() as session:
        assert session.execute(networks.select()).one().held_at is None
        assert {row.state for row in session.execute(occasions.select())} == {"planned"}


def test_a_move_is_refused_while_the_service_runs(folder: Path) -> None:
    """What it accepted meanwhile would be left behind (V1)."""
    with only_one(folder / "var"):
        assert "runs on" in run("db", "move", f"sqlite:///{folder}/new.db", status=1)
    assert not (folder / "new.db").exists()


def test_a_move_that_fails_holds_nothing(folder: Path) -> None:
    shutil.copy(folder / "var" / "termpost.db", folder / "full.db")
    assert "not empty" in run("db", "move", f"sqlite:///{folder}/full.db", status=1)
    assert "already" in run("db", "move", f"sqlite:///{folder / 'var' / 'termpost.db'}", status=1)
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        assert session.execute(networks.select()).one().held_at is None
