"""Wishes in people's own words: "can I have it once a day instead", "I'm off on maternity till September".

They ask for what a command does (contract 2), and never do it: each reading is unsure, and the person is asked back with
the command's word, which is one reply away. Rows are read top-down on plain spelling, sentence by sentence; the first fits.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from mailer.inbound.lines.dates import find_date
from mailer.inbound.words.learned import likely
from mailer.inbound.words.purposes import PURPOSES, purposes_in
from mailer.inbound.words.spelling import plain
from mailer.inbound.words.text import Writing
from mailer.inbound.words.values import Intent, intent

CERTAINTY = 0.75
MOST = 70  # words: a longer text is a letter to somebody
FEW = 30
LIKELY = 0.6  # how likely the second reader must find a wish where no row knows one

_MAIL = r"(?:e?mails?|mailings?|messages?|these|those|this|everything|it all|them|it|the lot|things|stuff|ebyst|e-byst|negeseuon)"
_REFUSES = r"(?:do not (?:need|want|wish|care)|no (?:longer|need|point|use|interest)|not interested|stop|leave me off|take me off|rather not (?:have|get|receive)|drop|cut|ditch|lose|without|less|fewer|could do without|tired of|ddim (?:eisiau|isho|angen)|dim mwy)"
_KEEPS = r"(?:just|only|nothing but|apart from|except|dim ond)"

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

TABLE: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, act, re.compile(pattern))
    for name, act, pattern in (
        ("does not want to stop", "", r"\b(?:do not|please not|never|peidiwch a) (?:stop|stopio|remove|take me off|unsubscribe)\b|\bnot (?:asking|trying) to (?:leave|stop)\b"),
        ("erase", "forget-me", r"\b(?:delete|erase|remove|wipe|destroy)\b.{0,30}\b(?:everything|all|anything|data|details|information|record)\b.{0,30}\b(?:on|about|of) me\b|\bdileu popeth\b"),
        ("what is held", "my-data", r"\b(?:copy|see|know|tell me|list|send me)\b.{0,40}\b(?:data|information|details|records?)\b.{0,25}\b(?:hold|have|held|keep|kept|stored?)\b"),
        ("another address", "change-address", r"\b(?:new|moved?|now|chang\w+|swap\w*|switch\w*|newydd|newid)\b.{0,60}\S@\S|\S@\S.{0,60}\b(?:new|now|instead|from now|newid)\b"),
        ("what they get", "status", r"\b(?:what|am i) .{0,25}\b(?:signed up|subscribed)\b|\bam i still on (?:the|your)\b"),
        ("how it works", "help", r"\bhow (?:do|can) i (?:change|stop|switch|set|update|alter)\b"),
        ("just the words", "plain-text", r"\bjust (?:the )?(?:words|text)\b|\b(?:without|no|fewer) (?:the )?(?:pictures|images|formatting|fancy|colours|html)\b|\bscreen ?reader\b|\bplain (?:version|e?mails?)\b|\btestun yn unig\b"),
        ("every post again", "every-post", r"\b(?:each|every|individual) (?:one|post|message|e?mail)s?\b.{0,25}\b(?:as (?:it|they) comes?|separately|again|on (?:its|their) own|straight away)\b|\bnot (?:the )?(?:digest|summary)\b"),
        ("once a day", "digest", r"\bonce an? (?:day|week)\b|\bone (?:e?mail|message|mailing) (?:a|per|each) (?:day|week)\b|\b(?:all )?in (?:one|a single) (?:e?mail|message|go)\b|\b(?:daily|weekly) (?:summary|round ?up|version|email)\b|\bun (?:ebost|neges) y (?:dydd|diwrnod)\b|\bmewn un (?:ebost|neges)\b|\bunwaith y dydd\b"),
        ("only part of it", "only", rf"\b{_KEEPS} (?:the |for |send (?:me )?|y |keep )*{PURPOSES}\b"),
        ("without part of it", "stop-some", rf"\b{_REFUSES}\b.{{0,40}}\b{PURPOSES}\b"),
        ("back again", "resume", r"\b(?:i am|we are) back\b.{0,60}\b(?:send|start|e?mails?|again)\b|\bstart (?:sending|e?mailing)\b|\bsend (?:me |things |everything |it |them )+again\b|\bstart (?:my |the |these )?e?mails? (?:up )?again\b"),
        ("away for a while", "pause", rf"\b(?:off|away|leave|maternity|paternity|sabbatical|secondment|operation|hip|knee|surgery|hold|pause|rest|stop|break|seibiant|mamolaeth|{_MAIL})\b.{{0,60}}\b(?:until|till|til|for the next|for \w+ (?:weeks?|months?)|tan|back (?:on|in))\b"),
        ("a break from it", "pause", rf"\b(?:pause|rest|break|hold(?! me)|freeze|snooze|suspend)\b.{{0,20}}\b{_MAIL}\b|\b(?:a|have a|need a) (?:break|rest) from\b"),
        ("no more of it", "stop", r"\b(?:not|never|peidiwch a?g?) (?:send|write|e?mail|contact|anfon|gyrru)\b.{0,40}\b(?:any ?more|again|any|anything|more|rhagor|mwy)\b|\bwrong (?:person|julie|address)\b"),
        ("has gone", "stop", r"\b(?:i|we) (?:have |am |was |now )*(?:retired|left|leaving|moved on|changed (?:jobs|careers)|redundant|no longer (?:work|at|teach|in))\b|\bno longer (?:work|working|employed|at)\b|\bwedi (?:ymddeol|gadael)\b"),
        ("enough", "stop", rf"\b(?:make it (?:end|stop)|enough (?:is enough|already|now|e?mails?)|that is enough|why (?:do|am|are) (?:you|i)\b.{{0,40}}\b(?:sending|getting|e?mailing)|ditch mine|too (?:many|much) {_MAIL}|no more {_MAIL}|dim mwy (?:o )?{_MAIL})\b|^enough$|^digon$"),
    )
)  # fmt: skip


def read_wish(writing: Writing, today: date) -> Intent | None:
    """What a person seems to ask for in their own words, always unsure; None where nothing of the kind stands there."""
    if writing.words > MOST:
        return None
    for sentence in _sentences(writing):
        spelt = plain(sentence)
        for name, act, pattern in TABLE:
            if pattern.search(spelt):
                return _wish(name, act, sentence, spelt, today) if act else None
    return _alike(writing, today)


def _alike(writing: Writing, today: date) -> Intent | None:
    """What the second reader makes of words that no row knows; in several sentences it sees too much that is no wish."""
    if writing.words > FEW:
        return None
    alike = likely("wish", writing.text)
    act = max(alike, key=lambda one: alike[one])
    if act == "none" or alike[act] < LIKELY:
        return None
    return _wish("like others that mean it", "stop-some" if act == "stop" and purposes_in(plain(writing.text)) else act, writing.text, plain(writing.text), today)


def _sentences(writing: Writing) -> list[str]:
    found: dict[int, list[str]] = {}
    for clause in writing.clauses:
        found.setdefault(clause.sentence, []).append(clause.raw)
    return [" ".join(parts) for parts in found.values()]


def _wish(name: str, act: str, sentence: str, spelt: str, today: date) -> Intent:
    row = f"wishes: {name} (“{sentence[:60]}”)"
    args: dict[str, Any] = {}
    if act == "stop":
        args = {"purposes": "all", "everywhere": False}
    if act == "stop-some":
        act, args = "stop", {"purposes": purposes_in(spelt), "everywhere": False}
    if act == "only":
        args = {"purposes": purposes_in(spelt)}
    if act == "change-address":
        args = {"to": next(iter(_ADDRESS.findall(sentence)), "").rstrip(".")}
    if act == "pause":
        found = find_date(sentence, today)
        args = {"until": found.day if found is not None and found.day > today else None}
    return intent(act, CERTAINTY, row, **args)
