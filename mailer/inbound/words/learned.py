"""A second reader: how alike a text is to the replies whose reading is known.

The tables of this package are written by hand and read closely; now and then a turn of phrase fools them. This reader
knows no grammar. It has weights for words, pairs and triples of words and for pieces of words (so that "cant cum sory" and
a mutated "ddod" are like what they stand for), learned from the table of replies (tests/inbound/words/learn.py, multinomial
logistic regression over rarities, each of the two groups of length 1), and says how likely each reading is. It seldom decides alone:
where it reads otherwise than the tables the reading is no longer sure and the person is asked; where they find a reading
only likely and it is certain of the same, two readers agree; and only where they find nothing at all in a line or two is its own word
taken, if it is all but certain (contract 2, V14).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mailer.inbound.words.spelling import plain

TABLE = Path(__file__).with_suffix(".tsv")
READINGS = {
    "answer": ("yes", "no", "maybe", "other"),
    "post": ("post", "private"),
    "task": ("done", "more-time", "note"),
    "wish": ("stop", "only", "pause", "resume", "status", "help", "my-data", "forget-me", "change-address", "none"),
}
CAP_TEXT = 2_000
ALWAYS = "#always"  # the mark of every text: how often each reading comes at all
_SENTENCE = re.compile(r"[.!?;\n]+")

PIECE = "~"  # what begins so is a piece of a word; "_" in it is where the word begins or ends
PIECES = (2, 3, 4, 5)  # letters

Weights = Mapping[str, tuple[float, ...]]  # of a mark: its rarity, then its weight for each reading


def marks(text: str) -> frozenset[str]:
    """What is looked at: words, pairs and triples within a sentence (^ and $ are its ends), pieces, a question, the length."""
    text = text[:CAP_TEXT]
    found = {f"#{min(6, int(math.log2(len(text.split()) + 1)))}"}
    if "?" in text:
        found.add("#question")
    for sentence in _SENTENCE.split(text):
        words = ["^", *plain(sentence).split(), "$"]
        for size in (1, 2, 3):
            found.update(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
        found |= pieces(words[1:-1])
    return frozenset(found - {"^", "$", "^ $"})


def pieces(words: Iterable[str]) -> frozenset[str]:
    """Runs of 2 to 5 letters within the words, their beginnings and ends among them."""
    whole = {f"_{word}_" for word in words}
    return frozenset(PIECE + word[at : at + size] for word in whole for size in PIECES for at in range(len(word) - size + 1))


def likely(question: str, text: str) -> dict[str, float]:
    """How likely each reading of READINGS[question] is, by likeness alone. The probabilities add up to 1."""
    return likely_by(question, marks(text))


def likely_by(question: str, found: frozenset[str]) -> dict[str, float]:
    """The same by marks of one's own: mail to the list has others than these (`opinion`)."""
    return shares(READINGS[question], _weights()[question], found)


def shares(readings: tuple[str, ...], weights: Weights, found: frozenset[str]) -> dict[str, float]:
    """How likely each reading is by `weights`: what weighed() makes of the marks, times their weights (softmax)."""
    rarities = {mark: weights[mark][0] for mark in sorted(found) if mark in weights}  # in one order: the same sum everywhere
    sums = list(weights.get(ALWAYS, (0.0, *(0.0 for _ in readings)))[1:])
    for mark, much in weighed(rarities).items():
        for at, weight in enumerate(weights[mark][1:]):
            sums[at] += much * weight
    most = max(sums)
    powers = [math.exp(one - most) for one in sums]
    return {reading: power / sum(powers) for reading, power in zip(readings, powers, strict=True)}


def weighed(rarities: Mapping[str, float]) -> dict[str, float]:
    """How much each mark of a text counts: by its rarity, where all words together and all pieces together count 1 (length)."""
    squares = {True: 0.0, False: 0.0}
    for mark, rarity in rarities.items():
        squares[mark.startswith(PIECE)] += rarity * rarity
    return {mark: rarity / math.sqrt(squares[mark.startswith(PIECE)]) for mark, rarity in rarities.items()}


@cache
def _weights() -> Mapping[str, Weights]:
    found: dict[str, dict[str, tuple[float, ...]]] = {question: {} for question in READINGS}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            question, mark, *weights = line.split("\t")
            found[question][mark] = tuple(int(weight) / 100 for weight in weights)
    return found
