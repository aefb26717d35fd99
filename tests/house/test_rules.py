"""A rule that is named by its number can be looked up in docs/rules.md, and nothing stands there that nobody names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mailer.store.tables import outgoing
from tests.house.source import ROOT, files

RULES = ROOT / "docs" / "rules.md"
WRITTEN_IN = {".py", ".md", ".j2", ".toml", ".cf", ".conf", ".service", ".example", ".yml"}
# `OUT-3` and `OUT-2 to OUT-5`, `V5` and `V1 to V14`, `ruling 5` and `rulings 4 and 5`
LETTERED = re.compile(r"(?<![A-Za-z0-9_-])([A-Z]{2,6}-|[VN])(\d{1,3})(?: to \1(\d{1,3}))?(?![A-Za-z0-9_-])")
NUMBERED = re.compile(r"\b(ruling|design|contract)s? (\d[\d.]*\d|\d)((?:(?:, | and )\d[\d.]*\b)*)", re.IGNORECASE)
# names of other people's that look like ours
NO_RULES = {"ECMA-376", "PDF-1", "SHA-256", "SSH-2", "TI-85", "UTF-8", "UTF-16", "UTF-32"}


def named(text: str) -> Iterator[str]:
    """Every rule that a text names."""
    for group, first, last in LETTERED.findall(text):
        yield from (f"{group}{number}" for number in range(int(first), int(last or first) + 1))
    for word, first, more in NUMBERED.findall(text):
        yield from (f"{word.lower()} {number}" for number in (first, *re.findall(r"\d[\d.]*", more)))


def lines() -> list[str]:
    """The rules that have a line, in their order."""
    return re.findall(r"^- \*\*([^*]+)\*\* ", RULES.read_text(encoding="utf-8"), re.MULTILINE)


def citations() -> dict[str, str]:
    """Each rule that code, tests, words or documents name, and a file that names it."""
    found: dict[str, str] = {}
    for path in files():
        if path.suffix in WRITTEN_IN and path not in (RULES, Path(__file__)):
            for rule in named(path.read_text(encoding="utf-8")):
                found.setdefault(rule, str(path.relative_to(ROOT)))
    return {rule: path for rule, path in found.items() if rule not in NO_RULES}


def test_every_rule_that_is_named_has_its_line() -> None:
    known = set(lines())
    assert {rule: path for rule, path in citations().items() if rule not in known} == {}


def test_every_line_is_named_somewhere_and_stands_once() -> None:
    rules, cited = lines(), citations()
    assert len(rules) > 150
    assert [rule for rule in rules if rule not in cited] == []
    assert [rule for rule in rules if rules.count(rule) > 1] == []


def test_every_way_of_naming_rules_is_understood() -> None:
    text = "(V5, OUT-2 to OUT-4; RFC 5321 4.5.3; rulings 4 and 5, UTF-8). Ruling 6.5, design 2 and 3. Contract 1; N7. test_V14, U-V9"
    expected = ["V5", "OUT-2", "OUT-3", "OUT-4", "UTF-8", "N7", "ruling 4", "ruling 5", "ruling 6.5", "design 2", "design 3", "contract 1"]
    assert list(named(text)) == expected


def test_tables_that_the_words_name_are_there() -> None:
    """The last column of docs/words.md."""
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| [^|]+ \|([^|]*)\|$", (ROOT / "docs/words.md").read_text(encoding="utf-8"), re.MULTILINE)
    named_there = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named_there) > 30
    assert named_there - set(outgoing.metadata.tables) == set()
