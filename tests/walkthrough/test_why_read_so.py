"""docs/why-read-so.md says what the tables really answer."""

from __future__ import annotations

import doctest
from pathlib import Path

from tests.house.source import ROOT


def test_the_page_runs(tmp_path: Path) -> None:
    page = ROOT / "docs" / "why-read-so.md"
    found = doctest.testfile(str(page), module_relative=False, globs={"folder": tmp_path}, encoding="utf-8")
    assert found.attempted > 15
    assert found.failed == 0
