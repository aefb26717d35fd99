"""Formal closings: "Kind regards", and under it only name and office."""

from __future__ import annotations

from mailer.message.phrases.closings import CLOSINGS
from mailer.message.reply.speech import CONTACT, POSTSCRIPT, SIGNATURE_LINES, SPEECH, sentence


def last_closing(lines: list[str], first: int, end: int) -> int:
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
        if POSTSCRIPT.match(text) or "?" in text.partition("http")[0]:
            return False
        office = office or CONTACT.search(text) is not None
        if not office and (SPEECH.search(text) or sentence(text)):
            return False
    return True


_CLOSINGS = frozenset(CLOSINGS)


def closing(line: str) -> bool:
    """Is the line a formal closing and nothing more than perhaps a name?"""
    low = line.lower().strip(" \t,.!*_:;-–—\u00a0")
    if low in _CLOSINGS:
        return True
    head, comma, name = low.partition(",")
    return bool(comma and head.strip() in _CLOSINGS and len(head) > 2 and len(name.split()) <= 3)
