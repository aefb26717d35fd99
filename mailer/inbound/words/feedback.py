"""Feedback after a meeting: a number and a sentence. Either may miss."""

from __future__ import annotations

import re

from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

WORDS = {w: n for n, w in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))} | {
    "un": 1, "dau": 2, "dwy": 2, "tri": 3, "tair": 3, "pedwar": 4, "pedair": 4, "pump": 5, "pum": 5, "chwech": 6, "saith": 7, "wyth": 8, "naw": 9, "deg": 10,
}  # fmt: skip
_N = rf"(?P<n>\d{{1,2}}|{'|'.join(WORDS)})"
_OF = r"(?: ?(?:/|out of|allan o|o) ?(?P<of>5|10|five|ten|bump|ddeg))?"
NAMED = re.compile(rf"\b(?:score|rating|rate it|give it|call it|make (?:it|that)|sgor)(?: of| is| as)?(?: a| an)? {_N}\b{_OF}")
# Where the number stands; read top-down.
PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a number out of", re.compile(rf"(?<![\d.:/-]){_N} ?(?:/|out of|allan o) ?(?P<of>5|10|five|ten|bump|ddeg)(?![\d:/])")),
    ("a number first", re.compile(rf"^(?:(?:hi|hello|i would (?:say|give it|give)(?: it)?|i give it|my score(?: is)?|score|rating|a|an|it gets|definitely|easily|solid|thanks|for me|sgor|helo) )*{_N}{_OF}(?= |$)(?! (?:of us|people|minutes?|mins?|things?|hours?|weeks?|days?|times|am|pm|to|or|-|technicians|schools|from|tables|stars? would)\b)")),
    ("a number with stars", re.compile(rf"\b{_N} (?:stars?|marks?|points?|seren)\b(?P<of>)")),
    ("a score named", NAMED),
)
_ALONE = re.compile(rf"(?:(?:so|a|an|honestly|just|only|solid|firm|definite|i|would|will|say|give|it|you|get|gets|overall|felly|rhoi) )*{_N}(?: (?:please|thanks|overall|from me|for me|i think))?")
_RANGE = re.compile(rf"^\W*{_N} ?(?:-|to|or|–|/(?! ?(?:5|10)\b)) ?(?:\d|{'|'.join(WORDS)})\b")
_MAY_BE = re.compile(r"(?<![\d.:/£-])[0-5](?= (?:from|for) (?:me|us)\b| or [0-5]\b|$)")
STARS = re.compile("[⭐★🌟]")


def read_feedback(writing: Writing) -> Intent | None:
    text = writing.text
    if not text:
        return None
    stars = len(STARS.findall(text))
    spelt = plain(writing.first_line)
    if _RANGE.match(spelt):
        return intent("feedback", 0.7, "feedback: two numbers", score=None, of=None, text=text)
    for name, pattern in PLACES:
        match = pattern.search(spelt)
        if match:
            score, of = _number(match["n"]), _number(match["of"]) if match["of"] else None
            fits = 0 <= score <= (of or 10)
            words = _without_number(writing)
            return intent("feedback", 0.95 if fits else 0.6, f"feedback: {name}", score=score, of=of, text=words)
    named = list(NAMED.finditer(plain(text[:1_000])))
    if named:  # "Dear all, ... I would rate it 3": the last one counts
        return intent("feedback", 0.92, "feedback: a score named further down", score=_number(named[-1]["n"]), of=None, text=text)
    alone = next(filter(None, (_ALONE.fullmatch(clause.plain) for clause in writing.clauses[:12])), None)
    if alone:  # "Sorry for the delay. 4, would have been a 5 with parking"
        return intent("feedback", 0.92, f"feedback: a number alone (“{alone[0]}”)", score=_number(alone["n"]), of=None, text=text)
    if 0 < stars <= 5:
        return intent("feedback", 0.95, "feedback: stars", score=stars, of=5, text=STARS.sub("", text).strip())
    if _MAY_BE.search(spelt):  # "a big fat 5 from me and Sue", "ok. 3 or 4": asked rather than lost
        return intent("feedback", 0.7, "feedback: a number among words", score=None, of=None, text=text)
    return intent("feedback", 0.92 if len(text.split()) >= 3 else 0.7, "feedback: words without a number", score=None, of=None, text=text)


def _number(word: str) -> int:
    return {"bump": 5, "ddeg": 10}.get(word) or (int(word) if word.isdigit() else WORDS[word])


def _without_number(writing: Writing) -> str:
    """The sentence; a leading number is taken off, one inside a sentence stays."""
    return re.sub(rf"(?i)^\W*{_N.replace('?P<n>', '?:')}(?:\s*(?:/|out of|allan o)\s*\w+)?(?:\s+stars?)?\s*[-–—:,.!;]*\s*", "", writing.text, count=1).strip()
