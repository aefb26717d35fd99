"""`On <date>, <name> wrote:` in every language, on one line or several, torn or sharing its line with the person's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mailer.message.phrases.attributions import WROTE
from mailer.message.quotes.lines import ADDRESS, EDGE, SPAN, WIDTH, is_quoted
from mailer.message.quotes.wording import BROKEN, CLOCK, DATE, DAY_FIRST, ENDS, OPENER, STAMPED, is_attribution


def attribution(lines: Sequence[str], at: int) -> int:
    """Lines taken by `On <date>, <name> wrote:` that begins at `at`, in any of the languages; 0 if none does."""
    if len(lines[at]) > WIDTH:
        return 0
    if ":   " in lines[at] and _run_together(lines[at]):
        return 1
    ends = any(map(_may_end, lines[at : at + SPAN]))  # most lines are done with here
    if not ends and lines[at].lstrip(EDGE)[:1] not in _TORN_STARTS:
        return 0
    first = lines[at].strip(EDGE).lower()
    if not first or first.startswith(">"):
        return 0
    joined = ""
    for n in range(SPAN):
        if at + n >= len(lines):
            break
        line = lines[at + n]
        if (n and not BROKEN.fullmatch(line[:80]) and (is_quoted(line) or not line.strip())) or len(line) > WIDTH:
            break
        joined = f"{joined} {line.strip(EDGE)}" if joined else line.strip(EDGE)
        if len(joined) > WIDTH:
            break
        if _may_end(line) and is_attribution(joined.lower(), n):
            if n and (not _opens(first) or _later(lines, at, n)):
                return 0
            took = n + 1 + _left_over(lines, at + n + 1, joined)
            return 0 if _told(joined) and _goes_on(lines, at + took) else took
    return 1 if STAMPED.fullmatch(first) else _unsaid(lines, at) or _torn(lines, at)


def _run_together(line: str) -> bool:
    """Yahoo on Android puts three spaces behind its attribution, and the quote behind them on the same line."""
    said = line.partition(":   ")[0].strip(EDGE) + ":"
    return bool(ADDRESS.search(said) and CLOCK.search(said)) and is_attribution(said.lower(), 0)


def _told(joined: str) -> bool:
    """`On 3 March Jane wrote:` may stand in anybody's text: no address, no hour, and not "you"."""
    return not (ADDRESS.search(joined) or CLOCK.search(joined) or re.search(r"(?i)\byou\b|^\W*quot", joined))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Is the next line that says anything no quote?"""
    below = next((line for line in lines[at : at + 6] if line.strip(EDGE)), ">")
    return not is_quoted(below)


@lru_cache(maxsize=64)  # a line is asked about once for each of the lines above that may begin what it ends
def _may_end(line: str) -> bool:
    return line.rstrip(EDGE).endswith(ENDS)


def _later(lines: Sequence[str], at: int, more: int) -> bool:
    """Is the first line a sentence of its own (`Il est cassé`, `In the end`), and does the attribution begin below it?"""
    first = lines[at].strip(EDGE)
    if DATE.search(first) or ADDRESS.search(first) or len(first.split()) < 2:
        return False
    return any(
        (OPENER.match(below) or DAY_FIRST.match(below) or ADDRESS.search(below))
        and attribution(lines, at + n) == more + 1 - n
        for n in range(1, more + 1)
        if (below := lines[at + n].strip(EDGE).lower())
    )


_TORN_STARTS = ("o", "O", "1", "2")  # of `On ...` and of a year
_TORN = re.compile(r"(?i)on\s.{3,30}\b(?:19|20)\d\d,?\s+(?:at\s+)?\d{1,2}:\d{2}.{0,120}")


def _torn(lines: Sequence[str], at: int) -> int:
    """An attribution whose address was torn off by blank lines: a date and a name, then nothing but `<mailto:...> wrote:`."""
    first = lines[at].strip(EDGE)
    if not _TORN.fullmatch(first):
        return 0
    joined, took = first, 1
    for n in range(1, 9):
        if at + n >= len(lines) or len(lines[at + n]) > WIDTH:
            break
        line = lines[at + n].strip()
        if not line:
            continue
        if not (line == "<" or BROKEN.fullmatch(line) or ADDRESS.search(line)):
            break
        joined, took = f"{joined} {line}", n + 1
        if BROKEN.fullmatch(line) and is_attribution(joined.lower(), n):
            return took
    return 0


_NAMED = re.compile(r"[^<>@:]{0,80}<\s?[^<>@\s]{1,80}@[^<>\s]{1,120}>\s?[:：]")


def _left_over(lines: Sequence[str], at: int, joined: str) -> int:
    """How many more lines hold but the verb that the attribution lacks, or who wrote, where it broke behind its verb
    (Gmail in Dutch and German)."""
    if joined.rstrip(EDGE).endswith((":", "：")) or at >= len(lines):
        return 0
    if lines[at].strip(EDGE + ":：").lower() in WROTE:
        return 1
    return next((n for n in (1, 2) if _NAMED.fullmatch(_joined(lines, at, n))), 0)


def _joined(lines: Sequence[str], at: int, count: int) -> str:
    return " ".join(line[:WIDTH].strip(EDGE) for line in lines[at : at + count])


_UNSAID = re.compile(
    r"(?:[\w/:.,+()-]{1,20} ){0,6}(?:[^\W\d][\w.'’\"-]* ){0,4}<\s?[^<>@\s]{1,80}@[^<>\s]{1,120}>(?:[ ,]{0,2}[@,|·–-] ?(?:[\w/:.,+()-]{1,20} ?){1,6})?:?"
)


def _unsaid(lines: Sequence[str], at: int) -> int:
    """A name, an address and a day right over a quote, without a verb (Gmail of old, mail readers of Emacs)."""
    for took in (1, 2):
        joined = _joined(lines, at, took)
        below = next((line for line in lines[at + took : at + took + 2] if line.strip()), "")
        if is_quoted(below) and DATE.search(joined) and len(joined) < 200 and _UNSAID.fullmatch(joined):
            return took
    return 0


def _opens(line: str) -> bool:
    """May the first of several lines be part of the attribution, rather than a greeting above it?"""
    return bool(
        OPENER.match(line) or DATE.search(line) or ADDRESS.search(line) or "<" in line or DAY_FIRST.match(line)
    )


_SHARED = re.compile(
    r"(?<=\S)(?:\s*-{2,}\s*|\s+)(?=(?:On|Am|Le|El|Il|Em|Op|Den|På|Ar|W dniu) (?:[^\W\d]{2,12}\.?,? ){0,2}\d)"
)


def shared(lines: Sequence[str], at: int) -> int:
    """Where in a line of the person's own an attribution begins (`See you there On Mon, 2 Nov ... wrote:`); 0 if none does."""
    line = lines[at]
    if len(line) > WIDTH or not line.rstrip(EDGE).endswith(ENDS):
        return 0
    found = _SHARED.search(line)
    before = line[: found.start()] if found else ""
    if not found or not re.search(r"\w", before) or DATE.search(before) or ADDRESS.search(before):
        return 0
    return found.start() if attribution([line[found.end() :], *lines[at + 1 : at + SPAN]], 0) == 1 else 0
