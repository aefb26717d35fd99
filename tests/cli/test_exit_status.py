"""Exit status 0, 1 (refused) and 2 (wrong usage) of every command, `--help` with an example, and never a traceback (contract 3)."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from mailer.cli import demo, workbench
from mailer.cli.app import assemble
from mailer.cli.examples import EXAMPLES
from tests.databases import lay_empty
from tests.workers.test_hosted import TERMPOST

app = assemble()
WHOLE = typer.main.get_command(app)


def _commands(command: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, *names, name)


EVERY = dict(_commands(WHOLE))
LEAVES = {" ".join(names): command for names, command in EVERY.items() if not hasattr(command, "commands")}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERMPOST_DATA_DIR", str(tmp_path / "var"))
    return tmp_path


def run(*words: str, text: str = "") -> tuple[int, str]:
    result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "300"}).invoke(app, words, input=text)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize("names", EVERY, ids=lambda names: " ".join(names) or "termpost")
def test_help_says_what_it_does_and_gives_an_example(names: tuple[str, ...]) -> None:
    status, shown = run(*names, "--help")
    assert status == 0
    assert f"For example:  termpost {' '.join(names)}".rstrip() in shown
    for parameter in EVERY[names].params:
        assert getattr(parameter, "hidden", False) or getattr(parameter, "help", None), f"{names}: {parameter.name}"


@pytest.mark.parametrize("name", LEAVES)
def test_every_example_is_one(name: str) -> None:
    """It is read with the command's own arguments and options; nothing is carried out."""
    words = shlex.split(EXAMPLES[name].partition(" < ")[0])
    assert words[: len(name.split()) + 1] == ["termpost", *name.split()]
    LEAVES[name].make_context(name, words[len(name.split()) + 1 :])


def test_no_example_of_what_is_not_there() -> None:
    assert set(EXAMPLES) == set(LEAVES)


@pytest.mark.parametrize("name", LEAVES)
def test_an_option_that_does_not_exist_is_wrong_usage(name: str) -> None:
    status, shown = run(*name.split(), "--no-such-option")
    assert status == 2, shown


NEEDED = [name for name, command in LEAVES.items() if any(p.required for p in command.params)]


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_and_missing_is_wrong_usage(name: str) -> None:
    assert run(*name.split())[0] == 2


WRONG = [
    "nonsense", "network nonsense", "network add mendip --domain", "inbox show x", "outbox retry x", "inbox list --limit x",
    "inbox list --limit -1", "inbox list --state lost", "outbox list --state lost", "member list mendip --state lost",
    "rate fast", "outbox resolve 1", "meeting move mendip x", "inbox list --since yesterday", "audit --since yesterday",
    "inbox list --since 0001-01-01T00:00+14:00", "audit --since 9999-12-31T23:59-12:00", "breach add --what x --known 0001-01-01T00:00+14:00",
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_2(words: str) -> None:
    assert run(*shlex.split(words))[0] == 2


REFUSED = [
    "network show nowhere", "network set nowhere timezone=Europe/Dublin", "network terms nowhere", "network close nowhere --yes",
    "network cycle nowhere day-before=off", "network export nowhere --out x.json", "network add MENDIP --domain d.example --name M",
    "member import nowhere people.csv", "member import nowhere", "member list nowhere", "member show nowhere 1",
    "member add nowhere jane@school.example", "member export nowhere jane@school.example", "member erase nowhere a@b.example --yes",
    "member merge nowhere a@b.example c@d.example",
    "meeting add nowhere --starts 2027-01-01T10:00 --ends 2027-01-01T12:00", "meeting list nowhere", "meeting show nowhere",
    "meeting move nowhere 1 --starts 2027-01-01T10:00", "meeting cancel nowhere 1",
    "agenda show nowhere", "action list nowhere",
    "issue add nowhere --publishes 2027-01-01T10:00", "issue list nowhere", "issue show nowhere", "issue proof nowhere",
    "issue send nowhere", "plan nowhere", "rehearse nowhere --until 2099-01-01 --out out",
    "inbox show 99", "inbox replay 99",
    "outbox show 99", "outbox retry 99", "outbox resolve 99 --arrived", "outbox cancel 99",
    "rate nowhere 60", "hold nowhere", "hold 99", "release nowhere", "release 99",
    "db restore nofile.db", "db backup people.csv", "db move sqlite:////dev/null/x.db", "read nofile.eml",
]  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_refused_is_1_with_a_sentence(folder: Path, words: str) -> None:
    (folder / "people.csv").write_text("email\n")
    lay_empty(folder / "var" / "termpost.db")
    status, shown = run(*shlex.split(words))
    assert status == 1, shown
    assert shown.startswith("termpost: ")
    assert shown.rstrip().endswith((".", "?")) or "termpost " in shown.partition(": ")[2]


NO_TIME = [
    "issue add mendip --publishes 9999-12-31T23:00", "meeting add mendip --starts 0001-01-01T00:00+14:00 --ends 2027-01-01T12:00",
    "rehearse mendip --until 9999-12-31 --out out", "member add mendip a@b.example --roles chair --evidence x --until 9999-12-31",
]  # fmt: skip


@pytest.mark.parametrize("words", NO_TIME)
def test_for_ever_is_no_time(folder: Path, words: str) -> None:
    lay_empty(folder / "var" / "termpost.db")
    assert run("network", "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip")[0] == 0
    status, shown = run(*shlex.split(words))
    assert status == 2
    assert shown.startswith("termpost: '"), shown


def test_a_terminal_that_has_not_every_letter(folder: Path) -> None:
    """It gets those it has, and a program gets JSON as ever; what is typed in other bytes than UTF-8 is told."""
    lay_empty(folder / "var" / "termpost.db")

    def typed(*words: str | bytes) -> tuple[int, str, str]:
        env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
        done = subprocess.run([TERMPOST, *words], env=env, capture_output=True, check=False)
        return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")

    assert typed("network", "add", "mendip", "--domain", "lists.example.org", "--name", "Môn Dŵr")[::2] == (0, "")
    assert "Môn D?r" in typed("network", "list")[1]
    assert '"M\\u00f4n D\\u0175r"' in typed("network", "list", "--json")[1]
    status, _, said = typed("network", "set", "mendip", b"name=M\xf4n")
    assert (status, said.startswith("termpost: What was typed is not in UTF-8.")) == (2, True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("TERMPOST_UNDO", "soon", "It means: Time between SEND and the first copy.", id="undo"),
        pytest.param("TERMPOST_RELAY_URL", "foo://x", "It means: Where outgoing mail goes", id="relay"),
        pytest.param("TERMPOST_RELAI_URL", "x", "Did you mean TERMPOST_RELAY_URL?", id="misspelt"),
    ],
)
def test_a_bad_setting_is_wrong_usage_and_says_what_it_means(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    for words in ("settings", "check", "network list"):
        status, shown = run(*words.split())
        assert (status, said in shown) == (2, True), shown
        assert "termpost settings" not in shown  # which would say the same again


def test_short_names_are_in_small_letters() -> None:
    assert "small letters" in run("network", "add", "Mendip", "--domain", "d.example", "--name", "M")[1]


def test_one_file_that_is_not_there_keeps_nothing_from_the_others(folder: Path) -> None:
    (folder / "a.eml").write_text("From: jane@school.example\nSubject: Hello\n\nHi\n")
    status, shown = run("read", "a.eml", "nofile", ".", "a.eml", "--json")
    found = [json.loads(line) for line in shown.splitlines()]
    assert status == 1
    assert [one["file"] for one in found] == ["a.eml", "nofile", ".", "a.eml"]
    assert [bool(one["error"]) for one in found] == [False, True, True, False]
    assert [one["kind"] for one in found] == ["person", None, None, "person"]
    assert all(one.keys() == found[0].keys() for one in found)
    status, shown = run("read", "nofile", "a.eml")
    assert status == 1
    assert "termpost: nofile is not there." in shown
    assert "Hello" in shown


def test_brakes_answer_programs() -> None:
    assert run("network", "add", "mendip", "--domain", "lists.example.org", "--name", "Mendip")[0] == 0
    assert json.loads(run("hold", "mendip", "--json")[1]) == {"network": "mendip", "state": "held"}
    assert json.loads(run("release", "mendip", "--json")[1]) == {"network": "mendip", "state": "released"}
    assert json.loads(run("rate", "60", "--json")[1]) == {"network": None, "relay": None, "to": None, "per_minute": 60}


@pytest.mark.parametrize("fault", [RuntimeError("x"), OSError(28, "No space left on device", "var")], ids=["ours", "disk"])
def test_what_nobody_foresaw_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def raises(*_: object) -> None:
        raise fault

    monkeypatch.setattr(workbench, "open_house", raises)
    status, shown = run("network", "list")
    assert status == 1
    assert shown.startswith("termpost: ")


def test_a_damaged_database_is_a_sentence(folder: Path) -> None:
    (folder / "var").mkdir()
    (folder / "var" / "termpost.db").write_bytes(b"not a database" * 99)
    for words in ("network list", "db check", "run"):
        status, shown = run(*words.split())
        assert (status, shown.startswith("termpost: The database cannot be used now")) == (1, True), shown


def test_ports_alone_are_not_a_configuration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` plays the demo, at the ports that are named; a folder that is named is a plan of its own."""
    played = []
    monkeypatch.delenv("TERMPOST_DATA_DIR")
    monkeypatch.setenv("TERMPOST_SMTP_LISTEN", "127.0.0.1:18025")
    monkeypatch.setenv("TERMPOST_WEB_LISTEN", "127.0.0.1:18080")
    monkeypatch.setattr(demo, "play", lambda settings, serve: played.append(settings))
    status, shown = run("run")
    assert (status, "plays the demo" in shown) == (0, True), shown
    assert str(played[0].smtp_listen) == "127.0.0.1:18025"
    assert played[0].public_url == "http://127.0.0.1:18080"
