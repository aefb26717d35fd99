"""Small questions about lines that marking and cutting share: does somebody speak here, is it a sentence?"""

from __future__ import annotations

import re

from mailer.message.quotes import WIDTH

SIGNATURE_LINES = 20


def flat(line: str) -> str:
    return " ".join(line[:WIDTH].split())


def next_line(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def say(steps: list[str], words: str) -> None:
    if words not in steps and len(steps) < 30:
        steps.append(words)


SPEECH = re.compile(r"[?]|[.!]\s+\S|\b(?:I|we|you|please|could|would|can|will)\b")
_LINK = re.compile(r"\S*(?:://|www\.|@)\S*")
_TALK = re.compile(r"\?(?:\s|$)|\bI(?:['’]\w+)?\b(?![.,]?[A-Z\d])")


def talks(text: str) -> bool:
    """Does somebody speak here who asks or says "I"? Notices and footers never do."""
    return _TALK.search(_LINK.sub("", text[:2_000])) is not None


def sentence(text: str) -> bool:
    """Seven words or more, most of them in small letters, with no number or address among them."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= 7 and sum(word[0].islower() for word in words) * 3 >= 2 * len(words)


CONTACT = re.compile(
    r"(?i)\b(?:tel|phone|mob|mobile|ffôn|fax|ext)\b|www\.|https?:|@|\+\d\d|\b0\d{2,4}[ )]| \| |universit|school|college|ysgol|coleg|prifysgol"
)
POSTSCRIPT = re.compile(r"(?i)\s*(?:p\.?\s?s\.?|n\.?\s?b\.?|ô\.?n\.?)\b")
