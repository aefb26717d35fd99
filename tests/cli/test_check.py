"""`termpost check` on a bad day: a line for each thing that is away, what to do about it, and the rest looked at as well."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from mailer.cli import checks
from mailer.cli.app import assemble
from mailer.cli.checking import Finding, Place, beyond, here, look
from mailer.inbound.authenticate.names import Temporary
from mailer.settings import Settings
from mailer.store import Store, add
from mailer.store.tables import networks
from mailer.store.upgrade import upgrade
from tests.servers import as_user, free_port, running, until
from tests.servers import folder as folder_of
from tests.workers.conftest import NOW
from tests.workers.test_hosted import TERMPOST

app = assemble()
CLOSED = "127.0.0.1:1"  # nothing listens there
SENTENCES = (
    "postmaster and abuse mail", "the data folder", "MB are free", "the database", "the relay", "DKIM", "broker", "the SMTP door",
)  # fmt: skip

# name: settings, what the WRONG line says, what its advice says
DAYS: dict[str, tuple[dict[str, str], str, str]] = {
    "postgresql away": ({"DATABASE_URL": f"postgresql+psycopg://u:verysecret@{CLOSED}/x"}, "the database cannot be used", "systemctl status postgresql"),
    "redis away": ({"BROKER_URL": f"redis://:verysecret@{CLOSED}/0"}, "the broker redis://127.0.0.1:1 takes no work", "TERMPOST_BROKER_URL"),
    "rabbitmq away": ({"BROKER_URL": f"amqp://u:verysecret@{CLOSED}/"}, "the broker amqp://127.0.0.1:1 takes no work", "TERMPOST_BROKER_URL"),
    "relay away": ({"RELAY_URL": f"smtp://{CLOSED}"}, "Nobody answers at the mail server's address", "TERMPOST_RELAY_URL"),
    "relay unknown": ({"RELAY_URL": "smtp+starttls://u:verysecret@relay.invalid:587"}, "could not be looked up", "getent hosts"),
    "no password file": ({"RELAY_URL": "smtps://u@relay.invalid", "RELAY_PASSWORD_FILE": "/nowhere/password"}, "The password file /nowhere/password cannot be read", "run termpost check again"),
    "data folder": ({"DATA_DIR": "/proc/nowhere"}, "nothing can be written in the data folder /proc/nowhere", "chown -R termpost:"),
    "clock file": ({"CLOCK": "file:/nowhere/clock"}, "The clock file /nowhere/clock cannot be read", "Write a time such as"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    given(monkeypatch, {"DATA_DIR": str(tmp_path / "var"), "OPERATOR": "it@uni.example", "SMTP_LISTEN": "off"})
    return tmp_path


def given(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"TERMPOST_{name}", value)


def check(*words: str, status: int = 1) -> str:
    result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "300"}).invoke(app, ["check", *words])
    assert result.exit_code == status, result.output + repr(result.exception)
    assert not result.output.startswith("termpost: ")
    assert "verysecret" not in result.output
    return result.output


@pytest.mark.parametrize("day", DAYS)
def test_what_is_away_is_one_wrong_line_among_the_others(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    settings, what, mend = DAYS[day]
    given(monkeypatch, {"SMTP_LISTEN": f"127.0.0.1:{free_port()}"} | settings)
    lines = check().splitlines()
    [at] = [n for n, line in enumerate(lines) if line.startswith("WRONG") and what in line]
    assert mend in lines[at + 1]
    missing = [each for each in SENTENCES if not any(each in line for line in lines)]
    assert not [each for each in missing if (day, each) not in (("no password file", "the relay"), )], lines


def test_everything_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for settings, _, _ in DAYS.values():
        given(monkeypatch, settings)
    given(monkeypatch, {"CLOCK": "system", "RELAY_URL": "smtps://relay.invalid", "RELAY_PASSWORD_FILE": ""})
    found = json.loads(check("--json"))
    assert sum(not each["ok"] for each in found) >= 4
    assert all(bool(each["mend"]) != each["ok"] for each in found)


def test_all_is_well(folder: Path) -> None:
    assert "WRONG" not in check(status=0)


def test_a_damaged_database_is_one_of_the_lines(folder: Path) -> None:
    (folder / "var").mkdir()
    (folder / "var" / "termpost.db").write_bytes(b"not a database" * 99)
    assert "WRONG the database cannot be used: file is not a database" in check()


CLOSED_FILES = {
    "termpost.db": "nothing can be written to the database: {}",
    "leavings.jsonl": "{} may only be read, so that who leaves is not written down",
    "erasures.jsonl": "{} may only be read, so that nobody who asks to be forgotten is",
}


@pytest.mark.parametrize(("name", "what"), CLOSED_FILES.items(), ids=CLOSED_FILES)
def test_a_file_that_may_only_be_read(name: str, what: str) -> None:
    """Root has it, as after a command without sudo -u. Such a database answers, and the service that check says to start would be
    refused; without its journals the service runs, and no STOP outlives a backup (DP-3)."""
    with folder_of("check-", owner="daemon") as home:
        env = dict(os.environ) | {"TERMPOST_DATA_DIR": str(home / "var")}

        def said() -> str:
            return subprocess.run([*as_user("daemon"), TERMPOST, "check"], env=env, cwd=home, capture_output=True, text=True, check=False).stdout

        assert "ok    the database takes rows" in said()
        file = home / "var" / name
        file.touch()
        file.chmod(0o400)
        lines = said().splitlines()
        [at] = [n for n, line in enumerate(lines) if line.startswith(f"WRONG {what.format(file)}")]
        assert f"chown termpost: {file}" in lines[at + 1]


@pytest.mark.parametrize("form", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_release_that_was_taken_back(folder: Path, form: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is ahead of the program: no fault to report, and nothing that `db upgrade` could mend."""
    url = f"sqlite:///{folder}/var/termpost.db"
    if form == "postgresql":
        url = request.getfixturevalue("postgres")()
        given(monkeypatch, {"DATABASE_URL": url})
    (folder / "var").mkdir()
    store = Store(url)
    upgrade(store)
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999_after'"))
    store.close()
    said = "A newer release of Termpost has upgraded the database to 9999_after"
    lines = check().splitlines()
    [at] = [n for n, line in enumerate(lines) if line.startswith(f"WRONG {said}")]
    assert "-> Install the newer release again" in lines[at + 1]
    upgrading = CliRunner().invoke(app, ["db", "upgrade"])
    assert upgrading.exit_code == 1
    assert upgrading.output.startswith(f"termpost: {said}")


def test_tables_that_are_damaged_stop_no_other_line(folder: Path) -> None:
    check(status=0)
    store = Store(f"sqlite:///{folder}/var/termpost.db")
    with store.write() as session:
        session.exec_driver_sql("DROP TABLE ledger")
    store.close()
    said = check()
    assert "WRONG not looked at, as the database failed: The ledger's chain (V10): no such table: ledger" in said
    assert "no message waits" in said


def test_a_disk_that_is_nearly_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-7: told before the door has to say 452."""
    monkeypatch.setattr(here, "LEAST_FREE", 10**15)
    said = check()
    assert "WRONG" in said
    assert "MB are free" in said
    assert "senders get 452" in said


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="a small disk needs root")
def test_a_disk_that_is_full(folder: Path) -> None:
    """Nothing fits: still a line for each thing, and what to do."""
    (folder / "var").mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder / "var"], capture_output=True)
    if mounted.returncode:
        pytest.skip("no tmpfs may be mounted here")
    try:
        with (folder / "var" / "ballast").open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        said = check()
        assert "nothing can be written in the data folder" in said
        assert "WRONG 0 MB are free" in said
        assert "the database cannot be used" in said
        assert "broker" in said
    finally:
        subprocess.run(["umount", folder / "var"], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="a small disk needs root")
def test_a_disk_that_has_the_database_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-7: senders get 452, however much room there is beside it."""
    (folder / "small").mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", folder / "small"], capture_output=True)
    if mounted.returncode:
        pytest.skip("no tmpfs may be mounted here")
    try:
        (folder / "linked.db").symlink_to(folder / "small" / "termpost.db")
        given(monkeypatch, {"DATABASE_URL": f"sqlite:///{folder}/linked.db"})
        said = check()
        assert f"MB are free in {folder}/var" in said
        assert re.search(rf"WRONG \d MB are free in {folder}/small\n +-> make room", said)
    finally:
        subprocess.run(["umount", folder / "small"], check=True)


def test_a_check_that_stops_is_a_line(folder: Path) -> None:
    def full(place: Place) -> Any:
        yield Finding(True, "first")
        raise OSError(28, "No space left on device", "var/x")

    assert [each.ok for each in look(full, Place(Settings(data_dir=folder)))] == [True, False]


class Records:
    """A DNS of a few names; None is one that does not answer."""

    def __init__(self, known: Mapping[tuple[str, str], list[str]] | None) -> None:
        self.known = known

    def ask(self, name: str, kind: str) -> list[str]:
        if self.known is None:
            raise Temporary("NoNameservers")
        return self.known.get((name, kind), [])


D = "lists.uni.example"
WHOLE = {(D, "MX"): ["mx.uni.example"], (D, "TXT"): ["v=spf1 -all"], (f"_dmarc.{D}", "TXT"): ["v=DMARC1; p=none"]}
DNS: dict[str, tuple[Mapping[tuple[str, str], list[str]] | None, list[str]]] = {
    "all there": (WHOLE, []),
    "the organisation's own DMARC": ({**WHOLE, (f"_dmarc.{D}", "TXT"): [], ("_dmarc.uni.example", "TXT"): ["v=DMARC1; p=reject"]}, []),
    "no SPF": ({**WHOLE, (D, "TXT"): ["hello"]}, [f"{D} has no SPF record in the DNS"]),
    "nothing": ({}, [f"{D} has no MX record in the DNS", f"{D} has no SPF record in the DNS", f"_dmarc.{D} has no DMARC record in the DNS"]),
    "away": (None, [f"the DNS does not answer here, so {D} was not looked up"]),
}  # fmt: skip


@pytest.mark.parametrize("case", DNS)
def test_records_of_a_service_on_the_net(folder: Path, case: str) -> None:
    """DEPLOY-1, PROV-1: what the big providers ask of who sends."""
    known, wrong = DNS[case]
    settings = Settings(data_dir=folder / "var", public_url="https://lists.uni.example")
    store = Store(settings.database_url)
    upgrade(store)
    with store.write() as session:
        add(session, networks, slug="mendip", domain=D, name="Mendip", created_at=NOW)
    found = list(beyond.records(Place(settings, store), Records(known)))
    assert [each.what for each in found if not each.ok] == wrong
    assert not list(beyond.records(Place(Settings(data_dir=folder / "var"), store), Records(None)))  # nothing is on the net
    store.close()


# -- a worker whose broker is away -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["redis", "amqp"])
def test_a_worker_is_not_ready_before_its_broker(folder: Path, kind: str) -> None:
    port, log = free_port(), folder / "log"
    env = dict(os.environ) | {"TERMPOST_BROKER_URL": f"{kind}://127.0.0.1:{port}"}
    with running([TERMPOST, "work"], log, env=env, cwd=folder):
        until(lambda: "takes no work" in log.read_text(), said=log.read_text)
        said = log.read_text()
        assert '"ready"' not in said
        assert f"{kind}://127.0.0.1:{port}" in said
        if kind == "redis" and (server := shutil.which("redis-server")) is not None:
            command = [server, "--port", str(port), "--save", "", "--dir", str(folder)]
            with running(command, folder / "redis.log"):
                until(lambda: '"ready"' in log.read_text(), said=log.read_text)
    assert len(log.read_text().splitlines()) <= 3, log.read_text()


def test_every_check_says_what_it_looks_at() -> None:
    """The first sentence of each stands in the line that says it could not be done."""
    for one in (*checks.FIRST, *checks.WITHIN, *checks.LAST):
        assert (one.__doc__ or "").strip()
