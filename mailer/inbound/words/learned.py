"""A second reader: how alike a text is to the replies whose reading is known.

The tables of this package are written by hand and read closely; now and then a turn of phrase fools them. This reader
knows no grammar. It has weights for words, pairs and triples of words, learned from the table of replies
(tests/inbound/words/learn.py, multinomial logistic regression), and says how likely each reading is. It never decides alone:
where it reads otherwise than the tables the reading is no longer sure and the person is asked; where they find a reading
only likely and it is certain of the same, two readers agree (contract 2, V14).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mailer.inbound.words.spelling import plain

TABLE = Path(__file__).with_suffix(".tsv")
READINGS = {"answer": ("yes", "no", "maybe", "other"), "post": ("post", "private")}
CAP_TEXT = 2_000
_SENTENCE = re.compile(r"[.!?;\n]+")

Weights = Mapping[str, tuple[float, ...]]


def marks(text: str) -> frozenset[str]:
    """What is looked at: words, pairs and triples within a sentence (^ and $ are its ends), a question, the length."""
    text = text[:CAP_TEXT]
    found = {f"#{min(6, int(math.log2(len(text.split()) + 1)))}", "#bias"}
    if "?" in text:
        found.add("#question")
    for sentence in _SENTENCE.split(text):
        words = ["^", *plain(sentence).split(), "$"]
        for size in (1, 2, 3):
            found.update(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
    return frozenset(found - {"^", "$", "^ $"})


def likely(question: str, text: str) -> dict[str, float]:
    """How likely each reading of READINGS[question] is, by likeness alone. The probabilities add up to 1."""
    return likely_by(question, marks(text))


def likely_by(question: str, found: frozenset[str]) -> dict[str, float]:
    """The same by marks of one's own: mail to the list has others than these (`opinion`)."""
    return shares(READINGS[question], _weights()[question], found)


def shares(readings: tuple[str, ...], weights: Weights, found: frozenset[str]) -> dict[str, float]:
    nothing = (0.0,) * len(readings)
    sums = [0.0] * len(readings)
    for mark in sorted(found):  # in one order, so that the sum is the same everywhere
        for at, weight in enumerate(weights.get(mark, nothing)):
            sums[at] += weight
    most = max(sums)
    powers = [math.exp(one - most) for one in sums]
    return {reading: power / sum(powers) for reading, power in zip(readings, powers, strict=True)}


@cache
def _weights() -> Mapping[str, Weights]:
    found: dict[str, dict[str, tuple[float, ...]]] = {question: {} for question in READINGS}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            question, mark, *weights = line.split("\t")
            found[question][mark] = tuple(int(weight) / 100 for weight in weights)
    return found
