"""Action points in minutes: "ACTION: Karen to order the balances by 3 March", "Action (Karen, 3 March): ..." and kin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mailer.inbound.lines.dates import FoundDate, find_date

CAP_LINES = 2_000
_BULLET = r"^\s*(?:[-*•·–]|\(?\d{1,2}[.)]|\[ ?\]|☐)?\s*"
_HEAD = r"(?:\*{0,2}|_)(?:agreed )?(?:action(?: point| item| required)?s?|AP|to do|todo|gweithred(?:u|oedd)?|pwynt gweithredu)(?: ?(?:no\.? ?)?\d{1,3})?(?:\*{0,2}|_)"
# Read top-down; owner and due may stand in brackets, before or inside the sentence.
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Action (Karen, 3 March): text", rf"{_BULLET}{_HEAD}\s*[(\[](?P<who>[^)\]]{{2,80}})[)\]]\s*\*{{0,2}}\s*[:\-–—]?\s*(?P<text>.+)$"),
        ("Action: text", rf"{_BULLET}{_HEAD}\s*\*{{0,2}}\s*[:\-–—]\s*\*{{0,2}}\s*(?P<text>.+)$"),
        ("text (Action: Karen)", r"^(?P<text>.{5,300}?)\s*[(\[]\s*(?:action|gweithred)(?: point)?\s*[:\-–]?\s*(?P<who>[^)\]]{2,80})[)\]]\s*\.?$"),
        ("text ACTION Karen", r"^(?P<text>.{5,300}?)[.\s]+(?-i:ACTION|GWEITHRED)\s*[:\-–]?\s*(?P<who>[A-Z][\w'’&, ]{1,60})\.?$"),
    )
)
_HEADING = re.compile(rf"^\W*{_HEAD}(?: (?:from|agreed|arising|of)\b.{{0,60}})?\s*:?\W*$", re.IGNORECASE)
_OWNER = re.compile(
    r"^(?P<owner>(?-i:[A-Z])[\w'’.-]*(?: (?-i:[A-Z])[\w'’.-]*){0,2}(?:(?:, | and | & | a | ac )(?-i:[A-Z])[\w'’.-]*(?: (?-i:[A-Z])[\w'’.-]*){0,2}){0,4})\s*(?:\s(?:to|will|is to|are to|i|agreed to|offered to|has agreed to|volunteered to)\s+|\s*[:\-–—]\s+)(?P<text>.+)$",
)
_EVERYONE = re.compile(r"^(?P<owner>all|everyone|everybody|committee|all members|pawb|secretary|chair|host)\s*(?:\s(?:to|will|i)\s+|[:\-–—]\s+)(?P<text>.+)$", re.IGNORECASE)
_BY = re.compile(r"[\s,;(–-]*\b(?:by|before|due|deadline|erbyn|cyn|for|no later than|on)\b[:\s]*$", re.IGNORECASE)
_LOOSE_DUE = re.compile(r"\b(?:by|before|erbyn)\s+(?P<due>(?:the )?(?:next meeting|end of (?:term|year|the month)|half[- ]term|easter|christmas|summer|y cyfarfod nesaf|diwedd y tymor))\b", re.IGNORECASE)


@dataclass(frozen=True)
class ActionLine:
    """One action point. `due` is None when no day is named; `due_words` keeps what was said of it."""

    owner: str
    text: str
    due: date | None = None
    due_words: str = ""


def read_minutes(text: str, *, today: date | None = None) -> tuple[ActionLine, ...]:
    """Action points in the order of the minutes. `today` places days without a year; without it they stay words."""
    found: list[ActionLine] = []
    under = False
    for raw in text.split("\n")[:CAP_LINES]:
        line = raw.strip()[:600]
        if _HEADING.match(line):
            under = True
            continue
        for _, pattern in FORMS:
            match = pattern.match(line)
            if match:
                found.append(_action(match["text"], match.groupdict().get("who") or "", today))
                break
        else:
            plain = re.sub(_BULLET, "", line)
            if under and line and (_OWNER.match(plain) or _EVERYONE.match(plain)):
                found.append(_action(plain, "", today))
            elif under and not line:
                under = bool(found) and False
    return tuple(found)


def _action(text: str, who: str, today: date | None) -> ActionLine:
    due, words, owner = None, "", ""
    if who:
        due, words, who = _take_due(who, today)
        owner = who.strip(" ,;:-–")
    if not words:
        due, words, text = _take_due(text, today)
    text = text.strip(" *_")
    if not owner:
        match = _OWNER.match(text) or _EVERYONE.match(text)
        if match:
            owner, text = match["owner"], match["text"]
    return ActionLine(owner.strip(), text.strip(" ,;–-").rstrip("."), due, words)


def _take_due(text: str, today: date | None) -> tuple[date | None, str, str]:
    found: FoundDate | None = find_date(text, today or date(2000, 1, 1))
    if found is None:
        loose = _LOOSE_DUE.search(text)
        return (None, loose["due"], (text[: loose.start()] + text[loose.end() :]).strip()) if loose else (None, "", text)
    before, after = text[: found.start], text[found.end :]
    words = text[found.start : found.end].strip()
    if not _BY.search(before) and len(text.split()) > 6 and after.strip(" .)"):
        return None, "", text  # a day inside the sentence is no due day: "order for the 4 March session"
    known = found.day if (today is not None or found.year_said) and found.exact else None
    return known, words, (_BY.sub("", before) + " " + after.strip(" ).")).strip()
