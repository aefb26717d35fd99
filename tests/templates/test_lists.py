"""Several of a kind are a list of lines, or joined in words; never glued with semicolons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mailer

FOLDER = Path(mailer.__file__).parent.parent / "templates"
MAILS = sorted(FOLDER.glob("*/*/*.j2"))
GLUED = re.compile(r"""join\(\s*["']; |["']; ["']""")


@pytest.mark.parametrize("path", MAILS, ids=[str(path.relative_to(FOLDER)) for path in MAILS])
def test_no_mail_glues_its_lists(path: Path) -> None:
    assert not GLUED.search(path.read_text(encoding="utf-8"))
