"""The table of replies, every row (CAL-9, CMD-10, UNS-8, V14), in slices of one question each.

A wrong reading is a sure one that differs from the table; "weak" is one that the table says must be sure and is not.
One row by itself: python -m tests.inbound.words.replies LINE
"""

from __future__ import annotations

from collections import Counter

import pytest
from replies import TODAY, Reply, judge, rows, told

from mailer.inbound.words import Asked, only_command, understand

ROWS = tuple(rows())
SLICE = 200  # rows of a question judged in one test: thousands of tests cost more than what they ask

# On one worker of a parallel run, so that the tests that count do not read every reply again.
pytestmark = pytest.mark.xdist_group("replies")


def slices() -> list[tuple[Reply, ...]]:
    """Every row once: by question, in the order of the table."""
    asked = {question: [r for r in ROWS if r.asked == question] for question in dict.fromkeys(r.asked for r in ROWS)}
    return [tuple(found[at : at + SLICE]) for found in asked.values() for at in range(0, len(found), SLICE)]


@pytest.mark.parametrize("part", slices(), ids=lambda part: f"{part[0].asked}-{part[0].line}-{part[-1].line}")
def test_replies_are_read_as_the_table_says(part: tuple[Reply, ...]) -> None:
    amiss = [told(reply) for reply in part if judge(reply)[0] not in ("right", "unsure")]
    assert not amiss, f"{len(amiss)} of {len(part)} rows:\n" + "\n".join(amiss)


def test_every_row_is_in_one_slice() -> None:
    assert sorted(reply.line for part in slices() for reply in part) == [reply.line for reply in ROWS]


def test_most_replies_are_understood_and_few_asked_back() -> None:
    counted = Counter(judge(reply)[0] for reply in ROWS)
    assert len(ROWS) > 6_500  # a part of the table that is lost is noticed
    assert counted["wrong"] * 200 < len(ROWS)
    assert counted["unsure"] * 20 < len(ROWS)


def test_no_private_answer_becomes_a_post_V14() -> None:
    assert [r.text for r in ROWS if r.asked == "post" and r.reading != "post" and judge(r)[0] == "wrong"] == []


def test_a_line_that_is_a_command_and_nothing_else_is_what_the_whole_reading_says_CMD_10() -> None:
    """Where nothing was asked nothing but a command is ever sure and leaves nothing over: so only that is looked for."""
    lines = list(dict.fromkeys(line for reply in ROWS for line in (reply.text, *reply.text.splitlines())))
    found = 0
    for line in lines[::25]:
        whole = understand(line, Asked.ANY, today=TODAY)
        sure = whole.first if whole.first is not None and whole.first.sure and not whole.rest else None
        assert only_command(line, today=TODAY) == sure, line
        found += sure is not None
    assert found > 2
