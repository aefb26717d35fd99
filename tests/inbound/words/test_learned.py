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


def test_it_can_only_take_certainty_away() -> None:
    """What the tables do not find is not found by likeness."""
    assert not [intent for intent in understand("zxqv zxqv", Asked.INVITATION, today=TODAY).intents if intent.sure]
