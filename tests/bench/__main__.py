"""`make bench`, `make bench-full`: every figure, one table. README.md says what each means.

    python -m tests.bench [--full] [--only hosted replies ...] [--people 10000] [--size 44000] [--runs 3]
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import time
from collections.abc import Callable

import pytest

from tests.bench import mailings, peers, postfix, queueing
from tests.bench.figures import Figure, table


def say(words: str) -> None:
    print(f"   {words}", file=sys.stderr, flush=True)


def sections(asked: argparse.Namespace) -> dict[str, Callable[[], list[Figure]]]:
    """What can be measured, in the order of the table."""
    full, size, runs = asked.full, asked.size, asked.runs
    few, many = min(asked.people, 1000), 100_000 if full else 3 * asked.people
    counts = [1000, 10_000, 100_000, 1_000_000] if full else sorted({1000, asked.people})

    def speed(form: str, signed: bool) -> Callable[[], list[Figure]]:
        return lambda: mailings.speed(form, signed, people=asked.people, size=size, runs=runs, tell=say)

    return {
        "mailman": lambda: peers.mailman(people=few, size=size, runs=runs, accepts=1000, tell=say),
        "mlmmj": lambda: peers.mlmmj(people=few, size=size, runs=runs, tell=say),
        "postfix": lambda: peers.postfix(people=asked.people, size=size, runs=runs, tell=say),
        "embedded-signed": speed("embedded", True),
        "embedded": speed("embedded", False),
        "hosted-signed": speed("hosted", True),
        "hosted": speed("hosted", False),
        "replies": lambda: mailings.replying("embedded", people=many, size=size, replies=15, tell=say),
        "hosted-replies": lambda: mailings.replying("hosted", people=many, size=size, replies=15, tell=say),
        "reminders": lambda: mailings.reminding("embedded", people=many, size=size, reminders=5, tell=say),
        "hosted-reminders": lambda: mailings.reminding("hosted", people=many, size=size, reminders=5, tell=say),
        "enqueue": lambda: queueing.enqueueing([1000, 100_000, 1_000_000] if full else [1000, 100_000], tell=say),
        "postfix-accept": lambda: postfix.accepting(count=4000, runs=runs, tell=say),
        "accept": lambda: queueing.accepting(count=4000, runs=runs, tell=say),
        "handle": lambda: queueing.handling(each=200 if full else 100, tell=say),
        "growth": lambda: mailings.growth("embedded", counts, size=size if not full else min(size, 20_000), tell=say),
        "independence": lambda: mailings.independence(
            people=few * 2,
            size=size,
            others=200 if full else 50,
            elsewhere=100_000 if full else 10_000,
            past=1_000_000 if full else 100_000,
            runs=runs,
            tell=say,
        ),
    }


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--full", action="store_true", help="to 100,000 and 1,000,000, about half an hour")
    words.add_argument("--only", nargs="*", default=[], help="sections: see --list")
    words.add_argument("--list", action="store_true", help="name the sections and end")
    words.add_argument("--people", type=int, default=10_000, help="to so many people")
    words.add_argument("--size", type=int, default=44_000, help="octets of a letter, about")
    words.add_argument("--runs", type=int, default=3, help="the median of so many counts")
    asked = words.parse_args()
    known = sections(asked)
    if asked.list or (unknown := set(asked.only) - set(known)):
        print("\n".join(known) if asked.list else f"no such section: {', '.join(sorted(unknown))}")
        return 0 if asked.list else 2
    began, found, broken = time.monotonic(), [], []
    for name in asked.only or known:
        say(f"== {name}")
        try:
            found += known[name]()
        except pytest.skip.Exception as missing:
            found.append(Figure(name, "", note=str(missing)))
            say(str(missing))
        except Exception as error:  # one that fails is said, and the others are still measured
            broken.append(name)
            found.append(Figure(name, "", note=f"FAILED: {type(error).__name__}: {error}"[:200]))
            say(f"{name} failed: {error!r}")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"\n{datetime.datetime.now():%Y-%m-%d %H:%M}, {cores} cores, {platform.machine()}, Python {platform.python_version()} of {sys.base_prefix}, load {load:.1f}, {time.monotonic() - began:.0f} s")
    print(table(found))
    missed = [figure.what for figure in found if figure.runs and figure.met is False]
    if missed:
        print(f"\nGoals missed here: {'; '.join(missed)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
