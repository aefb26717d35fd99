"""V1, V2: whatever is killed whenever, each accepted message stands in the inbox once and comes to one outcome."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest

from tests.live.people import DAWN, DOMAIN, JANE, OLIVE, mendip
from tests.live.running import MONDAY, Running
from tests.live.senders import HOSTILE, Given, Senders, nested, post

pytestmark = pytest.mark.long

DOORS = [f"mendip{door}@{DOMAIN}" for door in ("", "-agenda", "-news", "-help", "-committee", "-private", "-organise")]
FORGED = f"mendip+raaaaaaaab{'c' * 26}@{DOMAIN}"
ASKS = "How do you store agar plates? Ours dry out within a week."


def mixed() -> list[Given]:
    """Ordinary mail, answers, and what is broken or means harm, shuffled always in the same way."""
    ordinary = [post(n, DOORS[n % 4], f"{ASKS} ({n})", (JANE, DAWN, "stranger@far.example")[n % 3]) for n in range(80)]
    answers = [
        post(1000 + n, DOORS[0], word, JANE)
        for n, word in enumerate(("YES", "sorry, teaching", "STOP NEWSLETTER", "HELP"))
    ]
    forged = [post(2000 + n, FORGED, word, DAWN) for n, word in enumerate(("YES", "SEND", "STOP"))]
    doors = itertools.cycle(DOORS)
    hostile = [Given(path.name, path.read_bytes(), next(doors)) for path in sorted(HOSTILE.glob("*.eml"))]
    deep = [Given(kind, nested(kind, 3_000_000), DOORS[1], OLIVE) for kind in ("parts", "messages")]
    every = [*ordinary, *answers, *forged, *hostile, *deep]
    return [every[(n * 37) % len(every)] for n in range(len(every))] if len(every) % 37 else every


def check(running: Running, senders: Senders) -> None:
    """The promise, row by row."""
    running.settled()
    rows = running.rows()
    once = Counter(given.rcpt for given in senders.accepted)
    assert Counter(row.rcpt for row in rows) == once
    assert len({(row.raw_sha256, row.rcpt) for row in rows}) == len(rows)
    wrong = [
        (row.id, row.rcpt, row.state, row.reason, row.subject[:60])
        for row in rows
        if row.state in ("stored", "handling", "failed")
    ]
    assert not wrong, wrong
    assert not [row.id for row in rows if not row.outcome.strip(" .") or row.handled_at is None]


def test_v1_v2_each_accepted_message_comes_to_one_outcome_whenever_it_is_killed(tmp_path: Path) -> None:
    running = Running(tmp_path)
    mendip(running.house, MONDAY)
    mail = mixed()
    with running:
        senders = Senders(running.smtp)
        senders.start(mail)
        for share in (0.3, 0.7):
            senders.reached(int(len(mail) * share))
            running.kill()
            running.start()
        senders.wait()
        assert not senders.refused
        assert len(senders.accepted) == len(mail)
        check(running, senders)
        replies = Counter(copy.key for copy in running.copies())
        assert max(replies.values()) == 1  # one answer each, however often it was handled
