"""What the person newly wrote, and what was cut from around it.

The text is read as lines. First every line gets a mark (kept, quote, header), then each unbroken run of kept lines loses its
tail: signature, closing, "Sent from my phone", list footer, legal notice; the first run also its banner. Losing a
person's words is the worst error, so whatever is doubtful stays, and a cut that would leave nothing is undone. The
steps that cut something are told in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.message import phrases, quotes

MAX_TEXT = 250_000  # characters that are looked at; what is beyond goes to `quoted`
MAX_LINES = 5_000
SIGNATURE_LINES = 20
WIDTH = quotes.WIDTH

KEEP, QUOTE, HEAD = " ", ">", "H"


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
    marks = _mark(lines, marked, steps)
    if not any(line.strip() for line, mark in zip(lines, marks, strict=True) if mark == KEEP):
        top = _next(lines, 0)
        if marked is not None and top < len(lines) and quotes.forwards(lines, top):
            marked = None  # a forward without a word above it: what was sent on is all there is
            marks = _mark(lines, None, steps)
        marks = _spare(lines, marks, marked, steps)
    keep = [mark == KEEP for mark in marks]
    for start, end in _runs(keep):
        _tail(
            lines,
            keep,
            start,
            end,
            steps,
            any(kept and line.strip() for line, kept in zip(lines[:start], keep[:start], strict=True)),
        )
    _banner(lines, keep, steps)
    if not any(line.strip() for line, kept in zip(lines, keep, strict=True) if kept):
        kept_before = [mark == KEEP for mark in marks]
        if any(line.strip() for line, kept in zip(lines, kept_before, strict=True) if kept):
            keep = kept_before
            steps.append("nothing would be left, so signature and notices stay")
    reply = "\n".join(line for line, kept in zip(lines, keep, strict=True) if kept)
    gone = "\n".join([*(line for line, kept in zip(lines, keep, strict=True) if not kept), *over])
    if all(quotes.is_rule(line) or _DELIMITER.fullmatch(line[:40]) for line in reply.split("\n") if line.strip()):
        reply = ""
    return Cut(_tidy(reply), (gone + text[MAX_TEXT:]).strip("\n"), tuple(steps))


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


def _mark(lines: list[str], marked: Sequence[bool] | None, steps: list[str]) -> list[str]:
    """A mark for each line: kept, part of a quote, or the header of one."""
    marks = [KEEP] * len(lines)
    written = False  # is there any word of the person above?
    initials = sum(map(quotes.initialled, lines[:400])) > 1
    i = 0
    while i < len(lines):
        line = lines[i]
        if marked is not None and i < len(marked) and marked[i]:
            marks[i] = QUOTE
            _say(steps, "the HTML marks a quote")
        elif (quotes.is_quoted(line) and not (line.startswith(">>>") and quotes.separator(lines, i))) or (initials and quotes.initialled(line)):
            marks[i] = QUOTE
            _say(steps, "lines that begin with >")
        elif i and marks[i - 1] == QUOTE and quotes.is_quoted(lines[i - 1]) and quotes.runs_on(lines[i - 1], line):
            marks[i] = QUOTE
        elif taken := quotes.attribution(lines, i):
            for j in range(i, i + taken):
                marks[j] = HEAD
            after = _next(lines, i + taken)
            quoted_next = after < len(lines) and (quotes.is_quoted(lines[after]) or bool(marked and marked[after]))
            _say(steps, f"an attribution line: {line.strip()[:60]}")
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
                below = _next(lines, i + taken)
                extra = quotes.header_block(lines, below) if below < len(lines) else 0
                for j in range(i, below + extra if extra else i + taken):
                    marks[j] = HEAD
                i = below + extra if extra else i + taken
                _say(steps, "header fields on top, nothing written above them")
                continue
            _say(steps, f"a quoted message begins: {line.strip()[:60]}")
            for j in range(i, len(lines)):
                marks[j] = QUOTE
            return _up(lines, marks, i)
        else:
            written = written or _word(line)
        i += 1
    return marks


def _up(lines: list[str], marks: list[str], at: int) -> list[str]:
    """Rules of dashes right above a quoted header belong to it."""
    j = at - 1
    while j >= 0 and (not lines[j].strip() or quotes.is_rule(lines[j])):
        if lines[j].strip():
            marks[j] = HEAD
        j -= 1
    return marks


def _flat(line: str) -> str:
    return " ".join(line[:WIDTH].split())


def _word(line: str) -> bool:
    if not line.strip() or quotes.is_rule(line):
        return False
    return not phrases.BANNERS.match(_flat(line)) or _talks(_flat(line))


def _quoted_later(lines: list[str], marked: Sequence[bool] | None, at: int) -> bool:
    """Does a `>` line follow within a few lines? Then the quote is what is so marked, not all to the end."""
    return any(quotes.is_quoted(line) or (marked and marked[at + n]) for n, line in enumerate(lines[at : at + 4]))


def _next(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _spare(lines: list[str], marks: list[str], marked: Sequence[bool] | None, steps: list[str]) -> list[str]:
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


def _say(steps: list[str], words: str) -> None:
    if words not in steps and len(steps) < 30:
        steps.append(words)


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


_INVISIBLE = " \t\u00a0\u1427\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # U+1427 is left by a program that follows mail
_DELIMITER = re.compile(r"[\s*]*(?:--|––|—|――|__)[\s*]*")
_LIST_RULE = re.compile(r"_{20,}|-{20,}|={20,}|-~-+.*|--~-.*")
_LIST_WORDS = re.compile(
    r"(?i)mailing list|listinfo|lists?\.|unsubscribe|groups\.google|google groups|mailinglist|to post to this|subscription options|yahoo! groups|you received this|"
    r"postorius|mailman|dad-?danysgrifio"
)
_FOOTER = re.compile(
    r"(?i)[\s—–-]*(?:you (?:are receiving|received) this (?:e-?mail|message|because)|you received this message because|reply to this email directly|to unsubscribe\b|view (?:it|this) on (?:github|the web)(?:\W|$)(?!\w)"
    r"|to view this discussion|powered by(?: \S+){1,5}$|do you yahoo!\?|yahoo! messenger|_{5,}\s*do you yahoo)"
)
_DASH_NAME = re.compile(r" ?(?:--?|/{1,2}|[–—~] ?)([^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3})\s*")
_POSTSCRIPT = re.compile(r"(?i)\s*(?:p\.?\s?s\.?|n\.?\s?b\.?|ô\.?n\.?)\b")
_SPEECH = re.compile(r"[?]|[.!]\s+\S|\b(?:I|we|you|please|could|would|can|will)\b")


def _tail(lines: list[str], keep: list[bool], start: int, end: int, steps: list[str], written: bool) -> None:
    """Cut the tail of one run: first what begins at a delimiter, then, from the bottom up, what is known by its words."""

    def drop(first: int, last: int, why: str) -> None:
        for j in range(first, last):
            keep[j] = False
        _say(steps, why)

    first = _next(lines, start)
    rest = sum(1 for line in lines[start:end] if line.strip())
    for i in range(start, end):
        line = lines[i]
        text = line.strip()
        if not text or len(text) > 2_000:
            rest -= bool(text)
            continue
        rest -= 1
        if (
            _DELIMITER.fullmatch(line[:40])
            and (i > first or written)
            and rest <= SIGNATURE_LINES
            and (line == "-- " or not _goes_on(lines, i + 1, end))
        ):
            drop(i, end, "a signature after its delimiter")
            end = i
            break
        if (
            _LIST_RULE.fullmatch(text)
            and any(_LIST_WORDS.search(x[:WIDTH]) for x in lines[i + 1 : i + 5])
            and i + 1 < end
        ):
            drop(i, end, "a list footer")
            end = i
            break
        if i >= first and _FOOTER.match(text[:WIDTH]) and not _talks(text):
            drop(i, _until_talk(lines, i, end), "a footer")
            end = i
            break
        if phrases.DISCLAIMERS.match(text[:WIDTH]) and (rest or len(text) > 24) and not _talks(text):
            drop(i, _until_talk(lines, i, end), f"a legal notice: {text[:50]}")
            end = i
            break
    again = 40
    while again and end > start:
        again, left = 0, again
        while end > start and (not lines[end - 1].strip(_INVISIBLE) or quotes.is_rule(lines[end - 1])):
            if lines[end - 1].strip():
                if end - 1 == first:
                    break
                keep[end - 1] = False
            end -= 1
        if end <= start or end - 1 < first:
            return
        last = lines[end - 1].strip()
        if sent_from(last):
            drop(end - 1, end, f"sent from: {last[:40]}")
            again, end = left - 1, end - 1
        elif _is_dash_name(lines, end - 1, first):
            drop(end - 1, end, "a name behind a dash")
            again, end = left - 1, end - 1
    at = _closing(lines, first, end)
    if at > first:
        drop(at, end, f"a closing: {lines[at].strip()[:40]}")


_LINK = re.compile(r"\S*(?:://|www\.|@)\S*")
_TALK = re.compile(r"\?(?:\s|$)|\bI(?:['’]\w+)?\b(?![.,]?[A-Z\d])")


def _talks(text: str) -> bool:
    """Does somebody speak here who asks or says "I"? Notices and footers never do."""
    return _TALK.search(_LINK.sub("", text[:2_000])) is not None


def _until_talk(lines: list[str], start: int, end: int) -> int:
    """Where, behind a notice, a paragraph of the person's begins: a postscript, a question, somebody who says "I"."""
    at = start
    while at < end:
        top = _next(lines, at)
        below = next((j for j in range(top, end) if not lines[j].strip()), end)
        if at > start and top < end and any(_POSTSCRIPT.match(x) or _talks(x) for x in lines[top:below]):
            return top
        at = max(below, at + 1)
    return end


def _goes_on(lines: list[str], at: int, end: int) -> bool:
    """Is the first line under a rule of two dashes a sentence, so that it only parts the person's own words?"""
    below = next((line.strip() for line in lines[at:end] if line.strip()), "")
    return _sentence(below) and not _CONTACT.search(below)


def _is_dash_name(lines: list[str], at: int, first: int) -> bool:
    """`-Jane Doe` or `/Jane` under the text, and no item of a list."""
    found = _DASH_NAME.fullmatch(lines[at][:80])
    if not found or at <= first or not all(word[0].isupper() for word in found[1].split()):
        return False
    above = next((line for line in reversed(lines[first:at]) if line.strip()), "")
    if lines[at - 1].strip() or above.rstrip().endswith(":"):
        return False
    return above.strip()[:1] not in ("-", "–", "—", "*", "•", "/")


def sent_from(line: str) -> bool:
    """`Sent from my iPhone`, `Get Outlook for iOS` and the like, the whole line."""
    line = line.strip()
    if len(line) > 160:
        return False
    if phrases.GET_APP.fullmatch(line.strip("<>[]()*_ ")) or phrases.SENT_MY.fullmatch(line):
        return True
    if not phrases.SENT_FROM.fullmatch(line) or len(line.split()) > 16:
        return False
    first, *more = _CLAUSES.split(_LINKS.sub(" ", line))
    if not phrases.SENT_WITH.search(first) or len(first.split()) > 10 or _SAYS.search(first):
        return False
    return all(
        not _PROMISES.search(clause)
        and (phrases.SENT_EXCUSE.search(clause) or (_DEVICE.match(clause) and phrases.SENT_WITH.search(clause)))
        for clause in more
        if clause.strip()
    )


_LINKS = re.compile(r"[<(\[]?(?:https?://|mailto:)[^\s>)\]]+[>)\]]?")
_CLAUSES = re.compile(r"[.,;!](?=\s|$)|\s[-–—]\s?|[)>\]]+\s*$")
_SAYS = re.compile(r"\b(?:I|we|you|it|and|but|so|will|can|cannot|is|was not|has)\b")
_DEVICE = re.compile(r"\s*an? (?:\S+\s*){1,6}$")
_PROMISES = re.compile(r"\b(?:I|we|you) ?(?:will|can|could|'ll|am|are|have|would)\b")
_CONTACT = re.compile(
    r"(?i)\b(?:tel|phone|mob|mobile|ffôn|fax|ext)\b|www\.|https?:|@|\+\d\d|\b0\d{2,4}[ )]| \| |universit|school|college|ysgol|coleg|prifysgol"
)


def _closing(lines: list[str], first: int, end: int) -> int:
    """The line of the last formal closing whose tail is only name and office; 0 if there is none."""
    seen = 0
    for i in range(end - 1, first, -1):
        text = lines[i].strip()
        if not text:
            continue
        if closing(text):
            if len(text.strip(" ,.!")) <= 4 and "," not in text and not _ended(lines, first, i):
                return 0  # "best" or "Br" inside of what is said
            return i if _is_signature(lines[i + 1 : end]) else 0
        seen += 1
        if seen > SIGNATURE_LINES or len(text) > 300:
            return 0
    return 0


def _ended(lines: list[str], first: int, at: int) -> bool:
    """Does the text above close like a sentence?"""
    above = next((line.strip() for line in reversed(lines[first:at]) if line.strip()), "")
    return bool(above) and not (above[-1].isalnum() or above[-1] in ",:;-")


def _is_signature(tail: list[str]) -> bool:
    """Only name and office? Once a number or an address has stood there, a plain sentence does no harm; a question or
    a postscript always does."""
    office = False
    for line in tail:
        text = line.strip()
        if _POSTSCRIPT.match(text) or "?" in text.partition("http")[0]:
            return False
        office = office or _CONTACT.search(text) is not None
        if not office and (_SPEECH.search(text) or _sentence(text)):
            return False
    return True


def _sentence(text: str) -> bool:
    """Seven words or more, most of them in small letters, with no number or address among them."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= 7 and sum(word[0].islower() for word in words) * 3 >= 2 * len(words)


_CLOSINGS = frozenset(phrases.CLOSINGS)


def closing(line: str) -> bool:
    """Is the line a formal closing and nothing more than perhaps a name?"""
    low = line.lower().strip(" \t,.!*_:;-–—\u00a0")
    if low in _CLOSINGS:
        return True
    head, comma, name = low.partition(",")
    return bool(comma and head.strip() in _CLOSINGS and len(head) > 2 and len(name.split()) <= 3)


def _banner(lines: list[str], keep: list[bool], steps: list[str]) -> None:
    """Banners of the institution over the first words."""
    for i, line in enumerate(lines[:40]):
        if not keep[i] or not line.strip():
            continue
        if not phrases.BANNERS.match(_flat(line)) or _talks(_flat(line)):
            return
        if not phrases.BANNER_MORE.search(_flat(line)) and len(line) > 300:
            return
        j = i
        while (
            j < len(lines)
            and keep[j]
            and lines[j].strip()
            and j - i < 6
            and (j == i or phrases.BANNER_MORE.match(_flat(lines[j])))
        ):
            keep[j] = False
            j += 1
        _say(steps, f"a banner on top: {line.strip()[:50]}")
