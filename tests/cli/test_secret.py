"""The database knows the secret it was used with: a lost one is never replaced unnoticed (UNS-4, OPS-2)."""

from __future__ import annotations

import hmac
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from mailer.cli.app import assemble
from mailer.consent import suppression
from mailer.house import House, fingerprint, hasher_of, open_house
from mailer.settings import Settings
from mailer.store import Store
from mailer.store.tables import addresses, fingerprints

app = assemble()
DAWN, JANE = "dawn@mill.school.example", "jane@hill.school.example"
USED = ("network list", "check", "db check", "db backup b.db", "db move sqlite:///other.db", "run", "web")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once; every test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "people.csv").write_text(f"email\n{JANE}\n{DAWN}\n")
    for words in (
        ("network", "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip"),
        ("member", "import", "mendip", str(folder / "people.csv"), "--evidence", "paper forms"),
    ):
        env = {"TERMPOST_DATA_DIR": str(folder / "var"), "TERMPOST_OPERATOR": "it@uni.example"}
        assert CliRunner(env=env).invoke(app, words).exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network with two members, and the secret that belongs to it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TERMPOST_OPERATOR", "it@uni.example")
    return tmp_path


def run(*words: str, status: int = 0) -> str:
    result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "300"}).invoke(app, words)
    assert result.exit_code == status, result.output + repr(result.exception)
    return result.output


def house_of(folder: Path, **settings: Any) -> House:
    return open_house(Settings(data_dir=folder / "var", **settings))


def lose(folder: Path) -> Path:
    return (folder / "var" / "secret").rename(folder / "kept")


def other(folder: Path) -> None:
    lose(folder)
    file = folder / "var" / "secret"
    file.write_bytes(bytes(range(40)))
    file.chmod(0o600)


@pytest.mark.parametrize("words", USED)
@pytest.mark.parametrize(("trouble", "said"), [(lose, "is missing"), (other, "is not the one")], ids=["lost", "another"])
def test_nothing_goes_on_with_another_secret(folder: Path, words: str, trouble: Any, said: str) -> None:
    trouble(folder)
    there = (folder / "var" / "secret").exists()
    shown = run(*words.split(), status=1 if words == "check" else 2)
    assert said in shown
    assert "termpost db new-secret" in shown
    assert (folder / "var" / "secret").exists() == there  # none was made in its place
    (folder / "kept").replace(folder / "var" / "secret")
    run("network", "list")


def test_mail_stays_with_the_mail_server_meanwhile(folder: Path) -> None:
    """V1: `receive` answers 75, try again."""
    lose(folder)
    mail = "From: jane@hill.school.example\nTo: mendip@lists.example.org\n\nHello\n"
    result = CliRunner().invoke(app, ["receive", "--to", "mendip@lists.example.org"], input=mail)
    assert result.exit_code == 75


def test_the_fingerprint_gives_nothing_of_the_secret(folder: Path) -> None:
    secret = (folder / "var" / "secret").read_bytes()
    with Store(f"sqlite:///{folder}/var/termpost.db").read() as session:
        [kept] = session.execute(select(fingerprints.c.fingerprint)).scalars()
    assert kept == fingerprint(secret)
    assert secret.hex() not in kept
    assert kept not in (hmac.digest(secret, b"", "sha256").hex(), hasher_of(secret).hex())


def test_an_empty_database_takes_any_secret(tmp_path: Path) -> None:
    house_of(tmp_path).close()
    other(tmp_path)
    house_of(tmp_path).close()


def test_a_database_from_before_takes_the_secret_that_is_there(folder: Path) -> None:
    store = Store(f"sqlite:///{folder}/var/termpost.db")
    with store.write() as session:
        session.execute(fingerprints.delete())
    store.close()
    kept = lose(folder)
    assert "is missing" in run("network", "list", status=2)
    kept.replace(folder / "var" / "secret")
    run("network", "list")
    other(folder)
    assert "is not the one" in run("network", "list", status=2)


def test_a_new_secret_is_accepted_knowingly(folder: Path) -> None:
    """What can be saved is: addresses that are still written down keep their suppression (DP-8)."""
    house = house_of(folder)
    with house.store.write() as session:
        for address in (JANE, "gone@school.example"):
            mac = suppression.mac(address, house.hasher)
            suppression.add(session, mac=mac, network_id=None, reason=suppression.OBJECTION, now=_now())
    house.close()
    assert "belong together" in run("db", "new-secret")
    lose(folder)
    told = run("db", "new-secret", status=1)
    assert "links to leave" in told
    assert "Nothing was changed" in told
    assert not (folder / "var" / "secret").exists()
    done = run("db", "new-secret", "--yes")
    assert "is the secret now" in done
    assert "Of 1 entries" in done
    assert len(json.loads(run("member", "list", "mendip", "--json"))) == 2
    house = house_of(folder)
    with house.store.read() as session:
        assert session.execute(select(fingerprints)).all()[-1].fingerprint == fingerprint(house.root)
        assert suppression.exists(session, mac=suppression.mac(JANE, house.hasher), network_id=None)
        rows = session.execute(select(addresses.c.address, addresses.c.mac)).all()
        assert all(bytes(row.mac) == suppression.mac(row.address, house.hasher) for row in rows)
    house.close()


def _now() -> Any:
    from mailer import clock

    return clock.lease_now()


# -- the fingerprint goes where the database goes ----------------------------------------------------------------------


def test_a_restore_wants_the_secret_of_the_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "backup", "backup.db")
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(folder / "new"))
    assert "is missing" in run("db", "restore", "backup.db", status=2)
    assert not (folder / "new" / "secret").exists()
    (folder / "new").mkdir(exist_ok=True)
    shutil.copy2(folder / "var" / "secret", folder / "new" / "secret")
    assert "Restored" in run("db", "restore", "backup.db")
    other_secret = folder / "new" / "secret"
    other_secret.write_bytes(bytes(range(40)))
    assert "is not the one" in run("network", "list", status=2)


def test_a_restore_without_the_secret_is_told_what_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "backup", "backup.db")
    run("member", "erase", "mendip", JANE, "--yes")
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(folder / "new"))
    said = run("db", "restore", "backup.db", "--new-secret", "--erasures", str(folder / "var" / "erasures.jsonl"))
    assert "erased since: 1." in said
    assert "links to leave" in said
    assert [one["addresses"] for one in json.loads(run("member", "list", "mendip", "--json"))] == [[DAWN]]


def test_a_backup_says_where_the_secret_belongs(folder: Path) -> None:
    said = run("db", "backup", "backup.db")
    assert "in another place" in said
    assert "beside" not in said


@pytest.mark.postgres
def test_a_move_takes_the_fingerprint_along(folder: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hosts of one database need one secret: the second one, with its own, does not start."""
    url = postgres()
    run("db", "move", url)
    monkeypatch.setenv("TERMPOST_DATABASE_URL", url)
    run("network", "list")
    run("db", "backup", "hosted.db")
    other(folder)
    assert "is not the one" in run("network", "list", status=2)
    assert "is not the one" in run("check", status=1)


@pytest.mark.postgres
def test_a_database_without_tables_is_not_asked(postgres: Any, tmp_path: Path) -> None:
    """`termpost db upgrade` is IT's; until then `check` says so."""
    house_of(tmp_path, database_url=postgres()).close()
