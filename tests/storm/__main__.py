"""`make storm`, `make storm-full`: say what is killed, and at the end what came of every mailing. Exit 1 if one was not honest,
or a form could not be played."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.people import DAWN, JANE, OLIVE, PETER, many, mendip
from tests.storm.forms import playing
from tests.storm.mailing import storm
from tests.storm.verdict import Verdict, dead

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
A_TERM, TERM = 5, 140  # mailings before the next term, and days until then: nobody gets more than seven mails in one (V13)


def play(form: str, *, kills: int, people: int, seed: int, policy: str = "hold", each: int = 10) -> list[Verdict]:
    """Mailings in one form until so many kills were made. `each`: kills a mailing at most."""
    dice = random.Random(seed)
    verdicts: list[Verdict] = []
    done = 0
    with playing(form, MONDAY, policy=policy) as made:
        network_id = mendip(made.house, MONDAY)
        everybody = {OLIVE, PETER, JANE, DAWN, *many(made.house, network_id, people - 4, MONDAY)}
        while done < kills:
            terms, days = divmod(len(verdicts), A_TERM)
            now = MONDAY + timedelta(days=TERM * terms + days)  # a calendar that never goes back
            made.at(now)

            def watch(name: str) -> None:
                say(f"   {form}: killed {name}")

            wanted = frozenset(everybody - dead(verdicts))
            verdict = storm(made, network_id, wanted, now, dice, min(each, kills - done), watch)
            verdicts.append(verdict)
            done += len(verdict.kills)
            say(f"   {form}: mailing {len(verdicts)} over, {done} of {kills} kills: {line(verdict)}")
        for part in made.parts:
            if part.fell:
                say(f"   {form}: {part.name} ended by itself {part.fell} times and was started again:\n{part.said()}")
    return verdicts


def line(verdict: Verdict) -> str:
    states = ", ".join(f"{state} {count}" for state, count in sorted(verdict.states.items()))
    trouble = "; ".join(verdict.troubles) or "lost 0, doubled 0"
    return f"{states} of {len(verdict.wanted)} (uncertain at most {verdict.most_uncertain}) in {verdict.seconds:.0f} s: {trouble}"


def say(words: str) -> None:
    print(words, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--form", choices=("both", "embedded", "hosted"), default="both")
    parser.add_argument("--policy", choices=("hold", "resend"), default="hold")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    forms = ("embedded", "hosted") if chosen.form == "both" else (chosen.form,)
    began = time.monotonic()
    verdicts: list[Verdict] = []
    left_out = False
    for form in forms:
        say(f"== {form}: {chosen.kills // len(forms)} kills -9, mailings to {chosen.people}, seed {chosen.seed}")
        try:
            verdicts += play(form, kills=chosen.kills // len(forms), people=chosen.people, seed=chosen.seed, policy=chosen.policy)
        except pytest.skip.Exception as missing:
            say(f"{missing}, so there was no storm over the {form} form")
            left_out = True
    killed = Counter(name for verdict in verdicts for name in verdict.kills)
    states = sum((verdict.states for verdict in verdicts), Counter[str]())
    say(f"\n{len(verdicts)} mailings in {time.monotonic() - began:.0f} s; killed: {dict(killed)}")
    say(f"lost {sum(len(v.lost) for v in verdicts)}, doubled {sum(len(v.doubled) for v in verdicts)}, {dict(states)}")
    return 1 if left_out or any(verdict.troubles for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
