"""The bench counts what comes, refuses what was not honest, and says what its figures mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.outbound.transport import Wire, relays
from tests.bench import peers
from tests.bench.figures import Figure, table
from tests.bench.scene import Sink

README = Path(__file__).with_name("README.md").read_text()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    made = Sink(tmp_path, record=True)
    made.part.start()
    yield made
    made.part.stop()


def letters(count: int) -> list[Wire]:
    return [Wire(n, f"mendip+b{n}@lists.example.org", f"p{n}@school.example", b"Subject: %d\r\n\r\n.dot\r\n" % n) for n in range(count)]


def test_the_sink_counts_each_copy_and_a_doubled_one_is_not_honest(sink: Sink) -> None:
    line = relays(f"smtp://127.0.0.1:{sink.port}")[0].connect()
    assert {reply.state for reply in line.send(letters(40))} == {"accepted"}
    said = sink.honest(40)
    assert (said["senders"], said["octets"]) == (40, sum(len(b"Subject: %d\r\n\r\n..dot\r\n" % n) for n in range(40)))
    assert len(sink.recorded.read_text().splitlines()) == 40
    line.send(letters(1))
    with pytest.raises(AssertionError):
        sink.honest(41)
    sink.ask("forget")
    line.send(letters(2))
    sink.honest(2)
    line.close()


def test_a_table_has_medians_goals_and_ratios() -> None:
    said = table(
        [
            Figure("ours", "a second", [900.0, 2000.0, 1000.0], goal=1500, beside=("theirs", "absent", "another")),
            Figure("theirs", "a second", [100.0]),
            Figure("another", "a second", [2000.0], beside="theirs"),
            Figure("late", "ms", [20.0], goal=30, at_most=True),
            peers.missing("absent", "postfix"),
        ]
    )
    assert re.search(r"ours +1,000 +900 +2,000 +a second +3 +>= 1,500 missed +10\.00 of theirs, 0\.50 of another$", said, re.MULTILINE)
    assert re.search(r"another .* 20\.00 of theirs$", said, re.MULTILINE)
    assert re.search(r"late +20\.0 .*<= 30\.0\b(?! missed)", said)
    assert "not installed (Debian: postfix)" in said


def test_the_readme_names_the_parts_that_there_are() -> None:
    named = set(re.findall(r"`(?:tests/bench/)?(\w+\.py)`", README))
    there = {path.name for path in Path(__file__).parent.glob("*.py")} - {"__init__.py", "__main__.py", "test_bench.py"}
    assert named == there
    assert {"bench", "bench-full"} <= set(re.findall(r"make ([a-z-]+)", README))
