"""A bounded run of the fuzzer (MIME-1); the longer one is by hand, see fuzz.py."""

from __future__ import annotations

import random

import pytest

from tests.message.fuzz import SEEDS, broken, mutated


def test_the_mails_it_begins_with_are_sound() -> None:
    assert [broken(seed) for seed in SEEDS] == [""] * len(SEEDS)


@pytest.mark.parametrize("start", range(8))
def test_mutated_mails_are_read(start: int) -> None:
    chance = random.Random(start)
    for number in range(60):
        raw = mutated(chance)
        assert broken(raw) == "", f"mail {number} of start {start}: {raw[:300]!r}"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: mailer-daemon@school.example\nSubject: Undelivered mail\n\n" + b"\n" * 100_000,
        b"From: mailer-daemon@school.example\nSubject: Undelivered mail\n\n" + b" \r\n" * 50_000,
        b"From: " + b"x" * 90_000 + b"\nSubject: x\n\nHello",
        b"From: " + b" " * 90_000 + b"\nSubject: x\n\nHello",
        b"From: " + b"postmaster" * 9_000 + b"\nSubject: warning\n\nHello",
    ],
    ids=["empty lines", "blank lines", "long From", "blank From", "many postmasters"],
)
def test_found_by_fuzzing(raw: bytes) -> None:
    assert broken(raw) == ""
