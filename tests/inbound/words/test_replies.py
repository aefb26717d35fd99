"""The table of replies, line by line (CAL-9, CMD-10, UNS-8, V14).

A wrong reading is a sure one that differs from the table; "weak" is one that the table says must be sure and is not.
"""

from __future__ import annotations

from collections import Counter

import pytest
from replies import Reply, judge, rows

ROWS = tuple(rows())


@pytest.mark.parametrize("reply", ROWS, ids=lambda r: f"{r.line}-{r.asked}-{r.text[:40]!r}")
def test_reply_is_read_as_the_table_says(reply: Reply) -> None:
    verdict, why = judge(reply)
    assert verdict not in ("wrong", "weak"), f"{reply.text!r} should be {reply.reading}: {why}"


def test_most_replies_are_understood_and_few_asked_back() -> None:
    counted = Counter(judge(reply)[0] for reply in ROWS)
    assert len(ROWS) > 900
    assert counted["wrong"] * 200 < len(ROWS)
    assert counted["unsure"] * 20 < len(ROWS)


def test_no_private_answer_becomes_a_post_V14() -> None:
    assert [r.text for r in ROWS if r.asked == "post" and r.reading != "post" and judge(r)[0] == "wrong"] == []
