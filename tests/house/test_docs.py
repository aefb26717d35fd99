"""Nobody has to remember the documentation: these fail when something is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from mailer.cli.app import assemble
from mailer.cycle.table import TABLE
from mailer.inbound.handlers import HANDLERS
from mailer.inbound.routes import ROUTES
from mailer.settings import Settings
from tests.house.source import ROOT, files
from tests.house.write_docs import DOCS, TABLES, between, called

AGAIN = "run: .venv/bin/python -m tests.house.write_docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "table"), TABLES, ids=lambda value: str(value))
def test_tables_say_what_the_code_says(name: str, table: str) -> None:
    found = between(table).search(page(name))
    assert found, f"docs/{name} has no table {table}"
    assert found[2] == TABLES[name, table](), AGAIN


@pytest.mark.parametrize("row", Settings().table(), ids=lambda row: row.name)
def test_every_setting_is_documented(row: tuple[str, ...]) -> None:
    """Contract 4: each has a safe default and one documented sentence."""
    name, value, _, meaning = row
    assert meaning.endswith((".", "...")), f"{name} has no sentence"
    assert value, f"{name} has no default"
    assert f"| `{name}` |" in page("settings.md"), AGAIN
    assert meaning in page("settings.md"), AGAIN


@pytest.mark.parametrize("kind", sorted({row.kind for row in TABLE} | {"proof"}))
def test_every_occasion_has_words_and_a_line(kind: str) -> None:
    folder = ROOT / "templates" / "occasions" / kind
    assert {"subject.j2", "body.j2", "sample.json"} <= {path.name for path in folder.iterdir()}
    if kind != "proof":  # it wraps the others
        assert f"| `{kind}`" in page("occasions.md"), AGAIN


def test_no_occasion_without_a_row() -> None:
    folders = {path.name for path in (ROOT / "templates" / "occasions").iterdir() if path.is_dir()}
    assert folders == {row.kind for row in TABLE} | {"proof"}


def test_every_reply_is_documented() -> None:
    folders = {path.name for path in (ROOT / "templates" / "replies").iterdir() if path.is_dir()}
    named = set(re.findall(r"^\| `([a-z-]+)` \|", page("replies.md"), re.MULTILINE))
    assert folders - named == set(), "not in docs/replies.md"
    assert named - folders == set(), "in docs/replies.md, and there is no such folder"


def test_every_handler_has_a_route_and_every_route_a_handler() -> None:
    assert {row.handler for row in ROUTES} == set(HANDLERS)
    files = {path.stem.replace("_", "-") for path in (ROOT / "mailer/inbound/handlers").glob("*.py")} - {"--init--"}
    assert files == set(HANDLERS)


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    group = getattr(command, "commands", None)
    if group is None:
        yield name, command
        return
    for each, child in group.items():
        yield from _commands(child, f"{name} {each}")


COMMANDS = dict(_commands(typer.main.get_command(assemble()), "termpost"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    section = page("commands.md").partition(f"### `{name}`\n")[2].partition("\n### ")[0]
    assert section, AGAIN
    assert (COMMANDS[name].help or "").strip(), f"{name} does not say what it does"
    for parameter in COMMANDS[name].params:
        if parameter.name == "help" or getattr(parameter, "hidden", False):
            continue
        shown = called(parameter)
        lines = [line for line in section.splitlines() if line.startswith(f"- `{shown}")]
        assert lines, AGAIN
        assert ": " in lines[0], f"{name} does not say what {shown} means"


# What the contract lets scripts rely on (contract 3), each with the options it names.
RELIED_ON = {
    "termpost run": (),
    "termpost smtp": (),
    "termpost imap": (),
    "termpost work": (),
    "termpost schedule": (),
    "termpost web": (),
    "termpost demo": (),
    "termpost receive": ("--from", "--to", "--wait"),
    "termpost read": ("--json",),
    "termpost network add": ("--domain", "--name", "--timezone", "--organiser", "--json"),
    "termpost network list": ("--json",),
    "termpost network show": (),
    "termpost network set": (),
    "termpost network export": (),
    "termpost network close": (),
    "termpost member import": ("--evidence", "--purposes", "--dry-run"),
    "termpost member list": ("--json",),
    "termpost member show": (),
    "termpost member add": (),
    "termpost member export": (),
    "termpost member erase": (),
    "termpost member merge": (),
    "termpost meeting add": ("--starts", "--ends", "--venue", "--host", "--json"),
    "termpost meeting list": ("--json",),
    "termpost meeting show": ("--json",),
    "termpost meeting move": (),
    "termpost meeting cancel": (),
    "termpost agenda show": ("--json",),
    "termpost action list": ("--json",),
    "termpost issue add": ("--publishes", "--copy-date", "--json"),
    "termpost issue list": ("--json",),
    "termpost issue show": ("--json",),
    "termpost issue proof": (),
    "termpost issue send": ("--now",),
    "termpost plan": ("--json",),
    "termpost rehearse": ("--until", "--out"),
    "termpost inbox list": ("--json", "--limit", "--since", "--state"),
    "termpost inbox show": (),
    "termpost inbox replay": (),
    "termpost outbox list": ("--json", "--limit", "--since", "--state"),
    "termpost outbox show": (),
    "termpost outbox retry": (),
    "termpost outbox resolve": (),
    "termpost outbox cancel": (),
    "termpost rate": (),
    "termpost hold": (),
    "termpost release": (),
    "termpost db upgrade": (),
    "termpost db check": (),
    "termpost db backup": (),
    "termpost db restore": (),
    "termpost db move": (),
    "termpost check": (),
    "termpost settings": (),
}


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_scripts_rely_on_is_there(name: str) -> None:
    assert name in COMMANDS
    options = {word for parameter in COMMANDS[name].params for word in parameter.opts}
    assert set(RELIED_ON[name]) <= options


def _links() -> Iterator[tuple[str, str]]:
    for path in [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted((ROOT / "deploy").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), target


def test_links_between_pages_lead_somewhere() -> None:
    assert not [f"{path}: {link}" for path, link in _links() if not (ROOT / path).parent.joinpath(link).exists()]


def test_files_that_the_docs_name_are_there() -> None:
    """A path in backquotes that begins with one of our folders exists."""
    missing = []
    named = re.compile(r"`((?:mailer|workers|templates|tests|deploy|migrations|docs)/[\w./-]+)`")
    for path in [ROOT / "README.md", *DOCS.glob("*.md"), *(ROOT / "deploy").glob("*.md")]:
        missing += [
            f"{path.name}: {name}"
            for name in named.findall(path.read_text())
            if "NNNN" not in name and not (ROOT / name).exists()
        ]
    assert not missing


# Written in pieces so that this file does not name them itself.
NOT_NAMED = {
    "a package registry": ["py" + "pi.org", "pythonhosted" + ".org", "npm" + "js"],
    "a path of one machine": ["/wo" + "rk/", "/home" + "/", "/ro" + "ot/", "/Us" + "ers/"],
}


@pytest.mark.parametrize("what", NOT_NAMED)
def test_what_the_project_never_names(what: str) -> None:
    """A clone runs anywhere, and takes its packages from where pip is told to."""
    found = []
    for path in files():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in NOT_NAMED[what] if word in text]
    assert not found, "\n".join(found)


def test_paths_below_tmp_are_only_examples_in_none_of_the_code() -> None:
    """Tests use tmp_path, programs tempfile."""
    tmp = re.compile(r"[\"'\s=]/tm" + r"p/")
    code: Iterator[Path] = (path for path in files() if path.suffix in (".py", ".toml", ".md", ".yml", ".service"))
    assert not [str(path.relative_to(ROOT)) for path in code if tmp.search(path.read_text(encoding="utf-8"))]


def test_names_that_the_recipes_name_are_there() -> None:
    """Where contributors.md says NAME in FILE, the module has a value of that name."""
    recipes = re.findall(r"`([A-Z_]+)` in\s+`([\w/.]+\.py)`", page("contributors.md"))
    assert len(recipes) >= 6
    assert not [
        f"{name} in {path}"
        for name, path in recipes
        if not re.search(rf"^{name}\b.*=", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
