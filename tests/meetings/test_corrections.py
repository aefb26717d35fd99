"""Corrections in a member's words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.meetings import corrections
from mailer.meetings.corrections import Correction

READ = [
    ("title: Gas taps", Correction(title="Gas taps")),
    ("Teitl: Tapiau nwy", Correction(title="Tapiau nwy")),
    ("The title should be “Gas taps”.", Correction(title="Gas taps")),
    ("Please change the title to Gas taps", Correction(title="Gas taps")),
    ("15 minutes", Correction(minutes=15)),
    ("Can I have 20 mins please", Correction(minutes=20)),
    ("minutes: 10", Correction(minutes=10)),
    ("kind: H&S", Correction(kind="health-and-safety")),
    ("section: careers", Correction(section="careers")),
    ("caption lab.jpg: Plates, day three", Correction(captions=(("lab.jpg", "Plates, day three"),))),
    ("Caption: Plates", Correction(captions=(("", "Plates"),))),
    ("NEXT TIME", Correction(next_time=True)),
    ("kind: gardening", Correction(rest="kind: gardening")),
    ("999 minutes", Correction(rest="999 minutes")),
    (
        "We talked for 15 minutes about taps last time.",
        Correction(rest="We talked for 15 minutes about taps last time."),
    ),
    ("See you next time we meet", Correction(rest="See you next time we meet")),
    ("Note: they leak", Correction(rest="Note: they leak")),
    ("Thanks", Correction()),
    ("text: All new.\nTwo lines.", Correction(text="All new.\nTwo lines.")),
]


@pytest.mark.parametrize(("words", "read"), READ, ids=[words for words, _ in READ])
def test_read(words: str, read: Correction) -> None:
    assert corrections.read(words) == read


@given(st.text(max_size=400))
def test_whatever_is_written_something_comes_back(words: str) -> None:
    found = corrections.read(words)
    assert found.minutes is None or 0 < found.minutes <= 120


@pytest.mark.parametrize(
    "words", ["title " * 20_000, "please " * 20_000, "section " * 50 + "\n", "x" * 200_000, ("make " * 60 + "\n") * 300]
)
def test_time_is_linear(words: str) -> None:
    """MIME-7."""
    before = time.monotonic()
    corrections.read(words)
    assert time.monotonic() - before < 1
