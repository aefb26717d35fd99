"""Prose that runs: the Python in docs/walkthrough-*.md is played from top to bottom."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT

PAGES = sorted((ROOT / "docs").glob("walkthrough-*.md"))
FENCED = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_there_is_a_way_in_and_a_way_out() -> None:
    assert [page.stem for page in PAGES] == ["walkthrough-in", "walkthrough-out"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_runs(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    examples = []
    for block in FENCED.finditer(text):
        first_line = text.count("\n", 0, block.start(1))
        for example in doctest.DocTestParser().get_examples(block[1]):
            example.lineno += first_line
            examples.append(example)
    assert len(examples) > 20, "the fences are not found any more"
    names: dict[str, Any] = {"folder": tmp_path}
    test = doctest.DocTest(examples, names, page.name, str(page), 0, text)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    runner.run(test, out=said.append, clear_globs=False)
    if "stage" in names:
        names["stage"].close()
    assert runner.failures == 0, "".join(said)
