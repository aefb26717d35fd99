""""Sent from my iPhone", "Get Outlook for iOS": whole lines that a program wrote."""

from __future__ import annotations

import re

from mailer.message.phrases.devices import GET_APP, SENT_EXCUSE, SENT_FROM, SENT_MY, SENT_WITH


def sent_from(line: str) -> bool:
    """`Sent from my iPhone`, `Get Outlook for iOS` and the like, the whole line."""
    line = line.strip()
    if len(line) > 160:
        return False
    if GET_APP.fullmatch(line.strip("<>[]()*_ ")) or SENT_MY.fullmatch(line):
        return True
    if not SENT_FROM.fullmatch(line) or len(line.split()) > 16:
        return False
    first, *more = _CLAUSES.split(_LINKS.sub(" ", line))
    if not SENT_WITH.search(first) or len(first.split()) > 12 or _SAYS.search(first):
        return False
    return all(
        not _PROMISES.search(clause)
        and (SENT_EXCUSE.search(clause) or (_DEVICE.match(clause) and SENT_WITH.search(clause)))
        for clause in more
        if clause.strip()
    )


_LINKS = re.compile(r"[<(\[]?(?:https?://|mailto:)[^\s>)\]]+[>)\]]?")
_CLAUSES = re.compile(r"[.,;!](?=\s|$)|\s[-–—]\s?|[)>\]]+\s*$")
_SAYS = re.compile(r"\b(?:I|we|you|it|and|but|so|will|can|cannot|is|was not|has)\b")
_DEVICE = re.compile(r"\s*an? (?:\S+\s*){1,6}$")
_PROMISES = re.compile(r"\b(?:I|we|you) ?(?:will|can|could|'ll|am|are|have|would)\b")
