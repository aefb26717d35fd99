"""For all tests: real servers as fixtures, what may not be left out, and what was.

A test marked `long` plays the whole service, a whole term or every page in a browser; the everyday run leaves it out, so that it stays under five minutes.
A test with the mark of a server (pyproject.toml) is skipped where that server is not installed. CI=true or TEST_REQUIRE_ALL=1
turns such a skip into a failure, and at the end every run says what it left out and why.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import hypothesis
import pytest

from tests.databases import share_statements
from tests.servers import postgres, rabbitmq, redis, sink

__all__ = ["postgres", "rabbitmq", "redis", "sink"]

# Mark -> whose tests run on one worker of a parallel run, so that a slow server is started once.
SERVERS = {
    "postgres": "hosted",
    "redis": "hosted",
    "rabbitmq": "hosted",
    "dovecot": "dovecot",
    "browser": "browser",
    "postfix": "",
    "swaks": "",
    "nginx": "",
    "exim": "",
}
REQUIRE_ALL = os.environ.get("TEST_REQUIRE_ALL", "") not in ("", "0") or os.environ.get("CI", "").lower() in (
    "1",
    "true",
)


share_statements()

# No deadline for an example: a busy machine may stop us for a second in the middle of one. What has to be fast is measured apart.
hypothesis.settings.register_profile("termpost", deadline=None)
hypothesis.settings.load_profile("termpost")

USUAL = 120  # seconds; a test that is given more begins early, so that no worker waits for it alone at the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = next((SERVERS[mark.name] for mark in item.iter_markers() if SERVERS.get(mark.name)), "")
        if group and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
        if not REQUIRE_ALL and item.get_closest_marker("long") is not None:
            item.add_marker(
                pytest.mark.skip(reason="takes long; TEST_REQUIRE_ALL=1 make test runs it, as .ci/run does")
            )
    items.sort(key=_usual)


def _usual(item: pytest.Item) -> bool:
    allowed = item.get_closest_marker("timeout")
    return not (allowed and allowed.args and allowed.args[0] > USUAL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    marked = [mark.name for mark in item.iter_markers() if mark.name in SERVERS]
    if REQUIRE_ALL and marked and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} ({', '.join(marked)}) may not be left out here: {why}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was left out and why, just above pytest's last line."""
    skipped = Counter(
        report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    )
    deselected = len(terminalreporter.stats.get("deselected", []))
    to_come = len(terminalreporter.stats.get("xfailed", []))
    if not (skipped or deselected or to_come):
        terminalreporter.write_line("Nothing was left out.")
        return
    terminalreporter.write_line("Left out:")
    for reason, count in sorted(skipped.items()):
        terminalreporter.write_line(f"  {count} skipped: {reason}")
    if deselected:
        terminalreporter.write_line(f"  {deselected} deselected on the command line")
    if to_come:
        terminalreporter.write_line(f"  {to_come} expected to fail: what they ask for is still to come")
