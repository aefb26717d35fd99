"""Learns the weights of the second reader (mailer/inbound/words/learned.py) from the table of replies.

    python -m tests.inbound.words.learn            writes mailer/inbound/words/learned.tsv
    python -m tests.inbound.words.learn --check    says how well it reads what it has not seen (five parts, each left out once)

To be run after every change of replies.tsv; a test says so. Multinomial logistic regression by AdaGrad, in plain Python and
in one fixed order, so that the same table gives the same weights.
"""

from __future__ import annotations

import hashlib
import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mailer.inbound.words import opinion
from mailer.inbound.words import text as texts
from mailer.inbound.words.learned import READINGS, TABLE, Weights, marks, shares

REPLIES = Path(__file__).with_name("replies.tsv")
ROUNDS = 10
STEP = 0.3
SHRINK = 1e-4
LEAST = 0.05  # a weight under this is left out
SEEN = {"answer": 1, "post": 2}  # a mark of fewer texts is left out: it would be learned by heart

Example = tuple[frozenset[str], str, str]


def examples(question: str) -> list[Example]:
    """(marks, reading, text) of every row of the table that teaches something about a question."""
    found = []
    for line in REPLIES.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        asked, wanted, written = line.split("\t")
        text = written.replace("\\n", "\n")
        word = wanted.rstrip("!").split(" ")[0].split("+")[0].rstrip("!")
        if question == "answer" and asked == "invitation":
            found.append((marks(text), word if word in READINGS[question] else "other", text))
        if question == "post" and asked in ("post", "thread"):
            looked = opinion.marks(texts.read(text), asked == "thread")
            found.append((looked, "post" if word == "post" else "private", text))
    return found


def learn(readings: tuple[str, ...], taught: Sequence[tuple[frozenset[str], str]], seen: int = 1) -> Weights:
    counted = Counter(mark for found, _ in taught for mark in found)
    weights: dict[str, list[float]] = {}
    squares: dict[str, list[float]] = {}
    dice = random.Random(1)
    order = list(range(len(taught)))
    nothing = [0.0] * len(readings)
    for _ in range(ROUNDS):
        dice.shuffle(order)
        for at in order:
            found, wanted = taught[at]
            kept = sorted(mark for mark in found if counted[mark] >= seen)
            sums = [sum(weights.get(mark, nothing)[n] for mark in kept) for n in range(len(readings))]
            most = max(sums)
            powers = [math.exp(one - most) for one in sums]
            for n, reading in enumerate(readings):
                slope = powers[n] / sum(powers) - (reading == wanted)
                if abs(slope) < 1e-3:
                    continue
                for mark in kept:
                    own = weights.setdefault(mark, nothing[:])
                    square = squares.setdefault(mark, [1e-6] * len(readings))
                    push = slope + SHRINK * own[n]
                    square[n] += push * push
                    own[n] -= STEP * push / math.sqrt(square[n])
    return {mark: tuple(own) for mark, own in weights.items() if max(map(abs, own)) >= LEAST}


def digest() -> str:
    return hashlib.sha256(REPLIES.read_bytes()).hexdigest()[:16]


def write() -> None:
    lines = [f"# Made by tests/inbound/words/learn.py from replies.tsv {digest()}; not to be changed by hand. Hundredths."]
    for question, readings in READINGS.items():
        lines.append(f"# {question}\t{chr(9).join(readings)}")
        learned = learn(readings, [(found, reading) for found, reading, _ in examples(question)], SEEN[question])
        lines += [
            "\t".join((question, mark, *(str(round(weight * 100)) for weight in learned[mark]))) for mark in sorted(learned)
        ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check(parts: int = 5) -> None:
    for question, readings in READINGS.items():
        every = examples(question)
        random.Random(0).shuffle(every)
        right = sure_and_wrong = 0
        for part in range(parts):
            taught = [(found, reading) for n, (found, reading, _) in enumerate(every) if n % parts != part]
            weights = learn(readings, taught, SEEN[question])
            for found, reading, _ in every[part::parts]:
                said = shares(readings, weights, found)
                right += max(said, key=lambda one: said[one]) == reading
                sure_and_wrong += said[reading] < 0.1
        print(f"{question}: {right} of {len(every)} right; {sure_and_wrong} times under a tenth for what is right")


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
