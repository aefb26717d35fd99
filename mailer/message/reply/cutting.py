"""The walk through a text: mark every line, cut the tails, cut the banner, and never leave nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.message import quotes
from mailer.message.reply.banners import banner
from mailer.message.reply.devices import sent_from
from mailer.message.reply.marking import KEEP, mark_lines, spare
from mailer.message.reply.speech import next_line, say
from mailer.message.reply.tails import DELIMITER, tail

MAX_TEXT = 250_000  # characters that are looked at; what is beyond goes to `quoted`
MAX_LINES = 5_000
MAX_NOTED = 400  # lines that are asked whether a phone wrote them


@dataclass(frozen=True, slots=True)
class Cut:
    """The new text, what was cut from it, and why, in words."""

    reply: str
    quoted: str
    steps: tuple[str, ...]


def cut(text: str, marked: Sequence[bool] | None = None) -> Cut:
    """`marked` says for each line whether the HTML it came from called it a quote."""
    whole = text[:MAX_TEXT]
    lines = whole.split("\n")
    lines, marked = _unshared(lines, marked)
    over = lines[MAX_LINES:]
    lines = lines[:MAX_LINES]
    steps: list[str] = []
    marks = mark_lines(lines, marked, steps)
    if not any(line.strip() for line, mark in zip(lines, marks, strict=True) if mark == KEEP):
        top = next_line(lines, 0)
        if marked is not None and top < len(lines) and quotes.forwards(lines, top):
            marked = None  # a forward without a word above it: what was sent on is all there is
            marks = mark_lines(lines, None, steps)
        marks = spare(lines, marks, marked, steps)
    keep = [mark == KEEP for mark in marks]
    for start, end in _runs(keep):
        tail(
            lines,
            keep,
            start,
            end,
            steps,
            any(kept and line.strip() for line, kept in zip(lines[:start], keep[:start], strict=True)),
        )
    banner(lines, keep, steps)
    _devices_above(lines, keep, steps)
    if not any(line.strip() for line, kept in zip(lines, keep, strict=True) if kept):
        kept_before = [mark == KEEP for mark in marks]
        if any(line.strip() for line, kept in zip(lines, kept_before, strict=True) if kept):
            keep = kept_before
            steps.append("nothing would be left, so signature and notices stay")
    reply = "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept)
    gone = "\n".join([*(line for line, kept in zip(lines, keep, strict=True) if not kept), *over])
    if all(quotes.is_rule(line) or DELIMITER.fullmatch(line[:40]) for line in reply.split("\n") if line.strip()):
        reply = ""
    return Cut(_tidy(reply), (gone + text[MAX_TEXT:]).strip("\n"), tuple(steps))


def _devices_above(lines: list[str], keep: list[bool], steps: list[str]) -> None:
    """A phone's note that stands alone over words typed under it."""
    for i, line in enumerate(lines[:MAX_NOTED]):
        alone = (not i or not lines[i - 1].strip() or not keep[i - 1]) and (i + 1 >= len(lines) or not lines[i + 1].strip())
        if keep[i] and line and alone and sent_from(line):
            keep[i] = False
            say(steps, f"sent from: {line.strip()[:40]}")


def _tidy(text: str) -> str:
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n").rstrip()


def _unshared(lines: list[str], marked: Sequence[bool] | None) -> tuple[list[str], Sequence[bool] | None]:
    """The person's words that stand on one line with an attribution get a line of their own."""
    at = [(i, column) for i in range(min(len(lines), MAX_LINES)) if (column := quotes.shared(lines, i))]
    if not at:
        return lines, marked
    lines, flags = list(lines), None if marked is None else list(marked)
    for i, column in reversed(at[:20]):
        lines[i : i + 1] = [lines[i][:column].rstrip(), lines[i][column:]]
        if flags is not None and i < len(flags):
            flags.insert(i, flags[i])
    return lines, flags


def _runs(keep: list[bool]) -> list[tuple[int, int]]:
    """Unbroken stretches of kept lines."""
    runs: list[tuple[int, int]] = []
    start = -1
    for i, kept in enumerate([*keep, False]):
        if kept and start < 0:
            start = i
        elif not kept and start >= 0:
            runs.append((start, i))
            start = -1
    return runs
