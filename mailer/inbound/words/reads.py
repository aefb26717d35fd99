"""What each clause of a text says: the first row of the tables that fits it, and who it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailer.inbound.words import english, items, welsh
from mailer.inbound.words.guests import Company, company, with_me
from mailer.inbound.words.names import NOT_NAMES, is_name, listed
from mailer.inbound.words.signs import Sign
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Clause, Writing

TABLE = english.TABLE + welsh.TABLE
_SOMEBODY = re.compile(
    r"^(?:and |but |also )?(?:my (?:\w+ )?(?:colleague|boss|manager|technician|deputy|husband|wife|apprentice|trainee|assistant|team)|he|she|they|everyone|anyone|someone|"
    r"one of|the (?:others|rest|team)|our (?:\w+ )?(?:technician|apprentice|team|head|manager)s?|a colleague|both \w+ and)\b"
)
_VERB = re.compile(r"^(?:is|are|will|would|can|cannot|could|has|have|may|might|and|not|says|wants|yes|no|maybe|also|should|yn|coming|too|as)\b")
LOOSE = frozenset({"might", "not sure", "ddim yn siwr"})  # rows that count only in a clause about coming, or a very short one
ABOUT_COMING = re.compile(
    r"\b(?:come|coming|attend\w*|make (?:it|the|this|that|\w+day)|making it|be there|be (?:ok|okay|fine|free|good)|join\w*|able|get (?:there|away|out|off|cover|time)|cover\w*|releas\w+|swap|free|yes|no|think so|either way|moment|"
    r"do (?:it|that|this|\w+day)|pop|let you know|late|not .*yet|a maybe|maybe yes|sure$|(?:sure|certain)(?: at all)? (?:if|whether|about|(?:that )?(?:i|we) (?:can|will|could|would|shall|may|have|am (?:able|free|around|available|coming|in|on|off|going))|at|sorry|yet)|teach\w*|lessons?|exams?|work|head|boss|manager|school|timetable|trains?|date|day|try|see|confirm\w*|decid\w*|i can|i will|if i|dod|ddod|yno|eto|mynychu|gallu|siwr|gwybod|ryddh\w+)\b"
)
_WONDERS = re.compile(r"\b(?:wonder(?:ed|ing)?|ask(?:ed|ing)?(?: (?:you|me|us))?|meddwl|gofyn)$")  # "we wondered if": no condition
BRINGING = re.compile(r"^(?:can|could|may|is it|is possible|would it|if|ok|okay)\b.*\b(?:i|we) (?:can |could )?(?:bring|take)\b")  # "can I bring Mariana?" beside a yes
ALONE = Company()


@dataclass(frozen=True)
class Read:
    clause: Clause
    sign: Sign
    row: str
    company: Company = ALONE


def read_clauses(writing: Writing) -> tuple[Read, ...]:
    reads: list[Read] = []
    for clause in writing.clauses:
        asked = reads and clause.turn in ("if", "os") and _WONDERS.search(reads[-1].clause.plain)
        reads.append(Read(clause, Sign.QUESTION, "what they wonder") if asked else _read(clause))
    return tuple(reads)


def _read(clause: Clause) -> Read:
    raw, names = with_me(clause.raw)
    if names:
        clause = replace(clause, plain=plain(raw))
    if items.asks_for_item(clause):
        return Read(clause, Sign.ITEM, "an item for the agenda")
    if clause.question and not re.search(r"\b(?:my|our) apologies|apologies (?:in|from)\b", clause.plain) and not re.match(r"(?:can|could|may) i (?:please )?(?:let you know|confirm|get back|come back|tell you|say|decide)\b", clause.plain):
        asked_along = BRINGING.search(clause.plain)
        return Read(clause, Sign.QUESTION, "a question", company(clause.raw, clause.plain) if asked_along else ALONE)
    conditional = clause.turn in ("if", "os", "unless")
    text = f"{clause.turn} {clause.plain}" if conditional else clause.plain
    if not names and not conditional and about_somebody(clause):
        sign = Sign.REASON if re.search(r"\b(?:release|let me|allow me|spare me|sa(?:id|ys) no|refused)\b", text) else Sign.OTHER
        return Read(clause, sign, "about somebody else", company(clause.raw, clause.plain))
    if is_name(clause.raw) and len(clause.raw.split()) == 1:
        return Read(clause, Sign.POLITE, "a name")
    for row in TABLE:
        if row.fits(text) and (row.name not in LOOSE or len(text.split()) <= (4 if row.name == "not sure" else 3) or text.endswith(" sure") or ABOUT_COMING.search(text)):
            beside = Company(len(names), names) if names else company(clause.raw, clause.plain)
            return Read(clause, row.sign, row.name, beside)
    if names:
        return Read(clause, Sign.NOTE, "who comes along", Company(len(names), names))
    return Read(clause, Sign.UNKNOWN, "no row", company(clause.raw, clause.plain))


def about_somebody(clause: Clause) -> bool:
    words = clause.plain.split()
    raw = clause.raw.split()
    if clause.turn and raw and raw[0].lower() == clause.turn:
        raw = raw[1:]
    if words[:1] in (["btw"], ["fyi"], ["also"], ["ps"]) and raw and raw[0].lower() in ("btw", "fyi", "also", "ps", "p.s."):
        words, raw = words[1:], raw[1:]
    if _SOMEBODY.match(clause.plain):
        return True
    if len(words) < 2 or not raw:
        return False
    rest = " ".join(words[1:])
    if is_name(raw[0]):
        return bool(_VERB.match(rest) or _VERB.match(" ".join(words[2:])))
    return raw[0][:1].isupper() and raw[0][1:].islower() and words[0] not in _NOT_PEOPLE and raw[0].lower() not in NOT_NAMES and bool(re.match(r"(?:is|cannot|will not|has|wants|says) ", rest + " "))


_NOT_PEOPLE = listed("this that it there what which who i we you thursday monday tuesday wednesday friday date time one day today all everything parking attendance school cover work mine here and but the yes no not")
