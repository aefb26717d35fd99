"""A mark for each line: kept, part of a quote, or the header of one."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.message import quotes
from mailer.message.phrases.notices import BANNERS
from mailer.message.reply.speech import flat, next_line, say, talks

KEEP, QUOTE, HEAD = " ", ">", "H"


def mark_lines(lines: list[str], marked: Sequence[bool] | None, steps: list[str]) -> list[str]:
    """A mark for each line: kept, part of a quote, or the header of one."""
    marks = [KEEP] * len(lines)
    written = False  # is there any word of the person above?
    initials = sum(map(quotes.initialled, lines[:400])) > 1
    i = 0
    while i < len(lines):
        line = lines[i]
        if marked is not None and i < len(marked) and marked[i]:
            marks[i] = QUOTE
            say(steps, "the HTML marks a quote")
        elif (quotes.is_quoted(line) and not (line.startswith(">>>") and quotes.separator(lines, i))) or (initials and quotes.initialled(line)):
            marks[i] = QUOTE
            say(steps, "lines that begin with >")
        elif i and marks[i - 1] == QUOTE and quotes.is_quoted(lines[i - 1]) and quotes.runs_on(lines[i - 1], line):
            marks[i] = QUOTE
        elif taken := quotes.attribution(lines, i):
            for j in range(i, i + taken):
                marks[j] = HEAD
            after = next_line(lines, i + taken)
            quoted_next = after < len(lines) and (quotes.is_quoted(lines[after]) or bool(marked and marked[after]))
            say(steps, f"an attribution line: {line.strip()[:60]}")
            if not quoted_next and written and not _quoted_later(lines, marked, i + taken):
                for j in range(i + taken, len(lines)):
                    marks[j] = QUOTE
                return _up(lines, marks, i)
            i += taken
            continue
        elif (
            (taken := quotes.separator(lines, i))
            or (taken := quotes.header_block(lines, i))
            or (taken := quotes.notes_block(lines, i))
        ):
            if not written:  # nothing above: the text under it is all there is
                below = next_line(lines, i + taken)
                extra = quotes.header_block(lines, below) if below < len(lines) else 0
                for j in range(i, below + extra if extra else i + taken):
                    marks[j] = HEAD
                i = below + extra if extra else i + taken
                say(steps, "header fields on top, nothing written above them")
                continue
            say(steps, f"a quoted message begins: {line.strip()[:60]}")
            for j in range(i, len(lines)):
                marks[j] = QUOTE
            return _up(lines, marks, i)
        else:
            written = written or _word(line)
        i += 1
    return _more_than(lines, marks) if marked is None else marks


def _more_than(lines: list[str], marks: list[str]) -> list[str]:
    """`The mass must be > 3 g` may break before its sign: one such line, right under words, without a header, is no quote."""
    if marks.count(QUOTE) == 1 and HEAD not in marks:
        at = marks.index(QUOTE)
        if at and lines[at - 1].strip():
            marks[at] = KEEP
    return marks


def _up(lines: list[str], marks: list[str], at: int) -> list[str]:
    """Rules of dashes right above a quoted header belong to it."""
    j = at - 1
    while j >= 0 and (not lines[j].strip() or quotes.is_rule(lines[j])):
        if lines[j].strip():
            marks[j] = HEAD
        j -= 1
    return marks


def _word(line: str) -> bool:
    if not line.strip() or quotes.is_rule(line):
        return False
    return not BANNERS.match(flat(line)) or talks(flat(line))


def _quoted_later(lines: list[str], marked: Sequence[bool] | None, at: int) -> bool:
    """Does a `>` line follow within a few lines? Then the quote is what is so marked, not all to the end."""
    return any(quotes.is_quoted(line) or (marked and marked[at + n]) for n, line in enumerate(lines[at : at + 4]))


def spare(lines: list[str], marks: list[str], marked: Sequence[bool] | None, steps: list[str]) -> list[str]:
    """Nothing is left: what is neither `>` nor marked by HTML was perhaps written by the person, so it stays."""
    spared = [
        KEEP
        if mark == QUOTE and not quotes.is_quoted(line) and not (marked and i < len(marked) and marked[i])
        else mark
        for i, (line, mark) in enumerate(zip(lines, marks, strict=True))
    ]
    if spared != marks:
        steps.append("nothing would be left, so what follows the header stays")
    return spared
