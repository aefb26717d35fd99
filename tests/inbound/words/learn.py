"""Learns the weights of the second reader (mailer/inbound/words/learned.py) from the table of replies.

    python -m tests.inbound.words.learn            writes mailer/inbound/words/learned.tsv
    python -m tests.inbound.words.learn --check    says how well it reads what it has not seen (five parts, each left out once)

To be run after every change of replies.tsv; a test says so. Multinomial logistic regression by
stochastic gradient descent, in plain Python and in one fixed order, so that the same table gives the same weights.
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
from mailer.inbound.words.learned import ALWAYS, READINGS, TABLE, Weights, marks, shares, weighed

REPLIES = Path(__file__).with_name("replies.tsv")
ROUNDS = 15
STEP = 1.0
LOOSE = 3.0  # how closely the examples are followed, against small weights (the C of its field)
SLIGHT = 5  # hundredths: a mark that weighs less for every reading is left out, as a process holds the whole table
SEEN = 2  # a mark of fewer texts is left out: it would be learned by heart

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
        if question == "task" and asked == "action":
            found.append((marks(text), word if word in READINGS[question] else "note", text))
        if question == "wish" and asked == "any":
            found.append((marks(text), word if word in READINGS[question] else "none", text))
        if question == "post":  # what answers a letter of ours would be private if it went to the list, whatever it says
            looked = opinion.marks(texts.read(text), asked == "thread")
            found.append((looked, "post" if asked in ("post", "thread") and word == "post" else "private", text))
    return found


def learn(readings: tuple[str, ...], taught: Sequence[tuple[frozenset[str], str]]) -> Weights:
    counted = Counter(mark for found, _ in taught for mark in found)
    rarity = {mark: 1 + math.log((1 + len(taught)) / (1 + seen)) for mark, seen in sorted(counted.items()) if seen >= SEEN}
    place = {mark: at for at, mark in enumerate(rarity)}
    rows = []
    for found, wanted in taught:
        much = weighed({mark: rarity[mark] for mark in sorted(found) if mark in rarity})
        rows.append(([(place[mark], share) for mark, share in much.items()], readings.index(wanted)))
    weights = [[0.0] * len(place) for _ in readings]
    always = [0.0] * len(readings)
    dice = random.Random(1)
    for done in range(ROUNDS):
        step = STEP / (1 + done * STEP / 2)
        dice.shuffle(rows)
        for marked, wanted_at in rows:
            sums = [always[n] + sum(own[at] * share for at, share in marked) for n, own in enumerate(weights)]
            most = max(sums)
            powers = [math.exp(one - most) for one in sums]
            for n, own in enumerate(weights):
                push = step * (powers[n] / sum(powers) - (n == wanted_at))
                always[n] -= push / 10
                for at, share in marked:
                    own[at] -= push * share
        kept = math.exp(-step / LOOSE)
        weights = [[one * kept for one in own] for own in weights]
    learned = {mark: (rarity[mark], *(own[at] for own in weights)) for mark, at in place.items()}
    return {ALWAYS: (0.0, *always), **learned}


def digest() -> str:
    return hashlib.sha256(REPLIES.read_bytes()).hexdigest()[:16]


def write() -> None:
    lines = [f"# Made by tests/inbound/words/learn.py from replies.tsv {digest()}; not to be changed by hand. Hundredths."]
    for question, readings in READINGS.items():
        lines.append(f"# {question}\t(mark)\t(rarity)\t{chr(9).join(readings)}")
        learned = learn(readings, [(found, reading) for found, reading, _ in examples(question)])
        for mark in sorted(learned):
            rarity, *weights = (round(number * 100) for number in learned[mark])
            if mark == ALWAYS or max(map(abs, weights)) >= SLIGHT:
                lines.append("\t".join((question, mark, str(rarity), *map(str, weights))))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check(parts: int = 5) -> None:
    for question, readings in READINGS.items():
        every = examples(question)
        random.Random(0).shuffle(every)
        right = sure_and_wrong = 0
        for part in range(parts):
            taught = [(found, reading) for n, (found, reading, _) in enumerate(every) if n % parts != part]
            weights = learn(readings, taught)
            for found, reading, _ in every[part::parts]:
                said = shares(readings, weights, found)
                right += max(said, key=lambda one: said[one]) == reading
                sure_and_wrong += said[reading] < 0.1
        print(f"{question}: {right} of {len(every)} right; {sure_and_wrong} times under a tenth for what is right")


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
