"""The second reader: learned from the table as it stands, and heard only where a sure reading may be wrong (contract 2, V14)."""

from __future__ import annotations

from datetime import date

import pytest
from learn import digest

from mailer.inbound.words import Asked, understand
from mailer.inbound.words.learned import READINGS, TABLE, likely

TODAY = date(2026, 11, 21)


def test_the_weights_are_those_of_the_table() -> None:
    said = TABLE.read_text(encoding="utf-8").partition("\n")[0]
    assert digest() in said, "run .venv/bin/python -m tests.inbound.words.learn"


@pytest.mark.parametrize("question", READINGS)
@pytest.mark.parametrize("text", ["", "Yes", "?" * 5_000, "a b " * 20_000, "\N{PILE OF POO}\x00\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace")])
def test_shares_add_up_whatever_is_read(question: str, text: str) -> None:
    found = likely(question, text)
    assert tuple(found) == READINGS[question]
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(("text", "answer"), [("Yes, count me in", "yes"), ("Sorry, I'm teaching that afternoon", "no"), ("Methu dod, sori", "no"), ("Byddaf yno", "yes")])
def test_it_knows_the_common_answers(text: str, answer: str) -> None:
    assert likely("answer", text)[answer] > 0.9


@pytest.mark.parametrize(
    ("text", "answer", "sure"),
    [
        ("zxqv zxqv", None, False),  # like nothing
        ("cnt mk it nxt thrsdy sry", "no", True),  # spelt as no table spells it
        ("Accepting with pleasure, and somebody else", "yes", False),  # how many come is the tables' to say
        ("Before I answer, is it upstairs again?", None, False),
    ],
)
def test_where_the_tables_find_nothing_a_likeness_counts_if_it_is_all_but_certain(text: str, answer: str | None, sure: bool) -> None:
    intents = understand(text, Asked.INVITATION, today=TODAY).intents
    found = [intent for intent in intents if intent.act == "answer"]
    assert [(intent.args["answer"], intent.sure) for intent in found] == ([(answer, sure)] if answer else [])
    assert [intent.act for intent in intents if intent.sure] == (["answer"] if sure else [])
