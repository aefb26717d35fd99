"""No mail says a code of ours: kinds, modes and audiences of the table have words, in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.cycle.table import PRESSING, TABLE
from tests.cycle.test_due import OLIVE, STARTS
from tests.stage import Stage

ROOT = Path(__file__).parents[2] / "templates"
WORDS = json.loads((ROOT / "base/words.json").read_text())
CODES = [kind for kind in PRESSING if "-" in kind]


@pytest.mark.parametrize(
    ("shelf", "codes"),
    [
        ("occasions", set(PRESSING)),
        ("missed", {row.kind for row in TABLE if row.thing not in ("day", "week")}),
        ("audiences", {row.audience for row in TABLE}),
        ("modes", {"proof", "auto"}),
    ],
)
def test_every_code_has_its_words(shelf: str, codes: set[str]) -> None:
    assert codes <= WORDS[shelf].keys()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.network()
    stage.organiser(OLIVE, "")
    stage.meeting(STARTS, venue="Hill School")
    stage.settle()
    yield stage
    stage.close()


def test_what_organisers_get_names_no_code(stage: Stage) -> None:
    """The plan, proofs, receipts, nudges, the Monday brief, what was missed."""
    stage.mail(OLIVE, "mendip-help@lists.example.org", "plan")
    stage.reply(stage.proof(OLIVE), "HOLD")
    for days in (7, 7, 12, 1, 1, 1, 20):
        stage.later(days=days)
    stage.at(STARTS + timedelta(days=5))
    stage.settle()
    subjects = {mail.subject.partition(":")[0].partition(",")[0] for mail in stage.mails(OLIVE)}
    assert {"Your week", "Held", "Did not go out"} <= subjects
    for mail in stage.mails(OLIVE):
        for code in CODES:
            assert code not in mail.subject
            assert code not in mail.words
