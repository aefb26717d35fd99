"""The words of contract 2 that work in reply to any mail: STOP and its forms, PAUSE, DIGEST, MY DATA, ...

The rows stand in `table`; here they are looked for in what somebody wrote, and weighed against the words beside them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from mailer.inbound.words import stops
from mailer.inbound.words.purposes import PURPOSE, PURPOSES
from mailer.inbound.words.spelling import near, plain
from mailer.inbound.words.table import COMMANDS, EMAIL, EVERYWHERE, PERSONAL, WIDE, Command
from mailer.inbound.words.text import Clause, Writing
from mailer.inbound.words.values import Intent, intent

_POLITE = (
    r"please|thanks|thank you|plis|os gwelwch yn dda|os gweli di n dda|diolch|hi|hello|dear|all|hi all|hi there|kindly|ok|okay|yes|sorry|many|very much|"
    r"can you|could you|would you|will you|can i|could i|may i|i would like (?:you )?to|i want (?:you )?to|i wish to|i need (?:you )?to|would like to|"
    r"i would like|would you mind|id like to|x|asap|now|immediately|today|at once|thank|for now|again|me|so|and|but|then|regards"
)
_STRIP_HEAD = re.compile(rf"^(?:(?:{_POLITE}) )+(?=\S)")
_STRIP_TAIL = re.compile(r"(?: (?:please|thanks|thank you|very much|many thanks|plis|diolch|diolch yn fawr|x|xx|asap|now|immediately|again|regards|kind regards|for now|with immediate effect|os gwelwch yn dda|thumbsup|all|sorry|then|if (?:that is )?possible))+$")
_FUZZY = ("unsubscribe", "newsletter", "meetings", "discussion", "exchange", "networks", "digest", "resume", "pause", "status", "address", "change", "working", "everything", "undo", "withdraw", "cylchlythyr", "cyfarfodydd", "remove")
_REQUEST = re.compile(r"^(?:(?:hi|hello|please|thanks|ok|and|so|but) )*(?:\w+ )?(?:(?:can|could|would|will|may) (?:you|i|someone|somebody|we)|what (?:data|information)|who did what)\b")
_NEGATED = re.compile(r"\b(?:do not|did not|never|not|cannot|will not|would not|hate to|without|if (?:i|you)|peidiwch) (?:\w+ ){0,3}?(?:stop|unsubscribe|unsub|leave|remove|take me off|pause|undo|delete|forget)\b")


# "Stop everything except the newsletter" is one wish, though it is two clauses.
_EXCEPT = re.compile(rf"(?:except|apart from|other than|bar|besides|heblaw|ac eithrio|but|ond) (?:for |am )?(?:the |y |your )*{PURPOSES}(?: (?:emails?|mails?|lists?|please))*")

# Beside a STOP of everything: it was meant in part, "remove me from the mendip list, I'm happy with everything else".
_IN_PART = re.compile(
    rf"\b(?:(?:happy|fine|ok|okay|content|keep|leave me|stay|like|want) (?:\w+ ){{0,3}}(?:everything else|the (?:rest|others?)|other (?:stuff|ones|mails?|emails?|things|lists?|letters))|only$|(?:but|and|just) (?:keep|leave me on)|still (?:want|like)|"
    rf"happy to (?:stay|keep|get)|keep (?:me on|sending|(?:the |my )*{PURPOSE})|y gweddill|popeth arall|(?:ond|a) (?:cadw|dal))\b"
)

SUPPOSED = frozenset({"if", "unless", "whether", "os"})  # "if I object to marketing" asks for nothing


def read_command(writing: Writing, today: date) -> tuple[Intent, tuple[Clause, ...]] | None:
    """The command of a text and the clauses it leaves over; None when there is none."""
    found = _read(writing, today)
    if found is None or found[0].act != "stop" or found[0].args["purposes"] != "all":
        return found
    if (other := _other_address(writing, found, today)) is not None:
        return other
    if stops.BY_NO_NAME in found[0].row and (not stops.is_all(found[1]) or stops.NEVER_SURE.search(plain(writing.text))):
        return replace(found[0], certainty=0.75), found[1]
    if _in_part(writing, found):
        row = f"{found[0].row}, and a word of what is to stay"
        return intent("stop", min(found[0].certainty, 0.75), row, **found[0].args, in_part=True), found[1]
    return found


def _other_address(writing: Writing, found: tuple[Intent, tuple[Clause, ...]], today: date) -> tuple[Intent, tuple[Clause, ...]] | None:
    """Who ends one address and names another wants their mail there: the words that say so, or a question."""
    of_one = any(stops.AN_ADDRESS.search(clause.plain) for clause in writing.clauses if clause not in found[1])
    if not of_one or not stops.ANOTHER.search(writing.text):
        return None
    moves = [command for command in COMMANDS if command.act == "change-address"]
    for clause in found[1]:
        for command in moves:
            if command.sentence and (match := command.pattern.fullmatch(_strip(clause.plain))):
                certainty, args = command.read(match, clause.raw, today)
                row = f"commands: {command.name} (“{clause.raw[:60]}”), in place of another"
                return intent(command.act, min(certainty, 0.92), row, **args), tuple(c for c in found[1] if c is not clause)
    named = list(dict.fromkeys(one.rstrip(".") for one in EMAIL.findall(writing.text)))
    return intent("change-address", 0.75, f"{found[0].row}, and another address is named", to=named[-1] if named else ""), found[1]


def _in_part(writing: Writing, found: tuple[Intent, tuple[Clause, ...]]) -> bool:
    """Whether what stands beside a STOP of everything keeps something, or names one kind of mail."""
    return _IN_PART.search(plain(writing.text)) is not None or any(re.search(rf"\b{PURPOSE}\b", clause.plain) for clause in found[1][:3])


def _read(writing: Writing, today: date) -> tuple[Intent, tuple[Clause, ...]] | None:
    clauses = [c for c in writing.clauses if c.plain]
    head = [c for c in clauses if not silent(c)]
    if not head:
        return None
    for raw, used in _candidates(writing, head):
        spelt = _strip(plain(raw))
        if _NEGATED.search(plain(raw)) or ("?" in raw and not _REQUEST.match(plain(raw)) and raw.strip("? ")):
            continue  # "Unsubscribe?" asks
        mended = _mended(spelt)
        wide = _everywhere_too(spelt, raw, today)
        if wide is not None:
            rest = tuple(c for c in head if c not in used)
            return _weighed(*wide, raw, rest), rest
        for command in COMMANDS:
            match = command.pattern.fullmatch(spelt) or (command.pattern.fullmatch(mended) if mended else None)
            if match is None:
                continue
            certainty, args = command.read(match, raw, today)
            rest = tuple(c for c in head if c not in used)
            return _weighed(command, certainty, args, raw, rest), rest
    if (found := _after_why(head, today)) is not None:
        return found
    for at, clause in enumerate(head[:6]):
        if at + 1 < len(head) and _excepts(head[at + 1]):
            after = head[at + 1]
            clause = replace(clause, raw=f"{clause.raw} {after.raw}", plain=" ".join(f"{clause.plain} {after.turn} {after.plain}".split()))
        if clause.question and not re.match(r"(?:can|could|would|will|may) (?:you|i|someone|somebody)\b", clause.plain):
            continue
        if _NEGATED.search(clause.plain) or clause.turn in SUPPOSED:
            continue
        for command in COMMANDS:
            if command.sentence and (match := command.pattern.fullmatch(_strip(clause.plain))):
                certainty, args = command.read(match, clause.raw, today)
                rest = tuple(c for n, c in enumerate(head) if n != at)
                strange = sum(len(c.plain.split()) for c in rest)
                return intent(command.act, min(certainty, 0.92 if strange <= 25 else 0.8), f"commands: {command.name} (“{clause.raw[:60]}”)", **args), rest
    return None


def _after_why(head: list[Clause], today: date) -> tuple[Intent, tuple[Clause, ...]] | None:
    """A STOP behind a word of why, or behind a NO to what was asked: "Not interested. Stop." """
    why = next((n for n, c in enumerate(head) if not stops.SAID_BEFORE.fullmatch(c.plain)), 0)
    after = head[why:]
    same = tuple(c for c in after if c.sentence == after[0].sentence)
    for used in dict.fromkeys((tuple(after), same, same[:1])):
        whole = " ".join(c.plain for c in used)
        spelt = _strip(stops.after_why(whole))
        asks = used[-1].question and not _REQUEST.match(whole)
        if asks or _NEGATED.search(spelt) or (not why and spelt == _strip(whole)) or spelt in stops.NO_STOP_BY_ITSELF:
            continue
        for command in COMMANDS:
            if command.act == "stop" and (match := command.pattern.fullmatch(spelt)):
                raw = " ".join(c.raw for c in used)
                rest = tuple(c for c in after if c not in used)
                return _weighed(command, *command.read(match, raw, today), raw, rest), rest
    return None


def _everywhere_too(spelt: str, raw: str, today: date) -> tuple[Command, float, dict[str, Any]] | None:
    """PAUSE ALL NETWORKS UNTIL 1 SEPTEMBER: the word without those words, and that they stood there."""
    if not EVERYWHERE.search(spelt):
        return None
    narrow = _strip(" ".join(EVERYWHERE.sub(" ", spelt).split()))
    for command in COMMANDS:
        match = command.pattern.fullmatch(narrow) if command.act in WIDE | PERSONAL else None
        if match is not None:
            certainty, args = command.read(match, EVERYWHERE.sub(" ", raw), today)
            return command, certainty, {**args, "everywhere": True} if command.act in WIDE else args
    return None


def _weighed(command: Command, certainty: float, args: dict[str, Any], raw: str, rest: tuple[Clause, ...]) -> Intent:
    """A word with more said after it counts less: "STOP press" is caught by the row, "Stop. We have a leak" here."""
    words = sum(len(c.plain.split()) for c in rest)
    if any(c.question for c in rest) and not command.sentence:
        certainty = min(certainty, 0.8)
    elif words > 40 and raw.isupper() is False:
        certainty = min(certainty, 0.7)
    elif words > 12 and not raw.isupper():
        certainty = min(certainty, 0.85)
    return intent(command.act, certainty, f"commands: {command.name} (“{raw[:60]}”)", **args)


def _excepts(clause: Clause) -> bool:
    return _EXCEPT.fullmatch(f"{clause.turn} {clause.plain}".strip()) is not None


def silent(clause: Clause) -> bool:
    """A greeting, thanks, or a word of politeness."""
    return _strip(clause.plain) == "" or re.fullmatch(rf"(?:(?:{_POLITE}) ?)+", clause.plain) is not None or clause.plain in _HELLOS


_HELLOS = frozenset(("hi", "hello", "good morning", "good afternoon", "morning", "afternoon", "cheers", "helo", "to whom it may concern", "dear sir", "dear madam"))


def _candidates(writing: Writing, head: list[Clause]) -> list[tuple[str, tuple[Clause, ...]]]:
    """First line, first sentence, first clause, each without greeting."""
    first = head[0]
    same_sentence = tuple(c for c in head if c.sentence == first.sentence)
    line = writing.first_line
    whole = tuple(c for c in head if c.raw in line)
    out: list[tuple[str, tuple[Clause, ...]]] = [(line[:240], whole)] if first.raw in line else []
    out.append((" ".join(c.raw for c in same_sentence), same_sentence))
    if not (len(head) > 1 and _excepts(head[1])):
        out.append((first.raw, (first,)))
    return out


def _strip(spelt: str) -> str:
    return _STRIP_TAIL.sub("", _STRIP_HEAD.sub("", spelt)).strip()


def _mended(spelt: str) -> str:
    """Long command words one slip away put right; empty when nothing was."""
    words = spelt.split()
    if not words or len(words) > 6:
        return ""
    mended = [_put_right(word) for word in words]
    return " ".join(mended) if mended != words else ""


@lru_cache(maxsize=4096)  # people write the same few words
def _put_right(word: str) -> str:
    return next((target for target in _FUZZY if near(word, target)), word)
