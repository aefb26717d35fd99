"""Logs hold ids, not addresses or tags: DP-23."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from functools import partial

import pytest
import structlog

from mailer import log

TAG = "u2" + "abcdefghi" + "jklmnopqrstuvwxyz234567abc"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.setup("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dawn@school.example wrote", "[address] wrote"),
        ("Dawn <dawn.o'hara@school.example>", "Dawn <[address]>"),
        ("to=dawn%40school.example", "to=[address]"),
        ("é@ysgol.example", "[address]"),
        (f"mendip+{TAG}@lists.example.org", "[address]"),
        (f"GET /u/{TAG} 200", "GET /u/[tag] 200"),
        (f"tag {TAG.upper()}.", "tag [tag]."),
        ("size=4096 at 12:41, id 42, sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", None),
        ("two bells @ noon", None),
    ],
)
def test_what_is_hidden(text: str, expected: str | None) -> None:
    assert log.mask(text) == (text if expected is None else expected)


def test_every_value_the_event_and_the_traceback_are_masked(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"no such person dawn@school.example {TAG}")
    except ValueError:
        log.get("test").exception(
            "mail from dawn@school.example", who=["dawn@school.example", {"k": TAG}], raw=b"\0" * 9
        )
    logging.getLogger("library").warning("sent to %s", "dawn@school.example", extra={"peer": "dawn@school.example"})
    assert "dawn" not in lines.getvalue()
    assert TAG not in lines.getvalue()
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert first["event"] == "mail from [address]"
    assert first["raw"] == "[9 bytes]"
    assert "Traceback" in first["exception"]
    assert second["event"] == "sent to [address]"
    assert second["peer"] == "[address]"


def test_ids_are_bound_for_a_block(lines: io.StringIO) -> None:
    with log.bind(inbox_id="42"):
        log.get("test").info("routed", role="agenda")
        logging.getLogger("library").info("parsed")
    log.get("test").info("idle")
    routed, parsed, idle = (json.loads(line) for line in lines.getvalue().splitlines())
    assert routed["inbox_id"] == parsed["inbox_id"] == "42"
    assert routed["role"] == "agenda"
    assert "inbox_id" not in idle
    assert idle["level"] == "info"
    assert idle["at"].endswith("Z")


def test_level_and_second_setup(lines: io.StringIO) -> None:
    log.setup("warning", lines)
    log.get("test").info("quiet")
    log.get("test").warning("loud")
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["loud"]


def test_a_terminal_gets_words_not_json(lines: io.StringIO) -> None:
    log.setup("info", lines, json=False)
    log.get("test").info("stored", inbox_id="7")
    assert "stored" in lines.getvalue()
    assert not lines.getvalue().startswith("{")


class Terminal(io.StringIO):
    """Where a person reads."""

    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_reads_plain_lines(lines: io.StringIO) -> None:
    shown = Terminal()
    log.setup("info", shown)
    log.get("test").info("a mail door is open", protocol="smtp")
    log.get("test").warning("no relay can be had", reason="connect", detail=None)
    try:
        raise ValueError("dawn@school.example")
    except ValueError:
        log.get("test").exception("it failed")
    text = shown.getvalue()
    first, second, third, *trace = text.splitlines()
    assert first[8:] == "  a mail door is open (protocol smtp)"
    assert second[8:] == "  warning: no relay can be had (reason connect)"
    assert third[8:] == "  error: it failed"
    assert trace[-1] == "ValueError: [address]"
    assert "\x1b" not in text


class Full(Exception):
    pass


def tried(trouble: log.Lasting, error: Exception, what: str = "") -> None:
    try:
        raise error
    except (Full, ValueError) as met:
        trouble.met(met, what)


def test_trouble_that_lasts_is_told_when_it_begins_and_when_it_changes(lines: io.StringIO) -> None:
    """Work that is tried twice a second must not fill the disk with what it says of a full disk."""
    log.setup("info", lines)
    trouble = log.Lasting(log.get("test"), "it failed")
    for _ in range(50):
        tried(trouble, Full("no room"))
    tried(trouble, ValueError("another"))
    tried(trouble, Full("no room"), "somebody else")
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert ["Full: no room" in each["exception"] for each in said] == [True, False, True]


def test_trouble_that_lasts_is_counted_in_one_line_a_minute_and_begins_anew_after_one_without(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.setup("info", lines)
    trouble = log.Lasting(log.get("test"), "it failed")
    for second in [*range(121), 120 + log.TELL_EVERY + 1]:
        monkeypatch.setattr(log.clock, "monotonic", partial(float, second))
        tried(trouble, Full("no room"))
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(each["event"], each.get("cause"), each.get("times")) for each in said] == [
        ("it failed", None, None),
        ("it failed", "no room", 60),
        ("it failed", "no room", 60),
        ("it failed", None, None),
    ]
    assert ["exception" in each for each in said] == [True, False, False, True]
