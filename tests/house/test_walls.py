"""The walls of the house (design 2 and 3): who may import whom, who asks the time, who writes the outbox (V12)."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import ROOT, dotted, modules, names, nodes, put_away

TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today"
    r"|time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|localtime|gmtime|ctime))$"
)
pytestmark = pytest.mark.xdist_group("walls")  # every module is read once

CLOCK = Path("mailer/clock.py")
OUTBOX = Path("mailer/outbound/outbox")
NOT_FOR_NAMES = ("manager", "service", "helper", "helpers", "util", "utils", "processor", "data", "info")

# Words of other people's standards, or of the contract: (file, name). DATA in capitals is SMTP's own verb.
CALLED_SO_ELSEWHERE = {
    ("mailer/settings/fields.py", "data_dir"),  # TERMPOST_DATA_DIR (contract 4)
    ("mailer/outbound/transport/terms.py", "data"),  # the time allowed for DATA, beside mail, rcpt and quit
    ("mailer/consent/purposes.py", "SERVICE"),  # the service classes of ruling 2
}


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    yield
    put_away()


def test_import_contracts() -> None:
    """The layers of design 3, as pyproject.toml states them."""
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command, "import-linter is not installed: make setup"
    found = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr


def test_only_the_clock_asks_the_time() -> None:
    """V12: everything else is given `now`."""
    asked = []
    for path, tree in modules().items():
        if path == CLOCK:
            continue
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and TIME.search(dotted(node)):
                asked.append(f"{path}:{node.lineno} {dotted(node)}")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                wrong = {alias.name for alias in node.names} - {"sleep"}
                asked += [f"{path}:{node.lineno} from time import {name}" for name in sorted(wrong)]
    assert not asked, "\n".join(asked)


def _is_outgoing(node: ast.expr) -> bool:
    return dotted(node) in ("outgoing", "tables.outgoing", "outbox.outgoing")


def _writes_outgoing(node: ast.Call) -> bool:
    """`insert(session, outgoing)`, `update(outgoing)`, `outgoing.delete()`, `add(session, outgoing, ...)`, `upsert(...)`."""
    called = dotted(node.func)
    if called.rpartition(".")[2] in ("insert", "update", "delete", "add", "add_once", "upsert"):
        return _is_outgoing(getattr(node.func, "value", node.func)) or any(map(_is_outgoing, node.args))
    return False


def test_one_writer_of_tables_for_spreadsheets() -> None:
    """SAFE-5: whatever is opened in a spreadsheet is written by people/spreadsheet, which makes every cell safe."""
    made = ("csv.writer", "csv.DictWriter", "openpyxl.Workbook", "xlsxwriter.Workbook")
    found = [path for path, tree in modules().items() for node in nodes(tree) if isinstance(node, ast.Call) and dotted(node.func) in made]
    assert {path.as_posix() for path in found} == {"mailer/people/spreadsheet.py"}


def test_one_writer_of_the_outbox() -> None:
    """V12: only mailer/outbound/outbox/ inserts, updates or deletes outgoing rows."""
    written = []
    for path, tree in modules().items():
        for node in nodes(tree):
            if isinstance(node, ast.Call) and _writes_outgoing(node):
                written.append((path, node.lineno))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                sql = re.search(r"\b(insert\s+into|update|delete\s+from)\s+outgoing\b", node.value, re.IGNORECASE)
                if sql:
                    written.append((path, node.lineno))
    assert any(OUTBOX in path.parents for path, _ in written), "the test no longer recognises how the outbox is written"
    assert not [f"{path}:{line}" for path, line in written if OUTBOX not in path.parents]


@cache
def _says_nothing(name: str) -> bool:
    ours = name.replace("DATA", "").replace("my_data", "")  # SMTP's verb; MY DATA of contract 2
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", ours)
    return any(part.lower() in NOT_FOR_NAMES for part in parts)


def test_words_that_say_nothing_name_nothing() -> None:
    """Design 1: not for modules, classes or variables (a test's name is a sentence and may use them)."""
    found = []
    for path, tree in modules("mailer", "workers", "tests").items():
        found += [
            str(path) for part in path.with_suffix("").parts if not part.startswith("test_") and _says_nothing(part)
        ]
        for line, name in names(tree):
            if _says_nothing(name) and (str(path), name) not in CALLED_SO_ELSEWHERE and not name.startswith("test_"):
                found.append(f"{path}:{line} {name}")
    assert not found, "\n".join(found)


def test_every_module_says_what_it_is() -> None:
    """A stranger starts anywhere."""
    assert not [str(path) for path, tree in modules().items() if tree.body and not ast.get_docstring(tree)]


def test_every_package_opens_by_teaching() -> None:
    """A package's __init__ has its idea, unless it is empty and its modules stand for themselves."""
    short = []
    for path, tree in modules("mailer").items():
        if path.name == "__init__.py" and len(path.parts) == 3 and len((ast.get_docstring(tree) or "").split()) < 20:
            short.append(str(path))
    assert not short, "\n".join(short)


def test_no_merge_was_left_half_done() -> None:
    """A marker in a docstring breaks nothing, and so nobody would see it."""
    sources = [path for room in ("mailer", "workers", "tests", "migrations", "templates", "docs") for path in (ROOT / room).rglob("*.*")]
    texts = [path for path in sources if path.suffix in (".py", ".md", ".j2", ".txt", ".json")]
    assert len(texts) > 500
    assert not [str(path) for path in texts if re.search(r"^(<{7}|>{7}) ", path.read_text(encoding="utf-8"), re.MULTILINE)]
