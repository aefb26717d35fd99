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
    ("15 minutes and title: Gas taps", Correction(minutes=15, title="Gas taps")),
    ("make it 20 mins please, and call it Balances", Correction(minutes=20, title="Balances")),
    ("title: Balances and scales, 15 minutes", Correction(minutes=15, title="Balances and scales")),
    ("Title: Taps, valves and hoses", Correction(title="Taps, valves and hoses")),
    ("Call it “Gas taps” and make it 10 minutes.", Correction(title="Gas taps", minutes=10)),
    ("20 mins rather than 10, kind: H&S", Correction(minutes=20, kind="health-and-safety")),
    ("Sorry, I meant 15 minutes", Correction(minutes=15)),
    ("10-15 mins", Correction(minutes=15)),
    ("half an hour please", Correction(minutes=30)),
    ("Can you make it ten minutes? Thanks", Correction(minutes=10)),
    ("Please put it under health and safety", Correction(kind="health-and-safety")),
    ("Title: Gas taps; 10 minutes; kind: question", Correction(title="Gas taps", minutes=10, kind="question")),
    ("15 minutes please, and could we have it early", Correction(minutes=15, rest="could we have it early")),
    ("We had taps, 15 minutes, and a chat", Correction(rest="We had taps, 15 minutes, and a chat")),
    ("15 minutes\n\nJane Doe\nHill School, Wells", Correction(minutes=15)),
    ("15 minutes\nThanks\nJane", Correction(minutes=15)),
    ("Hi, 15 minutes please. Thanks, Jane", Correction(minutes=15)),
]


@pytest.mark.parametrize(("words", "read"), READ, ids=[words for words, _ in READ])
def test_read(words: str, read: Correction) -> None:
    assert corrections.read(words) == read


@pytest.mark.parametrize(
    ("rest", "meant"),
    [
        ("Please add: bring goggles", True),
        ("Could you also mention the data sheets", True),
        ("PS we have two spare", True),
        ("I forgot to say that they leak", True),
        ("Lovely to hear from you all again", False),
        ("What time does it start?", False),
        ("could we have it early", False),
    ],
)
def test_what_is_plainly_meant_for_the_text(rest: str, meant: bool) -> None:
    assert corrections.adds(rest) is meant


@given(st.text(max_size=400))
def test_whatever_is_written_something_comes_back(words: str) -> None:
    found = corrections.read(words)
    assert found.minutes is None or 0 < found.minutes <= 120


@pytest.mark.parametrize(
    "words", ["title " * 20_000, "please " * 20_000, "section " * 50 + "\n", "x" * 200_000, ("make " * 60 + "\n") * 300]
)
def test_time_is_linear(words: str) -> None:
    """MIME-7."""
    before = time.process_time()
    corrections.read(words)
    assert time.process_time() - before < 1
