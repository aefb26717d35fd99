"""The table of replies (replies.tsv) and what counts as right, unsure or wrong.

    python -m tests.inbound.words.replies 12 340-352     says how these lines of the table are read
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from mailer.inbound.words import SURE, Asked, Intent, private_answer, understand

TODAY = date(2027, 1, 20)  # a Wednesday in term
TABLE = Path(__file__).with_name("replies.tsv")


@dataclass(frozen=True)
class Reply:
    line: int
    asked: str
    reading: str
    text: str

    @property
    def must_be_sure(self) -> bool:
        return self.reading.endswith("!")


def rows(path: str | None = None) -> Iterator[Reply]:
    for number, line in enumerate(Path(path or TABLE).read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            asked, reading, text = line.split("\t")
            yield Reply(number, asked, reading, text.replace("\\n", "\n"))


@cache
def judge(reply: Reply) -> tuple[str, str]:
    """("right" | "unsure" | "wrong" | "weak", why). Weak: unsure where the table says it must be sure."""
    if reply.asked in ("post", "thread"):
        found = private_answer(reply.text, today=TODAY, thread=reply.asked == "thread")
        intents: tuple[Intent, ...] = (found,) if found else ()
    else:
        intents = understand(reply.text, Asked(reply.asked), today=TODAY).intents
    said = [f"{spelt(i)}@{i.certainty}" for i in intents]
    why = f"{said} {intents[0].row if intents else ''}"
    wanted = reply.reading.rstrip("!")
    sure = [i for i in intents if i.certainty >= SURE]
    if wanted == "post":
        return ("right", "") if not intents else ("unsure" if not sure else "wrong", why)
    if wanted == "private":  # kept from the list, whatever it is read as
        return ("right", "") if intents else ("wrong", "would be posted")
    if reply.asked in ("post", "thread") and not intents:
        return "wrong", "would be posted"
    if wanted == "?":
        return ("wrong", why) if [i for i in sure if i.act not in ("none", "note")] else ("right", "")
    if not sure:
        if reply.must_be_sure:
            return "weak", why
        return ("right" if intents and fits(intents, wanted) else "unsure"), why
    if fits(intents, wanted):
        return "right", why
    return "wrong", why


def spelt(intent: Intent) -> str:
    return intent.args["answer"] if intent.act == "answer" else intent.act


def fits(intents: tuple[Intent, ...], wanted: str) -> bool:
    head, *conditions = wanted.split(" ")
    acts = head.split("+")
    if [spelt(i) for i in intents][: len(acts)] != acts:
        return False
    if len(acts) == 1 and any(i.certainty >= SURE for i in intents[1:]):
        return False
    for condition in conditions:
        key, value = condition.split("=", 1)
        actual = intents[0].args.get(key)
        shown = ",".join(actual) if isinstance(actual, tuple) else str(actual)
        if shown != value.replace("_", " "):
            return False
    return True


def main() -> None:
    lines = set()
    for part in sys.argv[1:]:
        first, _, last = part.partition("-")
        lines |= set(range(int(first), int(last or first) + 1))
    for reply in rows():
        if reply.line in lines:
            print(told(reply))


def told(reply: Reply) -> str:
    """A row and its verdict, for whoever mends it."""
    verdict, why = judge(reply)
    return f"{reply.line} {reply.asked} {reply.text!r} should be {reply.reading}: {verdict} {why}".rstrip()


if __name__ == "__main__":
    main()
