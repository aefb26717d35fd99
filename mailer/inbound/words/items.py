"""Something to talk about at the meeting, said beside an answer: "could we discuss balances?" """

from __future__ import annotations

import re

from mailer.inbound.words.text import Clause, Writing
from mailer.inbound.words.values import Intent, intent

# The topic follows the match. Read top-down.
ASKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("item:", r"(?:^|(?<=[.!?] ))\W*(?:an? )?(?:agenda )?(?:items?|eitem|one(?= for)|something(?= for)|rhywbeth(?= i'r))(?: (?:for|on|to) (?:the )?(?:agenda|meeting)| i'r agenda)?\s*[:-]\s*(?P<topic>.+)"),
        (
            "could we discuss",
            r"\b(?:could|can|may|might|would it be possible (?:for us )?to|is it possible to|would like to|i'd like to|i would like|want to|hope(?:d)? to|wanted to|possible to|please|pls|perhaps|maybe|should|if)\b"
            r"(?: (?:we|i|you|us|someone|somebody|the group|please|also|all|perhaps|maybe|possibly|quickly|briefly|like|just|to|it be possible to|have (?:a )?(?:chat|talk|word|discussion|item|slot) (?:about|on)))*? "
            r"(?:discuss|talk(?: a bit| more)? about|chat about|raise|bring up|look at|cover|put (?!me\b|us\b|my name)(?=.{1,80}\b(?:on|in) the agenda)|add (?!me\b|us\b|my name)(?=.{1,80}\b(?:on|to) the agenda)|"
            r"have (?:a |an )?(?:quick |short )?(?:chat|talk|word|discussion|item|slot) (?:about|on))\s+(?P<topic>.+)",
        ),
        ("on the agenda", r"^(?!(?:\w+ )?(?:many )?(?:thanks|thank you|thx|ta|cheers|diolch)\b|(?:the |your |a )?(?:link|attachment|copy|version|pdf|comments?|changes?|nothing|no)\b)(?P<topic>.{3,80}?) (?:on|for|to) the agenda\b(?! (?:looks|is|was|yet|looking))"),
        ("gawn ni drafod", r"\b(?:gawn ni|allwn ni|oes modd|a fyddai modd|hoffwn|gallwn ni|ga i|allem ni)\b.{0,20}?\b(?:drafod|trafod|siarad am|godi|sôn am)\s+(?P<topic>.+)"),
    )
)
_NOT_ITEM = re.compile(r"\b(?:discuss with|look at (?:my|the) (?:diary|timetable|calendar)|cover (?:for|my|lessons?|me)|raise (?:my|a) hand|see|(?<!about )what|where|is there)\b", re.IGNORECASE)
_TRAIL = re.compile(r"\s*(?:\b(?:on|to|in|for) the agenda|\bat the (?:next )?meeting|\bplease|\bpls|\bif (?:possible|there is time|time)|\bplis)+\W*$", re.IGNORECASE)


def asks_for_item(clause: Clause) -> bool:
    return topic(clause.raw) is not None


def topic(raw: str) -> str | None:
    if _NOT_ITEM.search(raw):
        return None
    for _, pattern in ASKS:
        match = pattern.search(raw)
        if match:
            found = _TRAIL.sub("", match["topic"]).strip(" .,;:!?-")
            return found if len(found) > 2 else None
    return None


def read_items(writing: Writing, certainty: float = 0.9) -> tuple[Intent, ...]:
    """Items asked for in the text: title is the topic, text the whole clause as written."""
    found = []
    for line in writing.lines:  # "Item: balances" is one line, though a colon ends a clause
        labelled = ASKS[0][1].search(line[:240])
        if labelled and len(labelled["topic"].strip()) > 2:
            title = _TRAIL.sub("", labelled["topic"]).strip(" .,;:!?-")
            found.append(intent("item", certainty, f"items: “{line[:60]}”", title=title[:1].upper() + title[1:], text=line.strip()))
    for clause in () if found else writing.clauses:
        title = topic(clause.raw) or ""
        if title:
            found.append(intent("item", certainty, f"items: “{clause.raw[:60]}”", title=title[:1].upper() + title[1:], text=clause.raw))
    return tuple(found)
